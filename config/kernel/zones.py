"""Time zones by their name in the tz database."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    return name in _names()


def validate_zone(value: str) -> None:
    """Form and model validator."""
    if not is_zone(value):
        raise ValidationError(
            _("“%(value)s” is not a time zone, such as America/Mexico_City."),
            params={"value": value},
        )
