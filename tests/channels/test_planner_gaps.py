"""Where the missing clips of a run may still go, and that the planner puts them nowhere else."""

from __future__ import annotations

import pytest

from channels.rules import reasons
from channels.rules.planner import gaps
from channels.rules.planner.fill import fill
from channels.rules.planner.gaps import Had
from tests.channels.planned import at, clip, lane, pair, problem, when

DAILY = [at(days=day) for day in range(8)]


def had(number, *, day, **more):
    return Had((number, 0, number), f"E{number}", at(days=day), **more)


def told(missing, stands):
    found = gaps.of([clip(number) for number in missing], stands)
    return [([one.key for one in gap.clips], gap.not_before, gap.later.label if gap.later else None) for gap in found]


def test_missing_clips_go_between_the_neighbours_that_stand_or_behind_the_last():
    stands = [had(2, day=1), had(5, day=4)]
    assert told([1, 3, 4, 6, 7], stands) == [
        ([1], None, "E2"),
        ([3, 4], at(days=1), "E5"),
        ([6, 7], at(days=4), None),
    ]


def test_the_first_to_go_out_of_those_behind_is_the_one_to_precede():
    assert told([1], [had(2, day=3), had(3, day=2)])[0] == ([1], None, "E3")


def test_a_replacement_is_waited_for_and_closes_no_gap():
    stands = [had(1, day=0), had(2, day=1), Had((1, 0, 9), "E1", at(days=4), is_replacement=True)]
    assert told([3], stands) == [([3], at(days=4), None)]
    assert told([1], [Had((2, 0, 9), "E2", at(days=4), is_replacement=True)]) == [([1], None, None)]


@pytest.mark.parametrize(
    ("later", "passed"),
    [
        (had(2, day=2), False),
        (had(2, day=1), True),
        (had(2, day=2, is_shown=True), True),
        (had(2, day=-1), True),
    ],
)
def test_a_place_has_passed_when_the_next_one_is_out_or_no_time_lies_between(later, passed):
    [first, _behind] = gaps.of([clip(1)], [Had((0, 0, 0), "E0", at(days=1)), later])
    assert first.has_passed(at()) is passed


# --- in the planner


def two_gaps(**more):
    """Clip 1 before something on day 2, clips 3 and 4 behind something on day 5."""
    first = pair(clips=[clip(1)], is_running=True, not_after=at(days=2), later="E2")
    return [first, pair(clips=[clip(3), clip(4)], is_running=True, not_before=at(days=5), **more)]


def test_each_gap_of_a_run_is_filled_for_itself():
    assert when(fill(problem(two_gaps(), [lane(slots=DAILY)]))) == [
        (1, at()),
        (3, at(days=6)),
        (4, at(days=7)),
    ]
    assert when(fill(problem(two_gaps(), [lane(slots=DAILY[2:])]))) == [(3, at(days=6)), (4, at(days=7))]


def test_what_stands_at_the_very_moment_is_not_preceded():
    assert when(fill(problem(two_gaps()[:1], [lane(slots=[at(days=2)])]))) == []


def test_a_gap_without_a_free_slot_says_what_it_would_have_to_precede():
    [left] = fill(problem(two_gaps()[:1], [lane(slots=DAILY[2:])])).left
    assert (left.clip, left.rule) == (1, "order")
    assert reasons.sentence(left.facts) == (
        "clip 1 comes before E2, and Channel 1 has no time for it until that goes out at 2026-03-04 12:00 UTC."
    )
    assert reasons.sentence(left.remedy) == "Move E2 on Channel 1 to a later time, or cancel it."


def test_a_run_with_gaps_takes_no_second_channel():
    other = pair(channel=2, clips=[clip(1), clip(3)], points=5000)
    given = problem([*two_gaps(), other], [lane(slots=DAILY), lane(2, slots=DAILY)])
    assert {one.channel for one in fill(given).placed} == {1}
    given = problem([two_gaps()[0], other], [lane(slots=DAILY), lane(2, slots=DAILY)])
    assert {one.channel for one in fill(given).placed} == {1}
