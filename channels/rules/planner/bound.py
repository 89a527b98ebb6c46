from __future__ import annotations

from channels.rules.planner.ground import Ground
from channels.rules.planner.prices import Prices


def of(ground: Ground, prices: Prices) -> int:
    """No lawful plan scores more, whatever the prices: what each side gains if it minds nothing but them."""
    total = sum(price * room for price, room in zip(prices.cell, ground.cell_room, strict=True))
    for demand in ground.demands:
        gains = sorted(((one.points - prices.row[one.row]) * one.most for one in demand.offers), reverse=True)
        total += sum(gain for gain in gains[: demand.allowed] if gain > 0)
    for row in ground.rows:
        by_day: dict[int, list[int]] = {}
        for slot, points in enumerate(row.points):
            gain = points + prices.row[row.number] - sum(prices.cell[cell] for cell in row.cells[slot])
            if gain > 0:
                by_day.setdefault(row.day[slot], []).append(gain)
        for day, gains in by_day.items():
            total += sum(sorted(gains, reverse=True)[: ground.day_room[day]])
    return total
