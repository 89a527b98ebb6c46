"""A channel's posting times: local times on weekdays, in its time zone, as moments in UTC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Hours:
    """One posting rule as values: weekdays 0 (Monday) to 6, local times as HH:MM."""

    weekdays: tuple[int, ...]
    times: tuple[str, ...]


def read_time(value: object) -> time | None:
    """The time of day written as HH:MM; None for anything else."""
    if not isinstance(value, str) or len(value) != 5 or value[2] != ":":
        return None
    try:
        return time.fromisoformat(value)
    except ValueError:
        return None


def moment(day: date, at: time, zone: str) -> datetime:
    """The UTC moment of a local wall-clock time.

    A time that a spring-forward night leaves out moves forward by the hour that was skipped; a time that
    an autumn night has twice is taken the first time.
    """
    local = datetime.combine(day, at, tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC)


def between(hours: Iterable[Hours], zone: str, start: datetime, end: datetime) -> list[datetime]:
    """Every slot in [start, end), in order, each once, in UTC."""
    found = {slot for one in hours for slot in _of(one, zone, start, end)}
    return sorted(found)


def _of(hours: Hours, zone: str, start: datetime, end: datetime) -> Iterator[datetime]:
    times: Sequence[time] = [at for value in hours.times if (at := read_time(value)) is not None]
    day = start.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    last = end.astimezone(ZoneInfo(zone)).date()
    while day <= last:
        if day.weekday() in hours.weekdays:
            for at in times:
                slot = moment(day, at, zone)
                if start <= slot < end:
                    yield slot
        day += timedelta(days=1)


def thinned(
    moments: Sequence[datetime], *, beside: Iterable[datetime], gap: timedelta, most_per_hour: int | None
) -> list[datetime]:
    """The times, earliest first, that keep `gap` to each other and to what stands `beside`, and of which no hour holds
    more than `most_per_hour`. `moments` is in order.
    """
    kept: list[datetime] = []
    standing = sorted(beside)
    for moment in moments:
        near = [*kept[-(most_per_hour or 1) :], *standing]
        in_hour = sum(abs(moment - other) < _HOUR for other in near)
        if all(abs(moment - other) >= gap for other in near) and (most_per_hour is None or in_hour < most_per_hour):
            kept.append(moment)
    return kept
