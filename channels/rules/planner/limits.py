"""What runs share beyond slots and budgets: how often clips that look alike, and clips of one drama, fit in the days.

Only the bound asks for these; the plan itself keeps the rules slot by slot.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field

from channels.rules.planner import ground as grounds
from channels.rules.planner.ground import DAY, Ground, Offer, Row


@dataclass
class Limits:
    """`most` per limit. `at[offer][n]`: the limits that clip n of that offer counts in."""

    most: list[int] = field(default_factory=list)
    at: dict[int, list[list[int]]] = field(default_factory=dict)

    def of(self, offer: Offer) -> list[list[int]]:
        return self.at.get(offer.number) or [[] for _clip in range(offer.most)]

    def add(self, most: int, members: list[tuple[Offer, int]]) -> None:
        """`members`: offers, each with the number of its clip."""
        number = len(self.most)
        self.most.append(most)
        for offer, place in members:
            if offer.number not in self.at:
                self.at[offer.number] = [[] for _clip in range(offer.most)]
            self.at[offer.number][place].append(number)


def read(ground: Ground) -> Limits:
    """The limits that could bind: those with more clips than they let through."""
    found = Limits()
    _read_families(ground, found)
    _read_dramas(ground, found)
    return found


# --- look-alikes


def _read_families(ground: Ground, found: Limits) -> None:
    members: dict[tuple[int, int], list[tuple[Offer, int]]] = defaultdict(list)
    for offer in ground.offers:
        for place, clip in enumerate(offer.clips[: offer.most]):
            if clip.whole:
                members[offer.row, clip.whole].append((offer, place))
                members[-1 - ground.rows[offer.row].group, clip.whole].append((offer, place))
    spans = _spans(ground)
    same = ground.sameness
    for (place, family), clips in sorted(members.items()):
        once = same.most_per_channel if place >= 0 else same.most_per_language
        taken = sorted(ground.taken.get((place, family), ()))
        most = _most_alike(spans[place], taken, max(once, 0), same.days * DAY)
        if len(clips) > most:
            found.add(most, clips)


def _spans(ground: Ground) -> dict[int, tuple[int, int]]:
    """The first and the last slot of each row, and of each group of rows as -1 - group."""
    spans: dict[int, tuple[int, int]] = {}
    for row in ground.rows:
        for place in (row.number, -1 - row.group):
            if row.times:
                first, last = spans.get(place, (row.times[0], row.times[-1]))
                spans[place] = min(first, row.times[0]), max(last, row.times[-1])
    return spans


def _most_alike(span: tuple[int, int], taken: list[int], once: int, days: int) -> int:
    """Windows side by side from the first slot to the last; in each what is left of the limit."""
    first, last = span
    if days <= 0:
        return once * len(taken) + 2**40
    most = 0
    for start in range(first, last + 1, days):
        most += max(once - (bisect_left(taken, start + days) - bisect_left(taken, start)), 0)
    return most


# --- one drama on one channel


def _read_dramas(ground: Ground, found: Limits) -> None:
    together: dict[tuple[int, int], list[Offer]] = defaultdict(list)
    for offer in ground.offers:
        if offer.most:
            together[offer.row, offer.pair.drama].append(offer)
    for (number, drama), offers in sorted(together.items()):
        wanted = sum(offer.most for offer in offers)
        if len(offers) > 1:
            most = _most_spaced(ground.rows[number], drama, wanted)
            if most < wanted:
                found.add(most, [(offer, place) for offer in offers for place in range(offer.most)])


def _most_spaced(row: Row, drama: int, wanted: int) -> int:
    """How many clips of the drama the gap allows on all of the channel's slots, rights aside."""
    found, last, shown = 0, None, row.shown.get(drama, [])
    for at in row.times:
        if found == wanted:
            break
        if (last is None or at - last >= row.gap) and grounds.is_clear(shown, at, row.gap):
            found, last = found + 1, at
    return found
