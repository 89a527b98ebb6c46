"""Any small problem: the answer is lawful for who did not write it, adds up, and does not hang on the order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from channels.rules.eligibility import Window
from channels.rules.planner.fill import fill
from channels.rules.planner.problem import Sameness
from tests.channels.properties import STABLE, START, holed, problems
from tests.checker import judge
from tests.checker import problems as judged

DAY = timedelta(days=1)
UNTIL_FOUND = settings(STABLE, max_examples=2000, phases=[Phase.generate])


def told(filled):
    return [(one.edition, one.channel, one.clip, one.at, one.points) for one in filled.placed]


@STABLE
@given(problems())
def test_what_is_placed_breaks_no_law(problem):
    filled = fill(problem)
    if filled.placed:
        assert judge.violations(judged.world(problem, filled)) == []
    assert judged.too_early(problem, filled) == []


@STABLE
@given(holed())
def test_what_fills_the_holes_of_a_run_breaks_no_law_and_no_order(given):
    filled = fill(given.problem, with_bound=True)
    if filled.placed:
        assert judge.violations(judged.world(given.problem, filled, stands=given.stands)) == []
    assert filled.score <= filled.bound
    missing = {clip.key for pair in given.problem.pairs if pair.edition == 90 for clip in pair.clips}
    assert missing == {one.clip for one in (*filled.placed, *filled.left) if one.edition == 90}


def test_holes_that_are_filled_behind_the_last_one_would_be_found_out():
    def behind(problem):
        last = {one.edition: one.not_before for one in problem.pairs}
        return replace(
            problem,
            pairs=tuple(replace(one, not_after=None, not_before=last[one.edition]) for one in problem.pairs),
        )

    def is_found(given):
        filled = fill(behind(given.problem))
        world = judged.world(given.problem, filled, stands=given.stands) if filled.placed else None
        return world is not None and "order" in {one.rule for one in judge.violations(world)}

    assert find(holed(), is_found, settings=UNTIL_FOUND)


@STABLE
@given(problems())
def test_the_points_add_up_and_never_pass_the_bound(problem):
    filled = fill(problem, with_bound=True)
    pairs = {(one.edition, one.channel): one.points for one in problem.pairs}
    hours = {(lane.channel, slot.at): slot.points for lane in problem.lanes for slot in lane.slots}
    assert filled.score == sum(pairs[one.edition, one.channel] + hours[one.channel, one.at] for one in filled.placed)
    assert filled.bound is not None
    assert filled.score <= filled.bound


@STABLE
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_what_comes_in_never_matters(problem, dice):
    def mixed(values):
        return tuple(dice.sample(values, len(values)))

    other = replace(
        problem,
        pairs=mixed([replace(one, clips=mixed(one.clips), spans=mixed(one.spans)) for one in problem.pairs]),
        lanes=mixed([replace(one, slots=mixed(one.slots), taken=mixed(one.taken)) for one in problem.lanes]),
        budgets=mixed(problem.budgets),
    )
    assert told(fill(other)) == told(fill(problem))


@STABLE
@given(problems())
def test_every_edition_is_placed_whole_or_said_why_not(problem):
    filled = fill(problem)
    placed = {(one.channel, one.clip) for one in filled.placed}
    whole = {
        (pair.edition, pair.platform)
        for pair in problem.pairs
        if all((pair.channel, clip.key) in placed for clip in pair.clips)
    }
    explained = {one.edition for one in filled.left}
    open_ones = {pair.edition for pair in problem.pairs if (pair.edition, pair.platform) not in whole}
    assert open_ones <= explained


def without(**limits):
    """The problem as a planner would see it that forgot these limits of the channels."""
    return lambda problem: replace(problem, lanes=tuple(replace(one, **limits) for one in problem.lanes))


def always_open(problem):
    wide = (Window(START - DAY, START + 30 * DAY),)
    return replace(problem, pairs=tuple(replace(one, spans=wide) for one in problem.pairs))


@pytest.mark.parametrize(
    ("rule", "forget"),
    [
        ("daily_cap", without(daily_cap=99)),
        ("account_cap", without(account_cap=None)),
        ("spacing", without(gap=timedelta(0))),
        ("uploads", lambda problem: replace(problem, budgets=())),
        ("rights", always_open),
        ("channel_likeness", lambda problem: replace(problem, sameness=Sameness(1, 99, 99))),
        ("language_likeness", lambda problem: replace(problem, sameness=Sameness(1, 99, 99))),
        ("two_channels", lambda problem: replace(problem, channels_per_edition=2)),
    ],
)
def test_a_planner_that_forgot_a_rule_would_be_found_out(rule, forget):
    def is_found(problem):
        filled = fill(forget(problem))
        return bool(filled.placed) and rule in {one.rule for one in judge.violations(judged.world(problem, filled))}

    assert find(problems(), is_found, settings=UNTIL_FOUND)
