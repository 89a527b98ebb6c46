"""A plan that is asked for: made by a worker, once, whole, whatever is killed or comes first."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from channels.models import NotPlaced, Plan, Preflight, Publication, Run
from channels.services import drafting, planning, scene
from config.kernel import clock
from config.kernel.errors import Invalid
from tests.channels import stage
from tests.channels.fake_platform import Killed

pytestmark = [pytest.mark.usefixtures("noon", "youtube", "tiktok")]
DAYS = timedelta(days=3)


def a_port(clips=3):
    edition = stage.an_edition(stage.a_drama())
    for number in range(1, clips + 1):
        stage.a_clip(edition, number)
    return stage.a_channel()


def ask(**more):
    return planning.ask(starts_at=clock.now(), ends_at=clock.now() + DAYS, **more)


def nothing_is_written():
    return not any(model.objects.exists() for model in (Publication, Preflight, NotPlaced, Run))


@pytest.mark.django_db
def test_what_is_asked_for_is_made_by_a_worker(drain_jobs, admin_user):
    channel = a_port()
    plan = ask(channels=[channel], by=admin_user)
    assert (plan.status, plan.publications.count()) == ("making", 0)
    assert drain_jobs() == ["3 placed, 0 left out"]
    plan.refresh_from_db()
    assert (plan.status, plan.publications.count(), plan.made_by, plan.progress) == ("draft", 3, admin_user, {})
    assert (list(plan.channels.all()), plan.lease_until) == ([channel], None)
    assert 0 < plan.score <= plan.bound


@pytest.mark.django_db
def test_it_is_the_same_plan_as_one_made_at_once():
    a_port()
    made = planning.make(starts_at=clock.now(), ends_at=clock.now() + DAYS)
    before = list(made.publications.order_by("due_at").values_list("clip", "due_at"))
    planning.discard(made)
    asked = ask()
    planning.make_asked(asked.pk)
    assert list(asked.publications.order_by("due_at").values_list("clip", "due_at")) == before


@pytest.mark.django_db
def test_a_bell_that_rings_twice_makes_one_plan():
    a_port()
    plan = ask()
    assert planning.make_asked(plan.pk) == "3 placed, 0 left out"
    assert "not to be made" in planning.make_asked(plan.pk)
    assert Publication.objects.count() == 3


@pytest.mark.django_db
def test_its_steps_can_be_read_while_it_works(monkeypatch):
    a_port()
    plan, seen = ask(), []
    renew = planning.leases.renew

    def watched(row, **more):
        renew(row, **more)
        seen.append(Plan.objects.get(pk=row.pk).progress["step"])

    monkeypatch.setattr(planning.leases, "renew", watched)
    planning.make_asked(plan.pk)
    assert list(dict.fromkeys(seen)) == ["read", "place", "bound", "write"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", ["check_unchanged", "write", "write_left"])
def test_killed_at_any_moment_it_loses_and_doubles_nothing(monkeypatch, place):
    a_port()
    plan = ask()
    whole = getattr(drafting, place)

    def killed(*given, **more):
        whole(*given, **more)
        raise Killed

    monkeypatch.setattr(drafting, place, killed)
    with pytest.raises(Killed):
        planning.make_asked(plan.pk)
    assert nothing_is_written()
    assert Plan.objects.get().status == "making"
    monkeypatch.undo()
    assert "another worker" in planning.make_asked(plan.pk)
    with clock.at(clock.now() + timedelta(seconds=planning.LEASE_SECONDS + 1)):
        assert planning.sweep() == "1 plans to be made"
        assert planning.make_asked(plan.pk) == "3 placed, 0 left out"
    assert (Publication.objects.count(), Preflight.objects.count()) == (3, 3)


@pytest.mark.django_db
def test_who_lost_the_lease_writes_nothing(monkeypatch):
    a_port()
    plan = ask()
    fill = planning.planner.fill

    def slow(*given, **more):
        Plan.objects.update(lease_token="12345678-1234-5678-1234-567812345678")
        return fill(*given, **more)

    monkeypatch.setattr(planning.planner, "fill", slow)
    assert planning.make_asked(plan.pk).startswith("left to others")
    assert nothing_is_written()


@pytest.mark.django_db
def test_a_plan_that_came_too_late_says_so_and_fails():
    a_port()
    plan = ask()
    with clock.at(clock.now() + timedelta(days=9)):
        assert planning.make_asked(plan.pk) == "could not be made: The plan ends before it starts."
    plan.refresh_from_db()
    assert (plan.status, plan.status_reason) == ("failed", "The plan ends before it starts.")


@pytest.mark.django_db
def test_days_that_cannot_be_planned_are_refused_when_asked():
    with pytest.raises(Invalid, match="ends before"):
        planning.ask(starts_at=clock.now(), ends_at=clock.now() - DAYS)
    assert not Plan.objects.exists()


@pytest.mark.django_db
def test_what_breaks_every_time_is_given_up_with_a_sentence(monkeypatch):
    a_port()
    plan = ask()
    monkeypatch.setattr(planning.scene, "read", lambda *_given, **_more: 1 / 0)
    for number in range(planning.MOST_TRIES):
        with clock.at(clock.now() + number * timedelta(hours=1)), pytest.raises(ZeroDivisionError):
            planning.make_asked(plan.pk)
    with clock.at(clock.now() + timedelta(days=1)):
        assert "could not be made in 5 tries" in planning.make_asked(plan.pk).lower()
    assert Plan.objects.get().status == "failed"


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["placed", "moved", "run"])
def test_what_came_meanwhile_is_never_planned_over(monkeypatch, what):
    channel = a_port()
    other = stage.a_channel("ES Other", status="paused")
    clip = stage.a_clip(stage.an_edition(stage.a_drama("DR-0002"), "es-419"))
    standing = stage.a_publication(channel, clip, due_in=timedelta(hours=3))
    plan, fill = ask(channels=[channel]), planning.planner.fill

    def somebody_comes(*given, **more):
        filled = fill(*given, **more)
        if what == "placed":
            stage.a_publication(channel, stage.a_clip(clip.edition, 2), due_in=timedelta(hours=20))
        elif what == "moved":
            Publication.objects.filter(pk=standing.pk).update(due_at=clock.now() + timedelta(hours=7))
        else:
            Run.objects.create(channel=other, edition_id=filled.placed[0].edition)
        return filled

    monkeypatch.setattr(planning.planner, "fill", somebody_comes)
    assert "plan again" in planning.make_asked(plan.pk)
    plan.refresh_from_db()
    assert (plan.status, plan.publications.count()) == ("failed", 0)
    assert plan.status_reason == "Another plan took some of these slots or clips meanwhile; plan again."


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="two real connections are needed")
def test_of_two_plans_at_once_one_is_written_and_the_other_says_plan_again(monkeypatch):
    a_port()
    plans, both_read, said = [ask(), ask()], Barrier(2), []
    read, frozen = scene.read, clock.now()

    def together(*given, **more):
        found = read(*given, **more)
        both_read.wait(timeout=30)
        return found

    def work(pk):
        try:
            said.append(planning.make_asked(pk))
        finally:
            connections.close_all()

    monkeypatch.setattr(planning.scene, "read", together)
    monkeypatch.setattr(clock, "now", lambda: frozen)
    threads = [Thread(target=work, args=(plan.pk,)) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(one.split(":")[0] for one in said) == ["3 placed, 0 left out", "could not be made"]
    assert sorted(Plan.objects.values_list("status", flat=True)) == ["draft", "failed"]
    assert Publication.objects.count() == 3
