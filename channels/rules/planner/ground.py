"""The problem as whole numbers in one order: whatever order it came in, the same ground lies here."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from channels.rules.eligibility import Window
from channels.rules.planner.problem import Budget, ClipItem, Lane, Pair, Problem, Sameness

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
DAY = timedelta(hours=24) // TICK
BEFORE_ALL, AFTER_ALL = -(2**62), 2**62


def ticks(moment: datetime) -> int:
    return (moment - EPOCH) // TICK


def fullest_day(posted: Sequence[int], at: int) -> int:
    """How many posts the fullest 24 hours around `at` would hold with one more at `at`. `posted` is in order."""
    times = sorted([*posted[bisect_left(posted, at - DAY + 1) : bisect_left(posted, at + DAY)], at])
    return max(bisect_left(times, start + DAY) - number for number, start in enumerate(times) if start <= at)


@dataclass(slots=True)
class Row:
    """A channel's free slots in the order of time. `day` and `cells` name the counters that a slot draws on.

    `account_cap` None: the account has none, or its slots and days could never reach it.
    """

    number: int
    lane: Lane
    times: list[int]
    points: list[int]
    moments: list[datetime]
    day: list[int]
    cells: list[tuple[int, ...]]
    gap: int
    group: int
    account_cap: int | None
    posted: list[int]
    shown: dict[int, list[int]]
    dearest: int


@dataclass(slots=True, eq=False)
class Offer:
    """An edition on a channel. `open`: from which slot until before which the rights and the run's clips that stand let
    it go out.
    `most`: how many of its clips order, rights and spacing allow there at all.
    """

    number: int
    pair: Pair
    row: int
    points: int
    clips: tuple[ClipItem, ...]
    spans: tuple[tuple[int, int], ...]
    after: int
    before: int
    open: tuple[tuple[int, int], ...] = ()
    most: int = 0


_Known = dict[tuple[object, ...], tuple[tuple[tuple[int, int], ...], int]]


@dataclass(slots=True)
class Demand:
    """One edition on one platform: the channels that may have it, and on how many of them it may run."""

    number: int
    edition: int
    platform: str
    offers: list[Offer]
    allowed: int


@dataclass
class Ground:
    sameness: Sameness
    rows: list[Row] = field(default_factory=list)
    demands: list[Demand] = field(default_factory=list)
    day_room: list[int] = field(default_factory=list)
    day_most: list[int] = field(default_factory=list)
    """What no lawful plan posts more on that day: the room, and what the account may post in its 24 hours."""
    days: list[tuple[int, date]] = field(default_factory=list)
    """Per day counter: the row and its local date."""
    cell_room: list[int] = field(default_factory=list)
    cells: list[tuple[Budget, date]] = field(default_factory=list)
    shut: list[Pair] = field(default_factory=list)
    """One pair of each edition that may not have another channel, because it runs on others already."""
    taken: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    """(row or -1 - group, family) → when its clips stand there already."""

    @cached_property
    def offers(self) -> list[Offer]:
        return [offer for demand in self.demands for offer in demand.offers]


def lay(problem: Problem) -> Ground:
    ground = Ground(problem.sameness)
    _lay_rows(ground, problem)
    _lay_demands(ground, problem)
    return ground


# --- channels


def _lay_rows(ground: Ground, problem: Problem) -> None:
    budgets: dict[int, list[Budget]] = {}
    for budget in sorted(problem.budgets, key=lambda one: (one.client, one.name, one.zone, one.per_day)):
        budgets.setdefault(budget.client, []).append(budget)
    cells: dict[tuple[int, int, date], int] = {}
    groups: dict[tuple[str, str], int] = {}
    for lane in sorted(problem.lanes, key=lambda one: one.channel):
        group = groups.setdefault((lane.language, lane.platform), len(groups))
        row = _row(ground, lane, group)
        for moment in row.moments:
            upload_at = problem.upload_at(lane, moment)
            row.cells.append(_cells_of(ground, lane, upload_at, budgets.get(lane.client, []), cells))
        ground.rows.append(row)


def _row(ground: Ground, lane: Lane, group: int) -> Row:
    number, zone = len(ground.rows), ZoneInfo(lane.zone)
    best: dict[datetime, int] = {}
    for slot in lane.slots:
        at = slot.at.astimezone(UTC)
        best[at] = max(best.get(at, slot.points), slot.points)
    moments = sorted(best)
    posted = sorted(ticks(one.at) for one in lane.taken)
    times = [ticks(moment) for moment in moments]
    used: dict[date, int] = {}
    for one in lane.taken:
        used[one.at.astimezone(zone).date()] = used.get(one.at.astimezone(zone).date(), 0) + 1
    day = _lay_days(ground, lane, number, [moment.astimezone(zone).date() for moment in moments], used)
    shown: dict[int, list[int]] = {}
    for taken in sorted(lane.taken, key=lambda one: one.at):
        shown.setdefault(taken.drama, []).append(ticks(taken.at))
        if taken.whole:
            for place in (number, -1 - group):
                ground.taken.setdefault((place, taken.whole), []).append(ticks(taken.at))
    cap = _account_cap(lane, times, posted, max(used.values(), default=0))
    gap, points = lane.gap // TICK, [best[moment] for moment in moments]
    row = Row(number, lane, times, points, moments, day, [], gap, group, cap, posted, shown, max(points, default=0))
    _lay_account_days(ground, row)
    return row


def _lay_days(ground: Ground, lane: Lane, number: int, dates: list[date], used: dict[date, int]) -> list[int]:
    counters: dict[date, int] = {}
    for local in dates:
        if local not in counters:
            counters[local] = len(ground.days)
            ground.days.append((number, local))
            ground.day_room.append(max(lane.daily_cap - used.get(local, 0), 0))
    return [counters[local] for local in dates]


def _lay_account_days(ground: Ground, row: Row) -> None:
    """A local day whose slots lie within 24 hours of its start is one of the account's days."""
    zone = ZoneInfo(row.lane.zone)
    for counter in sorted(set(row.day)):
        local, most = ground.days[counter][1], ground.day_room[counter]
        if row.account_cap is not None:
            starts = ticks(datetime(local.year, local.month, local.day, tzinfo=zone).astimezone(UTC))
            last = max(at for at, day in zip(row.times, row.day, strict=True) if day == counter)
            if last < starts + DAY:
                had = bisect_left(row.posted, starts + DAY) - bisect_left(row.posted, starts)
                most = max(min(most, row.account_cap - had), 0)
        ground.day_most.append(most)


def _account_cap(lane: Lane, times: list[int], posted: list[int], busiest: int) -> int | None:
    """The cap where it can bind. 24 hours touch three local days at most, when a short one lies between."""
    cap = lane.account_cap
    if cap is None or 3 * max(lane.daily_cap, busiest) <= cap:
        return None
    every = sorted([*times, *posted])
    fullest = max((bisect_left(every, at + DAY) - number for number, at in enumerate(every)), default=0)
    return cap if fullest > cap else None


def _cells_of(
    ground: Ground, lane: Lane, upload_at: datetime, budgets: Iterable[Budget], cells: dict[tuple[int, int, date], int]
) -> tuple[int, ...]:
    found = []
    for number, budget in enumerate(budgets):
        local = upload_at.astimezone(ZoneInfo(budget.zone)).date()
        key = (lane.client, number, local)
        if key not in cells:
            cells[key] = len(ground.cells)
            ground.cells.append((budget, local))
            ground.cell_room.append(max(budget.per_day - budget.promised.get(local, 0), 0))
        found.append(cells[key])
    return tuple(found)


# --- editions


def _lay_demands(ground: Ground, problem: Problem) -> None:
    rows = {row.lane.channel: row.number for row in ground.rows}
    together, homes = _together(problem)
    spans: dict[tuple[Window, ...], tuple[tuple[int, int], ...]] = {}
    known: _Known = {}
    number = 0
    for (edition, platform, _gap), pairs in sorted(together.items()):
        usable = [pair for pair in pairs if pair.clips and pair.channel in rows]
        running = {pair.channel for pair in pairs if pair.is_running} if _gap else homes[edition, platform]
        allowed = max(problem.channels_per_edition, len(running)) - len(running - {pair.channel for pair in usable})
        offers = []
        for pair in usable if allowed > 0 else ():
            offer = _offer(pair, number, rows[pair.channel], spans)
            _measure(ground.rows[offer.row], offer, known)
            offers.append(offer)
            number += 1
        if offers:
            ground.demands.append(Demand(len(ground.demands), edition, platform, offers, allowed))
        elif allowed <= 0:
            ground.shut += [pair for pair in pairs if pair.clips][:1]


_Gap = tuple[int, int] | tuple[()]
"""The channel of a pair that fills a gap of its run, and before when: what goes there hangs on no other choice."""


def _together(
    problem: Problem,
) -> tuple[dict[tuple[int, str, _Gap], list[Pair]], dict[tuple[int, str], set[int]]]:
    """The pairs by edition and platform, each once; and on which channels each edition runs."""
    together: dict[tuple[int, str, _Gap], list[Pair]] = {}
    homes: dict[tuple[int, str], set[int]] = {}
    seen: set[tuple[int, int, int]] = set()
    for pair in sorted(problem.pairs, key=lambda one: (one.edition, one.channel, not one.is_running, -one.points)):
        home = homes.setdefault((pair.edition, pair.platform), set())
        if pair.is_running:
            home.add(pair.channel)
        if (key := (pair.edition, pair.channel, _before(pair))) not in seen:
            seen.add(key)
            gap: _Gap = () if pair.not_after is None else (pair.channel, _before(pair))
            together.setdefault((pair.edition, pair.platform, gap), []).append(pair)
    return together, homes


def _offer(pair: Pair, number: int, row: int, spans: dict[tuple[Window, ...], tuple[tuple[int, int], ...]]) -> Offer:
    if pair.spans not in spans:
        spans[pair.spans] = tuple(sorted((ticks(one.starts_at), ticks(one.ends_at)) for one in pair.spans))
    clips = tuple(sorted(pair.clips, key=lambda clip: (clip.order, clip.key)))
    after = BEFORE_ALL if pair.not_before is None else ticks(pair.not_before)
    return Offer(number, pair, row, pair.points, clips, spans[pair.spans], after, _before(pair))


def _before(pair: Pair) -> int:
    return AFTER_ALL if pair.not_after is None else ticks(pair.not_after)


def ready(offer: Offer) -> int:
    """How many of its first clips are cut; the first that is not holds back the rest."""
    return next((number for number, clip in enumerate(offer.clips) if not clip.is_ready), len(offer.clips))


def _measure(row: Row, offer: Offer, known: _Known) -> None:
    wanted = ready(offer)
    shown = row.shown.get(offer.pair.drama)
    key = (row.number, offer.spans, wanted, offer.after, offer.before, offer.pair.drama if shown else 0)
    if key not in known:
        offer.open = _open(row, offer)
        known[key] = offer.open, _earliest_count(row, offer, wanted, shown or [])
    offer.open, offer.most = known[key]


def _open(row: Row, offer: Offer) -> tuple[tuple[int, int], ...]:
    """As ranges of slots, apart and in order, whatever the spans overlap."""
    found: list[tuple[int, int]] = []
    first, last = bisect_left(row.times, offer.after + 1), bisect_left(row.times, offer.before)
    for starts, ends in offer.spans:
        start, end = max(bisect_left(row.times, starts), first), min(bisect_left(row.times, ends), last)
        if start < end:
            found.append((start, end))
            first = end
    return tuple(found)


def _earliest_count(row: Row, offer: Offer, wanted: int, shown: list[int]) -> int:
    """Always the next slot that fits: no other choice gives more clips."""
    found, last = 0, None
    for at in (row.times[slot] for start, end in offer.open for slot in range(start, end)):
        if found == wanted:
            break
        if (last is not None and at - last < row.gap) or not is_clear(shown, at, row.gap):
            continue
        found, last = found + 1, at
    return found


def is_clear(shown: Sequence[int], at: int, gap: int) -> bool:
    """Whether nothing in `shown`, which is in order, is nearer than the gap."""
    if gap <= 0:
        return True
    place = bisect_left(shown, at - gap + 1)
    return place == len(shown) or shown[place] >= at + gap
