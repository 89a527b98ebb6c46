"""What people do to many publications at once, and for how long they can take it back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

UNDO_SPAN = timedelta(minutes=10)
MOST_MOVED = 100
"""Each move is judged by every rule; more than so many at once are a new plan."""


class Deed(TextChoices):
    APPROVE = "approve", _("approved")
    CANCEL = "cancel", _("cancelled")
    MOVE = "move", _("moved")
    PIN = "pin", _("pinned")
    HOLD = "hold", _("held")


@dataclass(frozen=True)
class Place:
    """A moment on a channel that a clip of this drama takes. `is_slot`: no other may take the same moment."""

    at: datetime
    drama: int
    is_slot: bool = True


@dataclass(frozen=True)
class Lane:
    """What a channel allows: how close clips of one drama stand, and how many go out on one of its days."""

    zone: str
    gap: timedelta
    daily_cap: int


def stopper(place: Place, taken: Iterable[Place], lane: Lane) -> str:
    """Which rule keeps a clip from coming back to this place: "slot", "gap" or "cap"; "" when none does."""
    zone = ZoneInfo(lane.zone)
    day, on_that_day = place.at.astimezone(zone).date(), 0
    for other in taken:
        if place.is_slot and other.is_slot and other.at == place.at:
            return "slot"
        if other.drama == place.drama and abs(other.at - place.at) < lane.gap:
            return "gap"
        on_that_day += other.at.astimezone(zone).date() == day
    return "cap" if on_that_day >= lane.daily_cap else ""


def minutes_left(at: datetime, *, now: datetime) -> int:
    """Whole minutes in which it can still be undone, the begun one counted."""
    return max(0, -(-(at + UNDO_SPAN - now) // timedelta(minutes=1)))
