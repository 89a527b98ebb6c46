"""How much any lawful plan could score at most, so that the gap of the one found is known.

The relaxation (runs in parts; of spacing and order only how many clips they allow) is given to a real solver. Of its
answer only the prices are used: rounded to whole numbers, and the bound summed from them exactly. By weak duality that
sum is a bound at any prices, so a solver that is inexact or stopped early makes it looser, never wrong.
"""

from __future__ import annotations

from channels.rules.planner import relaxation
from channels.rules.planner.ground import Demand, Ground, Row
from channels.rules.planner.prices import Prices

TIME_LIMIT_SECONDS = 20.0


def of(ground: Ground, prices: Prices, *, seconds: float = TIME_LIMIT_SECONDS) -> int:
    """The least that is known: at the solver's prices, or at those that the plan was made with."""
    known = at(ground, prices)
    solved = relaxation.prices(ground, prices, seconds=seconds)
    return min(known, at(ground, solved)) if solved else known


def at(ground: Ground, prices: Prices) -> int:
    """No lawful plan scores more than editions, channels and budgets gain when each minds nothing but the prices."""
    return (
        sum(_of_demand(demand, prices) for demand in ground.demands)
        + sum(_of_row(ground, row, prices) for row in ground.rows)
        + sum(price * room for price, room in zip(prices.cell, ground.cell_room, strict=True))
    )


def _of_demand(demand: Demand, prices: Prices) -> int:
    """As many whole runs as it may have, on the channels where they gain most."""
    gains = sorted(((one.points - prices.row[one.row]) * one.most for one in demand.offers), reverse=True)
    return sum(gain for gain in gains[: demand.allowed] if gain > 0)


def _of_row(ground: Ground, row: Row, prices: Prices) -> int:
    """Every slot that gains, as many a day as the caps leave."""
    by_day: dict[int, list[int]] = {}
    for slot, points in enumerate(row.points):
        gain = points + prices.row[row.number] - sum(prices.cell[cell] for cell in row.cells[slot])
        if gain > 0:
            by_day.setdefault(row.day[slot], []).append(gain)
    return sum(sum(sorted(gains, reverse=True)[: ground.day_most[day]]) for day, gains in by_day.items())
