"""The life of one replacement: the new upload first, then the old one down."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    WAITING = "waiting", _("waiting for the new clip")
    UPLOADING = "uploading", _("new one on its way")
    TAKING_DOWN = "taking_down", _("taking the old one down")
    DONE = "done", _("done")
    STUCK = "stuck", _("needs a person")


MOVES = {
    Status.WAITING: {Status.UPLOADING, Status.STUCK, Status.DONE},
    Status.UPLOADING: {Status.TAKING_DOWN, Status.STUCK},
    Status.TAKING_DOWN: {Status.DONE, Status.STUCK},
    Status.STUCK: {Status.WAITING, Status.UPLOADING, Status.TAKING_DOWN, Status.DONE},
}
