"""Days, hours and colours of the calendar: a moment's column in a zone, through nights of 23 and 25 hours."""

from __future__ import annotations

import calendar
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from channels.rules.publication import Status

DAY = timedelta(days=1)
WEEK_DAYS = 7
HOURS = range(24)
LEVELS = 5


class View(TextChoices):
    DAY = "day", _("Day")
    WEEK = "week", _("Week")
    MONTH = "month", _("Month")
    HEAT = "heat", _("Heat map")


class By(TextChoices):
    CHANNEL = "channel", _("By channel")
    DRAMA = "drama", _("By drama")


class Clock(TextChoices):
    CHANNEL = "channel", _("Channel's time")
    MINE = "mine", _("My time")


class State(TextChoices):
    """What the colours tell apart; several statuses share one where a planner need not."""

    PROPOSED = "proposed", _("proposed")
    APPROVED = "approved", _("approved")
    LIVE = "live", _("under way or live")
    TROUBLE = "trouble", _("needs somebody")
    HELD = "held", _("held back")
    ENDED = "ended", _("taken down or cancelled")


_STATES = {
    Status.PROPOSED: State.PROPOSED,
    Status.APPROVED: State.APPROVED,
    Status.UPLOADING: State.LIVE,
    Status.ACCEPTED: State.LIVE,
    Status.PUBLISHED: State.LIVE,
    Status.NEEDS_PERSON: State.TROUBLE,
    Status.FAILED: State.TROUBLE,
    Status.REJECTED: State.TROUBLE,
    Status.WITHDRAWN: State.ENDED,
    Status.CANCELLED: State.ENDED,
}
TROUBLED = frozenset(status for status, state in _STATES.items() if state == State.TROUBLE)


def state_of(status: str, *, is_held: bool) -> State:
    state = _STATES[Status(status)]
    return State.HELD if is_held and state in {State.PROPOSED, State.APPROVED} else state


# --- days


def days(view: str, on: date) -> list[date]:
    """The columns of a view that shows this day: itself, its week from Monday, or its month."""
    if view == View.DAY:
        return [on]
    if view == View.WEEK:
        monday = on - timedelta(days=on.weekday())
        return [monday + timedelta(days=place) for place in range(WEEK_DAYS)]
    first = on.replace(day=1)
    return [first + timedelta(days=place) for place in range(calendar.monthrange(on.year, on.month)[1])]


def beside(view: str, on: date, *, step: int) -> date:
    """The same view one step earlier (-1) or later (1)."""
    if view == View.DAY:
        return on + step * DAY
    if view == View.WEEK:
        return on + step * WEEK_DAYS * DAY
    shown = days(view, on)
    return shown[-1] + DAY if step > 0 else (shown[0] - DAY).replace(day=1)


@lru_cache(maxsize=4096)
def midnight(day: date, zone: str) -> datetime:
    """When this day begins there, in UTC; where midnight is skipped, the first moment after it."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


@dataclass(frozen=True)
class Days:
    """Consecutive days of one zone, so that moments are put into them without asking the zone each time."""

    days: tuple[date, ...]
    edges: tuple[datetime, ...]

    def place(self, moment: datetime) -> int | None:
        """The number of the day that the moment falls in; None outside of them."""
        found = bisect_right(self.edges, moment) - 1
        return found if 0 <= found < len(self.days) else None


def in_zone(shown: Sequence[date], zone: str) -> Days:
    edges = (*(midnight(day, zone) for day in shown), midnight(shown[-1] + DAY, zone))
    return Days(tuple(shown), edges)


# --- hours


class Twice(StrEnum):
    """What a night of the clock's change does to an hour of the wall clock."""

    NO = ""
    GONE = "gone"
    TWICE = "twice"


@dataclass(frozen=True)
class Hour:
    """One column of a day: an hour as the wall clock shows it. `fold` 1: its second coming in an autumn night."""

    hour: int
    fold: int = 0

    @property
    def label(self) -> str:
        return f"{self.hour:02d}"


@lru_cache(maxsize=2048)
def real_hours(day: date, zone: str) -> tuple[Hour, ...]:
    """The hours that this day has there, in order: 24 of them, or 23 or 25 when the clock changes."""
    found: list[Hour] = []
    moment, end = midnight(day, zone), midnight(day + DAY, zone)
    while moment < end:
        local = moment.astimezone(ZoneInfo(zone))
        hour = Hour(local.hour, local.fold)
        if hour not in found:
            found.append(hour)
        moment += timedelta(minutes=30)
    return tuple(found)


def offset(day: date, hour: Hour, zone: str) -> str:
    """How far the clock stands from UTC in this hour: +02, or +05:30."""
    at = datetime.combine(day, time(hour.hour, fold=hour.fold), tzinfo=ZoneInfo(zone))
    return at.isoformat()[-6:].removesuffix(":00")


@lru_cache(maxsize=2048)
def odd_hours(day: date, zone: str) -> dict[int, Twice]:
    """Hours of the wall clock that this day leaves out there, or has twice; empty on all other days."""
    real = real_hours(day, zone)
    first = {one.hour for one in real if one.fold == 0}
    again = {one.hour for one in real if one.fold}
    gone = {hour: Twice.GONE for hour in HOURS if hour not in first | again}
    return gone | dict.fromkeys(again & first, Twice.TWICE)


def moment_in(day: date, at: time, zone: str, *, fold: int = 0) -> datetime | None:
    """The UTC moment of a wall-clock time there; None for a time that this day leaves out."""
    local = datetime.combine(day, at.replace(fold=fold), tzinfo=ZoneInfo(zone))
    moment = local.astimezone(UTC)
    back = moment.astimezone(ZoneInfo(zone))
    return moment if (back.date(), back.hour, back.minute) == (day, at.hour, at.minute) else None


# --- the heat map


def level(planned: int, capacity: int) -> int:
    """How strongly a cell is coloured: 0 for nothing, then by the share of the posting times that are used.

    One more than the posting times hold, or anything where there is none, is the strongest.
    """
    if planned == 0:
        return 0
    if planned > capacity:
        return LEVELS
    return min(LEVELS - 1, 1 + (planned * (LEVELS - 1) - 1) // capacity)
