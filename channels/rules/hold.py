"""What can be held back from going out, and what of it may still go out when the hold is lifted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Scope(TextChoices):
    EVERYTHING = "everything", _("everything")
    PLATFORM = "platform", _("a platform")
    ITEMS = "items", _("some publications")


@dataclass(frozen=True)
class Overdue:
    """A publication that a hold kept past its time. `is_behind`: an earlier clip of its run was given up before."""

    key: int
    channel: int
    drama: int
    edition: int
    order: tuple[int, int, int]
    due_at: datetime
    is_in_time: bool = True
    is_behind: bool = False

    @property
    def may_go(self) -> bool:
        return self.is_in_time and not self.is_behind


@dataclass(frozen=True)
class Pace:
    """How close a channel posts. `shown`: moment and drama of what went out, or is to go out, near now; not what is
    overdue. `is_busy`: an upload that the hold interrupted goes on there.
    """

    zone: str
    daily_cap: int
    gap: timedelta
    shown: tuple[tuple[datetime, int], ...] = ()
    is_busy: bool = False

    def takes(self, drama: int, *, now: datetime) -> bool:
        today = now.astimezone(ZoneInfo(self.zone)).date()
        posted = sum(moment.astimezone(ZoneInfo(self.zone)).date() == today for moment, _drama in self.shown)
        is_near = any(of == drama and abs(now - moment) < self.gap for moment, of in self.shown)
        return not self.is_busy and posted < self.daily_cap and not is_near


def at_once(overdue: Iterable[Overdue], paces: dict[int, Pace], *, now: datetime) -> set[int]:
    """Those that go out now: on each channel one at most, the one that waits longest of the first of each run.

    A run whose first overdue clip is too late sends nothing: what follows does not go before it.
    """
    firsts: dict[tuple[int, int], Overdue] = {}
    for one in overdue:
        run = one.channel, one.edition
        if run not in firsts or one.order < firsts[run].order:
            firsts[run] = one
    found: dict[int, int] = {}
    for one in sorted(firsts.values(), key=lambda one: (one.due_at, one.key)):
        if one.channel not in found and one.may_go and paces[one.channel].takes(one.drama, now=now):
            found[one.channel] = one.key
    return set(found.values())
