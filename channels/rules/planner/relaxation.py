"""The linear relaxation as the solver reads it, one component at a time, and the prices that it answers."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np

from channels.rules.planner import prices as pricing
from channels.rules.planner.ground import Demand, Ground, Offer
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


def prices(ground: Ground, near: Prices, *, seconds: float) -> Prices | None:
    """What slots and budgets are worth by the solver; where it had no time, `near`. None when it solved nothing."""
    found = Prices(list(near.row), list(near.cell))
    deadline, solved = time.monotonic() + seconds, False
    slots = [pricing.usable(ground, row.number) for row in ground.rows]
    tight = _tight_cells(ground, slots)
    for demands, rows in _components(ground, slots, tight):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        model, row_at, cell_at = _model(ground, near, demands, rows, slots, tight)
        duals = _solve(model, seconds=left)
        if duals is None:
            continue
        solved = True
        for number, place in row_at.items():
            found.row[number] = -round(duals[place])
        for number, place in cell_at.items():
            found.cell[number] = max(-round(duals[place]), 0)
    for cell in set(range(len(found.cell))) - tight:
        found.cell[cell] = 0
    return found if solved else None


def _tight_cells(ground: Ground, slots: list[list[int]]) -> set[int]:
    """Budgets' days that more slots draw on than there is room for; the others can bind nobody."""
    drawn = [0] * len(ground.cell_room)
    for row in ground.rows:
        for slot in slots[row.number]:
            for cell in row.cells[slot]:
                drawn[cell] += 1
    return {cell for cell, room in enumerate(ground.cell_room) if drawn[cell] > room}


# --- components


def _components(ground: Ground, slots: list[list[int]], tight: set[int]) -> Iterator[tuple[list[Demand], list[int]]]:
    """Channels that share an edition or a tight budget, with their editions; the smallest first."""
    parent = list(range(len(ground.rows)))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    def join(members: Iterable[int]) -> None:
        first, *rest = (root(one) for one in members)
        for one in rest:
            parent[root(one)] = root(first)

    drawing: dict[int, set[int]] = defaultdict(set)
    for row in ground.rows:
        for slot in slots[row.number]:
            for cell in row.cells[slot]:
                if cell in tight:
                    drawing[cell].add(row.number)
    for members in drawing.values():
        join(sorted(members))
    for demand in ground.demands:
        join(one.row for one in demand.offers)
    demands: dict[int, list[Demand]] = defaultdict(list)
    rows: dict[int, list[int]] = defaultdict(list)
    for demand in ground.demands:
        demands[root(demand.offers[0].row)].append(demand)
    for row in ground.rows:
        rows[root(row.number)].append(row.number)
    for key in sorted(demands, key=lambda one: (len(demands[one]), one)):
        yield demands[key], rows[key]


# --- the model


def _model(
    ground: Ground, near: Prices, demands: list[Demand], rows: list[int], slots: list[list[int]], tight: set[int]
) -> tuple[Model, dict[int, int], dict[int, int]]:
    model, row_at, cell_at = Model(), {}, {}
    for number in rows:
        row_at[number] = model.row(0, is_equal=True)
    for number in rows:
        row = ground.rows[number]
        alike: dict[tuple[int, tuple[int, ...]], int] = defaultdict(int)
        for slot in slots[number]:
            alike[row.points[slot], tuple(cell for cell in row.cells[slot] if cell in tight)] += 1
        for (points, cells), count in sorted(alike.items()):
            for cell in cells:
                if cell not in cell_at:
                    cell_at[cell] = model.row(ground.cell_room[cell])
            model.column(points, count, [(row_at[number], -1), *((cell_at[cell], 1) for cell in cells)])
    for (columns, allowed), count in sorted(_groups(demands, near).items()):
        place = model.row(allowed * count)
        for number, points, most in columns:
            model.column(points * most, count, [(place, 1), (row_at[number], most)])
    return model, row_at, cell_at


_Columns = tuple[tuple[int, int, int], ...]


def _groups(demands: list[Demand], near: Prices) -> dict[tuple[_Columns, int], int]:
    """Editions that are worth the same on the same channels are one, counted."""
    found: dict[tuple[_Columns, int], int] = defaultdict(int)
    for demand in demands:
        columns = tuple((one.row, one.points, one.most) for one in _best(demand, near) if one.most)
        if columns:
            found[columns, demand.allowed] += 1
    return found


def _best(demand: Demand, near: Prices) -> list[Offer]:
    ranked = sorted(demand.offers, key=lambda one: (near.row[one.row] - one.points, one.row))
    best = ranked[0].points - near.row[ranked[0].row]
    close = [one for one in ranked if best - (one.points - near.row[one.row]) <= NEAR_POINTS]
    return sorted(close[: MOST_OFFERS * demand.allowed], key=lambda one: one.row)


# --- the solver


def _solve(model: Model, *, seconds: float) -> Any:
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
