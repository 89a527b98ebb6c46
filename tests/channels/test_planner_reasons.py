"""Why a clip stands where it stands, why another was left, and that what is said to place it does."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from channels.rules import reasons
from channels.rules.eligibility import Window
from channels.rules.planner import words
from channels.rules.planner.fill import fill
from channels.rules.planner.problem import Budget, Sameness, Slot, Taken
from tests.bench import problems
from tests.channels.planned import at, clip, clips_of, lane, pair, problem

TWO_DAYS = [at(0), at(days=1)]


def left(given, *, clip=None):
    found = fill(given).left
    return next(one for one in found if clip in (None, one.clip))


def more(budget, remedy):
    return replace(budget, per_day=budget.per_day + remedy["more"])


# --- one case for each rule: the problem, the rule, and the problem with the remedy applied


def capped(given, remedy):
    return replace(given, lanes=(replace(given.lanes[0], daily_cap=remedy["cap"]),))


def longer(given, remedy):
    day = date.fromisoformat(remedy["until_on"]) + timedelta(days=1)
    extra = Slot(datetime.combine(day, at(0).timetz()))
    return replace(given, lanes=(replace(given.lanes[0], slots=(*given.lanes[0].slots, extra)),))


def granted(given, remedy):
    return replace(given, budgets=tuple(more(one, remedy) for one in given.budgets))


def closer(given, remedy):
    return replace(given, lanes=(replace(given.lanes[0], gap=timedelta(hours=remedy["hours"])),))


def opened(given, remedy):
    day = datetime.combine(date.fromisoformat(remedy["day_on"]), at(0).timetz()).replace(hour=0)
    span = Window(day, day + timedelta(days=1))
    return replace(given, pairs=tuple(replace(one, spans=(*one.spans, span)) for one in given.pairs))


def laxer(given, remedy):
    name = "most_per_channel" if remedy["scope"] == "channel" else "most_per_language"
    return replace(given, sameness=replace(given.sameness, **{name: remedy["most"]}))


def roomier(given, remedy):
    return replace(given, lanes=(replace(given.lanes[0], account_cap=remedy["cap"]),))


def cut(given, _remedy):
    clips = (replace(one, is_ready=True) for one in given.pairs[0].clips)
    return replace(given, pairs=(replace(given.pairs[0], clips=tuple(clips)),))


def sooner(given, remedy):
    before = datetime.fromisoformat(remedy["until"]).replace(tzinfo=at(0).tzinfo) - timedelta(days=9)
    return replace(given, pairs=tuple(replace(one, not_before=before) for one in given.pairs))


CASES = {
    "channel_full": (problem([pair(1, points=900, clips=1), pair(2)], [lane(slots=TWO_DAYS)]), 11, longer),
    "daily_cap": (problem([pair(clips=2)], [lane(slots=[at(0), at(2)], daily_cap=1)]), 12, capped),
    "account_cap": (problem([pair(clips=2)], [lane(slots=[at(8), at(14)], account_cap=1)]), 12, roomier),
    "client_budget": (
        problem(
            [pair(clips=2)],
            [lane(slots=[at(0), at(2)])],
            budgets=(Budget(1, "Client", 2, "UTC", {date(2026, 3, 2): 1}),),
        ),
        12,
        granted,
    ),
    "drama_gap": (problem([pair(clips=2)], [lane(slots=[at(0), at(2)], gap=3)]), 12, closer),
    "rights": (
        problem([pair(clips=2, spans=(Window(at(-9), at(1)),))], [lane(slots=TWO_DAYS)]),
        12,
        opened,
    ),
    "sameness": (
        problem(
            [pair(clips=[clip(11, whole=5), clip(12, whole=5)])], [lane(slots=TWO_DAYS)], sameness=Sameness(14, 9, 1)
        ),
        12,
        laxer,
    ),
    "not_cut": (problem([pair(clips=[clip(11, is_ready=False)])], [lane(slots=TWO_DAYS)]), 11, cut),
    "order": (problem([pair(clips=1, is_running=True, not_before=at(days=5))], [lane(slots=TWO_DAYS)]), 11, sooner),
}  # fmt: skip


@pytest.mark.parametrize("rule", CASES)
def test_a_clip_is_left_by_the_rule_that_stopped_it_and_its_remedy_places_it(rule):
    given, key, apply = CASES[rule]
    one = left(given, clip=key)
    assert (one.rule, one.edition, one.channel) == (rule, 1, 1)
    assert key not in clips_of(fill(given))
    assert key in clips_of(fill(apply(given, one.remedy)))


def test_the_language_limit_of_alike_clips_is_told_from_the_channels():
    lanes = [lane(n, slots=[at(0)]) for n in (1, 2)]
    runs = [pair(n, n, clips=[clip(n * 10 + 1, whole=5)]) for n in (1, 2)]
    given = problem(runs, lanes, sameness=Sameness(14, 1, 1))
    one = left(given)
    assert (one.rule, one.facts["code"]) == ("sameness", "planner_sameness_language")
    assert len(fill(laxer(given, one.remedy)).placed) == 2


def test_a_budget_that_is_overdrawn_names_all_that_is_missing():
    budget = Budget(1, "Client", 2, "UTC", {date(2026, 3, 2): 5})
    one = left(problem([pair(clips=1)], [lane(slots=[at(0)])], budgets=(budget,)))
    assert one.remedy == {
        "code": "budget_needed",
        "channel": "Channel 1",
        "client": "Client",
        "more": 4,
        "day_on": "2026-03-02",
    }


def test_the_decisive_rule_is_named_and_not_the_one_that_refused_most_often():
    """Rights are shut at five slots, the gap stands against the only one at which they are open."""
    spans = (Window(at(0), at(2)),)
    slots = [at(0), at(1), *(at(days=day) for day in range(1, 6))]
    given = problem([pair(clips=2, spans=spans)], [lane(slots=slots, gap=24 * 9)])
    one = left(given, clip=12)
    assert (one.rule, one.facts["rules"]) == ("drama_gap", ["drama_gap"])


def test_where_two_rules_stand_against_it_everywhere_both_are_told():
    channel = lane(slots=[at(0)], daily_cap=0, taken=(Taken(at(1), 1),), gap=5)
    one = left(problem([pair(clips=1)], [channel]))
    assert one.facts["rules"] == ["daily_cap", "drama_gap"]
    assert one.remedy["code"] == "more_needed"


def test_what_waits_behind_a_left_clip_says_behind_which():
    clips = [clip(11, is_ready=False), clip(12), clip(13)]
    found = fill(problem([pair(clips=clips)], [lane(slots=TWO_DAYS)])).left
    assert [(one.clip, one.rule, one.facts["code"]) for one in found] == [
        (11, "not_cut", "planner_not_cut"),
        (12, "order", "behind"),
        (13, "order", "behind"),
    ]
    assert {one.remedy["clip"] for one in found[1:]} == {"clip 11"}


def test_an_edition_without_a_run_is_told_of_the_channel_it_came_nearest_to():
    """Channel 1 is full and has its gap against it; channel 2 is only full for the day."""
    lanes = [lane(1, slots=[at(0)]), lane(2, slots=[at(0), at(2)], daily_cap=1)]
    runs = [pair(1, 1, clips=1, points=5000), pair(2, 2, clips=1, points=5000), *(pair(3, n, clips=1) for n in (1, 2))]
    one = left(problem(runs, lanes), clip=31)
    assert (one.channel, one.rule) == (2, "daily_cap")


def test_a_channel_without_slots_says_so():
    assert left(problem([pair()], [lane()])).rule == "no_slot"


def test_every_clip_is_either_placed_or_left():
    given = problems.make(150, 3, 30, 14, 3)
    filled = fill(given)
    wanted = {(one.edition, one.platform, item.key) for one in given.pairs for item in one.clips}
    platforms = {(one.edition, one.channel): one.platform for one in given.pairs}
    found = [(one.edition, platforms[one.edition, one.channel], one.clip) for one in (*filled.placed, *filled.left)]
    assert len(found) == len(set(found))
    assert set(found) == wanted


def test_what_is_placed_says_its_pairs_reasons_its_slot_and_its_place_in_the_day():
    own = ({"code": "worth_tier", "tier": "S", "points": 4000},)
    channel = lane(slots=[Slot(at(3), 250)], zone="Europe/Madrid", daily_cap=4, taken=(Taken(at(1), 90),))
    (one,) = fill(problem([pair(clips=1, reasons=own)], [channel])).placed
    assert one.points == 1250
    assert one.reasons == (
        *own,
        {"code": "slot", "time": "16:00", "zone": "Europe/Madrid", "points": 250},
        {"code": "planner_next", "clip": "clip 11", "n": 2, "cap": 4},
    )


def test_all_that_is_told_can_be_stored_and_has_words():
    filled = fill(problems.make(300, 3, 30, 10, 7))
    lefts = [*filled.left, *(left(given, clip=key) for given, key, _apply in CASES.values())]
    told = [fact for one in lefts for fact in (one.facts, one.remedy) if fact]
    told += [reason for one in filled.placed for reason in one.reasons[1:]]
    assert json.loads(json.dumps(told)) == [dict(one) for one in told]
    for fact in told:
        words_of_it = reasons.sentence(fact)
        assert not words_of_it.startswith("Rule:"), fact
        assert "%(" not in words_of_it, fact


def test_every_rule_of_the_planner_has_its_sentence():
    named = {code.removeprefix("planner_").split("_channel")[0] for code in words.SENTENCES}
    for rule in words.RULES:
        assert rule in {*named, "channel_full"} or f"planner_{rule}_channel" in words.SENTENCES
