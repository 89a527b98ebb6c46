"""What people type where the database keeps a list: countries, tiers, weekdays, times, limits."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from catalog.rules.words import Tier
from channels.models.api_client import MOST_LIMIT
from config.kernel import languages

WEEKDAYS = [
    (0, _("Mon")),
    (1, _("Tue")),
    (2, _("Wed")),
    (3, _("Thu")),
    (4, _("Fri")),
    (5, _("Sat")),
    (6, _("Sun")),
]
BETWEEN = re.compile(r"[\s,;、，]+")
LIMIT = re.compile(r"^([a-z][a-z0-9_]*)\s*[:=]\s*([0-9]+)$")
HOURS = re.compile(r"^([0-9]{1,2})(?:\s*[-–]\s*([0-9]{1,2}))?$")


class WordsField(forms.CharField):
    """A list shown and typed as words with commas between them."""

    between = re.compile(r"\s*[,;、，\n]+\s*")
    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(one) for one in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        words = value if isinstance(value, list) else self.between.split(str(value or "").strip())
        return list(dict.fromkeys(self.spell(word) for word in words if word))

    def spell(self, word: str) -> str:
        return word

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(data) != (initial or [])


class CountriesField(WordsField):
    """“mx, co” → ["MX", "CO"]; whether they are countries the model says."""

    between = BETWEEN

    def spell(self, word: str) -> str:
        return word.upper()


class TimesField(WordsField):
    """“18:30 9:00” → ["09:00", "18:30"]; whether they are times of day the model says."""

    between = BETWEEN

    def spell(self, word: str) -> str:
        word = word.replace("：", ":")
        return f"0{word}" if word[1:2] == ":" else word

    def to_python(self, value: Any) -> list[str]:
        return sorted(super().to_python(value))


class TagsField(WordsField):
    """“ES-419, pt” → ["es-419", "pt"]; whether they are languages the model says."""

    between = BETWEEN

    def spell(self, word: str) -> str:
        return languages.standard(word) if languages.is_valid(word) else word


class HoursField(WordsField):
    """“18-21, 9” → [9, 18, 19, 20, 21]. Over midnight it is written as two: “22-23, 0-1”."""

    def to_python(self, value: Any) -> list[int]:  # type: ignore[override]
        words = super().to_python(value)
        return sorted({hour for word in words for hour in self._span(str(word))})

    def _span(self, word: str) -> range:
        read = HOURS.match(word)
        first, last = (int(read[1]), int(read[2] or read[1])) if read else (0, -1)
        if not 0 <= first <= last <= 23:
            raise forms.ValidationError(
                _("“%(word)s” is no hour of the day, such as 18, nor a span of hours, such as 18-21."),
                params={"word": word[:20]},
            )
        return range(first, last + 1)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return super().has_changed(initial, data)
        except forms.ValidationError:
            return True


class TiersField(forms.MultipleChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(choices=Tier.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget(), **options)


class WeekdaysField(forms.TypedMultipleChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(choices=WEEKDAYS, coerce=int, widget=UnfoldAdminCheckboxSelectMultipleWidget(), **options)

    def clean(self, value: Any) -> list[int]:
        return sorted(super().clean(value))


class LimitsField(forms.CharField):
    """Limits by bucket, one “name: number” a line, kept as a mapping."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "placeholder": "uploads: 1000"}), **options)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return "\n".join(f"{bucket}: {limit}" for bucket, limit in sorted(value.items()))

    def to_python(self, value: Any) -> dict[str, int]:  # type: ignore[override]
        limits: dict[str, int] = {}
        for number, line in enumerate(str(value or "").splitlines(), start=1):
            if not line.strip():
                continue
            read = LIMIT.match(line.strip())
            if read is None:
                raise forms.ValidationError(
                    _("Line %(number)d: “%(line)s” is not a limit, such as “uploads: 1000”."),
                    params={"number": number, "line": line.strip()[:60]},
                )
            if read[1] in limits:
                raise forms.ValidationError(
                    _("Line %(number)d: “%(bucket)s” was given above already."),
                    params={"number": number, "bucket": read[1]},
                )
            limits[read[1]] = _bounded(read[2], line=number)
        return limits

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != (initial or {})
        except forms.ValidationError:
            return True


def _bounded(digits: str, *, line: int) -> int:
    """The number, unless it is past what any platform grants and a column holds."""
    if len(digits) > len(str(MOST_LIMIT)) or int(digits) > MOST_LIMIT:
        raise forms.ValidationError(
            _("Line %(number)d: a limit is at most %(most)d."), params={"number": line, "most": MOST_LIMIT}
        )
    if not int(digits):
        raise forms.ValidationError(
            _("Line %(number)d: a limit of 0 lets nothing through; pause the channels instead."),
            params={"number": line},
        )
    return int(digits)
