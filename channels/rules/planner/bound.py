"""How much any lawful plan could score at most, so that the gap of the one found is known.

The relaxation (runs in parts; of spacing and order only how many clips they allow) is given to a real solver. Of its
answer only the prices are used: rounded to whole numbers, and the bound summed from them exactly. By weak duality that
sum is a bound at any prices, so a solver that is inexact or stopped early makes it looser, never wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from channels.rules.planner import limits, relaxation
from channels.rules.planner.ground import Demand, Ground, Offer, Row
from channels.rules.planner.limits import Limits
from channels.rules.planner.prices import Prices

TIME_LIMIT_SECONDS = 20.0


def of(ground: Ground, prices: Prices, *, seconds: float = TIME_LIMIT_SECONDS) -> int:
    """The least that is known: at the solver's prices, or at those that the plan was made with."""
    shared = limits.read(ground)
    known = at(ground, shared, prices, [0] * len(shared.most))
    solved = relaxation.solve(ground, shared, prices, seconds=seconds)
    return min(known, at(ground, shared, solved.prices, solved.limit)) if solved else known


def at(ground: Ground, shared: Limits, prices: Prices, limit: Sequence[int]) -> int:
    """No lawful plan scores more than editions, channels, budgets and limits gain when each minds only the prices.

    `limit`: the price of each of the shared limits, none below zero.
    """
    return (
        sum(_of_demand(demand, shared, prices, limit) for demand in ground.demands)
        + sum(_of_row(ground, row, prices) for row in ground.rows)
        + sum(price * room for price, room in zip(prices.cell, ground.cell_room, strict=True))
        + sum(price * most for price, most in zip(limit, shared.most, strict=True))
    )


def _of_demand(demand: Demand, shared: Limits, prices: Prices, limit: Sequence[int]) -> int:
    """As many runs as it may have, on the channels where they gain most, each as far as it gains."""
    gains = sorted((_of_offer(one, shared, prices, limit) for one in demand.offers), reverse=True)
    return sum(gains[: demand.allowed])


def _of_offer(offer: Offer, shared: Limits, prices: Prices, limit: Sequence[int]) -> int:
    each = offer.points - prices.row[offer.row]
    if offer.number not in shared.at:
        return max(each * offer.most, 0)
    steps = (each - sum(limit[number] for number in numbers) for numbers in shared.at[offer.number])
    return max(0, *accumulate(steps))


def _of_row(ground: Ground, row: Row, prices: Prices) -> int:
    """Every slot that gains, as many a day as the caps leave."""
    by_day: dict[int, list[int]] = {}
    for slot, points in enumerate(row.points):
        gain = points + prices.row[row.number] - sum(prices.cell[cell] for cell in row.cells[slot])
        if gain > 0:
            by_day.setdefault(row.day[slot], []).append(gain)
    return sum(sum(sorted(gains, reverse=True)[: ground.day_most[day]]) for day, gains in by_day.items())
