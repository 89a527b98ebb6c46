"""Stage one: which edition runs on which channel. What is worth most chooses first."""

from __future__ import annotations

from collections.abc import Callable

from channels.rules.planner import dates
from channels.rules.planner.board import Board
from channels.rules.planner.ground import Demand, Ground, Offer
from channels.rules.planner.prices import Prices


def in_order(ground: Ground) -> list[Demand]:
    """What is worth most first: it suffers most when it comes late."""

    return sorted(
        ground.demands, key=lambda one: (-max(offer.points for offer in one.offers), one.edition, one.platform)
    )


def assign(
    board: Board, ground: Ground, prices: Prices, *, progress: Callable[[int], None] | None = None
) -> dict[int, list[Offer]]:
    """demand → its runs. What runs already goes on; the rest takes the channel that gains most and has room for all of
    it, or else the one with room for most of it. An edition for which nobody has room has no run.
    """
    chosen: dict[int, list[Offer]] = {}
    for number, demand in enumerate(in_order(ground)):
        running = [offer for offer in demand.offers if offer.pair.is_running]
        for offer in running:
            dates.extend(board, offer, prices.cell)
        chosen[demand.number] = running
        rest = [offer for offer in demand.offers if not offer.pair.is_running and offer.most]
        rest.sort(key=lambda offer: ((prices.row[offer.row] - offer.points) * offer.most, offer.row))
        for _turn in range(demand.allowed - len(running)):
            best = settle(board, [one for one in rest if one not in chosen[demand.number]], prices)
            if best is None:
                break
            chosen[demand.number].append(best)
        if progress:
            progress(number)
    return chosen


def settle(board: Board, offers: list[Offer], prices: Prices) -> Offer | None:
    """Place the first offer that goes out whole; else the one with the largest gain. None when nothing fits."""
    best: tuple[int, Offer] | None = None
    for offer in offers:
        placed = dates.extend(board, offer, prices.cell)
        if placed == offer.most:
            return offer
        if placed:
            gain = board.worth(offer) - placed * prices.row[offer.row]
            if best is None or gain > best[0]:
                best = gain, offer
            board.clear(offer)
    if best is None:
        return None
    dates.extend(board, best[1], prices.cell)
    return best[1]
