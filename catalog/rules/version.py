"""The life of an edition version."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    DRAFT = "draft", _("draft")
    CHECKING = "checking", _("in QC")
    RELEASABLE = "releasable", _("releasable")
    REFUSED = "refused", _("failed QC")
    SUPERSEDED = "superseded", _("superseded")


MOVES = {
    Status.DRAFT: {Status.CHECKING},
    Status.CHECKING: {Status.RELEASABLE, Status.REFUSED},
    Status.REFUSED: {Status.CHECKING, Status.SUPERSEDED},
    Status.RELEASABLE: {Status.SUPERSEDED, Status.CHECKING},
}
