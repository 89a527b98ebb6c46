"""What can be held back from going out."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Scope(TextChoices):
    EVERYTHING = "everything", _("everything")
    PLATFORM = "platform", _("a platform")
    ITEMS = "items", _("some publications")
