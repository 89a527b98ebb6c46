"""Which clip goes out when: the best slots for the next clips of one run, given all that stands on its channel."""

from __future__ import annotations

from collections.abc import Sequence

from channels.rules.planner.board import Board
from channels.rules.planner.ground import Offer

NOTHING = -(2**60)


def extend(board: Board, offer: Offer, prices: Sequence[int] = ()) -> int:
    """Place as many of the offer's next clips as may stand, in the slots worth most. Returns how many.

    `prices` per budget cell make days dear whose budget others want too; without them every free slot counts in full.
    """
    placed = 0
    while True:
        slots = best_slots(board, offer, prices)
        done = 0
        for slot in slots:
            if not board.may_stand(offer, slot):
                break
            board.put(offer, slot)
            done += 1
        placed += done
        if done == len(slots) or not done:
            return placed


def best_slots(board: Board, offer: Offer, prices: Sequence[int]) -> list[int]:
    """Slots for the next clips, in order and spaced, with the largest sum of points less prices.

    Caps are asked of each slot by itself; two clips of the run that share a day are asked again when they are put.
    """
    row, had = board.rows[offer.row], board.slots.get(offer, ())
    wanted = offer.most - len(had)
    if wanted <= 0:
        return []
    slots = board.suiting(offer)
    if not slots:
        return []
    worth = [row.points[slot] for slot in slots]
    if prices:
        worth = [
            value - sum(prices[cell] for cell in row.cells[slot]) for value, slot in zip(worth, slots, strict=True)
        ]
    before = _before([row.times[slot] for slot in slots], row.gap)
    return _walk(board, offer, slots, worth, before, wanted)


def _before(times: list[int], gap: int) -> list[int]:
    """For each time the last place that is a gap earlier; -1 when there is none."""
    found, place = [], -1
    for number, at in enumerate(times):
        while place + 1 < number and times[place + 1] <= at - gap:
            place += 1
        found.append(place)
    return found


def _walk(board: Board, offer: Offer, slots: list[int], worth: list[int], before: list[int], wanted: int) -> list[int]:
    """Level by level: the best way to have k clips by each slot; then back along the best ends."""
    first, row = len(board.slots.get(offer, ())), board.rows[offer.row]
    sums: list[list[int]] = []
    ends: list[list[int]] = []
    total, best, levels = 0, 0, 0
    for level in range(min(wanted, len(slots))):
        clip = offer.clips[first + level]
        spans = board.full_spans(clip, row)
        fresh = [not any(after < row.times[slot] < end for after, end in spans) for slot in slots] if spans else None
        reach, end = _level(worth, before, sums[-1] if level else None, fresh)
        if end[-1] < 0:
            break
        sums.append(reach)
        ends.append(end)
        total = (level + 1) * offer.points + reach[-1]
        if total > best:
            best, levels = total, level + 1
    found, place = [], len(slots) - 1
    for level in range(levels - 1, -1, -1):
        place = ends[level][place]
        found.append(slots[place])
        place = before[place]
    return found[::-1]


def _level(
    worth: list[int], before: list[int], under: list[int] | None, fresh: list[bool] | None
) -> tuple[list[int], list[int]]:
    """The largest sum that ends at or before each place, and where it ends. Of equal ones the earliest."""
    reach, end = [], []
    best, where = NOTHING, -1
    for number, own in enumerate(worth):
        value = own
        if under is not None:
            place = before[number]
            value = own + under[place] if place >= 0 and under[place] > NOTHING else NOTHING
        if value > best and (fresh is None or fresh[number]):
            best, where = value, number
        reach.append(best)
        end.append(where)
    return reach, end
