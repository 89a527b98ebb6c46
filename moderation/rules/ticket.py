"""The life of a ticket."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(TextChoices):
    OPEN = "open", pgettext_lazy("ticket", "open")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    DELIVERED = "delivered", _("fix delivered")
    REPLACING = "replacing", _("replacing uploads")
    WATCHING = "watching", _("watching the fix")
    VERIFIED = "verified", _("verified")
    REJECTED = "rejected", _("rejected")
    REOPENED = "reopened", _("reopened")


MOVES = {
    Status.OPEN: {Status.ACKNOWLEDGED, Status.DELIVERED, Status.REJECTED},
    Status.ACKNOWLEDGED: {Status.DELIVERED, Status.REJECTED},
    Status.DELIVERED: {Status.REPLACING, Status.WATCHING, Status.REOPENED},
    Status.REPLACING: {Status.WATCHING, Status.REOPENED},
    Status.WATCHING: {Status.VERIFIED, Status.REOPENED},
    Status.REOPENED: {Status.ACKNOWLEDGED, Status.DELIVERED, Status.REJECTED},
}
ENDED = frozenset(Status) - frozenset(MOVES)
UNSOLVED = frozenset({Status.OPEN, Status.ACKNOWLEDGED, Status.REOPENED})
# A new complaint about the same version joins a ticket in one of these; afterwards it counts as evidence for the proof.
JOINABLE = frozenset(
    {
        Status.OPEN,
        Status.ACKNOWLEDGED,
        Status.REOPENED,
        Status.DELIVERED,
        Status.REPLACING,
    }
)


class Severity(TextChoices):
    HIGH = "high", _("high")
    MEDIUM = "medium", _("medium")
    LOW = "low", _("low")


# By the drama's tier: how many hours production has to mend it.
HOURS = {"S": 24, "A": 48, "B": 72, "C": 120}


def due_at(tier: str, *, opened_at: datetime) -> datetime:
    """Until when the fix is due. An unknown tier has the longest time."""
    return opened_at + timedelta(hours=HOURS.get(tier, max(HOURS.values())))
