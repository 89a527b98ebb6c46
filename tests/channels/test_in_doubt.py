"""What went out with its last bytes is never sent again before somebody looked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from catalog.models import Rights
from channels.errors import PlatformDown
from channels.models import Channel
from channels.platforms import base
from channels.services import publishing, sessions
from config.kernel import clock
from tests.channels import stage
from tests.channels.fake_platform import Killed

pytestmark = pytest.mark.django_db


@pytest.fixture
def due(noon, youtube):
    clip = stage.a_clip(stage.an_edition(stage.a_drama()))
    return stage.a_publication(stage.a_channel(), clip)


@pytest.fixture
def doubted(due, youtube, monkeypatch):
    """Its last bytes arrived and made a clip; the next reading said “not yet”, and then the worker was killed."""
    youtube.fail("final:after", PlatformDown("no answer"))
    real = youtube.ask

    def stale(token, handle, *, total):
        youtube.fail("send:before", Killed())
        youtube.fail("final:before", Killed())
        real(token, handle, total=total)
        return base.open_at(total - 1)

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(youtube, "ask", stale)
        publishing.push(due.pk)
    youtube.faults.clear()
    due.refresh_from_db()
    return due


def after(**span):
    return clock.at(clock.now() + timedelta(**span))


def test_a_reading_that_asks_for_bytes_does_not_make_the_last_ones_unsent(doubted):
    session = sessions.live(doubted)
    sessions.reopened(session)
    assert (session.status, session.final_sent_at) == ("open", doubted.sessions.get().final_sent_at)
    assert session.final_sent_at is not None


def test_a_session_gone_after_a_stale_reading_is_looked_for(doubted, youtube):
    sessions.reopened(sessions.live(doubted))
    youtube.forget_sessions()
    with after(minutes=3):
        publishing.push(doubted.pk)
    doubted.refresh_from_db()
    assert (doubted.status, doubted.external_id) == ("accepted", youtube.videos[0].external_id)
    assert (len(youtube.books), youtube.count("open_session")) == (1, 1)


def test_a_late_row_after_a_stale_reading_is_asked_for_before_it_is_given_up(doubted, youtube):
    sessions.reopened(sessions.live(doubted))
    with after(hours=5):
        publishing.push(doubted.pk)
    doubted.refresh_from_db()
    assert (doubted.status, doubted.sessions.get().status) == ("accepted", "done")


@pytest.fixture
def full(due, youtube, monkeypatch):
    """The platform has every byte, and answers for ever that it has not made the clip."""
    youtube.fail("final:before", PlatformDown("no answer"))
    monkeypatch.setattr(youtube, "ask", lambda token, handle, *, total: base.open_at(total))
    assert "has all bytes" in publishing.push(due.pk)
    return due


def ask_every_hour(row, *, hours):
    for hour in hours:
        with after(hours=hour):
            publishing.push(row.pk)
    row.refresh_from_db()


def test_full_but_never_made_is_a_persons_matter_after_a_day(full, youtube):
    sent = youtube.count("send")
    ask_every_hour(full, hours=range(1, 24))
    assert (full.status, full.sessions.get().status) == ("uploading", "final_sent")
    ask_every_hour(full, hours=(24, 25))
    session = full.sessions.get()
    assert (full.status, session.status, youtube.count("send")) == ("needs_person", "unknown", sent)
    assert "has all bytes" in full.status_reason
    assert [line for line in session.evidence if line.get("looked")]


def test_full_but_never_made_is_accepted_when_a_day_later_the_list_shows_it(full, youtube):
    handle = next(iter(youtube.sessions))
    upload = youtube.sessions[handle]
    upload.data += stage.content_of(full.clip)[len(upload.data) :]
    youtube._finish(upload, sessions.handle_of(full.sessions.get()))
    ask_every_hour(full, hours=(25,))
    assert (full.status, full.external_id) == ("accepted", youtube.videos[0].external_id)


# --- a channel that was paused, or a check that fails, in the middle of an upload


@pytest.fixture
def half_sent(due, youtube):
    youtube.fail("send:before", Killed())
    with pytest.raises(Killed):
        publishing.push(due.pk)
    due.refresh_from_db()
    return due


def push_again(row, *, minutes):
    with after(minutes=minutes):
        publishing.push(row.pk)
    row.refresh_from_db()


def test_a_half_sent_clip_of_a_paused_channel_waits_and_goes_on_when_it_is_resumed(half_sent, youtube):
    Channel.objects.update(status="paused", status_reason="holiday")
    sent = youtube.count("send")
    push_again(half_sent, minutes=3)
    assert (half_sent.status, youtube.count("send"), youtube.count("ask")) == ("uploading", sent, 0)
    assert "is not active: holiday" in half_sent.status_reason
    Channel.objects.update(status="active")
    push_again(half_sent, minutes=15)
    assert (half_sent.status, len(youtube.books), youtube.count("open_session")) == ("accepted", 1, 1)


def test_a_half_sent_clip_whose_rights_ended_is_given_up(half_sent, youtube):
    Rights.objects.update(closes_at=clock.now())
    sent = youtube.count("send")
    push_again(half_sent, minutes=3)
    assert (half_sent.status, half_sent.approved_at, youtube.count("send")) == ("proposed", None, sent)
    assert (half_sent.sessions.get().status, half_sent.preflight.get(passed=False).refused()) == ("dead", ["rights"])


def test_a_clip_whose_last_bytes_went_out_is_settled_though_its_channel_is_paused(doubted, youtube):
    Channel.objects.update(status="paused")
    sent = youtube.count("send")
    push_again(doubted, minutes=3)
    assert (doubted.status, youtube.count("send")) == ("accepted", sent)


@pytest.mark.parametrize("reason", ["paused", "rights", "late"])
def test_last_bytes_that_did_not_arrive_are_not_sent_again_while_nothing_may_go_out(due, youtube, reason):
    youtube.fail("final:before", Killed())
    with pytest.raises(Killed):
        publishing.push(due.pk)
    if reason == "paused":
        Channel.objects.update(status="paused")
    if reason == "rights":
        Rights.objects.update(closes_at=clock.now())
    sent = youtube.count("send")
    push_again(due, minutes=300 if reason == "late" else 3)
    assert (due.status, due.sessions.get().status) == ("uploading", "final_sent")
    assert (youtube.count("send"), youtube.count("ask")) == (sent, 1)
    push_again(due, minutes=25 * 60)
    assert due.status == "needs_person"
