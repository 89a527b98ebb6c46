"""Local repair: what the two stages left, tried again where a small change makes room. Bounded, and in one order."""

from __future__ import annotations

from channels.rules.planner import dates
from channels.rules.planner.board import Board
from channels.rules.planner.ground import Demand, Ground, Offer
from channels.rules.planner.prices import Prices

Chosen = dict[int, list[Offer]]


def improve(board: Board, ground: Ground, prices: Prices, chosen: Chosen) -> None:
    """The score never falls, and every step of it is lawful by itself."""
    use_free_slots(board, ground, chosen)


def use_free_slots(board: Board, ground: Ground, chosen: Chosen) -> None:
    """Without prices: runs go on into free slots, and editions without one take any channel with room."""
    for demand in ground.demands:
        for offer in chosen[demand.number]:
            dates.extend(board, offer)
        _start(board, demand, chosen[demand.number])


def _start(board: Board, demand: Demand, runs: list[Offer]) -> None:
    while len(runs) < demand.allowed:
        best: tuple[int, Offer] | None = None
        for offer in demand.offers:
            if offer not in runs and not offer.pair.is_running and dates.extend(board, offer):
                gain = board.worth(offer)
                board.clear(offer)
                if best is None or gain > best[0]:
                    best = gain, offer
        if best is None:
            return
        dates.extend(board, best[1])
        runs.append(best[1])
