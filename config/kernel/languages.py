"""Language tags (BCP 47) and territories (ISO 3166): which are valid, how they are called, which fits which."""

from __future__ import annotations

from functools import lru_cache

import langcodes
from babel import Locale, UnknownLocaleError
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


@lru_cache(maxsize=2048)
def standard(tag: str) -> str:
    """The canonical spelling (`zh-hans` → `zh-Hans`). Raises ValueError for what is no BCP 47 tag."""
    if not tag or not langcodes.tag_is_valid(tag):
        raise ValueError(tag)
    return langcodes.standardize_tag(tag)


def is_valid(tag: str) -> bool:
    try:
        standard(tag)
    except ValueError:
        return False
    return True


def validate_tag(value: str) -> None:
    """Form and model validator: a valid tag in its canonical spelling."""
    try:
        right = standard(value)
    except ValueError:
        raise ValidationError(
            _("“%(value)s” is not a language tag (BCP 47), such as es, pt-BR or zh-Hans."),
            params={"value": value},
        ) from None
    if right != value:
        raise ValidationError(
            _("“%(value)s” is written “%(right)s”."),
            params={"value": value, "right": right},
        )


@lru_cache(maxsize=1)
def territories() -> frozenset[str]:
    codes = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha() and code != "ZZ")


def validate_territory(value: str) -> None:
    if value not in territories():
        raise ValidationError(
            _("“%(value)s” is not a country code (ISO 3166), such as MX or ID."),
            params={"value": value},
        )


def name(tag: str) -> str:
    """The language's name in the reader's language; the tag itself where no name is known."""
    return _name(tag, get_language() or "en")


@lru_cache(maxsize=2048)
def _name(tag: str, reader: str) -> str:
    try:
        return Locale.parse(tag, sep="-").get_display_name(_babel(reader)) or tag
    except (UnknownLocaleError, ValueError):
        return tag


def _babel(reader: str) -> str:
    return "zh_Hans" if reader.lower().startswith("zh") else reader.replace("-", "_")


@lru_cache(maxsize=2048)
def covers(offered: str, wanted: str) -> bool:
    """Whether content in `offered` serves a channel that says `wanted`, with no guessing between variants.

    `es` takes `es`; `es-419` takes `es` and `es-419`; `es` does not take `es-419`; `zh-Hant` never takes
    `zh-Hans`, and plain `zh` is read as `zh-Hans`, as its likely script is.
    """
    have, want = langcodes.get(offered).maximize(), langcodes.get(wanted).maximize()
    if (have.language, have.script) != (want.language, want.script):
        return False
    bare = langcodes.get(offered).territory is None
    return bare or langcodes.get(offered).territory == langcodes.get(wanted).territory


@lru_cache(maxsize=2048)
def differs_in_script_alone(one: str, other: str) -> bool:
    """Whether both are the same language in another script: `zh-Hans` and `zh-Hant`."""
    first, second = langcodes.get(one).maximize(), langcodes.get(other).maximize()
    return first.language == second.language and first.script != second.script


def is_right_to_left(tag: str) -> bool:
    try:
        return Locale.parse(tag, sep="-").text_direction == "rtl"
    except (UnknownLocaleError, ValueError):
        return langcodes.get(tag).maximize().script in {"Arab", "Hebr"}
