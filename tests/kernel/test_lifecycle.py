from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections
from django.db.models import Q
from model_bakery import baker

from catalog.models import EditionVersion
from catalog.rules.version import Status
from config.kernel import clock, leases, lifecycle
from config.kernel.errors import LostClaim, MoveRefused
from config.kernel.models import StatusChange
from moderation.models import Watch


def version(**facts) -> EditionVersion:
    edition = baker.make("catalog.Edition", kind="dubbed", voice="ai", title="t", language="es", drama__tier="A",
                         drama__origin="live", drama__age_rating=0, drama__original_name="x",
                         drama__supplier__is_supplier=True)  # fmt: skip
    return baker.make(EditionVersion, edition=edition, number=1, delivered_at=clock.now(), **facts)


@pytest.mark.django_db
def test_a_move_changes_the_row_and_writes_down_who_and_why():
    row, person = version(), User.objects.create(username="olivia")
    assert lifecycle.advance(row, to=Status.CHECKING, by=person, why="delivered") is True
    step = StatusChange.objects.get()
    assert (row.status, step.from_status, step.to_status, step.by, step.why) == (
        "checking", "draft", "checking", person, "delivered",
    )  # fmt: skip


@pytest.mark.django_db
def test_a_move_already_made_is_told_and_not_written_twice():
    row = version()
    lifecycle.advance(row, to=Status.CHECKING)
    assert lifecycle.advance(row, to=Status.CHECKING) is False
    assert StatusChange.objects.count() == 1


@pytest.mark.django_db
def test_a_move_that_the_table_lacks_is_refused_and_changes_nothing():
    row = version()
    with pytest.raises(MoveRefused, match="draft"):
        lifecycle.advance(row, to=Status.RELEASABLE, note="x")
    row.refresh_from_db()
    assert (row.status, row.note, StatusChange.objects.count()) == ("draft", row.note, 0)


@pytest.mark.django_db
def test_a_stale_copy_in_memory_does_not_overwrite_a_newer_status():
    row = version()
    stale = EditionVersion.objects.get(pk=row.pk)
    lifecycle.advance(row, to=Status.CHECKING)
    lifecycle.advance(row, to=Status.REFUSED)
    with pytest.raises(MoveRefused):
        lifecycle.advance(stale, to=Status.RELEASABLE)


@pytest.mark.django_db
def test_a_condition_that_no_longer_holds_refuses_the_move():
    row = version(note="old")
    EditionVersion.objects.update(note="new")
    with pytest.raises(MoveRefused):
        lifecycle.advance(row, to=Status.CHECKING, only_if={"note": "old"})


@pytest.mark.django_db
def test_many_move_at_once_and_what_stands_elsewhere_is_left_as_it_is(django_assert_max_num_queries):
    person = User.objects.create(username="olivia")
    drafts = [version() for _turn in range(5)]
    refused = version(status=Status.REFUSED, note="no")
    keys = [row.pk for row in [*drafts, refused]]
    with django_assert_max_num_queries(6):
        moved = lifecycle.advance_all(EditionVersion, keys, to=Status.CHECKING, only_from=Status.DRAFT, by=person)
    assert moved == [row.pk for row in drafts]
    assert set(EditionVersion.objects.filter(pk__in=moved).values_list("status", flat=True)) == {"checking"}
    assert set(StatusChange.objects.values_list("from_status", "to_status", "by")) == {("draft", "checking", person.pk)}
    assert StatusChange.objects.count() == 5
    refused.refresh_from_db()
    assert refused.status == "refused"


@pytest.mark.django_db
def test_many_move_only_where_the_condition_holds_and_never_twice(monkeypatch):
    monkeypatch.setattr(lifecycle, "AT_ONCE", 2)
    rows = [version(note="yes" if turn else "no") for turn in range(5)]
    keys, only_if = [row.pk for row in rows], Q(note="yes")
    assert lifecycle.advance_all(EditionVersion, keys, to=Status.CHECKING, only_if=only_if) == keys[1:]
    assert lifecycle.advance_all(EditionVersion, keys, to=Status.CHECKING, only_if=only_if) == []
    assert StatusChange.objects.count() == 4


@pytest.mark.django_db
def test_many_take_a_way_of_their_own_only_where_it_is_given():
    row = version(status=Status.SUPERSEDED)
    assert lifecycle.advance_all(EditionVersion, [row.pk], to=Status.DRAFT) == []
    back = {Status.SUPERSEDED: {Status.DRAFT}}
    assert lifecycle.advance_all(EditionVersion, [row.pk], to=Status.DRAFT, moves=back) == [row.pk]


@pytest.mark.django_db(transaction=True)
def test_of_many_that_race_for_the_same_rows_each_row_is_moved_once():
    keys = [version().pk for _turn in range(6)]
    said = at_once(lambda: lifecycle.advance_all(EditionVersion, keys, to=Status.CHECKING))
    assert sorted(len(one) for one in said) == [0, 0, 0, 6]
    assert StatusChange.objects.count() == 6


def at_once(work, *, times: int = 4) -> list[object]:
    """Run `work` in that many threads, each with a connection of its own, released together."""
    gate, results = threading.Barrier(times), []

    def one() -> None:
        gate.wait(10)
        try:
            results.append(work())
        except Exception as error:  # noqa: BLE001  (the race tells what each thread met)
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.django_db(transaction=True)
def test_of_many_movers_exactly_one_wins():
    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        pytest.fail("race tests need a database file; see tests/conftest.py")
    row = version()
    results = at_once(lambda: lifecycle.advance(EditionVersion.objects.get(pk=row.pk), to=Status.CHECKING))
    assert sorted(map(str, results)) == ["False", "False", "False", "True"]
    assert StatusChange.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_claimants_exactly_one_holds_the_row():
    watch = baker.make(Watch, next_at=clock.now())
    results = at_once(lambda: leases.claim(Watch.objects.get(pk=watch.pk), seconds=30))
    assert sorted(map(str, results)) == ["False", "False", "False", "True"]


@pytest.mark.django_db
def test_a_lease_that_ran_out_is_taken_over_and_the_first_holder_finds_out(noon):
    first = baker.make(Watch, next_at=noon)
    leases.claim(first, seconds=30)
    with clock.at(noon + timedelta(seconds=31)):
        second = Watch.objects.get()
        assert leases.claim(second, seconds=30) is True
        with pytest.raises(LostClaim):
            leases.renew(first, seconds=30)
        assert leases.release(first) is False
        assert leases.release(second) is True


@pytest.mark.django_db
def test_a_pause_holds_claimants_off_until_it_is_over(noon):
    row = baker.make(Watch, next_at=noon)
    leases.claim(row, seconds=30)
    leases.release(row, again_at=noon + timedelta(minutes=5))
    assert leases.claim(row, seconds=30) is False
    with clock.at(noon + timedelta(minutes=5)):
        assert leases.claim(row, seconds=30) is True
        assert row.attempts == 2


@pytest.mark.django_db
def test_a_verb_that_means_one_start_refuses_the_others():
    row = version()
    lifecycle.advance(row, to=Status.CHECKING)
    lifecycle.advance(row, to=Status.REFUSED)
    with pytest.raises(MoveRefused):
        lifecycle.advance(row, to=Status.CHECKING, only_from=Status.RELEASABLE)
    assert lifecycle.advance(row, to=Status.CHECKING, only_from=Status.REFUSED) is True
