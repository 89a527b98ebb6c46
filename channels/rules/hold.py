"""What can be held back from going out, and what of it may still go out when the hold is lifted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Scope(TextChoices):
    EVERYTHING = "everything", _("everything")
    PLATFORM = "platform", _("a platform")
    ITEMS = "items", _("some publications")


@dataclass(frozen=True)
class Overdue:
    """A publication that a hold kept past its time."""

    key: int
    channel: int
    drama: int
    due_at: datetime


@dataclass(frozen=True)
class Pace:
    """How close a channel posts. `shown`: moment and drama of what went out, or is to go out, near now; not what is
    overdue.
    """

    zone: str
    daily_cap: int
    gap: timedelta
    shown: tuple[tuple[datetime, int], ...] = ()


def too_many(overdue: Iterable[Overdue], paces: dict[int, Pace], *, now: datetime) -> set[int]:
    """Those that may not go out now with the others: the channel's cap of today, or its gap of a drama, would break.

    The oldest go first, so that the episodes of a run keep their order.
    """
    posted: dict[int, Counter[date]] = {}
    shown: dict[tuple[int, int], list[datetime]] = defaultdict(list)
    for channel, pace in paces.items():
        posted[channel] = Counter(moment.astimezone(ZoneInfo(pace.zone)).date() for moment, _drama in pace.shown)
        for moment, drama in pace.shown:
            shown[channel, drama].append(moment)
    refused: set[int] = set()
    for one in sorted(overdue, key=lambda one: (one.due_at, one.key)):
        pace = paces[one.channel]
        today = now.astimezone(ZoneInfo(pace.zone)).date()
        is_near = any(abs(now - moment) < pace.gap for moment in shown[one.channel, one.drama])
        if posted[one.channel][today] >= pace.daily_cap or is_near:
            refused.add(one.key)
            continue
        posted[one.channel][today] += 1
        shown[one.channel, one.drama].append(now)
    return refused
