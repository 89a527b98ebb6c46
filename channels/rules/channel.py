"""The life of a channel."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused by a person")
    STOPPED = "stopped", _("stopped by the platform")
    DISCONNECTED = "disconnected", _("must be reconnected")
    RETIRED = "retired", _("retired")


MOVES = {
    Status.ACTIVE: {Status.PAUSED, Status.STOPPED, Status.DISCONNECTED, Status.RETIRED},
    Status.PAUSED: {Status.ACTIVE, Status.DISCONNECTED, Status.RETIRED},
    Status.STOPPED: {Status.ACTIVE, Status.PAUSED, Status.RETIRED},
    Status.DISCONNECTED: {Status.ACTIVE, Status.PAUSED, Status.RETIRED},
    Status.RETIRED: {Status.ACTIVE},
}
