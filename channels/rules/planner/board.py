"""What is placed so far, and every rule asked of one slot. Nothing is placed but through here."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort

from channels.rules.planner import ground as grounds
from channels.rules.planner.ground import DAY, Ground, Offer, Row
from channels.rules.planner.problem import ClipItem


class Board:
    """`slots[offer]`: the slots of its first clips, in order. `owner[row][slot]`: the offer that has it, or None."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.rows = ground.rows
        self.owner: list[list[Offer | None]] = [[None] * len(row.times) for row in ground.rows]
        self.free: list[list[int]] = [list(range(len(row.times))) for row in ground.rows]
        self.day_room = list(ground.day_room)
        self.cell_room = list(ground.cell_room)
        self.posted = [list(row.posted) for row in ground.rows]
        self.shown = [{drama: list(times) for drama, times in row.shown.items()} for row in ground.rows]
        self.alike: dict[tuple[int, int], list[int]] = {key: sorted(times) for key, times in ground.taken.items()}
        self.slots: dict[Offer, list[int]] = {}
        self.span = ground.sameness.days * DAY
        self.clips: set[tuple[int, int]] = set()

    # --- rules of a channel

    def has_room(self, row: Row, slot: int) -> bool:
        """Whether the day, the account and the client's budget take one more post; who has the slot is not asked."""
        return (
            self.day_room[row.day[slot]] > 0
            and all(self.cell_room[cell] > 0 for cell in row.cells[slot])
            and (row.account_cap is None or self._account_has_room(row, slot))
        )

    def _account_has_room(self, row: Row, slot: int) -> bool:
        at, posted, cap = row.times[slot], self.posted[row.number], row.account_cap
        assert cap is not None  # noqa: S101 (asked by has_room)
        near = bisect_left(posted, at + DAY) - bisect_right(posted, at - DAY)
        return near < cap or grounds.fullest_day(posted, at) <= cap

    # --- rules of a clip

    def suits(self, offer: Offer, row: Row, slot: int) -> bool:
        """Rights, the wait for what is planned already, and the distance to the same drama; not the run's own order."""
        return any(start <= slot < end for start, end in offer.open) and self.is_clear(offer, row, slot)

    def is_clear(self, offer: Offer, row: Row, slot: int) -> bool:
        return grounds.is_clear(self.shown[row.number].get(offer.pair.drama, ()), row.times[slot], row.gap)

    def suiting(self, offer: Offer) -> list[int]:
        """The free slots after the offer's last clip that suit it and have room, in order."""
        row, had = self.rows[offer.row], self.slots.get(offer)
        free, first = self.free[offer.row], had[-1] + 1 if had else 0
        found: list[int] = []
        for start, end in offer.open:
            if end > first:
                found += free[bisect_left(free, max(start, first)) : bisect_left(free, end)]
        day, day_room = row.day, self.day_room
        found = [slot for slot in found if day_room[day[slot]] > 0]
        if row.account_cap is not None or (found and row.cells[found[0]]):
            found = [slot for slot in found if self.has_room(row, slot)]
        if self.shown[offer.row].get(offer.pair.drama):
            found = [slot for slot in found if self.is_clear(offer, row, slot)]
        return found

    def is_fresh(self, clip: ClipItem, row: Row, at: int) -> bool:
        """Whether clips that look and sound alike stay within their limits with one more here."""
        return not any(after < at < before for after, before in self.full_spans(clip, row))

    def full_spans(self, clip: ClipItem, row: Row) -> list[tuple[int, int]]:
        """Between which moments, both left out, the clips alike are as many as may be within the days of sameness."""
        if not clip.whole:
            return []
        same = self.ground.sameness
        return [
            *self._full_spans(row.number, clip.whole, same.most_per_channel),
            *self._full_spans(-1 - row.group, clip.whole, same.most_per_language),
        ]

    def _full_spans(self, place: int, family: int, most: int) -> list[tuple[int, int]]:
        if most <= 0:
            return [(grounds.BEFORE_ALL, -grounds.BEFORE_ALL)]
        times = self.alike.get((place, family), ())
        several = zip(times, times[most - 1 :], strict=False)
        return [(last - self.span, first + self.span) for first, last in several if last - first < self.span]

    def may_stand(self, offer: Offer, slot: int) -> bool:
        """Whether the offer's next clip may go into this slot now."""
        placed, row = self.slots.get(offer, ()), self.rows[offer.row]
        number = len(placed)
        if number >= len(offer.clips) or not offer.clips[number].is_ready or self.owner[offer.row][slot] is not None:
            return False
        clip = offer.clips[number]
        return (
            (not placed or slot > placed[-1])
            and (offer.row, clip.key) not in self.clips
            and self.has_room(row, slot)
            and self.suits(offer, row, slot)
            and self.is_fresh(clip, row, row.times[slot])
        )

    # --- changes

    def put(self, offer: Offer, slot: int) -> None:
        """The offer's next clip takes this slot. The caller has asked `may_stand`."""
        row, at = self.rows[offer.row], self.rows[offer.row].times[slot]
        placed = self.slots.setdefault(offer, [])
        clip = offer.clips[len(placed)]
        placed.append(slot)
        self.owner[offer.row][slot] = offer
        free = self.free[offer.row]
        del free[bisect_left(free, slot)]
        self.day_room[row.day[slot]] -= 1
        for cell in row.cells[slot]:
            self.cell_room[cell] -= 1
        insort(self.posted[offer.row], at)
        insort(self.shown[offer.row].setdefault(offer.pair.drama, []), at)
        self.clips.add((offer.row, clip.key))
        if clip.whole:
            for place in (offer.row, -1 - row.group):
                insort(self.alike.setdefault((place, clip.whole), []), at)

    def take(self, offer: Offer) -> int:
        """Take the offer's last placed clip back; its slot is free again and returned."""
        row, slot = self.rows[offer.row], self.slots[offer].pop()
        at, clip = row.times[slot], offer.clips[len(self.slots[offer])]
        if not self.slots[offer]:
            del self.slots[offer]
        self.owner[offer.row][slot] = None
        insort(self.free[offer.row], slot)
        self.day_room[row.day[slot]] += 1
        for cell in row.cells[slot]:
            self.cell_room[cell] += 1
        self.posted[offer.row].remove(at)
        self.shown[offer.row][offer.pair.drama].remove(at)
        self.clips.discard((offer.row, clip.key))
        if clip.whole:
            for place in (offer.row, -1 - row.group):
                self.alike[place, clip.whole].remove(at)
        return slot

    def clear(self, offer: Offer) -> list[int]:
        """Take all of the offer's clips back. Returns the slots they had, in order."""
        had = list(self.slots.get(offer, ()))
        for _slot in had:
            self.take(offer)
        return had

    def restore(self, offer: Offer, slots: list[int]) -> None:
        for slot in slots:
            self.put(offer, slot)

    # --- reading

    def worth(self, offer: Offer) -> int:
        points = self.rows[offer.row].points
        return sum(offer.points + points[slot] for slot in self.slots.get(offer, ()))

    def score(self) -> int:
        return sum(self.worth(offer) for offer in self.slots)

    def count(self, offer: Offer) -> int:
        return len(self.slots.get(offer, ()))
