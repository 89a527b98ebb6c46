"""The life of a plan."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    DRAFT = "draft", _("draft")
    APPROVED = "approved", _("approved")
    DISCARDED = "discarded", _("discarded")


MOVES = {Status.DRAFT: {Status.APPROVED, Status.DISCARDED}}


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
