"""Local repair: what the two stages left, tried again where a small change makes room. Bounded, and in one order.

An exchange takes one run off the board, lets a hungry one have its place, and finds the first another: later or earlier
on its channel, or on another channel. It stays only if the plan is worth more with it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from heapq import nsmallest

from channels.rules.planner import dates
from channels.rules.planner.board import Board
from channels.rules.planner.ground import DAY, Demand, Ground, Offer, Row
from channels.rules.planner.prices import Prices

Chosen = dict[int, list[Offer]]
PASSES = 2
MARGIN = 200
"""How far below a gain at the prices, which are not exact, an exchange is still tried."""
MOST_SWAPS = 2500
MOST_OFFERS, MOST_SLOTS, MOST_VICTIMS = 4, 12, 5


def improve(board: Board, ground: Ground, prices: Prices, chosen: Chosen) -> None:
    """The score never falls, and every step of it is lawful by itself."""
    use_free_slots(board, ground, chosen)
    repair = Repair(board, ground, prices, chosen)
    for _turn in range(PASSES):
        if not repair.relocate() + repair.exchange():
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

    def relocate(self) -> int:
        """Move runs to a channel where, as all stands, they are worth more. Returns how many moved."""
        moved = 0
        for demand in self.ground.demands:
            runs = self.chosen[demand.number]
            for run in [one for one in runs if not one.pair.is_running and self.is_restless(demand, one)]:
                had, worth = list(self.board.slots.get(run, ())), self.board.worth(run)
                self.board.clear(run)
                best = self.best_home(run, worth)
                if best is None:
                    self.board.restore(run, had)
                    continue
                dates.extend(self.board, best)
                runs[runs.index(run)] = best
                moved += 1
        return moved

    def is_restless(self, demand: Demand, run: Offer) -> bool:
        """Whether at the prices another channel might be better for it."""
        least = self.gain(run) - MARGIN
        return any(self.surplus(one) * one.most > least for one in demand.offers if one is not run)

    def best_home(self, run: Offer, worth: int) -> Offer | None:
        """The offer of its edition, itself included, that is worth most as all stands; None: none beats `worth`."""
        board, demand, best = self.board, self.demand_of[run], None
        for offer in demand.offers:
            taken = offer is not run and (offer.pair.is_running or offer in self.chosen[demand.number])
            if taken or (offer.points + board.rows[offer.row].dearest) * offer.most <= worth:
                continue
            if dates.extend(board, offer) and board.worth(offer) > worth:
                best, worth = offer, board.worth(offer)
            board.clear(offer)
        return best

    def exchange(self) -> int:
        """One pass over everything hungry, what seems to gain most first. Returns how many exchanges stayed."""
        hungry = sorted(self.hungry(), key=lambda one: (-one[0], one[1].number))
        return sum(self.feed(offer) for _gain, offer in hungry)

    def hungry(self) -> Iterator[tuple[int, Offer]]:
        """Runs that are short of clips, and the offers that would gain an edition most over what it has; each with
        what it would gain at the prices.
        """
        board = self.board
        for demand in self.ground.demands:
            runs = self.chosen[demand.number]
            short = [(self.surplus(one) * (one.most - board.count(one)), one) for one in runs]
            leaving = self.leaving(demand)
            if leaving or len(runs) < demand.allowed:
                least = self.gain(leaving) if leaving else 0
                rest = [one for one in demand.offers if one not in runs and not one.pair.is_running]
                short += [(self.surplus(one) * one.most - least, one) for one in rest]
            short = [(gain, one) for gain, one in short if board.count(one) < one.most and gain > -MARGIN]
            yield from nsmallest(MOST_OFFERS, short, key=lambda one: (-one[0], one[1].number))

    def leaving(self, demand: Demand) -> Offer | None:
        """The run that has to end before the edition can begin another one; None when it may, or must not."""
        runs = self.chosen[demand.number]
        if len(runs) < demand.allowed:
            return None
        return min((one for one in runs if not one.pair.is_running), key=self.gain, default=None)

    def gain(self, offer: Offer) -> int:
        return self.surplus(offer) * self.board.count(offer)

    def surplus(self, offer: Offer) -> int:
        return offer.points - self.prices.row[offer.row]

    def feed(self, offer: Offer) -> bool:
        """Whether some exchange gave it a place."""
        demand = self.demand_of[offer]
        runs = self.chosen[demand.number]
        leaving = None if offer in runs else self.leaving(demand)
        is_barred = offer not in runs and leaving is None and len(runs) >= demand.allowed
        if is_barred or self.swaps >= MOST_SWAPS or self.board.count(offer) >= offer.most:
            return False
        others = (one for one in self.victims(offer) if self.demand_of[one] is not demand)
        return any(self.swap(offer, victim, leaving) for victim in others if self.swaps < MOST_SWAPS)

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
        """Slots where rights and order let its next clip go, whoever is in the way, the best first."""
        placed, clip = self.board.slots.get(offer, ()), offer.clips[self.board.count(offer)]
        first = placed[-1] + 1 if placed else 0
        fit = (
            slot
            for start, end in offer.open
            for slot in range(max(start, first), end)
            if self.board.is_fresh(clip, row, row.times[slot])
        )
        return nsmallest(MOST_SLOTS, fit, key=lambda slot: (-row.points[slot], slot))

    def in_the_way(self, offer: Offer, row: Row, slot: int) -> Iterator[Offer]:
        """Who has the slot; or who has the rest of its day, of the account's 24 hours, or of the budget that it would
        draw on; and who shows the same drama too near.
        """
        board, at = self.board, row.times[slot]
        places: Iterable[tuple[int, int]] = ()
        if board.owner[row.number][slot] is not None:
            places = [(row.number, slot)]
        elif board.day_room[row.day[slot]] <= 0:
            places = [(row.number, other) for other, day in enumerate(row.day) if day == row.day[slot]]
        elif full := [cell for cell in row.cells[slot] if board.cell_room[cell] <= 0]:
            places = self.drawing[full[0]]
        elif not board.has_room(row, slot):
            places = self.near(row, at, DAY)
        elif not board.is_clear(offer, row, slot):
            places = self.near(row, at, row.gap, drama=offer.pair.drama)
        for number, other in places:
            standing = board.owner[number][other]
            if standing is not None and standing is not offer:
                yield standing

    def near(self, row: Row, at: int, span: int, *, drama: int | None = None) -> list[tuple[int, int]]:
        owner = self.board.owner[row.number]
        inside = range(bisect_right(row.times, at - span), bisect_left(row.times, at + span))
        return [
            (row.number, slot)
            for slot in inside
            if (one := owner[slot]) is not None and drama in (None, one.pair.drama)
        ]

    def loss(self, victim: Offer, offer: Offer) -> int:
        """About what a clip of it loses by going elsewhere, less what one of the offer's gains, at the prices."""
        if victim.row != offer.row:
            return max(self.prices.row[victim.row], 0) - offer.points - MARGIN
        others = (self.surplus(one) for one in self.demand_of[victim].offers if one is not victim)
        return self.surplus(victim) - max(max(others, default=0), 0) - self.surplus(offer) - MARGIN

    # --- the exchange

    def swap(self, offer: Offer, victim: Offer, leaving: Offer | None) -> bool:
        """Whether the plan is worth more with the offer first and the victim after it; else all is as before."""
        board = self.board
        self.swaps += 1
        parties = [one for one in (offer, victim, leaving) if one]
        had = {one: list(board.slots.get(one, ())) for one in parties}
        before = sum(board.worth(one) for one in parties)
        for one in parties[1:]:
            board.clear(one)
        moved = self.settle(victim, before - board.worth(offer)) if dates.extend(board, offer) else victim
        if board.worth(offer) + board.worth(moved) > before:
            self.note(offer, victim, moved, leaving)
            return True
        for one in {*parties, moved}:
            board.clear(one)
        for one in parties:
            board.restore(one, had[one])
        return False

    def settle(self, victim: Offer, wanted: int) -> Offer:
        """Place the victim anew: on its channel, or where else it is worth more. Returns the offer that it is now.

        Once it is worth more than `wanted` the exchange has paid, and nothing further is looked for.
        """
        board = self.board
        dates.extend(board, victim)
        worth = board.worth(victim)
        if victim.pair.is_running or worth > wanted:
            return victim
        had = board.clear(victim)
        best = self.best_home(victim, max(worth, wanted))
        if best is None:
            board.restore(victim, had)
            return victim
        dates.extend(board, best)
        return best

    def note(self, offer: Offer, victim: Offer, moved: Offer, leaving: Offer | None) -> None:
        runs = self.chosen[self.demand_of[offer].number]
        if leaving:
            runs.remove(leaving)
        if offer not in runs:
            runs.append(offer)
        runs = self.chosen[self.demand_of[victim].number]
        if moved is not victim or not (self.board.count(victim) or victim.pair.is_running):
            runs.remove(victim)
        if moved is not victim:
            runs.append(moved)
