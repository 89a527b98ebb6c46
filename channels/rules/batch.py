"""What people do to many publications at once, and for how long they can take it back."""

from __future__ import annotations

from datetime import datetime, timedelta

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
    RETRY = "retry", _("tried again")
    TAKE_DOWN = "takedown", _("taken down")


LASTING = frozenset({Deed.HOLD, Deed.TAKE_DOWN})
"""A hold is lifted on its own page; what viewers lost does not come back."""


def minutes_left(at: datetime, *, now: datetime) -> int:
    """Whole minutes in which it can still be undone, the begun one counted."""
    return max(0, -(-(at + UNDO_SPAN - now) // timedelta(minutes=1)))
