"""Local repair: what the two stages left, tried again where a small change makes room. Bounded, and in one order.

An exchange takes one run off the board, lets a hungry one have its place, and finds the first another: later or earlier
on its channel, or on another channel. It stays only if the plan is worth more with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import nsmallest

from channels.rules.planner import dates
from channels.rules.planner.board import Board
from channels.rules.planner.ground import Demand, Ground, Offer, Row
from channels.rules.planner.prices import Prices

Chosen = dict[int, list[Offer]]
PASSES = 3
MARGIN = 200
"""How far below a gain at the prices, which are not exact, an exchange is still tried."""
MOST_SWAPS = 4000
MOST_OFFERS, MOST_SLOTS, MOST_VICTIMS = 4, 12, 5


def improve(board: Board, ground: Ground, prices: Prices, chosen: Chosen) -> None:
    """The score never falls, and every step of it is lawful by itself."""
    use_free_slots(board, ground, chosen)
    repair = Repair(board, ground, prices, chosen)
    for _turn in range(PASSES):
        if not repair.exchange():
            break
    use_free_slots(board, ground, chosen)


def use_free_slots(board: Board, ground: Ground, chosen: Chosen) -> None:
    """Without prices: runs go on into free slots, and editions without one take any channel with room."""
    for demand in ground.demands:
        for offer in chosen[demand.number]:
            dates.extend(board, offer)
        start(board, demand, chosen[demand.number])


def start(board: Board, demand: Demand, runs: list[Offer]) -> None:
    """Give the edition runs up to what it may have, each time where the channel as it stands gives most."""
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


class Repair:
    def __init__(self, board: Board, ground: Ground, prices: Prices, chosen: Chosen) -> None:
        self.board, self.ground, self.prices, self.chosen = board, ground, prices, chosen
        self.demand_of = {offer: demand for demand in ground.demands for offer in demand.offers}
        self.swaps = 0
        self.drawing: dict[int, list[tuple[int, int]]] = {}
        for row in ground.rows:
            for slot, cells in enumerate(row.cells):
                for cell in cells:
                    self.drawing.setdefault(cell, []).append((row.number, slot))

    def exchange(self) -> int:
        """One pass over everything hungry, what is worth most first. Returns how many exchanges stayed."""
        hungry = sorted(self.hungry(), key=lambda one: (-one.points, one.number))
        return sum(self.feed(offer) for offer in hungry)

    def hungry(self) -> Iterator[Offer]:
        """Runs that are short of clips, and for an edition without one the offers that would gain most."""
        for demand in self.ground.demands:
            runs = self.chosen[demand.number]
            yield from (offer for offer in runs if self.board.count(offer) < offer.most)
            if len(runs) < demand.allowed:
                rest = (one for one in demand.offers if one not in runs and one.most and not one.pair.is_running)
                yield from nsmallest(MOST_OFFERS, rest, key=lambda one: (-self.surplus(one), one.number))

    def surplus(self, offer: Offer) -> int:
        return offer.points - self.prices.row[offer.row]

    def feed(self, offer: Offer) -> bool:
        demand = self.demand_of[offer]
        runs = self.chosen[demand.number]
        if offer not in runs and len(runs) >= demand.allowed:
            return False
        if self.swaps >= MOST_SWAPS:
            return False
        return any(self.swap(offer, victim) for victim in self.victims(offer))

    # --- whose place could be had

    def victims(self, offer: Offer) -> list[Offer]:
        """Those that stand in the way at the slots that the offer could have and that seem to lose less than it gains,
        the cheapest to move first.
        """
        row = self.board.rows[offer.row]
        standing = {one for slot in self.wanted(offer, row) for one in self.in_the_way(offer, row, slot)}
        losses = [(self.loss(one, offer), one.number, one) for one in standing]
        return [one for _loss, _number, one in nsmallest(MOST_VICTIMS, (one for one in losses if one[0] < 0))]

    def wanted(self, offer: Offer, row: Row) -> list[int]:
        """Slots that only others keep it from, the best first."""
        placed, clip = self.board.slots.get(offer, ()), offer.clips[self.board.count(offer)]
        first = placed[-1] + 1 if placed else 0
        fit = [
            slot
            for start, end in offer.open
            for slot in range(max(start, first), end)
            if self.board.is_clear(offer, row, slot) and self.board.is_fresh(clip, row, row.times[slot])
        ]
        return nsmallest(MOST_SLOTS, fit, key=lambda slot: (-row.points[slot], slot))

    def in_the_way(self, offer: Offer, row: Row, slot: int) -> Iterator[Offer]:
        """Who has the slot; or who has the rest of its day, or of the budget that it would draw on."""
        board = self.board
        owner = board.owner[row.number][slot]
        places: Iterable[tuple[int, int]] = [(row.number, slot)]
        if owner is None and board.day_room[row.day[slot]] <= 0:
            places = ((row.number, other) for other, day in enumerate(row.day) if day == row.day[slot])
        elif owner is None:
            full = [cell for cell in row.cells[slot] if board.cell_room[cell] <= 0]
            places = self.drawing[full[0]] if full else ()
        for number, other in places:
            standing = board.owner[number][other]
            if standing is not None and standing is not offer:
                yield standing

    def loss(self, victim: Offer, offer: Offer) -> int:
        """About what a clip of it loses by going elsewhere, less what one of the offer's gains, at the prices."""
        if victim.row != offer.row:
            return max(self.prices.row[victim.row], 0) - offer.points - MARGIN
        others = (self.surplus(one) for one in self.demand_of[victim].offers if one is not victim)
        return self.surplus(victim) - max(max(others, default=0), 0) - self.surplus(offer) - MARGIN

    # --- the exchange

    def swap(self, offer: Offer, victim: Offer) -> bool:
        """Whether the plan is worth more with the offer first and the victim after it; else all is as before."""
        board = self.board
        self.swaps += 1
        had = {one: list(board.slots.get(one, ())) for one in (offer, victim)}
        before = board.worth(offer) + board.worth(victim)
        board.clear(victim)
        if not dates.extend(board, offer):
            board.restore(victim, had[victim])
            return False
        moved = self.settle(victim, had[victim], at_least=before - board.worth(offer))
        if board.worth(offer) + board.worth(moved) > before:
            self.note(offer, victim, moved)
            return True
        for one in (moved, offer):
            board.clear(one)
        for one in (offer, victim):
            board.restore(one, had[one])
        return False

    def settle(self, victim: Offer, had: list[int], *, at_least: int) -> Offer:
        """Place the victim anew: on its channel, or where else it is worth more. Returns the offer that it is now."""
        board = self.board
        dates.extend(board, victim)
        if victim.pair.is_running or board.count(victim) == len(had):
            return victim
        best, worth = victim, board.worth(victim)
        demand = self.demand_of[victim]
        board.clear(victim)
        for other in demand.offers:
            if other is victim or other.pair.is_running or other in self.chosen[demand.number]:
                continue
            if (other.points + 1000) * other.most <= max(worth, at_least):
                continue
            if dates.extend(board, other) and board.worth(other) > worth:
                best, worth = other, board.worth(other)
            board.clear(other)
        dates.extend(board, best)
        return best

    def note(self, offer: Offer, victim: Offer, moved: Offer) -> None:
        runs = self.chosen[self.demand_of[offer].number]
        if offer not in runs:
            runs.append(offer)
        if moved is not victim or not self.board.count(victim):
            runs = self.chosen[self.demand_of[victim].number]
            if not victim.pair.is_running:
                runs.remove(victim)
            if moved is not victim:
                runs.append(moved)
