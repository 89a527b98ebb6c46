"""What stands still while something is held or its channel is off, and how it goes on when that is over."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile

from channels.errors import PlatformDown
from channels.models import Channel, Extra, Hold, Publication
from channels.services import accounts, clearance, extras, holding, looking, publishing, withdrawing
from config.kernel import clock
from tests.channels import stage
from tests.channels.fake_platform import Killed
from tests.channels.test_holding import HoldsMidway, everything, fresh, in_minutes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube", "tiktok")]


@pytest.fixture
def due():
    clip = stage.a_clip(stage.an_edition(stage.a_drama()))
    clip.thumbnail.save("t.jpg", ContentFile(b"\xff\xd8\xff picture"))
    return stage.a_publication(stage.a_channel(), clip)


def pause(row):
    accounts.pause(row.channel, why="strike", by=None)


def resume(row):
    accounts.resume(Channel.objects.get(pk=row.channel_id), by=None)


def run(drain_jobs):
    publishing.sweep()
    extras.sweep()
    drain_jobs()


# --- an upload under way


@pytest.mark.parametrize("put", [accounts.pause, accounts.stop])
def test_an_upload_under_way_stops_at_its_next_chunk_when_its_channel_is_switched_off(due, youtube, drain_jobs, put):
    HoldsMidway(youtube, after=2, put=lambda: put(due.channel, why="strike", by=None))
    assert "ES Romance is not active: strike" in publishing.push(due.pk)
    assert (youtube.count("send"), fresh(due).status, due.sessions.get().status) == (2, "uploading", "open")
    with in_minutes(11):
        run(drain_jobs)
        assert (youtube.count("send"), fresh(due).status) == (2, "uploading")


def test_when_its_channel_is_active_again_the_same_upload_goes_on_and_arrives_once(due, youtube, drain_jobs):
    HoldsMidway(youtube, after=2, put=lambda: pause(due))
    publishing.push(due.pk)
    with in_minutes(11):
        run(drain_jobs)
        resume(due)
        run(drain_jobs)
        assert fresh(due).status == "uploading", "it waits for its own time, and nothing rings before"
    with in_minutes(22):
        run(drain_jobs)
    assert (fresh(due).status, youtube.count("open_session"), due.sessions.get().status) == ("accepted", 1, "done")
    assert [video.content for video in youtube.videos] == [stage.content_of(due.clip)]


def test_a_channel_that_is_paused_while_the_account_is_asked_opens_no_upload(due, youtube, monkeypatch):
    real = youtube.limits

    def slow(*given, **named):
        pause(due)
        return real(*given, **named)

    monkeypatch.setattr(youtube, "limits", slow)
    assert "not active" in publishing.push(due.pk)
    assert (youtube.count("open_session"), due.sessions.count()) == (0, 0)


def test_what_may_have_arrived_is_asked_about_while_the_channel_is_paused(due, youtube, drain_jobs):
    youtube.fail("final:after", Killed())
    with pytest.raises(Killed):
        publishing.push(due.pk)
    pause(due)
    sent = youtube.count("send")
    with in_minutes(3):
        run(drain_jobs)
    assert (fresh(due).status, youtube.count("send"), len(youtube.videos)) == ("accepted", sent, 1)


def test_where_nothing_stands_in_the_way_one_question_says_so(due, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert clearance.stopped(due) is None


# --- a thumbnail


def hold_of(scope):
    if scope == "items":
        # Held while its last bytes were out already; it was found there afterwards.
        row = Hold.objects.create(scope="items", why="strike", since=clock.now())
        Publication.objects.update(hold=row)
        return row
    return holding.hold(scope, platform="youtube" if scope == "platform" else "", why="strike", by=None)


@pytest.mark.parametrize("scope", ["everything", "platform", "items"])
def test_a_thumbnail_waits_while_it_is_held_and_goes_on_when_the_hold_is_lifted(due, youtube, drain_jobs, scope):
    publishing.push(due.pk)
    hold, row = hold_of(scope), Extra.objects.get()
    with in_minutes(6):
        assert "strike" in extras.do(row.pk)
        assert extras.sweep() == "0 follow-ups waiting"
        assert (fresh(row).status, row.attempts, youtube.thumbnails) == ("waiting", 0, {})
        holding.lift(hold, by=None)
        run(drain_jobs)
    assert (fresh(row).status, list(youtube.thumbnails.values())) == ("done", [b"\xff\xd8\xff picture"])


@pytest.mark.parametrize("off", ["paused", "stopped", "disconnected"])
def test_a_thumbnail_waits_for_its_channel_however_long(due, youtube, drain_jobs, off):
    publishing.push(due.pk)
    Channel.objects.update(status=off)
    row = Extra.objects.get()
    for hours in range(1, 12):
        with in_minutes(60 * hours):
            assert "not active" in extras.do(row.pk)
            run(drain_jobs)
    assert (fresh(row).status, row.attempts, youtube.thumbnails) == ("waiting", 0, {})
    with in_minutes(60 * 12):
        resume(due)
        run(drain_jobs)
    assert (fresh(row).status, len(youtube.thumbnails)) == ("done", 1)


def test_a_take_down_is_done_on_a_paused_channel_while_everything_is_held(due, youtube, drain_jobs):
    publishing.push(due.pk)
    with in_minutes(6):
        looking.look_all()
        pause(due)
        everything()
        withdrawing.withdraw(fresh(due), by=None, why="bad dubbing")
        run(drain_jobs)
    assert (fresh(due).status, youtube.videos, youtube.thumbnails) == ("withdrawn", [], {})


def test_held_thumbnails_do_not_keep_a_take_down_from_being_tried_again(due, youtube, drain_jobs, monkeypatch):
    monkeypatch.setattr(extras, "RUNG_AT_ONCE", 1)
    publishing.push(due.pk)
    everything()
    with in_minutes(6):
        looking.look_all()
        withdrawing.withdraw(fresh(due), by=None, why="bad dubbing")
        youtube.fail("withdraw:before", PlatformDown("down"))
        drain_jobs()
    assert fresh(due).status == "published"
    with in_minutes(20):
        extras.sweep()
        drain_jobs()
    assert fresh(due).status == "withdrawn"
