"""What it is worth to run an edition on a channel and to post at an hour, in whole hundredths of a point.

Every part is a reason with its numbers. Whole numbers, so that the same rows give the same sums on every machine. A
reason that many pairs share is one object: nobody may change it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from catalog.rules.words import Tier
from channels.rules.completion import Expected
from channels.rules.eligibility import ChannelFacts, EditionFacts

Reason = Mapping[str, Any]

TIER_POINTS: Mapping[str, int] = {Tier.S: 4000, Tier.A: 3000, Tier.B: 2000, Tier.C: 1000}
NICHE_POINTS, OPEN_NICHE_POINTS = 1000, 400
AUDIENCE_POINTS, UNKNOWN_AUDIENCE_POINTS = 300, 150
NEW_POINTS, NEW_DAYS = 500, 180
CLOSING_POINTS, CLOSING_DAYS = 600, 30
ROOM_POINTS = 500
RUNNING_POINTS = 10_000
COMPLETION_POINTS, MOST_COMPLETION_POINTS = 4000, 1000
BEST_HOUR_POINTS = 300
SOON_POINTS, SOON_HOURS = 240, 3

_BAND = re.compile(r"(\d{1,2})\s*(?:[-–—~至到]\s*\d{1,2}|\+)")


@dataclass(frozen=True)
class Room:
    """How much of a channel's time in the planned days is still free."""

    free: int
    taken: int


@dataclass(frozen=True)
class Value:
    points: int
    reasons: tuple[Reason, ...]


def of_pair(
    edition: EditionFacts,
    channel: ChannelFacts,
    *,
    closes_at: datetime | None,
    is_running: bool,
    expected: Expected,
    room: Room,
    now: datetime,
) -> Value:
    """Tier, fit with niche and audience, age of the title, rights about to close, what viewers watched to the end, room
    on the channel; what runs there already goes on before anything new starts. Always more than nothing.
    """
    parts: list[Reason | None] = [
        of_tier(edition.tier),
        of_niche(edition.genres, channel.genres),
        of_audience(edition.age_rating, channel.audience),
        of_age(edition.since, now=now),
        of_closing(closes_at, now=now),
        of_completion(expected),
        of_room(room),
        {"code": "runs_already", "points": RUNNING_POINTS} if is_running else None,
    ]
    given = tuple(part for part in parts if part)
    return Value(max(1, sum(part["points"] for part in given)), given)


@lru_cache(maxsize=4096)
def of_tier(tier: str) -> Reason:
    return {"code": "worth_tier", "tier": tier, "points": TIER_POINTS.get(tier, 0)}


@lru_cache(maxsize=4096)
def of_niche(genres: frozenset[str], niche: frozenset[str]) -> Reason:
    if not niche:
        return {"code": "worth_open_niche", "points": OPEN_NICHE_POINTS}
    shared = sorted(genres & niche)
    points = NICHE_POINTS * len(shared) // max(len(genres), 1)
    return {"code": "worth_niche", "shared": len(shared), "all": len(genres), "names": shared, "points": points}


@lru_cache(maxsize=4096)
def of_audience(age_rating: int, audience: str) -> Reason:
    """The share of the channel's age bands that may see it; a band counts by its youngest."""
    youngest: list[int] = [int(found) for found in _BAND.findall(audience)]
    if not youngest:
        return {"code": "worth_unknown_audience", "points": UNKNOWN_AUDIENCE_POINTS}
    fit = sum(age >= age_rating for age in youngest)
    points = AUDIENCE_POINTS * fit // len(youngest)
    return {"code": "worth_audience", "fit": fit, "bands": len(youngest), "age": age_rating, "points": points}


@lru_cache(maxsize=4096)
def of_age(since: datetime | None, *, now: datetime) -> Reason | None:
    """A new title gets more, and nothing after half a year."""
    days = max((now - since).days, 0) if since else NEW_DAYS
    if days >= NEW_DAYS:
        return None
    return {"code": "worth_new", "days": days, "points": NEW_POINTS * (NEW_DAYS - days) // NEW_DAYS}


@lru_cache(maxsize=4096)
def of_closing(closes_at: datetime | None, *, now: datetime) -> Reason | None:
    """What will soon be lost goes first."""
    if closes_at is None:
        return None
    days = max((closes_at - now).days, 0)
    if days >= CLOSING_DAYS:
        return None
    return {"code": "worth_closing", "days": days, "points": CLOSING_POINTS * (CLOSING_DAYS - days) // CLOSING_DAYS}


@lru_cache(maxsize=4096)
def of_completion(expected: Expected) -> Reason:
    """Above or below what viewers watch of everything. Without data it is worth neither more nor less."""
    if not expected.clips:
        return {"code": "worth_completion_unknown", "points": 0}
    points = COMPLETION_POINTS * (expected.per_mille - expected.usual_per_mille) // 1000
    bounded = max(-MOST_COMPLETION_POINTS, min(MOST_COMPLETION_POINTS, points))
    return {
        "code": "worth_completion",
        "percent": round(expected.per_mille / 10),
        "usual": round(expected.usual_per_mille / 10),
        "clips": expected.clips,
        "here": expected.here,
        "points": bounded,
    }


@lru_cache(maxsize=4096)
def of_room(room: Room) -> Reason:
    """A channel that has promised most of its time already gets new runs last."""
    slots = room.free + room.taken
    points = ROOM_POINTS * room.free // slots if slots else 0
    return {"code": "worth_room", "free": room.free, "slots": slots, "points": points}


def of_slots(
    moments: Sequence[datetime], *, best_hours: Collection[int], zone: str, starts_at: datetime
) -> list[tuple[datetime, int]]:
    """What each hour adds: the audience's best hours, in the channel's local time, and the sooner the better."""
    local, best = ZoneInfo(zone), frozenset(best_hours)
    found = []
    for moment in moments:
        hours = int((moment - starts_at).total_seconds() // 3600)
        soon = max(0, SOON_POINTS - hours // SOON_HOURS)
        found.append((moment, soon + (BEST_HOUR_POINTS if moment.astimezone(local).hour in best else 0)))
    return found
