"""A plan for a run of which something is missing in the middle: episodes go out in order, or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels.models import Publication, Run
from channels.services import moving, planning
from config.kernel import clock
from tests.channels import stage
from tests.checker import judge, reading

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube", "tiktok")]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def a_run(days, *, status="approved", channel=None):
    """Episode n goes out on the n-th of these days, at 18:00."""
    channel = channel or stage.a_channel()
    edition = stage.an_edition(stage.a_drama())
    run = Run.objects.create(channel=channel, edition=edition, status="active")
    given = {"run": run, "status": status}
    rows = []
    for number, day in enumerate(days, start=1):
        given["external_id"] = f"x{number}" if status == "published" else ""
        rows.append(stage.a_publication(channel, stage.a_clip(edition, number), due_in=6 * HOUR + day * DAY, **given))
    return rows


def make(days=10):
    """Judged by those who did not make it, as well."""
    before = reading.publications()
    plan = planning.make(starts_at=clock.now(), ends_at=clock.now() + days * DAY)
    world = reading.world(plans=[plan], before=before, now=clock.now(), starts_at=plan.starts_at, ends_at=plan.ends_at)
    assert judge.violations(world) == []
    return plan


def episodes():
    rows = Publication.objects.exclude(status="cancelled").order_by("due_at")
    return [row.clip.first_episode for row in rows]


def left(plan):
    return [(one.clip.first_episode, one.rule, one.sentence) for one in plan.left_out.order_by("clip")]


def test_a_cancelled_episode_comes_back_between_its_neighbours():
    rows = a_run(range(5))
    moving.cancel(rows[2], by=None, why="bad")
    plan = make()
    assert episodes() == [1, 2, 3, 4, 5]
    assert plan.publications.get().due_at == rows[2].due_at


def test_a_cancelled_episode_without_a_slot_between_its_neighbours_is_left_out_and_the_rest_goes_on():
    rows = a_run(range(5))
    moving.cancel(rows[2], by=None, why="bad")
    other = stage.a_clip(stage.an_edition(stage.a_drama("DR-0002")))
    stage.a_publication(rows[2].channel, other, due_in=6 * HOUR + 2 * DAY)
    stage.a_clip(rows[0].clip.edition, 6)
    plan = make()
    assert [row.clip.first_episode for row in plan.publications.all()] == [6]
    [(episode, rule, sentence)] = left(plan)
    assert (episode, rule) == (3, "order")
    assert "comes before E4" in sentence


def test_an_episode_whose_successor_was_shown_is_left_out_with_the_reason():
    rows = a_run(range(-5, 0), status="published")
    Publication.objects.filter(pk=rows[2].pk).update(status="cancelled", external_id="")
    stage.a_clip(rows[0].clip.edition, 6)
    plan = make()
    assert [row.clip.first_episode for row in plan.publications.all()] == [6]
    assert left(plan) == [
        (
            3,
            "order",
            "Its place in the run on ES Romance has passed: E4 was shown there, and episodes go out in order.",
        )
    ]
    assert plan.left_out.get().remedy["code"] == "start_anew"


def test_an_episode_whose_successor_is_planned_before_these_days_is_left_out_with_the_reason():
    rows = a_run((0, 1, 2))
    moving.cancel(rows[0], by=None, why="bad")
    with clock.at(clock.now() + DAY + 7 * HOUR):
        plan = make()
    [(episode, rule, sentence)] = left(plan)
    assert (episode, rule, plan.publications.count()) == (1, "order", 0)
    assert sentence == "Its place in the run on ES Romance has passed: E2 is planned there for 2026-03-03 18:00 UTC."
    assert plan.left_out.get().remedy["code"] == "move_later"


@pytest.mark.parametrize(("days", "status", "opens"), [((-3, -2), "published", 0), ((1, 2), "approved", 1)])
def test_a_hook_that_is_cut_late_opens_the_run_or_is_left_out(days, status, opens):
    rows = a_run(days, status=status)
    hook = stage.a_clip(rows[0].clip.edition, 1, kind="hook")
    plan = make()
    assert list(plan.publications.values_list("clip", flat=True)) == [hook.pk] * opens
    assert [one.clip for one in plan.left_out.all()] == [hook] * (1 - opens)


def test_episodes_behind_the_last_one_go_on_after_it():
    rows = a_run((0, 1))
    for number in (3, 4):
        stage.a_clip(rows[0].clip.edition, number)
    make()
    assert episodes() == [1, 2, 3, 4]
