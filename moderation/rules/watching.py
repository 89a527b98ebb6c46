"""What of a channel's comments is read next, and how far back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

DEEP = timedelta(days=3)
HELD = timedelta(days=7)
HELD_EVERY_HOURS = 6
YOUNG = timedelta(days=14)
TURNS = 24


def window_of(moment: datetime, *, every: timedelta) -> datetime:
    """The start of the window that this moment falls into: whole spans counted from the epoch."""
    seconds = int(every.total_seconds())
    return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, UTC)


def reach(now: datetime, *, seen_until: datetime | None, overlap: timedelta, turn: int) -> datetime | None:
    """How far back to read. None: everything there is, for a channel never read before.

    A page order by the first comment of a thread hides late replies and edits. So once a day, in the hour
    that is this channel's turn, the last three days are read again.
    """
    if seen_until is None:
        return None
    usual = seen_until - overlap
    return min(usual, now - DEEP) if now.hour == turn % TURNS else usual


def is_held_turn(now: datetime, *, turn: int) -> bool:
    """Whether comments that the platform held back are read in this hour: a call of its own, so four times a day."""
    return now.hour % HELD_EVERY_HOURS == turn % HELD_EVERY_HOURS


@dataclass(frozen=True)
class Video:
    external_id: str
    live_since: datetime


def to_read(videos: Sequence[Video], *, now: datetime) -> list[Video]:
    """Which videos to read one by one in this run: the young ones, newest first, then old ones that take turns."""
    newest = sorted(videos, key=lambda one: (one.live_since, one.external_id), reverse=True)
    young = [one for one in newest if now - one.live_since <= YOUNG]
    old = [one for one in newest if now - one.live_since > YOUNG]
    return [*young, *(one for place, one in enumerate(old) if place % TURNS == now.hour)]


def reach_of(video: Video, *, now: datetime, usual: datetime | None) -> datetime | None:
    """How far back to read one video: an old one was last read up to a day ago."""
    is_young = now - video.live_since <= YOUNG
    return usual if is_young or usual is None else min(usual, now - 2 * timedelta(hours=TURNS))
