"""How much text each platform takes, in the platform's own units, and how to shorten what is too long.

YouTube counts a title in characters, a description in UTF-8 bytes and tags by a rule of its own; TikTok
counts a caption in UTF-16 units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from channels.rules import graphemes

YOUTUBE_TITLE = 100
YOUTUBE_DESCRIPTION_BYTES = 5000
YOUTUBE_TAGS = 500
TIKTOK_CAPTION_UNITS = 2200
TIKTOK_LISTED_CHARACTERS = 150
"""Of a caption, the listing gives this much back: a marker beyond it cannot be found again."""
ELLIPSIS = "…"


class Fault(TextChoices):
    MISSING = "missing", _("may not be empty")
    TOO_LONG = "too_long", _("is too long")
    BRACKETS = "brackets", _("may not contain < or >")
    EMPTY_TAG = "empty_tag", _("contains an empty tag")


class Unit(TextChoices):
    CHARACTERS = "characters", _("characters")
    BYTES = "bytes", _("bytes")
    UTF16 = "utf16", _("UTF-16 units")


@dataclass(frozen=True)
class Problem:
    """`field` is the name in our upload; `found` and `limit` are counted in `unit`, 0 where nothing is counted."""

    field: str
    fault: Fault
    found: int = 0
    limit: int = 0
    unit: Unit = Unit.CHARACTERS

    def __str__(self) -> str:
        if self.fault == Fault.TOO_LONG:
            return f"{self.field}: {self.fault.label} ({self.found} / {self.limit} {self.unit.label})"
        return f"{self.field}: {self.fault.label}"


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8_bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def tags_length(tags: Sequence[str]) -> int:
    """As YouTube counts: the commas between tags count, and so do quotes around a tag with a space."""
    return sum(map(_tag_length, tags)) + max(len(tags) - 1, 0)


def _tag_length(tag: str) -> int:
    return len(tag) + (2 if " " in tag else 0)


def check_youtube(title: str, description: str, tags: Sequence[str]) -> list[Problem]:
    problems = [
        _missing("title", title),
        _brackets("title", title),
        _brackets("description", description),
        _too_long("title", len(title), YOUTUBE_TITLE, Unit.CHARACTERS),
        _too_long("description", utf8_bytes(description), YOUTUBE_DESCRIPTION_BYTES, Unit.BYTES),
        _too_long("tags", tags_length(tags), YOUTUBE_TAGS, Unit.CHARACTERS),
        None if all(tag.strip() for tag in tags) else Problem("tags", Fault.EMPTY_TAG),
    ]
    return [problem for problem in problems if problem]


def check_tiktok(caption: str) -> list[Problem]:
    """An empty caption is allowed there."""
    problem = _too_long("caption", utf16_units(caption), TIKTOK_CAPTION_UNITS, Unit.UTF16)
    return [problem] if problem else []


def fit_title(text: str, *, limit: int = YOUTUBE_TITLE) -> str:
    """The title itself when it fits, else its beginning with an ellipsis."""
    if len(text) <= limit:
        return text
    return graphemes.cut(text, limit=limit - len(ELLIPSIS), size=len).rstrip() + ELLIPSIS


def fit_description(text: str, *, limit: int = YOUTUBE_DESCRIPTION_BYTES) -> str:
    if utf8_bytes(text) <= limit:
        return text
    return graphemes.cut(text, limit=limit - utf8_bytes(ELLIPSIS), size=utf8_bytes).rstrip() + ELLIPSIS


def fit_caption(text: str, *, suffix: str = "", limit: int = TIKTOK_CAPTION_UNITS) -> str:
    """The caption with `suffix` behind it, whole: only the text before it is shortened."""
    tail = f" {suffix}" if suffix and text else suffix
    room = limit - utf16_units(tail)
    if utf16_units(text) <= room:
        return text + tail
    return graphemes.cut(text, limit=room - utf16_units(ELLIPSIS), size=utf16_units).rstrip() + ELLIPSIS + tail


def fit_tags(tags: Sequence[str], *, reserve: Sequence[str] = (), limit: int = YOUTUBE_TAGS) -> list[str]:
    """The tags, from the first on, that fit beside those in `reserve`; empty and repeated ones are left out."""
    kept: list[str] = []
    for tag in map(str.strip, tags):
        if tag and tag not in kept and tags_length([*kept, tag, *reserve]) <= limit:
            kept.append(tag)
    return kept


def _missing(field: str, text: str) -> Problem | None:
    return None if text.strip() else Problem(field, Fault.MISSING)


def _brackets(field: str, text: str) -> Problem | None:
    return Problem(field, Fault.BRACKETS) if "<" in text or ">" in text else None


def _too_long(field: str, found: int, limit: int, unit: Unit) -> Problem | None:
    return Problem(field, Fault.TOO_LONG, found, limit, unit) if found > limit else None
