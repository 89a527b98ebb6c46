"""Whatever is cut from a small plan: the change is lawful again, and touches no run that the cut does not touch."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.rules import replanning
from channels.rules.eligibility import Window
from channels.rules.planner.fill import fill
from channels.rules.planner.problem import Budget, ClipItem, Lane, Pair, Problem, Sameness, Slot, Taken
from channels.rules.replanning import Asked, Item
from channels.rules.standing_board import Board
from tests.channels.properties import PACIFIC, STABLE, START, problems
from tests.checker import judge
from tests.checker import problems as judged

DAY = timedelta(days=1)
WHY = {"code": "change_missed"}


def items_of(problem, filled):
    """What is placed may move, what was there before may not."""
    pairs = {(one.edition, one.channel): one for one in problem.pairs}
    clips = {clip.key: clip for one in problem.pairs for clip in one.clips}
    found = [
        Item(
            key=number,
            channel=one.channel,
            edition=one.edition,
            drama=pairs[one.edition, one.channel].drama,
            order=clips[one.clip].order,
            at=one.at,
            points=one.points,
            spans=pairs[one.edition, one.channel].spans,
            whole=clips[one.clip].whole,
        )
        for number, one in enumerate(filled.placed)
    ]
    standing = [(lane.channel, one) for lane in problem.lanes for one in lane.taken]
    return found + [
        Item(key=1000 + n, channel=channel, edition=-1 - n, drama=one.drama, order=(1, 1, 1), at=one.at, points=0,
             is_fixed=True, uploads=False, whole=one.whole)
        for n, (channel, one) in enumerate(standing)
    ]  # fmt: skip


def board_of(problem):
    return Board(problem.lanes, problem.budgets, now=START - DAY, sameness=problem.sameness)


def less_quota(problem):
    clients = {lane.client for lane in problem.lanes}
    known = {one.client: one for one in problem.budgets}
    budgets = [replace(known.get(key, Budget(key, "client", 9, PACIFIC)), per_day=1, promised={}) for key in clients]
    return replace(problem, budgets=tuple(sorted(budgets, key=lambda one: one.client)))


def less_a_day(problem):
    return replace(problem, lanes=tuple(replace(one, daily_cap=1) for one in problem.lanes))


def less_rights(problem):
    until = START + 2 * DAY
    return replace(
        problem,
        pairs=tuple(
            replace(one, spans=tuple(Window(span.starts_at, min(span.ends_at, until)) for span in one.spans
                                     if span.starts_at < until))
            for one in problem.pairs
        ),
    )  # fmt: skip


def ask(problem, items):
    board = board_of(problem)
    broken = dict.fromkeys(replanning.outside_rights([one for one in items if not one.is_fixed]), WHY)
    rest = [one for one in items if one.key not in broken]
    counters = (board.budget_days, board.channel_days, board.account_days)
    return Asked(broken | replanning.too_many(rest, counters=counters))


CUTS = {"quota": less_quota, "daily cap": less_a_day, "rights": less_rights, "nothing": lambda problem: problem}
cuts = pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)


def changed(problem, cut):
    filled = fill(problem)
    after = cut(problem)
    items = items_of(after, filled)
    asked = ask(after, items)
    return filled, after, items, asked, replanning.answer(items, asked, board_of(after))


@cuts
@STABLE
@given(problems())
def test_a_change_touches_only_the_runs_that_the_event_touches(cut, problem):
    _filled, _after, items, asked, answer = changed(problem, cut)
    touched = {one.run for one in items if one.key in asked.broken}
    concerned = {one.run for one in items if one.key in answer.moved or one.key in answer.dropped}
    assert concerned <= touched
    assert not {one.key for one in items if one.is_fixed} & (set(answer.moved) | set(answer.dropped))
    assert set(answer.why) == set(answer.moved) | set(answer.dropped)
    assert asked.broken or not (answer.moved or answer.dropped)


def broken_after(problem, cut):
    filled, after, _items, _asked, answer = changed(problem, cut)
    kept = tuple(
        replace(one, at=answer.moved.get(key, one.at))
        for key, one in enumerate(filled.placed)
        if key not in answer.dropped
    )
    return judge.violations(judged.world(after, replace(filled, placed=kept))) if kept else []


@cuts
@STABLE
@given(problems())
def test_after_a_change_no_law_is_broken(cut, problem):
    assert broken_after(problem, cut) == []


def test_a_clip_is_not_moved_beside_one_that_looks_like_it():
    lane = Lane(
        channel=1,
        name="channel",
        zone="UTC",
        slots=(Slot(START + DAY), Slot(START + 4 * DAY)),
        daily_cap=3,
        gap=timedelta(0),
        client=1,
        platform="youtube",
        language="es",
        taken=(Taken(START + DAY / 2, 9, whole=7),),
    )
    open_now = (Window(START, START + 9 * DAY),)
    clip = ClipItem(100, "clip", (1, 1, 100), whole=7)
    pair = Pair(1, 1, 1, "youtube", 100, (), open_now, (clip,))
    problem = Problem((pair,), (lane,), (), Sameness(days=2, most_per_language=1, most_per_channel=1))
    assert [one.at for one in fill(problem).placed] == [START + 4 * DAY]
    assert broken_after(problem, less_rights) == []


@cuts
@STABLE
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_in_which_the_items_come_never_matters(cut, problem, dice):
    _filled, after, items, asked, answer = changed(problem, cut)
    mixed = dice.sample(items, len(items))
    assert replanning.answer(mixed, ask(after, mixed), board_of(after)) == answer
    assert ask(after, mixed).broken.keys() == asked.broken.keys()
