from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Sum

from channels.errors import ChannelBlocked, ItemRefused, PlatformDown, QuotaSpent
from channels.models import Channel, Publication, QuotaWindow
from channels.platforms import base
from channels.services import looking, publishing
from config.kernel import clock
from config.kernel.models import News
from tests.channels import stage
from tests.channels.fake_platform import Killed

pytestmark = pytest.mark.django_db


@pytest.fixture
def due(noon, youtube):
    """An approved publication on YouTube that is due now."""
    clip = stage.a_clip(stage.an_edition(stage.a_drama()))
    return stage.a_publication(stage.a_channel(), clip)


def look_again(publication):
    publication.refresh_from_db()
    return publication


def test_a_due_clip_arrives_whole_and_once(due, youtube):
    assert publishing.push(due.pk).startswith("accepted as vid-")
    assert [video.content for video in youtube.videos] == [stage.content_of(due.clip)]
    assert publishing.push(due.pk) == "not due, or another worker holds it"
    assert len(youtube.videos) == 1


def test_what_was_accepted_goes_live_with_the_first_look(due, youtube):
    publishing.push(due.pk)
    with clock.at(clock.now() + timedelta(minutes=6)):
        looking.look_all()
    row = look_again(due)
    assert (row.status, row.url) == ("published", f"https://watch.example/{row.external_id}")
    assert row.observations.get().views == 0
    assert row.next_look_at == row.accepted_at + timedelta(hours=1)


def test_a_clip_for_later_goes_up_ahead_and_is_published_by_the_platform(noon, youtube):
    clip = stage.a_clip(stage.an_edition(stage.a_drama()))
    row = stage.a_publication(stage.a_channel(), clip, due_in=timedelta(minutes=20))
    publishing.push(row.pk)
    assert youtube.videos[0].publish_at == row.due_at
    with clock.at(noon + timedelta(minutes=6)):
        looking.look_all()
        assert look_again(row).status == "accepted"
    with clock.at(row.due_at + timedelta(minutes=2)):
        looking.look_all()
    assert look_again(row).status == "published"


STEPS = [
    "open_session:before",
    "open_session:after",
    "send:before",
    "send:after",
    "final:before",
    "final:after",
    "limits:before",
]


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_leads_to_exactly_one_upload(due, youtube, drain_jobs, step):
    youtube.fail(step, Killed())
    with pytest.raises(Killed):
        publishing.push(due.pk)
    with clock.at(clock.now() + timedelta(minutes=3)):
        publishing.sweep()
        drain_jobs()
    assert look_again(due).status == "accepted"
    assert [video.content for video in youtube.videos] == [stage.content_of(due.clip)]


@pytest.mark.parametrize("step", STEPS)
def test_a_lost_answer_at_any_step_leads_to_exactly_one_upload(due, youtube, drain_jobs, step):
    youtube.fail(step, PlatformDown("no answer"))
    publishing.push(due.pk)
    with clock.at(clock.now() + timedelta(minutes=3)):
        publishing.sweep()
        drain_jobs()
    assert look_again(due).status == "accepted"
    assert len(youtube.videos) == 1


# --- in doubt, ask


def after(minutes):
    return clock.at(clock.now() + timedelta(minutes=minutes))


def sweep(drain_jobs, *, minutes):
    with after(minutes):
        publishing.sweep()
        return drain_jobs()


def test_a_session_that_vanished_before_its_last_bytes_starts_over(due, youtube, drain_jobs):
    youtube.fail("send:before", Killed())
    with pytest.raises(Killed):
        publishing.push(due.pk)
    youtube.forget_sessions()
    sweep(drain_jobs, minutes=3)
    assert look_again(due).status == "accepted"
    assert [session.status for session in due.sessions.order_by("number")] == ["dead", "done"]


def test_a_session_that_vanished_after_its_last_bytes_is_found_by_its_mark(due, youtube, drain_jobs):
    youtube.fail("final:after", Killed())
    with pytest.raises(Killed):
        publishing.push(due.pk)
    youtube.forget_sessions()
    sweep(drain_jobs, minutes=3)
    assert look_again(due).external_id == youtube.videos[0].external_id
    assert (len(youtube.videos), youtube.count("open_session")) == (1, 1)


def test_what_cannot_be_found_is_looked_for_twice_before_it_is_sent_again(due, youtube, drain_jobs):
    youtube.fail("final:before", Killed())
    with pytest.raises(Killed):
        publishing.push(due.pk)
    youtube.forget_sessions()
    sweep(drain_jobs, minutes=3)
    row = look_again(due)
    assert (row.status, row.sessions.get().status) == ("uploading", "unknown")
    assert row.next_try_at == clock.now() + timedelta(minutes=18)
    sweep(drain_jobs, minutes=10)
    assert youtube.count("find_upload") == 1
    with after(19):
        sweep(drain_jobs, minutes=0)
        drain_jobs()
    assert (look_again(due).status, len(youtube.videos)) == ("accepted", 1)


def test_a_clip_of_the_same_size_without_our_mark_is_a_persons_matter(due, youtube, drain_jobs):
    youtube.fail("final:after", Killed())
    with pytest.raises(Killed):
        publishing.push(due.pk)
    youtube.forget_sessions()
    youtube.videos[0].marker = "somebody else's"
    sweep(drain_jobs, minutes=3)
    row = look_again(due)
    assert row.status == "needs_person"
    evidence = row.sessions.get().evidence
    assert evidence[-1]["found"][0]["proof"] == "size_and_duration"
    assert "upload_id" not in str(evidence)


@pytest.mark.parametrize("verb", ["send", "ask"])
def test_a_platform_that_has_all_bytes_and_no_clip_yet_is_asked_again_and_sent_nothing(
    due, youtube, drain_jobs, monkeypatch, verb
):
    if verb == "ask":
        youtube.fail("final:after", Killed())
        with pytest.raises(Killed):
            publishing.push(due.pk)
    real = getattr(youtube, verb)

    def busy(token, handle, *, total, **more):
        real(token, handle, total=total, **more)
        return base.open_at(min(more.get("offset", total) + len(more.get("chunk", b"")), total))

    with monkeypatch.context() as patch, after(3):
        patch.setattr(youtube, verb, busy)
        assert "has all bytes" in publishing.push(due.pk)
        assert look_again(due).sessions.get().status == "final_sent"
    sent = youtube.count("send")
    sweep(drain_jobs, minutes=10)
    assert (look_again(due).status, len(youtube.videos), youtube.count("send")) == ("accepted", 1, sent)


def test_the_address_of_a_session_is_stored_before_byte_0_and_encrypted(due, youtube):
    youtube.fail("send:before", Killed())
    with pytest.raises(Killed):
        publishing.push(due.pk)
    assert due.sessions.get().handle in youtube.sessions
    with connection.cursor() as cursor:
        cursor.execute("select handle from channels_uploadsession")
        assert "upload_id" not in cursor.fetchone()[0]


def test_a_worker_that_was_overtaken_stops_without_a_trace(due, youtube, monkeypatch):
    send = youtube.send

    def overtaken(*args, **more):
        Publication.objects.filter(pk=due.pk).update(lease_token=uuid.uuid4())
        return send(*args, **more)

    monkeypatch.setattr(youtube, "send", overtaken)
    assert publishing.push(due.pk) == "another worker took over"
    assert (look_again(due).status, youtube.videos) == ("uploading", [])


# --- what a refusal asks for


def test_a_spent_budget_defers_to_the_hour_it_returns(due, youtube):
    due.channel.api_client.limits = {"uploads": 0}
    due.channel.api_client.save()
    publishing.push(due.pk)
    row = look_again(due)
    assert row.status == "uploading"
    assert row.next_try_at == QuotaWindow.objects.get(bucket="uploads").closes_at
    assert "spent until" in row.status_reason
    assert youtube.count("open_session") == 0


def test_a_budget_that_the_platform_calls_spent_is_spent_for_all(due, youtube):
    until = clock.now() + timedelta(hours=20)
    youtube.fail("open_session:before", QuotaSpent("spent", bucket="uploads", scope="app", until=until))
    publishing.push(due.pk)
    assert look_again(due).next_try_at == until
    window = QuotaWindow.objects.get(bucket="uploads")
    assert (window.left, window.entries.aggregate(total=Sum("units"))["total"]) == (0, window.limit)


def test_a_suspended_account_is_stopped_and_the_clip_waits(due, youtube):
    youtube.fail("open_session:before", ChannelBlocked("suspended"))
    publishing.push(due.pk)
    row = look_again(due)
    assert (row.status, row.channel.status) == ("uploading", "stopped")
    assert News.objects.filter(code="channel_stopped").count() == 1


def test_a_clip_refused_for_what_it_is_fails_with_the_sentence(due, youtube):
    youtube.fail("open_session:before", ItemRefused("The title is not taken."))
    publishing.push(due.pk)
    assert (look_again(due).status, due.status_reason) == ("failed", "The title is not taken.")


def test_refused_with_its_last_bytes_it_fails_only_after_two_looks(due, youtube, drain_jobs):
    youtube.fail("final:before", ItemRefused("Too large."))
    publishing.push(due.pk)
    assert look_again(due).status == "uploading"
    sweep(drain_jobs, minutes=1)
    assert look_again(due).status == "uploading"
    sweep(drain_jobs, minutes=17)
    assert (look_again(due).status, due.status_reason) == ("failed", "Too large.")


# --- before the upload


def test_a_clip_too_late_goes_back_to_planning_and_is_not_fired(due, youtube):
    with after(181):
        assert publishing.push(due.pk).startswith("Too late")
    row = look_again(due)
    assert (row.status, row.approved_at, youtube.videos) == ("proposed", None, [])


def test_a_backlog_after_an_outage_is_told_in_one_sentence(due, youtube, drain_jobs):
    other = stage.a_clip(stage.an_edition(stage.a_drama("DR-0002")))
    stage.a_publication(stage.a_channel("Other"), other)
    assert sweep(drain_jobs, minutes=200) == ["Publications missed their time. 2 moved, 0 dropped, 0 added."]
    assert (youtube.calls, News.objects.count()) == ([], 2)
    assert News.objects.get(code="publications_too_late").sentence.startswith("2 publications were too late")


def test_a_half_sent_clip_that_became_too_late_is_given_up(due, youtube, drain_jobs):
    youtube.fail("send:before", Killed())
    with pytest.raises(Killed):
        publishing.push(due.pk)
    sweep(drain_jobs, minutes=200)
    assert (look_again(due).status, due.sessions.get().status, youtube.videos) == ("proposed", "dead", [])


def test_a_paused_channels_clip_waits_for_it(due, youtube, drain_jobs):
    Channel.objects.update(status="paused", status_reason="holiday")
    publishing.push(due.pk)
    row = look_again(due)
    assert (row.status, row.next_try_at) == ("approved", clock.now() + timedelta(minutes=10))
    Channel.objects.update(status="active")
    sweep(drain_jobs, minutes=11)
    assert look_again(due).status == "accepted"


def test_a_worker_thought_dead_that_comes_back_with_an_address_stops(due, youtube, monkeypatch, drain_jobs):
    real = youtube.open_session

    def slow(*args, **more):
        monkeypatch.setattr(youtube, "open_session", real)
        with after(3):
            publishing.sweep()
            drain_jobs()
        return real(*args, **more)

    monkeypatch.setattr(youtube, "open_session", slow)
    assert publishing.push(due.pk) == "another worker took over"
    assert (look_again(due).status, len(youtube.videos)) == ("accepted", 1)
