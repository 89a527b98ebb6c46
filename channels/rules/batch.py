"""What people do to many publications at once, and for how long they can take it back."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

UNDO_SPAN = timedelta(minutes=10)


class Deed(TextChoices):
    APPROVE = "approve", _("approved")
    CANCEL = "cancel", _("cancelled")
    MOVE = "move", _("moved")
    PIN = "pin", _("pinned")
    HOLD = "hold", _("held")
