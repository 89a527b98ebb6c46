"""From a time on the wall to the moment it means, by trying the offsets that the zone has around it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

AROUND = (timedelta(hours=-30), timedelta(hours=-12), timedelta(0), timedelta(hours=12), timedelta(hours=30))


@lru_cache(maxsize=65536)
def moment(day: date, at: time, zone: str) -> datetime:
    """The first moment at which the wall shows this. Where it never does, it is later by what was left out."""
    place, wall = ZoneInfo(zone), datetime.combine(day, at)
    offsets = {_offset(wall.replace(tzinfo=UTC) + step, place) for step in AROUND}
    shown = [wall.replace(tzinfo=UTC) - one for one in offsets if _wall(wall.replace(tzinfo=UTC) - one, place) == wall]
    if shown:
        return min(shown)
    before = _offset(wall.replace(tzinfo=UTC) - max(offsets), place)
    return wall.replace(tzinfo=UTC) - before


def day_of(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def posting_times(
    rules: tuple[tuple[tuple[int, ...], tuple[str, ...]], ...], zone: str, near: datetime
) -> set[datetime]:
    """Every posting time of the local day of `near` and of its neighbours."""
    found = set()
    for step in (-1, 0, 1):
        day = day_of(near, zone) + timedelta(days=step)
        for weekdays, times in rules:
            if day.weekday() in weekdays:
                found |= {moment(day, time(int(value[:2]), int(value[3:5])), zone) for value in times}
    return found


def _offset(at: datetime, place: ZoneInfo) -> timedelta:
    return at.astimezone(place).utcoffset() or timedelta(0)


def _wall(at: datetime, place: ZoneInfo) -> datetime:
    return at.astimezone(place).replace(tzinfo=None, fold=0)
