"""The life of a policy pack."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    DRAFT = "draft", _("draft")
    ON = "on", _("in force")
    OFF = "off", _("switched off")


MOVES = {
    Status.DRAFT: {Status.ON},
    Status.ON: {Status.OFF},
    Status.OFF: {Status.ON},
}
