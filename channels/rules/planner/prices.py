"""What a slot is worth on each channel, and a budget's upload on each day, when everybody wants the best of them.

Whole numbers only: each round every edition asks for its best channel at the prices, and prices move towards what
is asked too much. Prices only put runs in order and steer them; whatever they are, the plan stays lawful.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from channels.rules.planner.ground import Ground

ROUNDS = 160
FIRST_STEP = 1200
LAST_STEP = 4
SHIFT = 22
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Prices:
    """`row`: of a clip on each channel, below zero where slots are plenty. `cell`: of a budget's day, never below."""

    row: list[int]
    cell: list[int]


@dataclass
class Market:
    """The ground as columns: one entry per offer, and one per slot that its day's cap lets be used."""

    offer_row: Whole
    offer_points: Whole
    offer_most: Whole
    starts: Whole
    allowed: int
    slot_row: Whole
    slot_points: Whole
    slot_cell: Whole
    rows: int
    room: Whole


def market(ground: Ground) -> Market:
    offers = ground.offers
    slots = [(row.number, slot) for row in ground.rows for slot in usable(ground, row.number)]
    cells = [ground.rows[row].cells[slot] for row, slot in slots]
    starts, place = [], 0
    for demand in ground.demands:
        starts.append(place)
        place += len(demand.offers)
    return Market(
        offer_row=np.array([one.row for one in offers], dtype=np.int64),
        offer_points=np.array([one.points for one in offers], dtype=np.int64),
        offer_most=np.array([one.most for one in offers], dtype=np.int64),
        starts=np.array(starts, dtype=np.int64),
        allowed=max((demand.allowed for demand in ground.demands), default=1),
        slot_row=np.array([row for row, _slot in slots], dtype=np.int64),
        slot_points=np.array([ground.rows[row].points[slot] for row, slot in slots], dtype=np.int64),
        slot_cell=np.array([one[0] if one else -1 for one in cells], dtype=np.int64),
        rows=len(ground.rows),
        room=np.array([*ground.cell_room, 0], dtype=np.int64),
    )


def usable(ground: Ground, number: int) -> list[int]:
    """The slots worth most of each day, as many as the day's cap leaves."""
    row = ground.rows[number]
    left: dict[int, int] = {}
    found = []
    for slot in sorted(range(len(row.times)), key=lambda one: (-row.points[one], one)):
        room = left.setdefault(row.day[slot], ground.day_most[row.day[slot]])
        if room > 0:
            left[row.day[slot]] = room - 1
            found.append(slot)
    return sorted(found)


def nothing(ground: Ground) -> Prices:
    return Prices([0] * len(ground.rows), [0] * len(ground.cell_room))


def find(ground: Ground) -> Prices:
    """The same ground gives the same prices on every machine: integers, fixed rounds, ties to the first."""
    if not ground.demands or not ground.rows:
        return nothing(ground)
    here = market(ground)
    row = np.zeros(here.rows, dtype=np.int64)
    cell = np.zeros(len(here.room), dtype=np.int64)
    supply_all = np.maximum(np.bincount(here.slot_row, minlength=here.rows), 1)
    for number in range(ROUNDS):
        step = max(FIRST_STEP * (ROUNDS - number) ** 2 // ROUNDS**2, LAST_STEP)
        asked = _asked(here, row)
        given, used = _given(here, row, cell)
        row += _pace(asked - given, supply_all, step)
        cell = np.maximum(cell + _pace(used - here.room, np.maximum(here.room, 1), step), 0)
        cell[-1] = 0
    return Prices(row.tolist(), cell[:-1].tolist())


def _pace(over: Whole, size: Whole, step: int) -> Whole:
    """How far a price moves: by the share that is asked too much, the whole step at a half; at least by one."""
    moved = np.clip(2 * over * step // size, -step, step)
    return np.where(over == 0, 0, np.where(moved == 0, np.sign(over), moved))


def _asked(here: Market, row: Whole) -> Whole:
    """Clips asked for on each channel when every edition takes what is best for it."""
    gain = (here.offer_points - row[here.offer_row]) * here.offer_most
    places = np.arange(len(gain), dtype=np.int64)
    key = (gain << SHIFT) + ((1 << SHIFT) - 1 - places)
    asked = np.zeros(here.rows, dtype=np.int64)
    for _turn in range(here.allowed):
        best = np.maximum.reduceat(key, here.starts)
        chosen = (1 << SHIFT) - 1 - (best & ((1 << SHIFT) - 1))
        chosen = chosen[(best >> SHIFT) > 0]
        np.add.at(asked, here.offer_row[chosen], here.offer_most[chosen])
        key[chosen] = -1
    return asked


def _given(here: Market, row: Whole, cell: Whole) -> tuple[Whole, Whole]:
    """Slots offered on each channel, and uploads used of each budget's day, at the prices."""
    is_given = here.slot_points + row[here.slot_row] - cell[here.slot_cell] > 0
    given = np.bincount(here.slot_row[is_given], minlength=here.rows)
    cells = here.slot_cell[is_given]
    return given, np.bincount(cells[cells >= 0], minlength=len(cell))
