"""The catalog's vocabularies."""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Tier(TextChoices):
    S = "S", _("S")
    A = "A", _("A")
    B = "B", _("B")
    C = "C", _("C")


class Origin(TextChoices):
    LIVE = "live", _("live action")
    ANIMATED = "animated", _("animated")
    AI = "ai", _("AI-generated")


class AgeRating(IntegerChoices):
    ALL = 0, _("all ages")
    SEVEN = 7, _("7+")
    TWELVE = 12, _("12+")
    SIXTEEN = 16, _("16+")
    EIGHTEEN = 18, _("18+")


class EditionKind(TextChoices):
    ORIGINAL = "original", _("original")
    SUBTITLED = "subtitled", _("subtitled")
    DUBBED = "dubbed", _("dubbed")


class Voice(TextChoices):
    NONE = "none", _("original voices")
    HUMAN = "human", _("human")
    AI = "ai", _("AI")


class ClipKind(TextChoices):
    HOOK = "hook", _("hook")
    EPISODE = "episode", _("episode")
    COMPILATION = "compilation", _("compilation")


class Shape(TextChoices):
    """The picture's format; KEEP leaves it as the master has it."""

    KEEP = "keep", _("as the master")
    VERTICAL = "9:16", _("vertical 9:16")
    WIDE = "16:9", _("wide 16:9")


ANY = "*"
