"""What an event forces to change in what is planned, and the smallest change that answers it.

Only what breaks a rule now is released; the rest of a run moves only as far as the order of its episodes demands. What
a person pinned is never moved silently: when it may not stay it is dropped, and its line says that it was pinned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from channels.rules.eligibility import Window
from channels.rules.planner.problem import Reason
from channels.rules.standing_board import Board, FullDay, Standing

Run = tuple[int, int]
Counter = Callable[[Iterable[Any]], Iterable[FullDay]]


@dataclass(frozen=True)
class Item:
    """A publication. `is_fixed`: pinned, held, started or over; only a waiting one of a person's pins may be dropped.

    `spans`: when its rights are open. `stands` False: it failed, or its time has passed; it takes no place.
    """

    key: int
    channel: int
    edition: int
    drama: int
    order: tuple[int, int, int]
    at: datetime
    points: int
    spans: tuple[Window, ...] = ()
    is_fixed: bool = False
    is_pinned: bool = False
    stands: bool = True
    uploads: bool = True
    """Whether its upload is still to come, and so counts against the client's days."""
    whole: int = 0
    """The family of clips that look and sound like its own; 0: it stands alone."""

    @property
    def run(self) -> Run:
        return self.edition, self.channel

    @property
    def may_go(self) -> bool:
        """Whether it may be taken from its place at all."""
        return not self.is_fixed or self.is_pinned

    def is_open(self, at: datetime) -> bool:
        return any(one.starts_at <= at < one.ends_at for one in self.spans)


@dataclass(frozen=True)
class Asked:
    """What an event releases. `broken`: find another time; `lost`: no time helps; `soonest`: as early as can be."""

    broken: Mapping[int, Reason] = field(default_factory=dict)
    lost: Mapping[int, Reason] = field(default_factory=dict)
    soonest: frozenset[int] = frozenset()
    not_before: datetime | None = None


@dataclass
class Answer:
    """`moved`: key → new time. `dropped`: keys that find none. `why`: the reason of each line."""

    moved: dict[int, datetime] = field(default_factory=dict)
    dropped: dict[int, list[Reason]] = field(default_factory=dict)
    why: dict[int, list[Reason]] = field(default_factory=dict)


# --- what breaks a rule now


def outside_rights(items: Iterable[Item]) -> set[int]:
    return {one.key for one in items if one.stands and one.may_go and not one.is_open(one.at)}


def outside_slots(items: Iterable[Item], slots: Mapping[int, Collection[datetime]]) -> set[int]:
    """Those at a time that the channel posts at no more; a person may have pinned one to any minute."""
    return {one.key for one in items if one.stands and not one.is_fixed and one.at not in slots[one.channel]}


def too_many(items: Iterable[Item], *, counters: Sequence[Counter]) -> dict[int, Reason]:
    """Per day of the counters the least valuable that are more than it takes.

    The last days are judged first and ends of runs go first: what follows in a run then has not to be moved.
    """
    rows = list(items)
    runs = _runs(rows)
    found: dict[int, Reason] = {}
    for counter in counters:
        for day in counter(one for one in rows if one.stands and one.key not in found):
            standing = [one for one in day.members if one.key not in found]
            excess = len(standing) + day.others - day.limit
            free = [one for one in standing if one.may_go]
            for _turn in range(min(excess, len(free))):
                least = min(free, key=lambda one: _release_first(one, runs, found))
                free.remove(least)
                found[least.key] = day.reason
    return found


def _release_first(item: Item, runs: Mapping[Run, list[Item]], released: Collection[int]) -> tuple[object, ...]:
    run = runs[item.run]
    follows = any(one.order > item.order and one.stands and one.key not in released for one in reversed(run))
    return item.is_pinned, follows, item.points, -item.at.timestamp(), item.key


def too_near(items: Iterable[Item], board: Board) -> dict[int, Reason]:
    """Of two clips of a drama nearer than the channel's gap, the later one; of a pinned pair neither is touched."""
    found: dict[int, Reason] = {}
    together: dict[tuple[int, int], list[Item]] = defaultdict(list)
    for one in items:
        if one.stands:
            together[one.channel, one.drama].append(one)
    for (channel, _drama), rows in together.items():
        lane = board.lanes[channel]
        last: Item | None = None
        for one in sorted(rows, key=lambda one: (one.at, one.key)):
            if last is not None and one.at - last.at < lane.gap and not one.is_fixed:
                found[one.key] = {
                    "code": "change_gap",
                    "channel": lane.name,
                    "hours": round(lane.gap.total_seconds() / 3600),
                }
                continue
            last = one
    return found


# --- the smallest change


def answer(items: Sequence[Item], asked: Asked, board: Board) -> Answer:
    """Where everything that is released goes. The most valuable runs choose first; the same input, the same answer."""
    released = {**asked.broken, **asked.lost}
    by_key = {one.key: one for one in items}
    for one in items:
        if one.stands:
            board.add(_standing(one), one.at)
    for key in released:
        board.remove(key)
    runs = _runs(items)
    touched = {by_key[key].run for key in released}
    found = Answer()
    for run in sorted(touched, key=lambda run: (-max(one.points for one in runs[run]), run)):
        _Mending(runs[run], asked, board, found).mend()
    return found


def _runs(items: Iterable[Item]) -> dict[Run, list[Item]]:
    found: dict[Run, list[Item]] = defaultdict(list)
    for one in items:
        found[one.run].append(one)
    for rows in found.values():
        rows.sort(key=lambda one: (one.order, one.key))
    return found


def _standing(one: Item) -> Standing:
    return Standing(one.key, one.channel, one.drama, one.uploads, one.whole)


class _Mending:
    """One run, its released clips in the order of their episodes."""

    def __init__(self, run: list[Item], asked: Asked, board: Board, found: Answer) -> None:
        self.run, self.asked, self.board, self.found = run, asked, board, found
        self.at = {one.key: one.at for one in run if one.key in board.at}
        self.standing = {one.key: _standing(one) for one in run}

    def mend(self) -> None:
        for place, one in enumerate(self.run):
            if one.key in self.found.dropped:
                continue
            if one.key in self.asked.lost:
                self._drop(one, self.asked.lost[one.key])
                self._drop_behind(place)
            elif one.key in self.asked.broken:
                self._find(place, one, self.asked.broken[one.key])

    def _find(self, place: int, one: Item, why: Reason) -> None:
        if one.is_pinned:
            self._drop(one, why)
            return
        after, before = self._between(place)
        for at in self._candidates(one, after, before):
            if not self._refusal(one, at):
                self._put(one, at, why)
                return
        if not self._shift(place, one, why):
            self._drop(one, why, self._no_room(one, after, before))
            self._drop_behind(place)

    def _between(self, place: int) -> tuple[datetime | None, datetime | None]:
        earlier = [self.at[one.key] for one in self.run[:place] if one.key in self.at]
        later = [self.at[one.key] for one in self.run[place + 1 :] if one.key in self.at]
        return max(earlier, default=None), min(later, default=None)

    def _candidates(self, one: Item, after: datetime | None, before: datetime | None) -> list[datetime]:
        slots = self.board.slots_between(one.channel, self._floor(one, after), before)
        if one.key in self.asked.soonest:
            return slots
        return sorted(slots, key=lambda at: (abs(at - one.at), at))

    def _floor(self, one: Item, after: datetime | None) -> datetime | None:
        floors = [at for at in (after, self.asked.not_before if one.key in self.asked.broken else None) if at]
        return max(floors, default=None)

    def _refusal(self, one: Item, at: datetime) -> str:
        if not one.is_open(at):
            return "rights"
        return self.board.stopper(self.standing[one.key], at)

    def _put(self, one: Item, at: datetime, *why: Reason) -> None:
        self.board.add(self.standing[one.key], at)
        self.at[one.key] = at
        if at != one.at or not one.stands:
            self.found.moved[one.key] = at
            self.found.why[one.key] = list(why)

    def _shift(self, place: int, first: Item, why: Reason) -> bool:
        """The clip takes a place of its followers and each of them one further on, until one may stay.

        When there is no place for the last of them, the end of the run is what is lost. False, and nothing is
        changed, when not even the first finds a place.
        """
        behind = self._movable_behind(place)
        after, _before = self._between(place)
        stop = self._first_fixed_behind(place)
        had = {one.key: self.at.pop(one.key) for one in behind}
        for key in had:
            self.board.remove(key)
        last = after
        for number, one in enumerate([first, *behind]):
            stays = number > 0 and (last is None or had[one.key] > last) and not self._refusal(one, had[one.key])
            at = had[one.key] if stays else self._next(one, last, stop)
            if at is None and number == 0:
                self._put_back(behind, had)
                return False
            if at is None:
                self._lose_from([first, *behind][number:], first)
                return True
            self._put(one, at, *([why] if number == 0 else [{"code": "change_order", "before": first.key}]))
            last = at
        return True

    def _movable_behind(self, place: int) -> list[Item]:
        found = []
        for one in self.run[place + 1 :]:
            if one.key in self.at:
                if one.is_fixed:
                    break
                found.append(one)
        return found

    def _first_fixed_behind(self, place: int) -> datetime | None:
        fixed = [self.at[one.key] for one in self.run[place + 1 :] if one.key in self.at and one.is_fixed]
        return min(fixed, default=None)

    def _next(self, one: Item, last: datetime | None, stop: datetime | None) -> datetime | None:
        slots = self.board.slots_between(one.channel, self._floor(one, last), stop)
        return next((at for at in slots if not self._refusal(one, at)), None)

    def _put_back(self, behind: list[Item], had: dict[int, datetime]) -> None:
        for one in behind:
            self.board.add(self.standing[one.key], had[one.key])
            self.at[one.key] = had[one.key]

    def _lose_from(self, rest: list[Item], first: Item) -> None:
        for one in rest:
            self._drop(one, {"code": "change_end_of_run", "before": first.key})

    def _no_room(self, one: Item, after: datetime | None, before: datetime | None) -> Reason:
        """The rule that stopped it most often, at the times that the order of its run leaves."""
        counts: dict[str, int] = defaultdict(int)
        for at in self._candidates(one, after, before):
            counts[self._refusal(one, at)] += 1
        rule = max(sorted(counts), key=lambda name: counts[name], default="no_slot")
        return {"code": f"change_no_room_{rule}", "times": counts[rule], "channel": self.board.lanes[one.channel].name}

    def _drop(self, one: Item, *why: Reason) -> None:
        if one.key in self.board.at:
            self.board.remove(one.key)
        self.at.pop(one.key, None)
        self.found.moved.pop(one.key, None)
        pinned: list[Reason] = [{"code": "change_was_pinned"}] if one.is_pinned else []
        self.found.dropped[one.key] = [*why, *pinned]
        self.found.why[one.key] = self.found.dropped[one.key]

    def _drop_behind(self, place: int) -> None:
        """Later episodes do not go out without the one that is lost: they are planned again behind it."""
        lost = self.run[place]
        for one in self.run[place + 1 :]:
            if one.key in self.at and not one.is_fixed:
                self._drop(one, {"code": "change_waits_behind", "before": lost.key})
            elif one.key in self.asked.broken and one.key not in self.found.dropped:
                self._drop(one, self.asked.broken[one.key], {"code": "change_waits_behind", "before": lost.key})
