"""The vocabularies of what viewers say."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Label(TextChoices):
    """What a comment is, as a person or the classifier sees it."""

    DUBBING = "dubbing", _("dubbing")
    TRANSLATION = "translation", _("translation")
    OTHER = "other", _("other complaint")
    NONE = "none", _("no complaint")


class Source(TextChoices):
    MACHINE = "machine", _("classifier")
    PERSON = "person", _("person")


class Outcome(TextChoices):
    """What a comparison of complaint rates says."""

    UNDECIDED = "undecided", _("no evidence yet")
    FIXED = "fixed", _("complaints dropped")
    NOT_FIXED = "not_fixed", _("complaints go on")
