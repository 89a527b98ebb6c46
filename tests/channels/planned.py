"""Small planning problems in few words, the laws of a plan read anew, and the best plan by trying every one."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from channels.rules.eligibility import Window
from channels.rules.planner.problem import Budget, ClipItem, Lane, Pair, Placed, Problem, Slot, Taken

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ALWAYS = Window(NOON - timedelta(days=400), NOON + timedelta(days=400))


def at(hours: float = 0, *, days: float = 0) -> datetime:
    return NOON + timedelta(hours=hours, days=days)


def clip(key: int, **more) -> ClipItem:
    return ClipItem(**({"key": key, "label": f"clip {key}", "order": (key, 0, key)} | more))


def pair(edition: int = 1, channel: int = 1, *, clips=2, points: int = 1000, **more) -> Pair:
    """`clips`: how many, or the clips themselves. Their keys are 10 × edition + 1 and so on."""
    items = tuple(clip(edition * 10 + n) for n in range(1, clips + 1)) if isinstance(clips, int) else tuple(clips)
    given = {"edition": edition, "drama": edition, "channel": channel, "platform": "youtube", "points": points}
    return Pair(**(given | {"reasons": (), "spans": (ALWAYS,), "clips": items} | more))


def lane(channel: int = 1, *, slots=(), gap: float = 1, **more) -> Lane:
    """`slots`: moments, or moments with points. `gap` in hours."""
    free = tuple(one if isinstance(one, Slot) else Slot(one) for one in slots)
    given = {"channel": channel, "name": f"Channel {channel}", "zone": "UTC", "slots": free, "daily_cap": 99}
    return Lane(**(given | {"gap": timedelta(hours=gap), "client": 1, "platform": "youtube", "language": "es"} | more))


def problem(pairs, lanes, **more) -> Problem:
    return Problem(pairs=tuple(pairs), lanes=tuple(lanes), **more)


def when(filled, *, channel: int | None = None) -> list[tuple[int, datetime]]:
    return [(one.clip, one.at) for one in filled.placed if channel in (None, one.channel)]


def clips_of(filled) -> list[int]:
    return [one.clip for one in filled.placed]


# --- the laws


def violations(given: Problem, placed) -> list[str]:
    """Every law that these placements break, in words; written from the rules and not from the planner."""
    lanes = {one.channel: one for one in given.lanes}
    pairs = {(one.edition, one.channel): one for one in given.pairs}
    checks = (_slots, _runs, _caps, _budgets, _spacing, _sameness)
    return [found for check in checks for found in check(given, placed, lanes, pairs)]


def _slots(given, placed, lanes, pairs):
    used = Counter((one.channel, one.at) for one in placed)
    yield from (f"slot {key} twice" for key, count in used.items() if count > 1)
    for one in placed:
        row, run = lanes[one.channel], pairs[one.edition, one.channel]
        points = [slot.points for slot in row.slots if slot.at == one.at]
        if not points or one.points != run.points + max(points):
            yield f"clip {one.clip}: no such slot, or other points"
        if not any(span.starts_at <= one.at < span.ends_at for span in run.spans):
            yield f"clip {one.clip}: rights"


def _runs(given, placed, lanes, pairs):
    runs = defaultdict(list)
    for one in sorted(placed, key=lambda one: one.at):
        runs[one.edition, one.channel].append(one)
    homes = defaultdict(set)
    for key, several in runs.items():
        run = pairs[key]
        homes[run.edition, run.platform].add(run.channel)
        wanted = sorted(run.clips, key=lambda item: item.order)[: len(several)]
        if [one.clip for one in several] != [item.key for item in wanted] or not all(item.is_ready for item in wanted):
            yield f"run {key}: order"
        if run.not_before and several[0].at <= run.not_before:
            yield f"run {key}: before what is planned already"
    running = {(one.edition, one.platform, one.channel) for one in given.pairs if one.is_running}
    for (edition, platform), channels in homes.items():
        old = {channel for e, p, channel in running if (e, p) == (edition, platform)}
        if len(channels | old) > max(given.channels_per_edition, len(old)):
            yield f"edition {edition} on {channels}"
    shown = Counter((one.channel, one.clip) for one in placed)
    yield from (f"clip {key} twice" for key, count in shown.items() if count > 1)


def _caps(given, placed, lanes, pairs):
    for key, row in lanes.items():
        own = sorted(one.at for one in placed if one.channel == key)
        every = sorted([*own, *(one.at for one in row.taken)])
        days = Counter(moment.astimezone(ZoneInfo(row.zone)).date() for moment in every)
        mine = {moment.astimezone(ZoneInfo(row.zone)).date() for moment in own}
        yield from (f"channel {key}: {days[day]} on {day}" for day in mine if days[day] > row.daily_cap)
        for start in every if row.account_cap is not None else ():
            inside = [moment for moment in every if start <= moment < start + timedelta(hours=24)]
            if len(inside) > row.account_cap and set(inside) & set(own):
                yield f"channel {key}: {len(inside)} in 24 hours from {start}"


def _budgets(given, placed, lanes, pairs):
    for budget in given.budgets:
        days = Counter(
            max(one.at - lanes[one.channel].upload_lead, given.now or one.at - lanes[one.channel].upload_lead)
            .astimezone(ZoneInfo(budget.zone))
            .date()
            for one in placed
            if lanes[one.channel].client == budget.client
        )
        for day, count in days.items():
            if count + budget.promised.get(day, 0) > budget.per_day:
                yield f"client {budget.client}: {count} on {day}"


def _spacing(given, placed, lanes, pairs):
    for key, row in lanes.items():
        shown = defaultdict(list)
        for one in row.taken:
            shown[one.drama].append((one.at, False))
        for one in placed:
            if one.channel == key:
                shown[pairs[one.edition, key].drama].append((one.at, True))
        for drama, times in shown.items():
            for (first, old), (second, new) in pairwise(sorted(times)):
                if second - first < row.gap and (old or new):
                    yield f"channel {key}: drama {drama} at {first} and {second}"


def _sameness(given, placed, lanes, pairs):
    same = given.sameness
    families = {item.key: item.whole for one in given.pairs for item in one.clips}
    shown = defaultdict(list)
    for row in given.lanes:
        for one in row.taken:
            shown[one.whole].append((one.at, row, False))
    for one in placed:
        shown[families[one.clip]].append((one.at, lanes[one.channel], True))
    shown.pop(0, None)
    for family, times in shown.items():
        for start, row, _new in times:
            near = [one for one in times if start <= one[0] < start + timedelta(days=same.days)]
            on_channel = [one for one in near if one[1] is row]
            alike = [one for one in near if (one[1].language, one[1].platform) == (row.language, row.platform)]
            for several, most in ((on_channel, same.most_per_channel), (alike, same.most_per_language)):
                if len(several) > most and any(new for *_rest, new in several):
                    yield f"family {family}: {len(several)} from {start}"


# --- the best of all


def best_score(given: Problem) -> int:
    """The optimum of a tiny problem: each slot with nothing or the next clip of a run, and the laws asked each time."""
    slots = sorted({(slot.at, row.channel, slot.points) for row in given.lanes for slot in row.slots})
    best = 0

    def walk(number: int, placed: list[Placed], score: int) -> None:
        nonlocal best
        best = max(best, score)
        if number == len(slots):
            return
        walk(number + 1, placed, score)
        moment, channel, points = slots[number]
        for run in given.pairs:
            had = sum((one.edition, one.channel) == (run.edition, channel) for one in placed)
            if run.channel == channel and had < len(run.clips):
                key = sorted(run.clips, key=lambda item: item.order)[had].key
                one = Placed(run.edition, channel, key, moment, run.points + points, ())
                if not violations(given, [*placed, one]):
                    walk(number + 1, [*placed, one], score + one.points)

    walk(0, [], 0)
    return best


__all__ = ["Budget", "Slot", "Taken"]
