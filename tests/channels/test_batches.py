from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from channels.models import Approval, Batch, Plan, Publication, Run, UploadSession
from channels.rules import batch as rules
from channels.rules import publication
from channels.services import approving, batches, bulk, moving, publishing
from config.kernel import clock, lifecycle
from config.kernel.errors import Invalid
from tests.channels import stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube")]
DAY = timedelta(days=1)


@pytest.fixture
def ana() -> User:
    return User.objects.create(username="ana")


@pytest.fixture
def ben() -> User:
    return User.objects.create(username="ben")


def a_plan(by: User | None = None) -> Plan:
    now = clock.now()
    return Plan.objects.create(starts_at=now, ends_at=now + 3 * DAY, made_at=now, made_by=by)


def proposed(tier: str = "A", *, channel: Any = None, **more: Any) -> Publication:
    count = Publication.objects.count()
    edition = stage.an_edition(stage.a_drama(f"DR-{count:04d}", tier=tier))
    facts = {"status": "proposed", "approved_at": None, "due_in": timedelta(hours=30)} | more
    return stage.a_publication(channel or stage.a_channel(f"Channel {count}", times=()), stage.a_clip(edition), **facts)


def approved(tier: str = "A", **more: Any) -> Publication:
    return proposed(tier, **{"status": "approved", "approved_at": clock.now(), **more})


def status_of(*rows: Publication) -> list[str]:
    found = dict(Publication.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "status"))
    return [found[row.pk] for row in rows]


def keys(*rows: Publication) -> list[int]:
    return [row.pk for row in rows]


def refusals(batch: Batch) -> list[str]:
    return [line.refusal for line in batch.lines.filter(undone=False).order_by("pk")]


# --- approvals


def test_an_undone_approval_is_none_and_says_who_undid_it(ana, ben):
    first, second = proposed("A"), proposed("S")
    batch = approving.approve_all(keys(first, second), by=ana).batch
    assert status_of(first, second) == ["approved", "proposed"]
    assert batches.undo(batch, by=ben) == batches.Undone(2, 0)
    assert status_of(first, second) == ["proposed", "proposed"]
    assert not Approval.objects.filter(lapsed_at=None).exists()
    assert (batch.undone_by, batch.undone_at) == (ben, clock.now())
    step = lifecycle.history(first)[0]
    assert (step.from_status, step.to_status, step.by) == ("approved", "proposed", ben)


def test_undoing_the_second_yes_leaves_the_first(ana, ben):
    row = proposed("S")
    approving.approve_all([row.pk], by=ana)
    batch = approving.approve_all([row.pk], by=ben).batch
    batches.undo(batch, by=ben)
    assert (status_of(row), approving.standing(row).have) == (["proposed"], 1)


def test_undoing_the_first_yes_after_the_second_is_refused(ana, ben):
    row = proposed("S")
    batch = approving.approve_all([row.pk], by=ana).batch
    approving.approve_all([row.pk], by=ben)
    assert batches.undo(batch, by=ana) == batches.Undone(0, 1)
    assert (status_of(row), approving.standing(row).have) == (["approved"], 2)
    assert refusals(batch) == ["Somebody changed it meanwhile; it stands at “approved”."]


@pytest.mark.parametrize("status", ["uploading", "accepted", "published", "needs_person"])
def test_what_has_started_is_not_put_back(ana, status):
    begun, waiting = proposed(), proposed()
    batch = approving.approve_all(keys(begun, waiting), by=ana).batch
    Publication.objects.filter(pk=begun.pk).update(status=status, external_id="v1")
    assert batches.undo(batch, by=ana) == batches.Undone(1, 1)
    assert status_of(begun, waiting) == [status, "proposed"]
    assert refusals(batch) == ["Its upload has begun."]


def test_what_was_approved_anew_by_another_stays(ana, ben):
    row = proposed()
    batch = approving.approve_all([row.pk], by=ana).batch
    moving.move(row, due_at=row.due_at + DAY, by=ana)
    approving.approve_publication(row, by=ben)
    assert batches.undo(batch, by=ana) == batches.Undone(0, 1)
    assert status_of(row) == ["approved"]


def test_a_plan_whose_approval_is_undone_is_a_draft_again_and_its_runs_proposals(ana, ben):
    plan, row = a_plan(ben), proposed()
    run = Run.objects.create(channel=row.channel, edition=row.clip.edition)
    Publication.objects.filter(pk=row.pk).update(plan=plan, run=run)
    batch = approving.approve_plan(plan, by=ana).batch
    run.refresh_from_db()
    assert (plan.status, run.status) == ("approved", "active")
    batches.undo(batch, by=ana)
    plan.refresh_from_db()
    run.refresh_from_db()
    assert (plan.status, run.status) == ("draft", "proposed")


# --- how long, and how often


def test_after_ten_minutes_it_is_too_late_and_nothing_changes(ana):
    row = proposed()
    batch = approving.approve_all([row.pk], by=ana).batch
    with clock.at(batch.at + rules.UNDO_SPAN), pytest.raises(Invalid, match="More than ten minutes"):
        batches.undo(batch, by=ana)
    assert status_of(row) == ["approved"]
    with clock.at(batch.at + rules.UNDO_SPAN - timedelta(seconds=1)):
        assert batches.undo(batch, by=ana).put_back == 1


def test_an_undo_is_done_once_and_is_not_undone_itself(ana, ben):
    batch = approving.approve_all([proposed().pk], by=ana).batch
    batches.undo(batch, by=ben)
    with pytest.raises(Invalid, match="ben has undone this already, at 2026-03-02 12:00 UTC"):
        batches.undo(batch, by=ana)
    assert Batch.objects.count() == 1


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 10), (1, 10), (60, 9), (599, 1), (600, 0), (900, 0)])
def test_the_minutes_left_count_the_begun_one(noon, seconds, minutes):
    assert rules.minutes_left(noon, now=noon + timedelta(seconds=seconds)) == minutes


# --- cancelling


def test_cancelled_ones_come_back_to_where_they_stood(ana):
    rows = [proposed(status_reason="waits"), approved("S"), proposed(status="failed", approved_at=clock.now())]
    said = bulk.cancel(keys(*rows), by=ana, why="wrong week")
    assert (said.done, said.skipped, status_of(*rows)) == (3, 0, ["cancelled"] * 3)
    assert batches.undo(said.batch, by=ana) == batches.Undone(3, 0)
    assert status_of(*rows) == ["proposed", "approved", "failed"]
    first, second = (Publication.objects.get(pk=row.pk) for row in rows[:2])
    assert (first.status_reason, second.status_reason) == ("waits", "")
    assert approving.standing(second).have == 2


def test_cancelling_tells_what_it_could_not_cancel(ana):
    rows = [proposed(), proposed(status="cancelled"), proposed(status="uploading", approved_at=clock.now())]
    said = bulk.cancel(keys(*rows), by=ana, why="wrong week")
    assert (said.done, said.skipped, said.refused.total(), said.batch.count) == (1, 1, 1, 1)
    assert list(said.refused) == ["It stands at “uploading”; this cannot be done there."]


def test_cancelling_ends_a_try_that_is_half_way(ana):
    row = approved()
    session = UploadSession.objects.create(
        publication=row, number=1, status="open", total_bytes=9, opened_at=clock.now()
    )
    bulk.cancel([row.pk], by=ana, why="x")
    session.refresh_from_db()
    assert session.status == "dead"


def test_a_cancelled_one_whose_slot_was_taken_stays_cancelled(ana):
    row = proposed()
    batch = bulk.cancel([row.pk], by=ana, why="x").batch
    proposed(channel=row.channel)
    assert batches.undo(batch, by=ana) == batches.Undone(0, 1)
    [said] = refusals(batch)
    assert status_of(row) == ["cancelled"]
    assert said.startswith("The slot of Channel 0 at 2026-03-03 18:00 UTC is taken by DR-0001")


def test_a_cancelled_one_whose_clip_was_placed_elsewhere_stays_cancelled(ana):
    same, other = proposed(), proposed()
    batch = bulk.cancel(keys(same, other), by=ana, why="x").batch
    stage.a_publication(same.channel, same.clip, status="proposed", due_in=3 * DAY)
    stage.a_publication(stage.a_channel("New"), other.clip, status="proposed", due_in=3 * DAY, plan=a_plan())
    assert batches.undo(batch, by=ana) == batches.Undone(0, 2)
    assert refusals(batch) == ["Its clip was placed elsewhere meanwhile."] * 2


def test_a_cancelled_one_whose_drama_is_shown_too_close_by_now_stays_cancelled(ana):
    row = proposed()
    batch = bulk.cancel([row.pk], by=ana, why="x").batch
    clip = stage.a_clip(row.clip.edition, 2)
    stage.a_publication(row.channel, clip, status="proposed", due_in=timedelta(hours=31))
    batches.undo(batch, by=ana)
    assert refusals(batch)[0].startswith("Channel 0 keeps 4 hours between clips of one drama; DR-0000 es E2")


def test_a_cancelled_one_whose_day_is_full_by_now_stays_cancelled(ana):
    channel = stage.a_channel("Small", times=(), daily_cap=1)
    row = proposed(channel=channel)
    batch = bulk.cancel([row.pk], by=ana, why="x").batch
    proposed(channel=channel, due_in=timedelta(hours=28))
    batches.undo(batch, by=ana)
    assert refusals(batch) == ["Small posts at most 1 clip a day, and 2026-03-03 has 1."]


def test_a_cancelled_one_whose_time_has_passed_stays_cancelled(ana):
    row = approved(due_in=-timedelta(minutes=175))
    batch = bulk.cancel([row.pk], by=ana, why="x").batch
    with clock.at(clock.now() + timedelta(minutes=9)):
        batches.undo(batch, by=ana)
    assert (status_of(row), refusals(batch)) == (["cancelled"], ["Its time has passed."])


def test_nothing_but_an_undo_revives_what_was_cancelled(ana):
    row = approved()
    bulk.cancel([row.pk], by=ana, why="x")
    assert publication.Status.CANCELLED in publication.ENDED
    assert lifecycle.advance_all(Publication, [row.pk], to=publication.Status.APPROVED) == []
    assert status_of(row) == ["cancelled"]


# --- moving and pinning


def test_a_move_of_many_keeps_their_order_and_comes_back(ana):
    channel = stage.a_channel("One", times=())
    rows = [approved("S", channel=channel, due_in=timedelta(hours=30 + 6 * n)) for n in range(3)]
    times = [row.due_at for row in rows]
    said = bulk.move(keys(*rows), by=ana, span=timedelta(hours=6))
    assert (said.done, said.batch.count) == (3, 3)
    assert [Publication.objects.get(pk=row.pk).due_at for row in rows] == [at + timedelta(hours=6) for at in times]
    assert batches.undo(said.batch, by=ana) == batches.Undone(3, 0)
    stand = [Publication.objects.get(pk=row.pk) for row in rows]
    assert [(row.due_at, row.is_pinned, row.status) for row in stand] == [(at, False, "approved") for at in times]
    assert [approving.standing(row).have for row in stand] == [2, 2, 2]


def test_a_move_that_a_rule_forbids_is_refused_and_the_others_are_moved(ana):
    channel = stage.a_channel("One", times=())
    near, far = proposed(channel=channel, due_in=timedelta(hours=2)), proposed()
    said = bulk.move(keys(near, far), by=ana, span=-timedelta(hours=5))
    assert (said.done, said.refused.total()) == (1, 1)
    assert "has passed" in next(iter(said.refused))


@pytest.mark.parametrize(("count", "span", "sentence"), [(1, 0, "by how much"), (3, 1, "At most 2")])
def test_a_move_by_nothing_or_of_too_many_is_refused(ana, monkeypatch, count, span, sentence):
    monkeypatch.setattr(bulk, "MOST_MOVED", 2)
    rows = [proposed() for _turn in range(count)]
    with pytest.raises(Invalid, match=sentence):
        bulk.move(keys(*rows), by=ana, span=timedelta(hours=span))
    assert Batch.objects.count() == 0


def test_a_moved_one_that_was_approved_anew_stays_where_it_is(ana, ben):
    row = approved()
    batch = bulk.move([row.pk], by=ana, span=DAY).batch
    assert status_of(row) == ["proposed"]
    approving.approve_publication(Publication.objects.get(pk=row.pk), by=ben)
    assert batches.undo(batch, by=ana) == batches.Undone(0, 1)
    assert (status_of(row), Publication.objects.get(pk=row.pk).due_at) == (["approved"], row.due_at + DAY)


def test_a_moved_one_whose_former_time_is_taken_stays_where_it_is(ana):
    row = proposed()
    batch = bulk.move([row.pk], by=ana, span=DAY).batch
    proposed(channel=row.channel)
    batches.undo(batch, by=ana)
    assert refusals(batch)[0].startswith("The slot of Channel 0 at 2026-03-03 18:00 UTC is taken by DR-0001")


def test_pinned_ones_are_free_again_and_the_history_tells(ana):
    rows = [proposed(), proposed(is_pinned=True)]
    said = bulk.pin(keys(*rows), by=ana)
    assert (said.done, said.skipped) == (1, 1)
    assert Publication.history.filter(id=rows[0].pk, history_user=ana, is_pinned=True).exists()
    batches.undo(said.batch, by=ana)
    assert [Publication.objects.get(pk=row.pk).is_pinned for row in rows] == [False, True]


# --- trying again, taking down


def failed(**more: Any) -> Publication:
    return proposed(**{"status": "failed", "approved_at": clock.now(), "status_reason": "no answer", **more})


def test_what_failed_is_tried_again_as_one_list_and_fails_again_by_its_undo(ana):
    first, second, other = failed(), failed(), proposed()
    said = bulk.retry(keys(first, second, other), by=ana, why="the platform is back")
    assert (said.done, said.refused.total(), said.batch.deed, said.batch.count) == (2, 1, "retry", 2)
    assert status_of(first, second, other) == ["approved", "approved", "proposed"]
    assert batches.undo(said.batch, by=ana) == batches.Undone(2, 0)
    assert status_of(first, second) == ["failed", "failed"]
    assert Publication.objects.get(pk=first.pk).status_reason == "no answer"


@pytest.mark.parametrize("status", ["uploading", "approved"])
def test_a_new_try_that_has_begun_is_not_undone(ana, status):
    row = failed()
    batch = bulk.retry([row.pk], by=ana, why="").batch
    UploadSession.objects.create(publication=row, number=1, status="open", total_bytes=9, opened_at=clock.now())
    Publication.objects.filter(pk=row.pk).update(status=status)
    assert batches.undo(batch, by=ana) == batches.Undone(0, 1)
    assert status_of(row) == [status]


def test_what_is_due_is_rung_for_at_once_and_uploaded(ana, youtube, drain_jobs):
    row = failed(due_in=timedelta(0))
    bulk.retry([row.pk], by=ana, why="")
    drain_jobs()
    assert (status_of(row), len(youtube.videos)) == (["accepted"], 1)


def test_a_new_try_whose_slot_was_taken_is_refused_and_the_others_are_tried(ana):
    row, other = failed(), failed()
    proposed(channel=row.channel)
    said = bulk.retry(keys(row, other), by=ana, why="")
    assert (said.done, said.refused.total(), status_of(row, other)) == (1, 1, ["failed", "approved"])


def test_a_take_down_of_many_is_kept_as_a_list_and_cannot_be_undone(ana):
    rows = [proposed(status="published", external_id=f"v{n}", approved_at=clock.now(), due_in=-DAY) for n in range(2)]
    waiting = proposed()
    said = bulk.take_down(keys(*rows, waiting), by=ana, why="wrong cut")
    assert (said.done, said.skipped, said.refused.total()) == (2, 0, 1)
    assert (said.batch.deed, said.batch.why, said.batch.count) == ("takedown", "wrong cut", 2)
    assert [row.extras.get().kind for row in rows] == ["take_down"] * 2
    assert bulk.take_down(keys(*rows), by=ana, why="wrong cut") == bulk.Outcome(0, 2)
    with pytest.raises(Invalid, match="A take-down cannot be undone"):
        batches.undo(said.batch, by=ana)


# --- two at once


def at_once(*deeds: Any) -> list[Any]:
    gate, said = threading.Barrier(len(deeds), timeout=30), []

    def one(deed: Any) -> None:
        gate.wait()
        try:
            said.append(deed())
        except Invalid as refusal:
            said.append(refusal)
        connection.close()

    workers = [threading.Thread(target=one, args=(deed,)) for deed in deeds]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return said


@pytest.mark.django_db(transaction=True)
def test_an_undo_and_a_worker_that_starts_never_both_win(ana, youtube):
    rows = [proposed(due_in=timedelta(minutes=1)) for _turn in range(6)]
    batch = approving.approve_all(keys(*rows), by=ana).batch
    start = [lambda row=row: publishing.push(row.pk) for row in rows]
    at_once(lambda: batches.undo(batch, by=ana), *start)
    for row in rows:
        stand = Publication.objects.get(pk=row.pk)
        line = batch.lines.get(publication=row)
        sent = [video for video in youtube.videos if row.marker in str(video)]
        assert (stand.status, bool(line.undone)) in {("proposed", True), ("accepted", False), ("uploading", False)}
        assert not (line.undone and sent)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_has_the_row_when_the_undo_comes_sends_nothing(ana, youtube, monkeypatch):
    row = proposed(due_in=timedelta(minutes=1))
    batch = approving.approve_all([row.pk], by=ana).batch
    claimed, undone = threading.Event(), threading.Event()
    record = publishing.preflight.record

    def slowly(*given: Any, **more: Any) -> Any:
        claimed.set()
        assert undone.wait(30)
        return record(*given, **more)

    monkeypatch.setattr(publishing.preflight, "record", slowly)

    def undo() -> Any:
        assert claimed.wait(30)
        result = batches.undo(batch, by=ana)
        undone.set()
        return result

    said = at_once(lambda: publishing.push(row.pk), undo)
    assert batches.Undone(1, 0) in said
    assert "another worker took over" in said
    assert (status_of(row), youtube.videos) == (["proposed"], [])


@pytest.mark.django_db(transaction=True)
def test_two_who_undo_at_once_undo_once(ana, ben):
    row = proposed()
    batch = approving.approve_all([row.pk], by=ana).batch
    both = [lambda who=who: batches.undo(Batch.objects.get(pk=batch.pk), by=who) for who in (ana, ben)]
    said = at_once(*both)
    assert sorted(type(one).__name__ for one in said) == ["Invalid", "Undone"]
    assert lifecycle.history(row).filter(to_status="proposed").count() == 1
