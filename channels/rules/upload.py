"""The life of one upload session, written down before the bytes it speaks of are sent."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    INITIATING = "initiating", _("opening")
    OPEN = "open", _("sending")
    FINAL_SENT = "final_sent", _("last bytes sent")
    DONE = "done", _("accepted")
    DEAD = "dead", _("ended without effect")
    UNKNOWN = "unknown", _("outcome unknown")


MOVES = {
    Status.INITIATING: {Status.OPEN, Status.DEAD, Status.UNKNOWN},
    Status.OPEN: {Status.FINAL_SENT, Status.DONE, Status.DEAD, Status.UNKNOWN},
    Status.FINAL_SENT: {Status.DONE, Status.DEAD, Status.UNKNOWN, Status.OPEN},
    Status.UNKNOWN: {Status.DONE, Status.DEAD},
}
LIVE = frozenset({Status.INITIATING, Status.OPEN, Status.FINAL_SENT, Status.UNKNOWN})
