"""Parts of a problem that share nothing: each is relaxed by itself, which is exact, quicker and smaller."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from channels.rules.planner.ground import Demand, Ground
from channels.rules.planner.limits import Limits


class Parts:
    """Rows that have been joined, directly or through others."""

    def __init__(self, count: int) -> None:
        self.parent = list(range(count))

    def root(self, one: int) -> int:
        while self.parent[one] != one:
            self.parent[one] = self.parent[self.parent[one]]
            one = self.parent[one]
        return one

    def join(self, members: Iterable[int]) -> None:
        first, *rest = sorted({self.root(one) for one in members})
        for one in rest:
            self.parent[one] = first


def of(
    ground: Ground, shared: Limits, slots: list[list[int]], tight: set[int]
) -> Iterator[tuple[list[Demand], list[int]]]:
    """Channels that share an edition, a limit or a tight budget, with their editions; the smallest first."""
    parts = Parts(len(ground.rows))
    for members in (*_drawing(ground, slots, tight), *_counting(ground, shared)):
        parts.join(members)
    for demand in ground.demands:
        parts.join(one.row for one in demand.offers)
    demands: dict[int, list[Demand]] = defaultdict(list)
    rows: dict[int, list[int]] = defaultdict(list)
    for demand in ground.demands:
        demands[parts.root(demand.offers[0].row)].append(demand)
    for row in ground.rows:
        rows[parts.root(row.number)].append(row.number)
    for key in sorted(demands, key=lambda one: (len(demands[one]), one)):
        yield demands[key], rows[key]


def _drawing(ground: Ground, slots: list[list[int]], tight: set[int]) -> list[set[int]]:
    """For each tight budget's day the rows that draw on it."""
    found: dict[int, set[int]] = defaultdict(set)
    for row in ground.rows:
        for slot in slots[row.number]:
            for cell in row.cells[slot]:
                if cell in tight:
                    found[cell].add(row.number)
    return list(found.values())


def _counting(ground: Ground, shared: Limits) -> list[set[int]]:
    """For each limit the rows whose clips count in it."""
    found: dict[int, set[int]] = defaultdict(set)
    for offer in ground.offers:
        for numbers in shared.at.get(offer.number, ()):
            for number in numbers:
                found[number].add(offer.row)
    return list(found.values())
