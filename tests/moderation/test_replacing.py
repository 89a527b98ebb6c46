from __future__ import annotations

from datetime import timedelta

import pytest

from catalog.models import Clip
from catalog.services import lineage
from channels.models import Extra, Publication
from channels.services import planning, withdrawing
from channels.services import replacing as channel_replacing
from config.kernel import clock, lifecycle
from config.kernel.errors import MoveRefused
from moderation.models import Replacement, Ticket
from moderation.rules.replacement import Status
from moderation.rules.ticket import Status as TicketStatus
from moderation.services import recalling, replacing
from tests.moderation.conftest import NOON, make_channel, make_clip, make_version, publish

LATER = NOON + timedelta(days=2)


@pytest.fixture
def mended(edition, version):
    return make_version(edition, number=2, changed={7: "mended bytes"})


@pytest.fixture
def live(version, channel):
    return publish(make_clip(version, 7), channel)


@pytest.fixture
def ticket(version, live, mended, noon) -> Ticket:
    return Ticket.objects.create(
        version=version, label="dubbing", status=TicketStatus.DELIVERED, fixed_by=mended, episode=7,
        opened_at=NOON, due_at=NOON + timedelta(days=2),
    )  # fmt: skip


@pytest.fixture
def seam(monkeypatch):
    """The planner's cancel, the recipes' successor and the channels' schedule, as their contracts say."""

    def cancel(publication, *, by, why):
        return lifecycle.advance(publication, to="cancelled", by=by, why=why)

    def successor(clip, version):
        return Clip.objects.filter(supersedes=clip).first()

    def schedule(old, *, clip, by, why, due_at=None):
        known = Publication.objects.filter(replaces=old).first()
        due = due_at or clock.now() + timedelta(minutes=1)
        return known or Publication.objects.create(
            channel=old.channel, clip=clip, due_at=due, upload_at=due, title=old.title, replaces=old,
            status="approved", approved_at=clock.now(),
        )  # fmt: skip

    monkeypatch.setattr(planning, "cancel", cancel, raising=False)
    monkeypatch.setattr(lineage, "successor", successor)
    monkeypatch.setattr(channel_replacing, "schedule", schedule)


def mend(clip: Clip, version, *, status: str = "ready") -> Clip:
    new = make_clip(version, clip.first_episode, status=status)
    Clip.objects.filter(pk=new.pk).update(supersedes=clip)
    return new


def go_live(publication: Publication) -> None:
    publication.external_id = f"new-{publication.pk}"
    publication.published_at = clock.now()
    publication.status = "published"
    publication.save()


def test_the_new_one_is_live_before_the_old_one_comes_down(ticket, live, mended, seam):
    clip = mend(live.clip, mended, status="waiting")
    replacing.advance_all()
    row = Replacement.objects.get()
    ticket.refresh_from_db()
    assert (ticket.status, row.status, row.reason) == (
        TicketStatus.REPLACING, Status.WAITING, "The mended clip is being cut.",
    )  # fmt: skip

    Clip.objects.filter(pk=clip.pk).update(status="ready")
    replacing.advance_all()
    row.refresh_from_db()
    assert (row.status, row.new.clip, Extra.objects.exists()) == (Status.UPLOADING, clip, False)

    go_live(row.new)
    replacing.advance_all()
    row.refresh_from_db()
    assert (row.status, Extra.objects.get().publication) == (Status.TAKING_DOWN, live)

    lifecycle.advance(live, to="withdrawn")
    replacing.advance_all()
    row.refresh_from_db()
    ticket.refresh_from_db()
    assert (row.status, ticket.status, ticket.solved_at) == (Status.DONE, TicketStatus.WATCHING, NOON)


def test_only_publications_that_show_the_mended_episode_are_replaced(ticket, live, version, channel, mended, seam):
    untouched = publish(make_clip(version, 3), channel)
    compilation = publish(make_clip(version, 6, 7), channel)
    elsewhere = publish(live.clip, make_channel("Dramas CO"))
    replacing.advance_all()
    olds = set(Replacement.objects.values_list("old", flat=True))
    assert olds == {live.pk, compilation.pk, elsewhere.pk} - {untouched.pk}


def test_a_planned_upload_of_a_bad_clip_is_stopped_and_its_mended_clip_keeps_the_hour(ticket, live, mended, seam):
    other = make_channel("Dramas CO")
    planned = publish(live.clip, other, status="approved", external_id="", published_at=None, due_at=LATER)
    mend(live.clip, mended)
    replacing.advance_all()
    planned.refresh_from_db()
    row = Replacement.objects.get(old=planned)
    assert (planned.status, row.status, row.new.due_at) == ("cancelled", Status.DONE, LATER)


@pytest.mark.parametrize(("by_a_person", "replaced"), [(False, True), (True, False)])
def test_what_the_release_itself_cancelled_is_replaced_and_what_a_person_cancelled_is_not(
    ticket, live, mended, seam, admin_user, by_a_person, replaced
):
    type(mended).objects.filter(pk=mended.pk).update(status="checking")
    lifecycle.advance(mended, to="releasable")
    other = make_channel("Dramas CO")
    planned = publish(live.clip, other, status="approved", external_id="", published_at=None, due_at=LATER)
    lifecycle.advance(planned, to="cancelled", by=admin_user if by_a_person else None)
    mend(live.clip, mended)
    replacing.advance_all()
    assert Publication.objects.filter(replaces=planned, due_at=LATER).exists() is replaced


def test_a_proposal_of_a_bad_clip_is_dropped(ticket, live, seam):
    other = make_channel("Dramas CO")
    proposed = publish(live.clip, other, status="proposed", external_id="", published_at=None, due_at=LATER)
    replacing.advance_all()
    proposed.refresh_from_db()
    assert (proposed.status, Replacement.objects.filter(old=proposed).exists()) == ("cancelled", False)


def test_an_accepted_upload_is_taken_down_before_viewers_see_it(ticket, live, seam):
    other = make_channel("Dramas CO")
    accepted = publish(live.clip, other, status="accepted", published_at=None, due_at=LATER)
    replacing.advance_all()
    assert list(Extra.objects.values_list("publication", flat=True)) == [accepted.pk]


def test_the_recall_is_not_over_while_a_bad_upload_is_on_its_way(ticket, live, mended, seam):
    other = make_channel("Dramas CO")
    Publication.objects.filter(pk=live.pk).update(status="withdrawn")
    flying = publish(live.clip, other, status="uploading", external_id="", published_at=None)
    replacing.advance_all()
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.REPLACING
    Publication.objects.filter(pk=flying.pk).update(status="published", external_id="x", published_at=NOON)
    mend(live.clip, mended)
    replacing.advance_all()
    assert Replacement.objects.get(old=flying).status == Status.UPLOADING


def test_twice_makes_no_second_replacement(ticket, live, mended, seam):
    mend(live.clip, mended)
    replacing.advance_all()
    replacing.advance_all()
    assert recalling.plan_for(ticket) == 0
    assert (Replacement.objects.count(), Publication.objects.filter(replaces=live).count()) == (1, 1)


def test_a_clip_that_a_plan_put_there_meanwhile_is_the_replacement(ticket, live, mended, channel, seam):
    planned = publish(mend(live.clip, mended), channel, status="proposed", external_id="", published_at=None)
    replacing.advance_all()
    assert Replacement.objects.get().new == planned


def test_a_new_upload_that_is_lost_needs_a_person_and_goes_on_when_it_is_there(ticket, live, mended, seam):
    mend(live.clip, mended)
    replacing.advance_all()
    new = Publication.objects.get(replaces=live)
    Publication.objects.filter(pk=new.pk).update(status="failed", status_reason="too long")
    replacing.advance_all()
    row = Replacement.objects.get()
    assert (row.status, "too long" in row.reason) == (Status.STUCK, True)
    new.refresh_from_db()
    go_live(new)
    replacing.advance_all()
    row.refresh_from_db()
    assert row.status == Status.TAKING_DOWN


def test_a_new_upload_that_a_check_sent_back_needs_a_person(ticket, live, mended, seam):
    mend(live.clip, mended)
    replacing.advance_all()
    Publication.objects.filter(replaces=live).update(status="proposed", status_reason="no rights any more")
    replacing.advance_all()
    row = Replacement.objects.get()
    assert (row.status, row.reason) == (Status.STUCK, "The new upload: proposed: no rights any more")


def test_no_mended_clip_needs_a_person(ticket, live, seam):
    replacing.advance_all()
    assert Replacement.objects.get().status == Status.STUCK


def test_a_take_down_by_hand_says_that_a_person_is_waited_for(ticket, live, mended, seam):
    mend(live.clip, mended)
    replacing.advance_all()
    go_live(Publication.objects.get(replaces=live))
    replacing.advance_all()
    Extra.objects.update(status="by_hand", reason="https://www.tiktok.com/@x/video/1")
    replacing.advance_all()
    row = Replacement.objects.get()
    assert row.status == Status.TAKING_DOWN
    assert row.reason == "Waiting for a person to take it down: https://www.tiktok.com/@x/video/1"


def test_a_fix_that_fails_qc_reopens_the_ticket_with_the_reason(ticket, mended, live, seam):
    type(mended).objects.filter(pk=mended.pk).update(status="checking")
    lifecycle.advance(mended, to="refused", why="episode 7 is silent")
    replacing.advance_all()
    ticket.refresh_from_db()
    assert (ticket.status, "episode 7 is silent" in ticket.status_reason) == (TicketStatus.REOPENED, True)
    assert not Replacement.objects.exists()


def test_a_refusal_that_was_taken_back_lets_the_fix_go_on(ticket, mended, live, seam):
    Ticket.objects.update(status=TicketStatus.REOPENED)
    replacing.advance_all()
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.REPLACING


def test_a_version_in_qc_replaces_nothing(ticket, mended, live, seam):
    type(mended).objects.filter(pk=mended.pk).update(status="checking")
    assert replacing.advance_all() == "nothing to replace"
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.DELIVERED


def test_the_fix_of_a_fix_replaces_the_replacement_too(ticket, live, edition, mended, seam):
    second = make_version(edition, number=3, changed={7: "mended again"})
    new = publish(mend(live.clip, mended), make_channel("Dramas CO"))
    Ticket.objects.update(fixed_by=second)
    replacing.advance_all()
    assert set(Replacement.objects.values_list("old", flat=True)) == {live.pk, new.pk}


@pytest.fixture
def recut(monkeypatch):
    """The mended clip of a clip is its newest successor; everything else is the real thing."""
    newest = lambda clip, _version: Clip.objects.filter(supersedes=clip).order_by("-pk").first()  # noqa: E731
    monkeypatch.setattr(lineage, "successor", newest)
    monkeypatch.setattr(withdrawing, "withdraw", lambda *_given, **_more: True)


def lose(row: Replacement, status: str) -> Publication:
    """The new publication is lost, the sweep notices, and a person is called."""
    lost = row.new
    Publication.objects.filter(pk=lost.pk).update(status=status, status_reason="so it is")
    replacing.advance_all()
    row.refresh_from_db()
    assert (row.status, row.new) == (Status.STUCK, lost)
    return lost


def sent_up(ticket: Ticket) -> Replacement:
    replacing.advance_all()
    return Replacement.objects.get(status=Status.UPLOADING)


@pytest.mark.parametrize("status", ["cancelled", "failed"])
def test_a_retry_sends_the_clip_up_anew_where_the_lost_upload_is_not_there(
    ticket, live, mended, recut, status, admin_user
):
    clip = mend(live.clip, mended)
    row = sent_up(ticket)
    lost = lose(row, status)
    assert replacing.retry(row, by=admin_user) is True
    assert (row.status, row.new) == (Status.WAITING, None)
    replacing.advance_all()
    row.refresh_from_db()
    lost.refresh_from_db()
    assert (row.status, row.new.clip, row.new.status, row.new.replaces) == (Status.UPLOADING, clip, "approved", live)
    assert (row.new != lost, lost.status, lost.replaces) == (True, "cancelled", None)


@pytest.mark.parametrize("status", ["rejected", "withdrawn"])
def test_a_retry_after_the_platform_had_the_clip_waits_for_other_bytes(ticket, live, edition, mended, recut, status):
    """The same clip goes up once per channel; a further version of it takes the place."""
    mend(live.clip, mended)
    row = sent_up(ticket)
    lost = lose(row, status)
    replacing.retry(row, by=None)
    replacing.advance_all()
    row.refresh_from_db()
    assert (row.status, row.new, "already" in row.reason) == (Status.STUCK, None, True)

    better = mend(live.clip, make_version(edition, number=3, changed={7: "mended twice"}))
    replacing.advance_all()
    row.refresh_from_db()
    lost.refresh_from_db()
    assert (row.status, row.new.clip, row.new.replaces) == (Status.UPLOADING, better, live)
    assert (lost.status, lost.replaces) == (status, None)


def test_a_retry_of_a_new_upload_that_may_still_come_follows_it_to_the_end(ticket, live, mended, recut):
    mend(live.clip, mended)
    row = sent_up(ticket)
    new = lose(row, "needs_person")
    replacing.retry(row, by=None)
    new.refresh_from_db()
    go_live(new)
    replacing.advance_all()
    row.refresh_from_db()
    assert (row.status, row.new) == (Status.TAKING_DOWN, new)


def test_a_replacement_that_is_not_stuck_is_not_tried_again(ticket, live, mended, recut):
    mend(live.clip, mended)
    row = sent_up(ticket)
    new = row.new
    assert replacing.retry(row, by=None) is False
    Publication.objects.filter(pk=new.pk).update(status="cancelled")
    with pytest.raises(MoveRefused):
        replacing.retry(row, by=None)
    new.refresh_from_db()
    assert (row.new, new.replaces) == (new, live)


def test_the_history_of_a_replacement_names_nobody_who_did_not_act(ticket, live, mended, recut, admin_user):
    Publication.objects.filter(pk=live.pk).update(approved_by=admin_user, approved_at=NOON - timedelta(days=3))
    live.approvals.update(by=admin_user, at=NOON - timedelta(days=3))
    mend(live.clip, mended)
    new = sent_up(ticket).new
    move = lifecycle.history(new).get(to_status="approved")
    assert move.by is None
    assert move.why == f"approval of {admin_user} on 2026-02-27 carried over from {live}"
    assert (new.approved_by, new.approved_at) == (admin_user, NOON - timedelta(days=3))
