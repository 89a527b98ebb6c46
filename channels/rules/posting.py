"""What differs between the platforms in how a clip gets there and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.rules.words import PlatformName

LEAD = timedelta(minutes=30)
SHORTEST_SCHEDULE = timedelta(minutes=2)
FIRST_THUMBNAIL = timedelta(minutes=5)


@dataclass(frozen=True)
class Posting:
    """`absence_proves`: a clip that the platform's list does not show (after `list_lag`) is not there."""

    uploads_ahead: bool
    sets_thumbnail: bool
    absence_proves: bool
    list_lag: timedelta
    most_ms: int
    long_ms: int
    daily_posts: int | None
    most_bytes: int = 256 * 1024**3
    least_side: int = 0
    most_side: int | None = None


POSTING: Mapping[str, Posting] = {
    PlatformName.YOUTUBE: Posting(
        uploads_ahead=True,
        sets_thumbnail=True,
        absence_proves=True,
        list_lag=timedelta(minutes=15),
        most_ms=15 * 60_000,
        long_ms=12 * 3_600_000,
        daily_posts=None,
    ),
    PlatformName.TIKTOK: Posting(
        uploads_ahead=False,
        sets_thumbnail=False,
        absence_proves=False,
        list_lag=timedelta(minutes=30),
        most_ms=10 * 60_000,
        long_ms=10 * 60_000,
        daily_posts=15,
        most_bytes=4 * 1024**3,
        least_side=360,
        most_side=4096,
    ),
}
SHORTS_MS = 180_000


def upload_at(platform: str, due_at: datetime) -> datetime:
    """When the upload starts, so that the clip is there when it is due."""
    return due_at - LEAD if POSTING[platform].uploads_ahead else due_at


def publish_at(platform: str, due_at: datetime, *, now: datetime) -> datetime | None:
    """The time the platform is asked to show it by itself; None: it shows it as soon as it can."""
    ahead = POSTING[platform].uploads_ahead and due_at - now >= SHORTEST_SCHEDULE
    return due_at if ahead else None


def most_ms(platform: str, *, may_be_long: bool) -> int:
    """The longest clip that this account may post."""
    return POSTING[platform].long_ms if may_be_long else POSTING[platform].most_ms


def is_too_late(due_at: datetime, *, now: datetime, late_minutes: int) -> bool:
    return now > due_at + timedelta(minutes=late_minutes)
