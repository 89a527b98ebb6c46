"""What stands around an upload: the others on its channel, and those that look like it in its language."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.rules.policies import normalising
from channels.rules.policies.items import Item

FEW = 6
"""A description of fewer words says too little to be called the same as another."""


@dataclass(frozen=True)
class Neighbour(normalising.Masked):
    """One publication that counts: planned, approved, on its way or live."""

    key: int
    channel: int
    clip: int
    drama: int
    platform: str
    language: str
    at: datetime
    title: str = ""
    description: str = ""
    whole: int = 0


class Around:
    """`both_ways` False: only what goes out before it counts, so of too many it is the later ones that are stopped.
    True: also whether one that follows would become too many, as when somebody moves an item in front of it.
    """

    def __init__(self, neighbours: Iterable[Neighbour] = (), *, both_ways: bool = False) -> None:
        self.both_ways = both_ways
        self._of_channel: dict[int, list[Neighbour]] = defaultdict(list)
        self._of_family: dict[tuple[str, str, int], list[Neighbour]] = defaultdict(list)
        self._alike: dict[tuple[str, str], float] = {}
        self._stopped: set[tuple[int, int]] = set()
        for one in sorted(neighbours, key=_order):
            self._of_channel[one.channel].append(one)
            if one.whole:
                self._of_family[one.platform, one.language, one.whole].append(one)
        self._times = {channel: [one.at for one in rows] for channel, rows in self._of_channel.items()}

    def stop(self, item: Item) -> None:
        """It does not go out, so from now on it counts for none of those that come after it."""
        self._stopped.add((item.channel, item.clip))

    def let_all_go(self) -> None:
        """Forget what was stopped: another set of rules is to judge."""
        self._stopped.clear()

    def _counts(self, one: Neighbour, item: Item) -> bool:
        return (one.channel, one.clip) not in self._stopped and not _is_itself(one, item)

    def before(self, item: Item, *, span: timedelta, most: int) -> list[Neighbour]:
        """The last `most` on its channel that go out before it, within `span`, the nearest first."""
        rows = self._of_channel.get(item.channel, [])
        times = self._times.get(item.channel, [])
        first, place = bisect_right(times, item.due_at - span), bisect_right(times, item.due_at)
        found: list[Neighbour] = []
        while place > first and len(found) < most:
            place -= 1
            if _precedes(rows[place], item) and self._counts(rows[place], item):
                found.append(rows[place])
        return found

    def crowd(self, item: Item, *, span: timedelta) -> int:
        """How many there are on its channel within `span` with it: in the fullest stretch that it belongs to."""
        rows = self._of_channel.get(item.channel, [])
        times = self._times.get(item.channel, [])
        start = bisect_right(times, item.due_at - span)
        end = bisect_left(times, item.due_at + span) if self.both_ways else bisect_right(times, item.due_at)
        return self._fullest(rows[start:end], item, span=span)

    def lookalikes(self, item: Item, *, span: timedelta, on_channel: bool) -> int:
        """How many of its family there are within `span` with it: on its channel, or in its language there."""
        rows = self._of_family.get((item.platform, item.language, item.whole), [])
        if on_channel:
            rows = [one for one in rows if one.channel == item.channel]
        near = [one for one in rows if abs(one.at - item.due_at) < span]
        return self._fullest(near, item, span=span)

    def nearest(self, item: Item) -> Neighbour | None:
        """The one on its channel that goes out closest to it; only earlier ones unless both ways are asked."""
        rows = self._of_channel.get(item.channel, [])
        place = bisect_right(self._times.get(item.channel, []), item.due_at)
        rows = [one for one in rows[: place + (3 if self.both_ways else 0)] if self._counts(one, item)]
        others = [one for one in rows[-6:] if self.both_ways or _precedes(one, item)]
        return min(others, key=lambda one: (abs(one.at - item.due_at), *_order(one)), default=None)

    def likeness(self, item: Item, other: Neighbour) -> float:
        """How alike the texts are, by the title or by the description, whichever is more."""
        title = self._compare(item.masked_title, other.masked_title, least=1)
        if title >= 1 or not (item.description and other.description):
            return title
        told = self._compare(item.masked_description, other.masked_description, least=FEW)
        return max(title, told)

    def _compare(self, one: str, other: str, *, least: int) -> float:
        key = (one, other)
        known = self._alike.get(key)
        if known is None:
            first, second = normalising.shingles(one), normalising.shingles(other)
            enough = min(len(first), len(second)) >= least
            known = self._alike[key] = normalising.likeness(first, second) if enough else 0.0
        return known

    def _fullest(self, rows: list[Neighbour], item: Item, *, span: timedelta) -> int:
        others = [one for one in rows if self._counts(one, item)]
        counted = 1 + sum(1 for one in others if _precedes(one, item) and item.due_at - one.at < span)
        if not self.both_ways:
            return counted
        times = sorted([*(one.at for one in others), item.due_at])
        ends = [moment for moment in times if item.due_at <= moment < item.due_at + span]
        return max(bisect_right(times, end) - bisect_right(times, end - span) for end in ends)


def _order(one: Neighbour) -> tuple[datetime, int, int]:
    return one.at, one.channel, one.clip


def _precedes(one: Neighbour, item: Item) -> bool:
    """Whether it goes out before the item; at the same moment the channel and the clip decide."""
    return (one.at, one.channel, one.clip) < (item.due_at, item.channel, item.clip)


def _is_itself(one: Neighbour, item: Item) -> bool:
    """The item's own row, or the one that leaves when it comes."""
    return (one.channel, one.clip) == (item.channel, item.clip) or (item.replaces > 0 and one.key == item.replaces)
