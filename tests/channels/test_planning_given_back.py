"""What a plan takes back: a draft that is thrown away, what has missed its time, and what a newer clip mends."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from catalog.models import Drama
from channels.models import Channel, Hold, Plan, Publication, Run
from channels.services import approving, holding, moving, planning, replacing
from config.kernel import clock
from config.kernel.errors import Invalid, MoveRefused
from tests.channels import stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube", "tiktok")]
DAYS = timedelta(days=3)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def make(days=DAYS, **more):
    return planning.make(starts_at=clock.now(), ends_at=clock.now() + days, **more)


def placed(plan):
    rows = plan.publications.order_by("due_at", "channel__name")
    return [(row.channel.name, row.clip.first_episode, row.due_at) for row in rows]


def person(name):
    return User.objects.create(username=name)


def a_late_one(channel, code="DR-0001", **more):
    """A proposal whose time passes within two hours."""
    clip = stage.a_clip(stage.an_edition(stage.a_drama(code, **more)))
    return stage.a_publication(channel, clip, status="proposed", approved_at=None, due_in=2 * HOUR)


def a_draft(*dues):
    """A plan that proposes a clip of its own edition at each of these distances."""
    plan = Plan.objects.create(starts_at=clock.now(), ends_at=clock.now() + DAYS, made_at=clock.now())
    channel = Channel.objects.first() or stage.a_channel(times=())
    for number, due in enumerate(dues, start=Drama.objects.count()):
        edition = stage.an_edition(stage.a_drama(f"DR-{number:04d}"))
        run = Run.objects.create(channel=channel, edition=edition, status="proposed")
        given = {"status": "proposed", "approved_at": None, "due_in": due, "plan": plan, "run": run}
        stage.a_publication(channel, stage.a_clip(edition), **given)
    return plan


def statuses(plan):
    return list(plan.publications.order_by("pk").values_list("status", flat=True))


def test_a_discarded_plan_gives_slots_clips_and_runs_back():
    stage.a_clip(stage.an_edition(stage.a_drama()))
    stage.a_channel()
    before = placed(plan := make())
    planning.discard(plan)
    assert Run.objects.count() == 0
    assert placed(make()) == before


def test_what_missed_its_time_is_planned_anew():
    stage.a_clip(stage.an_edition(stage.a_drama()))
    stage.a_channel()
    make()
    with clock.at(clock.now() + timedelta(days=1, hours=8)):
        assert [due.day for *_, due in placed(make())] == [4]


def test_a_mended_clip_drops_the_plan_of_the_one_before():
    edition = stage.an_edition(stage.a_drama())
    bad = stage.a_clip(edition, 1)
    stage.a_channel()
    row = make().publications.get()
    stage.a_clip(edition, 1, content=b"other", supersedes=bad)
    assert planning.drop_outdated(edition.pk) == "1 of 1 planned publications dropped"
    row.refresh_from_db()
    assert (row.status, row.status_reason) == ("cancelled", "a newer clip mends it")


# --- what missed its time


def test_a_held_proposal_keeps_its_place_though_its_time_has_passed():
    held = a_late_one(stage.a_channel())
    holding.hold("items", items=[held.pk], why="the lawyers ask", by=person("ana"))
    with clock.at(clock.now() + DAY):
        plan = make()
    held.refresh_from_db()
    assert (held.status, held.hold, plan.publications.count()) == ("proposed", Hold.objects.get(), 0)


def test_a_replacement_is_never_planned_anew():
    channel, edition = stage.a_channel(), stage.an_edition(stage.a_drama())
    bad, good = stage.a_clip(edition, 1), stage.a_clip(edition, 1, content=b"mended")
    old = stage.a_publication(channel, bad, status="published", external_id="x", due_in=-3 * DAY)
    instead = replacing.schedule(old, clip=good, by=person("ana"), why="mended")
    Publication.objects.filter(pk=instead.pk).update(status="proposed")
    with clock.at(clock.now() + DAY):
        plan = make()
    instead.refresh_from_db()
    assert (instead.status, instead.replaces, plan.publications.count()) == ("proposed", old, 0)


def test_a_plan_that_dies_before_it_is_written_cancels_nothing(monkeypatch):
    late = a_late_one(stage.a_channel())
    monkeypatch.setattr(planning.planner, "fill", lambda *_given, **_more: 1 / 0)
    with clock.at(clock.now() + DAY), pytest.raises(ZeroDivisionError):
        make()
    late.refresh_from_db()
    assert (late.status, Plan.objects.count()) == ("proposed", 0)


def test_a_plan_that_is_refused_as_it_is_written_cancels_nothing(monkeypatch):
    late = a_late_one(stage.a_channel())
    monkeypatch.setattr(planning.drafting, "write_left", lambda *_given: 1 / 0)
    with clock.at(clock.now() + DAY), pytest.raises(ZeroDivisionError):
        make()
    late.refresh_from_db()
    assert (late.status, Plan.objects.count()) == ("proposed", 0)


def test_a_paused_channel_keeps_what_people_have_half_approved():
    channel = stage.a_channel()
    late = a_late_one(channel, tier="S")
    approving.approve_publication(late, by=person("ana"))
    channel.status = "paused"
    channel.save()
    with clock.at(clock.now() + DAY):
        make(channels=[channel])
    late.refresh_from_db()
    assert late.status == "proposed"


@pytest.mark.parametrize("taken_up", [{"status": "approved"}, {"due_in": 2 * DAY}, {"is_held": True}])
def test_what_somebody_takes_up_while_it_is_planned_anew_stays_theirs(monkeypatch, taken_up):
    late, fill = a_late_one(stage.a_channel()), planning.planner.fill

    def meanwhile(*given, **more):
        changes = {"status": taken_up.get("status", "proposed"), "approved_at": clock.now()}
        if "due_in" in taken_up:
            changes["due_at"] = clock.now() + taken_up["due_in"]
        if "is_held" in taken_up:
            changes["hold"] = Hold.objects.create(scope="items", why="wait", since=clock.now())
        Publication.objects.filter(pk=late.pk).update(**changes)
        return fill(*given, **more)

    monkeypatch.setattr(planning.planner, "fill", meanwhile)
    with clock.at(clock.now() + DAY), pytest.raises(Invalid, match="plan again"):
        make()
    late.refresh_from_db()
    assert (late.status, Plan.objects.count()) == (taken_up.get("status", "proposed"), 0)


# --- a draft that is thrown away


def test_a_draft_is_not_thrown_away_under_the_hands_of_one_who_approves_it(monkeypatch):
    plan, cancel = a_draft(DAY, 2 * DAY), moving.cancel_all
    first = plan.publications.order_by("pk").first()

    def meanwhile(keys, **more):
        Publication.objects.filter(pk=first.pk).update(status="approved", approved_at=clock.now())
        return cancel(keys, **more)

    monkeypatch.setattr(moving, "cancel_all", meanwhile)
    assert planning.discard(plan) == 1
    assert (plan.status, statuses(plan)) == ("discarded", ["approved", "cancelled"])
    assert Run.objects.get() == first.run


def test_an_approved_plan_is_not_discarded_and_nothing_of_it_is_cancelled():
    plan = a_draft(DAY, 5 * HOUR)
    approving.approve_plan(plan, by=person("ana"))
    last = plan.publications.order_by("pk").last()
    moving.move(last, due_at=last.due_at + 2 * DAY, by=person("bob"))
    with pytest.raises(MoveRefused):
        planning.discard(plan, by=person("carl"))
    assert (plan.status, statuses(plan), Run.objects.count()) == ("approved", ["approved", "proposed"], 2)


def test_a_discarded_plan_is_discarded_once(admin_user):
    plan = a_draft(DAY)
    assert [planning.discard(plan, by=admin_user), planning.discard(plan, by=admin_user)] == [1, 0]


def test_a_large_plan_is_discarded_in_a_fixed_number_of_queries():
    counted = []
    for many in (2, 12):
        plan = a_draft(*(DAY + number * HOUR for number in range(many)))
        with CaptureQueriesContext(connection) as queries:
            planning.discard(plan)
        counted.append(len(queries))
        assert (set(statuses(plan)), Run.objects.count()) == ({"cancelled"}, 0)
    assert counted[0] == counted[1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite lets one writer in at a time")
def test_of_one_who_discards_and_one_who_approves_one_wins_whole(admin_user):
    plan, start, answers = a_draft(DAY, 26 * HOUR, 28 * HOUR), Barrier(2), []

    def run(deed):
        try:
            start.wait()
            answers.append(deed(Plan.objects.get(pk=plan.pk), by=admin_user))
        except MoveRefused as refused:
            answers.append(refused)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(deed,)) for deed in (planning.discard, approving.approve_plan)]
    [one.start() for one in threads]
    [one.join() for one in threads]
    plan.refresh_from_db()
    wanted = {"approved": ["approved"] * 3, "discarded": ["cancelled"] * 3}
    assert (len(answers), statuses(plan)) == (2, wanted[plan.status])
