"""What goes into the classifier and what comes out: values only, no rows."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    DUBBING = "dubbing", _("Dubbing")
    TRANSLATION = "translation", _("Translation")
    OTHER = "other", _("Other complaint")
    NONE = "none", _("No complaint")


class SubClass(TextChoices):
    VOICE_ROBOTIC = "voice_robotic", _("Robotic voice")
    WRONG_VOICE = "wrong_voice", _("Wrong gender or age of voice")
    FLAT = "flat", _("Flat, without emotion")
    CHOPPY = "choppy", _("Choppy or cut off")
    VOLUME = "volume", _("Volume or muffled sound")
    LIP_SYNC = "lip_sync", _("Lips and voice out of step")
    MISSING_LINES = "missing_lines", _("Missing lines")
    DUBBING_GENERAL = "dubbing_general", _("Dubbing, not specified")
    WRONG_MEANING = "wrong_meaning", _("Wrong meaning")
    MACHINE_LIKE = "machine_like", _("Machine-like wording")
    NAMES = "names", _("Names and forms of address")
    UNTRANSLATED = "untranslated", _("Left untranslated")
    TIMING = "timing", _("Subtitle timing")
    UNREADABLE = "unreadable", _("Unreadable subtitles")
    BURNED_IN = "burned_in", _("Leftover burned-in text")
    MISSING_SUBTITLES = "missing_subtitles", _("Missing subtitles")
    TRANSLATION_GENERAL = "translation_general", _("Translation, not specified")
    OTHER_ADS = "other_ads", _("Advertising")
    OTHER_PRICE = "other_price", _("Price or paywall")
    OTHER_ACTING = "other_acting", _("Acting or cast")
    OTHER_STORY = "other_story", _("Story or episodes")
    OTHER_TECHNICAL = "other_technical", _("Picture, app or loading")

    @property
    def kind(self) -> Kind:
        if self.value.startswith("other_"):
            return Kind.OTHER
        return Kind.DUBBING if self in _DUBBING else Kind.TRANSLATION


_DUBBING = frozenset(
    {
        SubClass.VOICE_ROBOTIC,
        SubClass.WRONG_VOICE,
        SubClass.FLAT,
        SubClass.CHOPPY,
        SubClass.VOLUME,
        SubClass.LIP_SYNC,
        SubClass.MISSING_LINES,
        SubClass.DUBBING_GENERAL,
    }
)


@dataclass(frozen=True)
class Text:
    """One comment. `hint_languages` (BCP 47) are the channel's; `clip_ms` is the length of what was seen."""

    text: str
    hint_languages: tuple[str, ...] = ()
    clip_ms: int | None = None


@dataclass(frozen=True)
class Finding:
    kind: Kind
    sub_class: SubClass
    confidence: float


@dataclass(frozen=True)
class Moment:
    """A place a viewer named. `second` counts in the episode if `episode` is set, else in the clip."""

    raw: str
    second: float | None
    episode: int | None


@dataclass(frozen=True)
class Judgement:
    """`findings` stand strongest first and are empty when nothing is complained about.

    `confidence` is that of the verdict as given, also when the verdict is "none".
    """

    language: str
    findings: tuple[Finding, ...]
    confidence: float
    moments: tuple[Moment, ...]
    is_unsure: bool
    version: str

    @property
    def kind(self) -> Kind:
        return self.findings[0].kind if self.findings else Kind.NONE
