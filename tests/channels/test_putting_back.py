"""What was cancelled or moved in bulk comes back where every rule allows it, and approved only as it was approved."""

from __future__ import annotations

import contextlib
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Rights
from channels.models import Batch, Hold, Publication
from channels.services import approving, batches, bulk, lanes, moving, standing
from config.kernel import clock
from tests.channels import stage
from tests.channels.test_planning_alike import in_one_family
from tests.conftest import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube", "tiktok")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def ana() -> User:
    return User.objects.create(username="ana")


@pytest.fixture
def ben() -> User:
    return User.objects.create(username="ben")


def proposed(tier: str = "A", *, channel: Any = None, **more: Any) -> Publication:
    count = Publication.objects.count()
    edition = stage.an_edition(stage.a_drama(f"DR-{count:04d}", tier=tier))
    facts = {"status": "proposed", "approved_at": None, "due_in": 30 * HOUR} | more
    return stage.a_publication(channel or stage.a_channel(f"Channel {count}", times=()), stage.a_clip(edition), **facts)


def approved(tier: str = "A", **more: Any) -> Publication:
    return proposed(tier, **{"status": "approved", "approved_at": clock.now(), **more})


def again(row: Publication) -> Publication:
    return Publication.objects.select_related("channel", "clip__edition__drama").get(pk=row.pk)


def keys(*rows: Publication) -> list[int]:
    return [row.pk for row in rows]


def rewritten(row: Publication, *, by: User, title: str) -> None:
    """As the page of the publication saves it."""
    found = again(row)
    was = approving.substance(found)
    found.title, found._history_user = title, by
    found.save(update_fields=["title"])
    approving.changed(found, was=was, by=by)


def undone(batch: Batch, *, by: User) -> list[str]:
    """Undo it: of each line the sentence, "" where it was put back as it was."""
    batches.undo(batch, by=by)
    return list(batch.lines.order_by("pk").values_list("refusal", flat=True))


def cancelled(*rows: Publication, by: User) -> Batch:
    return bulk.cancel(keys(*rows), by=by, why="wrong week").batch  # type: ignore[return-value]


# --- yeses come back to what they were given to


@pytest.mark.parametrize("tier", ["A", "S"])
def test_an_undone_move_revives_no_yes_to_words_that_were_changed_meanwhile(ana, ben, tier):
    row = approved(tier)
    batch = bulk.move([row.pk], by=ben, span=DAY).batch
    rewritten(row, by=ben, title="Words that nobody approved")
    assert batches.undo(batch, by=ben) == batches.Undone(1, 0, 1)
    stands, line = again(row), batch.lines.get()
    assert (stands.due_at, stands.status, stands.approved_by) == (row.due_at, "proposed", None)
    assert approving.standing(stands).have == 0
    assert (line.undone, line.refusal[:39]) == (True, "It has its time again and waits for a n")
    assert approving.judged([row.pk], by=ben)[row.pk] == "own"


def test_a_first_of_two_yeses_is_not_revived_under_other_words_either(ana, ben):
    row = proposed("S")
    approving.approve_publication(row, by=ana)
    batch = bulk.move([row.pk], by=ben, span=DAY).batch
    rewritten(row, by=ben, title="Other words")
    batches.undo(batch, by=ben)
    assert (again(row).due_at, approving.standing(again(row)).have) == (row.due_at, 0)


def test_a_move_that_ended_no_yes_is_simply_undone_whatever_was_written(ana, ben):
    row = proposed()
    batch = bulk.move([row.pk], by=ana, span=DAY).batch
    rewritten(row, by=ben, title="Other words")
    assert batches.undo(batch, by=ana) == batches.Undone(1, 0, 0)
    assert (again(row).due_at, again(row).title) == (row.due_at, "Other words")


# --- every rule is asked


def test_a_cancelled_episode_does_not_come_back_out_of_order(ana):
    channel = stage.a_channel(times=(), drama_gap_hours=1)
    edition = stage.an_edition(stage.a_drama("DR-9"))
    first, second, third = (
        stage.a_publication(channel, stage.a_clip(edition, n), due_in=6 * HOUR + n * DAY) for n in (1, 2, 3)
    )
    batch = cancelled(second, by=ana)
    moving.move(third, due_at=first.due_at + 6 * HOUR, by=ana)
    [said] = undone(batch, by=ana)
    assert said.startswith("It comes before DR-9 es E3 episode")
    assert (again(second).status, again(second).preflight.count()) == ("cancelled", 0)


def test_a_cancelled_one_does_not_come_back_past_the_clients_day(ana):
    one, other = stage.a_channel("One", times=()), stage.a_channel("Other", times=())
    bucket = lanes.upload_bucket(one, scope="app")
    one.api_client.limits = {bucket.name: 1}
    one.api_client.save()
    row, late = proposed(channel=one), proposed(channel=other, due_in=80 * HOUR)
    batch = cancelled(row, by=ana)
    moving.move(late, due_at=row.due_at + HOUR, by=ana)
    [said] = undone(batch, by=ana)
    assert "may upload 1 a day; 2026-03-03 has 1." in said
    assert again(row).status == "cancelled"


def test_of_two_that_share_the_clients_last_place_on_two_channels_one_comes_back(ana):
    rows = [proposed(channel=stage.a_channel(name, times=())) for name in ("One", "Other")]
    batch = cancelled(*rows, by=ana)
    client = rows[0].channel.api_client
    client.limits = {lanes.upload_bucket(rows[0].channel, scope="app").name: 1}
    client.save()
    assert batches.undo(batch, by=ana) == batches.Undone(1, 1)


def test_a_cancelled_one_does_not_come_back_into_a_full_day_of_its_account(ana):
    channel = stage.a_channel("T", platform="tiktok", times=(), daily_cap=50, drama_gap_hours=0)
    rows = [proposed(channel=channel, due_in=20 * HOUR + n * HOUR / 2) for n in range(15)]
    far = proposed(channel=channel, due_in=70 * HOUR)
    batch = cancelled(rows[0], by=ana)
    moving.move(far, due_at=rows[-1].due_at + HOUR, by=ana)
    [said] = undone(batch, by=ana)
    assert "15 posts in any 24 hours" in said


def test_a_cancelled_one_does_not_come_back_beside_a_look_alike(ana):
    row, other = proposed(), proposed(due_in=30 * DAY)
    in_one_family(row.clip, other.clip)
    batch = cancelled(row, by=ana)
    Publication.objects.filter(pk=other.pk).update(channel=row.channel, due_at=row.due_at + 5 * HOUR)
    [said] = undone(batch, by=ana)
    assert "look" in said
    assert again(row).status == "cancelled"


def test_what_comes_back_together_is_judged_together_and_the_last_one_stays_away(ana):
    channel = stage.a_channel("One", times=(), daily_cap=3)
    rows = [proposed(channel=channel, due_in=timedelta(hours=n)) for n in (24, 27, 30)]
    batch = cancelled(*rows, by=ana)
    channel.daily_cap = 2
    channel.save()
    first, second, third = undone(batch, by=ana)
    assert (first, second, third[:19]) == ("", "", "One posts at most 2")


def test_a_former_time_before_the_rights_open_is_not_given_back(ana):
    row = proposed()
    batch = bulk.move([row.pk], by=ana, span=2 * DAY).batch
    Rights.objects.filter(drama=row.clip.edition.drama).update(opens_at=row.due_at + HOUR)
    [said] = undone(batch, by=ana)
    assert "no open rights for MX" in said
    assert again(row).due_at == row.due_at + 2 * DAY


def test_what_is_held_meanwhile_stays_where_it_is(ana):
    row = approved()
    batch = bulk.move([row.pk], by=ana, span=DAY).batch
    hold = Hold.objects.create(scope="items", why="legal", since=clock.now())
    Publication.objects.filter(pk=row.pk).update(hold=hold)
    assert undone(batch, by=ana) == ["It is held back (legal); its time stays until the hold is lifted."]
    assert (again(row).status, again(row).due_at) == ("proposed", row.due_at + DAY)


def test_what_comes_back_has_a_check_of_its_former_time(ana):
    gone, elsewhere = proposed(), proposed()
    first, second = cancelled(gone, by=ana), bulk.move([elsewhere.pk], by=ana, span=DAY).batch
    for batch, row, checks in ((first, gone, 1), (second, elsewhere, 2)):
        assert undone(batch, by=ana) == [""]
        assert [(one.stage, one.passed) for one in row.preflight.all()] == [("planned", True)] * checks
        assert (again(row).status, again(row).due_at) == ("proposed", row.due_at)


def test_what_failed_and_was_cancelled_comes_back_failed_whatever_its_time(ana):
    row = proposed(status="failed", approved_at=NOON, due_in=-3 * DAY)
    assert undone(cancelled(row, by=ana), by=ana) == [""]
    assert again(row).status == "failed"


def test_many_lines_of_a_channel_are_judged_by_what_is_read_once(ana):
    def queries(name: str, count: int) -> int:
        channel = stage.a_channel(name, times=())
        batch = cancelled(*[proposed(channel=channel, due_in=(30 + 8 * n) * HOUR) for n in range(count)], by=ana)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert batches.undo(batch, by=ana) == batches.Undone(count, 0)
        return len(asked)

    assert queries("Many", 20) <= queries("Few", 2) + 2


# --- two at once


def test_a_bulk_move_starts_from_where_each_stands_when_it_has_the_locks(ana, ben, monkeypatch):
    row, lock = proposed(), standing.lock
    there = row.due_at + 5 * DAY

    def late(rows: Any) -> Any:
        monkeypatch.setattr(standing, "lock", lock)
        moving.move(again(row), due_at=there, by=ben)
        return lock(rows)

    monkeypatch.setattr(standing, "lock", late)
    batch = bulk.move([row.pk], by=ana, span=HOUR).batch
    assert again(row).due_at == there + HOUR
    assert batch.lines.get().before["due_at"] == there.isoformat()


@pytest.mark.django_db(transaction=True)
def test_two_who_move_the_same_rows_opposite_ways_wait_for_each_other(monkeypatch):
    youtube, tiktok = stage.a_channel("Y", times=()), stage.a_channel("T", platform="tiktok", times=())
    rows = [proposed(channel=youtube), proposed(channel=tiktok, due_in=60 * HOUR)]
    people = [User.objects.create(username=name) for name in ("ana", "ben")]
    gate, first, said, move = threading.Barrier(2), threading.local(), [], moving.move

    def slowly(row: Publication, **told: Any) -> bool:
        """Each holds the locks of its first row before it asks for those of its second, if it can come so far."""
        moved = move(row, **told)
        if not hasattr(first, "done"):
            first.done = True
            with contextlib.suppress(threading.BrokenBarrierError):
                gate.wait(timeout=1)
        return moved

    monkeypatch.setattr(moving, "move", slowly)

    def run(who: User, span: timedelta) -> None:
        with clock.at(NOON):
            try:
                said.append(bulk.move(keys(*rows), by=who, span=span).done)
            except DatabaseError as error:
                said.append(error)
        connection.close()

    threads = [threading.Thread(target=run, args=deed) for deed in zip(people, (HOUR, -HOUR), strict=True)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert said == [2, 2]
    assert [again(row).due_at for row in rows] == [row.due_at for row in rows]
