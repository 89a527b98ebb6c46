"""Every rule that a plan keeps, on problems small enough to be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from channels.rules.eligibility import Window
from channels.rules.planner.fill import fill
from channels.rules.planner.problem import Budget, Sameness, Slot, Taken
from tests.channels.planned import at, clip, clips_of, lane, pair, problem, violations, when

HOURLY = [at(hour) for hour in range(6)]
DAILY = [at(days=day) for day in range(6)]


def plan(pairs, lanes, **more):
    given = problem(pairs, lanes, **more)
    filled = fill(given, with_bound=True)
    assert violations(given, filled.placed) == []
    assert filled.score == sum(one.points for one in filled.placed) <= filled.bound
    return filled


def test_the_best_hours_go_to_what_there_is():
    slots = [Slot(at(0), 10), Slot(at(1), 300), Slot(at(2), 20), Slot(at(3), 200)]
    assert when(plan([pair()], [lane(slots=slots)])) == [(11, at(1)), (12, at(3))]


def test_of_hours_that_are_worth_the_same_the_first_is_taken():
    assert when(plan([pair()], [lane(slots=HOURLY)])) == [(11, at(0)), (12, at(1))]


def test_what_is_worth_most_goes_out_when_there_is_not_room_for_all():
    runs = [pair(1, points=1000), pair(2, points=3000), pair(3, points=2000)]
    assert clips_of(plan(runs, [lane(slots=HOURLY[:4])])) == [21, 22, 31, 32]


def test_episodes_go_out_in_their_order_whatever_order_they_come_in():
    late = [clip(13, order=(3, 0, 13)), clip(11, order=(1, 0, 11)), clip(12, order=(2, 0, 12))]
    slots = [Slot(at(0), 0), Slot(at(1), 900), Slot(at(2), 500)]
    assert clips_of(plan([pair(clips=late)], [lane(slots=slots)])) == [11, 12, 13]


def test_a_clip_that_is_not_cut_holds_back_what_comes_after_it():
    clips = [clip(11), clip(12, is_ready=False), clip(13)]
    assert clips_of(plan([pair(clips=clips)], [lane(slots=HOURLY)])) == [11]


def test_a_run_goes_on_after_what_is_planned_of_it_and_not_at_the_same_moment():
    run = pair(is_running=True, not_before=at(2))
    assert when(plan([run], [lane(slots=HOURLY)])) == [(11, at(3)), (12, at(4))]


@pytest.mark.parametrize(
    ("gap", "hours"), [(1, [0, 1]), (2, [0, 2]), (1.5, [0, 2]), (5, [0, 5]), (6, [0]), (0, [0, 1])]
)
def test_clips_of_one_drama_keep_the_gap_of_the_channel(gap, hours):
    assert [moment for _clip, moment in when(plan([pair()], [lane(slots=HOURLY, gap=gap)]))] == [
        at(hour) for hour in hours
    ]


def test_the_gap_counts_between_editions_of_one_drama_and_from_what_stands_there():
    runs = [pair(1, drama=7, clips=1), pair(2, drama=7, clips=1)]
    channel = lane(slots=HOURLY, gap=2, taken=(Taken(at(-1), 7),))
    assert [moment for _clip, moment in when(plan(runs, [channel]))] == [at(1), at(3)]


def test_rights_open_with_their_first_moment_and_are_closed_at_their_last():
    spans = (Window(at(1), at(2)), Window(at(4), at(5)))
    assert when(plan([pair(clips=3, spans=spans)], [lane(slots=HOURLY)])) == [(11, at(1)), (12, at(4))]


def test_spans_that_overlap_are_one():
    spans = (Window(at(0), at(3)), Window(at(1), at(2)), Window(at(2), at(4)))
    assert len(plan([pair(clips=5, spans=spans)], [lane(slots=HOURLY)]).placed) == 4


@pytest.mark.parametrize(("taken", "placed"), [(0, 2), (1, 1), (2, 0), (3, 0)])
def test_the_daily_cap_counts_what_stands_there_on_the_local_day(taken, placed):
    slots = [at(hour) for hour in range(4)]
    standing = tuple(Taken(at(-1 - number), 90 + number) for number in range(taken))
    filled = plan([pair(clips=4)], [lane(slots=slots, daily_cap=2, taken=standing)])
    assert len(filled.placed) == placed


def test_the_day_of_a_cap_is_the_channels_own():
    """20:00 and 22:00 UTC on 2 March are the same day in London and two days in Moscow."""
    slots = [at(8), at(10)]
    assert len(plan([pair()], [lane(slots=slots, daily_cap=1, zone="Europe/London")]).placed) == 1
    assert len(plan([pair()], [lane(slots=slots, daily_cap=1, zone="Europe/Moscow")]).placed) == 2


@pytest.mark.parametrize(
    ("day", "hours"),
    [(datetime(2026, 3, 29, tzinfo=UTC), 23), (datetime(2026, 10, 25, tzinfo=UTC), 25)],
    ids=["spring", "autumn"],
)
def test_a_day_on_which_the_clocks_change_has_one_cap_for_all_its_hours(day, hours):
    """Madrid: the day runs from 23:00 or 22:00 UTC of the eve for 23 or 25 hours."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=1 if hours == 23 else 2)
    inside = [midnight, midnight + timedelta(hours=hours - 1)]
    channel = lane(slots=[*inside, midnight + timedelta(hours=hours)], daily_cap=1, zone="Europe/Madrid")
    runs = [pair(1, clips=1), pair(2, clips=1), pair(3, clips=1)]
    moments = [moment for _clip, moment in when(plan(runs, [channel]))]
    assert len(moments) == 2
    assert midnight + timedelta(hours=hours) in moments


@pytest.mark.parametrize(("last", "placed"), [(23.99, 2), (24, 3)])
def test_an_account_posts_so_many_in_any_24_hours_across_midnight(last, placed):
    slots = [at(0), at(10), at(last)]
    assert len(plan([pair(clips=3)], [lane(slots=slots, account_cap=2)]).placed) == placed


def test_what_stands_there_counts_in_the_accounts_24_hours_before_and_after():
    standing = (Taken(at(-10), 91), Taken(at(12), 92))
    assert plan([pair(clips=1)], [lane(slots=[at(5)], account_cap=2, taken=standing)]).placed == ()
    assert plan([pair(clips=1)], [lane(slots=[at(5)], account_cap=3, taken=standing)]).placed != ()
    assert plan([pair(clips=1)], [lane(slots=[at(14)], account_cap=2, taken=standing)]).placed != ()


def test_a_clients_budget_counts_over_its_channels_on_the_day_of_the_upload_in_its_zone():
    """08:10 UTC on 3 March, half an hour earlier, is still 2 March in Los Angeles (UTC-8)."""
    early, late = datetime(2026, 3, 3, 8, 10, tzinfo=UTC), datetime(2026, 3, 3, 8, 40, tzinfo=UTC)
    lanes = [lane(n, slots=[early, late], gap=0, upload_lead=timedelta(minutes=30)) for n in (1, 2)]
    budget = Budget(1, "Client", 2, "America/Los_Angeles", {date(2026, 3, 2): 1})
    filled = plan([pair(n, n, clips=2) for n in (1, 2)], lanes, budgets=(budget,))
    assert sorted(moment for _clip, moment in when(filled)) == [early, late, late]


def test_an_upload_that_should_have_begun_already_is_paid_today():
    """00:20 on 3 March in Los Angeles; half an hour earlier is yesterday, and the upload begins at 00:05 today."""
    slots, now = [datetime(2026, 3, 3, 8, 20, tzinfo=UTC), at(days=1)], datetime(2026, 3, 3, 8, 5, tzinfo=UTC)
    row = lane(slots=slots, gap=0, upload_lead=timedelta(minutes=30))
    budget = Budget(1, "Client", 1, "America/Los_Angeles")
    assert [len(plan([pair()], [row], budgets=(budget,), now=known).placed) for known in (now, None)] == [1, 2]


def test_a_budget_that_is_overdrawn_already_takes_nothing():
    budget = Budget(1, "Client", 2, "UTC", {date(2026, 3, 2): 5})
    filled = plan([pair(clips=1)], [lane(slots=[at(0), at(days=1)])], budgets=(budget,))
    assert when(filled) == [(11, at(days=1))]


def test_another_clients_budget_is_none_of_its_business():
    budget = Budget(2, "Another", 0, "UTC")
    assert len(plan([pair()], [lane(slots=HOURLY)], budgets=(budget,)).placed) == 2


def test_the_dear_clip_gets_the_scarce_day_and_the_cheap_one_another():
    """One upload on the first day: the channel that has only that day needs it, the other has the next day too."""
    budget = Budget(1, "Client", 1, "UTC")
    runs = [pair(1, 1, clips=1, points=1000), pair(2, 2, clips=1, points=1100)]
    lanes = [lane(1, slots=[at(0)]), lane(2, slots=[Slot(at(0), 50), Slot(at(days=1), 0)])]
    filled = plan(runs, lanes, budgets=(budget,))
    assert when(filled) == [(11, at(0)), (21, at(days=1))]


@pytest.mark.parametrize(("most", "channels"), [(1, 1), (2, 2), (3, 3), (9, 3)])
def test_an_edition_runs_on_so_many_channels_of_a_platform(most, channels):
    runs = [pair(1, n, points=1000 + n) for n in (1, 2, 3)]
    filled = plan(runs, [lane(n, slots=HOURLY) for n in (1, 2, 3)], channels_per_edition=most)
    assert len({one.channel for one in filled.placed}) == channels


def test_each_platform_has_its_own_channel_of_an_edition():
    runs = [pair(1, 1), pair(1, 2, platform="tiktok")]
    filled = plan(runs, [lane(1, slots=HOURLY), lane(2, slots=HOURLY, platform="tiktok")])
    assert {one.channel for one in filled.placed} == {1, 2}


def test_a_run_that_exists_goes_on_and_no_other_is_begun_beside_it():
    runs = [pair(1, 1, is_running=True), pair(1, 2, points=9000)]
    filled = plan(runs, [lane(1, slots=HOURLY), lane(2, slots=HOURLY)])
    assert {one.channel for one in filled.placed} == {1}


def test_a_run_that_has_shown_everything_still_counts():
    runs = [pair(1, 1, clips=(), is_running=True), pair(1, 2)]
    filled = plan(runs, [lane(1, slots=HOURLY), lane(2, slots=HOURLY)])
    assert filled.placed == ()
    assert [(one.rule, one.channel) for one in filled.left] == [("runs_elsewhere", 2)]


def test_runs_that_exist_on_more_channels_than_are_allowed_all_go_on():
    runs = [pair(1, n, is_running=True) for n in (1, 2)]
    assert len(plan(runs, [lane(n, slots=HOURLY) for n in (1, 2)]).placed) == 4


def test_one_clip_is_on_a_channel_once_though_two_editions_have_it():
    runs = [pair(1, clips=[clip(11)]), pair(2, clips=[clip(11)])]
    assert len(plan(runs, [lane(slots=HOURLY)]).placed) == 1


# --- sameness


def alike(edition, channel, **more):
    return pair(edition, channel, clips=[clip(edition * 10 + 1, whole=5, picture=5)], **more)


@pytest.mark.parametrize(
    ("sameness", "placed"),
    [
        (Sameness(2, 9, 1), 2),
        (Sameness(3, 9, 1), 1),
        (Sameness(3, 9, 2), 2),
        (Sameness(3, 9, 3), 3),
        (Sameness(1, 9, 1), 3),
    ],
)
def test_alike_clips_on_one_channel_are_limited_in_any_window(sameness, placed):
    slots = [at(days=day) for day in (0, 1, 2)]
    filled = plan([alike(n, 1) for n in (1, 2, 3)], [lane(slots=slots)], sameness=sameness)
    assert len(filled.placed) == placed


def test_alike_clips_are_limited_over_the_channels_of_one_language_and_platform():
    lanes = [lane(n, slots=[at(0)]) for n in (1, 2, 3)]
    runs = [alike(n, n) for n in (1, 2, 3)]
    assert len(plan(runs, lanes, sameness=Sameness(14, 2, 1)).placed) == 2
    other = [*lanes[:2], replace(lanes[2], language="pt")]
    assert len(plan(runs, other, sameness=Sameness(14, 2, 1)).placed) == 3


def test_what_stands_on_a_channel_without_slots_counts_as_alike():
    bystander = lane(2, taken=(Taken(at(days=-13), 90, whole=5), Taken(at(days=-12), 91, whole=5)))
    channel = lane(1, slots=[at(0), at(days=1), at(days=2)])
    filled = plan([alike(1, 1)], [channel, bystander], sameness=Sameness(14, 2, 1))
    assert when(filled) == [(11, at(days=1))]


def test_the_same_picture_with_another_voice_is_not_alike():
    runs = [pair(n, 1, clips=[clip(n * 10 + 1, picture=5)]) for n in (1, 2, 3)]
    assert len(plan(runs, [lane(slots=HOURLY)], sameness=Sameness(14, 1, 1)).placed) == 3


# --- edges


def test_nothing_to_plan_is_an_empty_plan():
    for given in (problem([], []), problem([pair()], []), problem([], [lane(slots=HOURLY)])):
        filled = fill(given, with_bound=True)
        assert (filled.placed, filled.score, filled.bound) == ((), 0, 0)


def test_without_asking_there_is_no_bound():
    assert fill(problem([pair()], [lane(slots=HOURLY)])).bound is None


def test_progress_is_told_step_by_step():
    told = []
    fill(problem([pair()], [lane(slots=HOURLY)]), with_bound=True, progress=lambda *step: told.append(step))
    assert [step for step, _done, _of in told] == ["runs", "runs", "repair", "bound", "reasons", "reasons"]
