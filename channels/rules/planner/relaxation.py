"""The linear relaxation as the solver reads it, one component at a time, and the prices that it answers."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import highspy
import numpy as np

from channels.rules.planner import components
from channels.rules.planner import prices as pricing
from channels.rules.planner.ground import Demand, Ground, Offer
from channels.rules.planner.limits import Limits
from channels.rules.planner.prices import Prices

MOST_OFFERS = 8
NEAR_POINTS = 700
"""Offers of an edition that are farther from its best one are left out of the solver's model. The bound is summed over
all of them afterwards, so this makes it quicker and never wrong."""


@dataclass
class Model:
    """Columns and rows of one component, gathered before the solver gets them. Rows: value ≤ most, or = most."""

    cost: list[int] = field(default_factory=list)
    upper: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    rows: list[int] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    lower_of: list[float] = field(default_factory=list)
    upper_of: list[int] = field(default_factory=list)
    row_at: dict[int, int] = field(default_factory=dict)
    cell_at: dict[int, int] = field(default_factory=dict)
    limit_at: dict[int, int] = field(default_factory=dict)

    def row(self, most: int, *, is_equal: bool = False) -> int:
        self.lower_of.append(most if is_equal else -math.inf)
        self.upper_of.append(most)
        return len(self.upper_of) - 1

    def column(self, gain: int, most: int, entries: Iterable[tuple[int, int]]) -> None:
        """The solver minimises: a gain is a negative cost."""
        self.cost.append(-gain)
        self.upper.append(most)
        for row, value in entries:
            self.rows.append(row)
            self.values.append(value)
        self.starts.append(len(self.rows))


@dataclass
class Solved:
    """The solver's prices in whole numbers; `limit`: of each shared limit."""

    prices: Prices
    limit: list[int]


def solve(ground: Ground, shared: Limits, near: Prices, *, seconds: float) -> Solved | None:
    """What slots, budgets and limits are worth by the solver; where it had no time, `near`. None: it solved nothing."""
    found = Solved(Prices(list(near.row), list(near.cell)), [0] * len(shared.most))
    deadline, is_solved = time.monotonic() + seconds, False
    slots = [pricing.usable(ground, row.number) for row in ground.rows]
    tight = _tight_cells(ground, slots)
    for demands, rows in components.of(ground, shared, slots, tight):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        model = _model(ground, shared, near, demands, rows, slots, tight)
        duals = _duals(model, seconds=left)
        if duals is not None:
            is_solved = True
            _note(found, model, duals)
    for cell in set(range(len(found.prices.cell))) - tight:
        found.prices.cell[cell] = 0
    return found if is_solved else None


def _note(found: Solved, model: Model, duals: list[float]) -> None:
    for number, place in model.row_at.items():
        found.prices.row[number] = -round(duals[place])
    for number, place in model.cell_at.items():
        found.prices.cell[number] = max(-round(duals[place]), 0)
    for number, place in model.limit_at.items():
        found.limit[number] = max(-round(duals[place]), 0)


def _tight_cells(ground: Ground, slots: list[list[int]]) -> set[int]:
    """Budgets' days that more slots draw on than there is room for; the others can bind nobody."""
    drawn = [0] * len(ground.cell_room)
    for row in ground.rows:
        for slot in slots[row.number]:
            for cell in row.cells[slot]:
                drawn[cell] += 1
    return {cell for cell, room in enumerate(ground.cell_room) if drawn[cell] > room}


# --- the model


def _model(
    ground: Ground,
    shared: Limits,
    near: Prices,
    demands: list[Demand],
    rows: list[int],
    slots: list[list[int]],
    tight: set[int],
) -> Model:
    model = Model()
    for number in rows:
        model.row_at[number] = model.row(0, is_equal=True)
    for number in rows:
        _add_slots(model, ground, number, slots[number], tight)
    for (columns, allowed), count in sorted(_groups(demands, shared, near).items()):
        place = model.row(allowed * count)
        for number, gain, clips, counted in columns:
            entries = [(place, 1), (model.row_at[number], clips)]
            for limit, times in counted:
                if limit not in model.limit_at:
                    model.limit_at[limit] = model.row(shared.most[limit])
                entries.append((model.limit_at[limit], times))
            model.column(gain, count, entries)
    return model


def _add_slots(model: Model, ground: Ground, number: int, slots: list[int], tight: set[int]) -> None:
    """Slots of a channel that are worth the same and draw on the same budgets are one column, counted."""
    row = ground.rows[number]
    alike: dict[tuple[int, tuple[int, ...]], int] = defaultdict(int)
    for slot in slots:
        alike[row.points[slot], tuple(cell for cell in row.cells[slot] if cell in tight)] += 1
    for (points, cells), count in sorted(alike.items()):
        for cell in cells:
            if cell not in model.cell_at:
                model.cell_at[cell] = model.row(ground.cell_room[cell])
        model.column(points, count, [(model.row_at[number], -1), *((model.cell_at[cell], 1) for cell in cells)])


_Column = tuple[int, int, int, tuple[tuple[int, int], ...]]
"""A run up to some clip: its row, what it gains, how many clips, and how many of them count in which limits."""


def _groups(demands: list[Demand], shared: Limits, near: Prices) -> dict[tuple[tuple[_Column, ...], int], int]:
    """Editions that are worth the same on the same channels are one, counted."""
    found: dict[tuple[tuple[_Column, ...], int], int] = defaultdict(int)
    for demand in demands:
        is_limited = any(one.number in shared.at for one in demand.offers)
        offers = demand.offers if is_limited else _best(demand, near)
        columns = tuple(column for one in offers if one.most for column in _columns(one, shared))
        if columns:
            found[columns, demand.allowed] += 1
    return found


def _columns(offer: Offer, shared: Limits) -> Iterator[_Column]:
    """The whole run, and its beginnings up to where a clip counts in other limits than the one before it."""
    counted: dict[int, int] = defaultdict(int)
    numbers = shared.at.get(offer.number)
    for clips in range(1, offer.most + 1):
        for limit in numbers[clips - 1] if numbers else ():
            counted[limit] += 1
        if clips == offer.most or (numbers and numbers[clips] != numbers[clips - 1]):
            yield offer.row, offer.points * clips, clips, tuple(sorted(counted.items()))


def _best(demand: Demand, near: Prices) -> list[Offer]:
    ranked = sorted(demand.offers, key=lambda one: (near.row[one.row] - one.points, one.row))
    best = ranked[0].points - near.row[ranked[0].row]
    close = [one for one in ranked if best - (one.points - near.row[one.row]) <= NEAR_POINTS]
    return sorted(close[: MOST_OFFERS * demand.allowed], key=lambda one: one.row)


# --- the solver


def _duals(model: Model, *, seconds: float) -> list[float] | None:
    """The rows' duals, or None when it gives none. One thread, silent, and never longer than told."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("parallel", "off")
    solver.setOptionValue("time_limit", max(seconds, 0.01))
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(model.cost), len(model.upper_of)
    program.col_cost_ = np.array(model.cost, dtype=np.double)
    program.col_lower_ = np.zeros(len(model.cost), dtype=np.double)
    program.col_upper_ = np.array(model.upper, dtype=np.double)
    program.row_lower_ = np.array(model.lower_of, dtype=np.double)
    program.row_upper_ = np.array(model.upper_of, dtype=np.double)
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = np.array(model.starts, dtype=np.int32)
    program.a_matrix_.index_ = np.array(model.rows, dtype=np.int32)
    program.a_matrix_.value_ = np.array(model.values, dtype=np.double)
    solver.passModel(program)
    solver.run()
    solution = solver.getSolution()
    duals = list(solution.row_dual) if solution.dual_valid else None
    return duals if duals and all(math.isfinite(one) for one in duals) else None
