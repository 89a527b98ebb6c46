"""The life of a plan and of a run."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    MAKING = "making", _("being made")
    DRAFT = "draft", _("draft")
    APPROVED = "approved", _("approved")
    DISCARDED = "discarded", _("discarded")
    FAILED = "failed", _("could not be made")


MOVES = {
    Status.MAKING: {Status.DRAFT, Status.FAILED, Status.DISCARDED},
    Status.DRAFT: {Status.APPROVED, Status.DISCARDED},
}
# Only the undo of its approval goes this way.
UNDO = {Status.APPROVED: {Status.DRAFT}}


class Kind(TextChoices):
    FRESH = "fresh", _("new plan")
    CHANGE = "change", _("change of what is planned")


class Change(TextChoices):
    """What a change does to one publication."""

    MOVED = "moved", _("moved")
    DROPPED = "dropped", _("dropped")
    ADDED = "added", _("added")


class RunStatus(TextChoices):
    PROPOSED = "proposed", _("proposed")
    ACTIVE = "active", _("running")
    PAUSED = "paused", _("paused")
    ENDED = "ended", _("ended")


RUN_MOVES = {
    RunStatus.PROPOSED: {RunStatus.ACTIVE, RunStatus.ENDED},
    RunStatus.ACTIVE: {RunStatus.PAUSED, RunStatus.ENDED},
    RunStatus.PAUSED: {RunStatus.ACTIVE, RunStatus.ENDED},
}
RUN_UNDO = {RunStatus.ACTIVE: {RunStatus.PROPOSED}}
