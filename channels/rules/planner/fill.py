"""From a problem to the best lawful plan that is found for it, with what was left and why.

Two stages and a repair, in whole numbers and one order: the same problem gives the same plan, whatever order it came
in and whatever machine it runs on. The solver gives the bound alone and decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from channels.rules.planner import bound, explain, ground, prices, repair, runs
from channels.rules.planner.board import Board
from channels.rules.planner.ground import Ground, Offer
from channels.rules.planner.prices import Prices
from channels.rules.planner.problem import Filled, Pair, Placed, Problem

Progress = Callable[[str, int, int], None]
"""Called with the step, how much of it is done, and of how much."""
RUNS, REPAIR, BOUND, REASONS = "runs", "repair", "bound", "reasons"
TELL_EVERY = 200
SMALL = 3000
"""Up to so many pairs the plan is also tried without prices, which say little where there is little to compare."""


def fill(problem: Problem, *, with_bound: bool = False, progress: Progress | None = None) -> Filled:
    """The plan, sorted by time and channel. With the bound it also says how good any lawful plan could be at most."""
    tell = progress or _quietly
    here = ground.lay(problem)
    cost = prices.find(here)
    board, chosen = _tried(here, cost, tell)
    if len(here.offers) <= SMALL:
        board, chosen = max(
            (board, chosen), _tried(here, prices.nothing(here), _quietly), key=lambda one: one[0].score()
        )
    most = None
    if with_bound:
        tell(BOUND, 0, 1)
        most = bound.of(here, cost)
    tell(REASONS, 0, 1)
    filled = _filled(board, here, chosen, most)
    tell(REASONS, 1, 1)
    return filled


def _quietly(_step: str, _done: int, _of: int) -> None:
    """Nobody asked how far it is."""


def _tried(here: Ground, cost: Prices, tell: Progress) -> tuple[Board, Mapping[int, list[Offer]]]:
    """Both stages and the repair from these prices."""
    board, demands = Board(here), len(here.demands)
    tell(RUNS, 0, demands)

    def counted(done: int) -> None:
        if done % TELL_EVERY == 0:
            tell(RUNS, done, demands)

    chosen = runs.assign(board, here, cost, progress=counted)
    tell(REPAIR, 0, 1)
    repair.improve(board, here, cost, chosen)
    return board, chosen


def _filled(board: Board, here: Ground, chosen: Mapping[int, list[Offer]], most: int | None) -> Filled:
    placed = [one for offer in board.slots for one in _placed(board, offer)]
    return Filled(
        runs=_runs(board, chosen),
        placed=tuple(sorted(placed, key=lambda one: (one.at, one.channel))),
        left=tuple(explain.left(board, here, chosen)),
        score=sum(one.points for one in placed),
        bound=most,
    )


def _runs(board: Board, chosen: Mapping[int, list[Offer]]) -> tuple[Pair, ...]:
    """Those that have something placed, and those that ran before."""
    kept = [one for offers in chosen.values() for one in offers if board.count(one) or one.pair.is_running]
    return tuple(offer.pair for offer in sorted(kept, key=lambda one: one.number))


def _placed(board: Board, offer: Offer) -> list[Placed]:
    row, pair = board.rows[offer.row], offer.pair
    return [
        Placed(
            edition=pair.edition,
            channel=pair.channel,
            clip=offer.clips[number].key,
            at=row.moments[slot],
            points=offer.points + row.points[slot],
            reasons=explain.why_here(board, offer, number),
        )
        for number, slot in enumerate(board.slots[offer])
    ]
