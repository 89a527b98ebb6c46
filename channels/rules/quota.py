"""When a budget begins and ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY, MINUTE = "day", "minute"


@dataclass(frozen=True)
class Span:
    opens_at: datetime
    closes_at: datetime


def span(window: str, zone: str, now: datetime) -> Span:
    """The period of a budget that `now` falls in: a day of the platform's zone, or a minute of the clock.

    A day of 23 or 25 hours is one day: it ends when the platform's midnight comes.
    """
    if window == MINUTE:
        opens = now.astimezone(UTC).replace(second=0, microsecond=0)
        return Span(opens, opens + timedelta(minutes=1))
    day = now.astimezone(ZoneInfo(zone)).date()
    return Span(_midnight(day, zone), _midnight(day + timedelta(days=1), zone))


def _midnight(day: object, zone: str) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[arg-type]


def granted(limits: object, bucket: str, default: int) -> int:
    """What the platform grants: the number an operator wrote down for this client, or the platform's default."""
    value = limits.get(bucket) if isinstance(limits, dict) else None
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return default
