"""The vocabularies of policy rules."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Severity(TextChoices):
    HOLD = "hold", _("must pass")
    WARN = "warn", _("only warns")


class KindName(TextChoices):
    REQUIRED = "required_field", _("required fields")
    LIMITS = "text_limits", _("lengths of texts")
    BANNED = "banned_words", _("banned words")
    LENGTH = "length", _("length of the clip")
    SAMENESS = "sameness", _("look-alike clips")
    TEMPLATE = "template", _("nearly identical texts")
    CADENCE = "cadence", _("pace of uploads")
    REVIEW = "review", _("seen by a person")
    LABEL = "synthetic_label", _("label for AI")


class Needed(TextChoices):
    """What a pack can require of an upload."""

    TITLE = "title", _("title")
    DESCRIPTION = "description", _("description")
    TAGS = "tags", _("tags")
    LANGUAGE = "language", _("language")
    AI = "ai_disclosure", _("AI disclosure")
    KIDS = "made_for_kids", _("made for kids")
    THUMBNAIL = "thumbnail", _("thumbnail")


class Text(TextChoices):
    """Where a word may stand."""

    TITLE = "title", _("title")
    DESCRIPTION = "description", _("description")
    TAGS = "tags", _("tags")
