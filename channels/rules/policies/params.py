"""What a rule can be told: each parameter its name, its kind of value, and a sentence for what does not fit."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

MOST_WORDS = 20_000
LONGEST_WORD = 100


class Shape(enum.Enum):
    WHOLE = "whole"
    FLAG = "flag"
    WORDS = "words"
    CHOICES = "choices"


@dataclass(frozen=True)
class Param:
    """`least` and `most` bound a whole number; `choices` are the codes with their labels. An empty value that is not
    `needed` means that the rule does not ask for it.
    """

    name: str
    label: Any
    shape: Shape
    needed: bool = False
    least: int = 1
    most: int = 1_000_000
    choices: Sequence[tuple[str, Any]] = ()
    default: Any = None
    help: Any = ""

    def read(self, value: Any) -> tuple[Any, str]:
        """The value as the rule works with it, and '' or what is wrong with it."""
        if value in (None, "", [], ()):
            return self._nothing()
        return _READERS[self.shape](self, value)

    def _nothing(self) -> tuple[Any, str]:
        empty: Any = {Shape.WHOLE: None, Shape.FLAG: False}.get(self.shape, ())
        if self.default is not None:
            return self.default, ""
        if self.needed and self.shape is Shape.WORDS:
            return empty, _("At least one word is needed.")
        return empty, _("This may not be empty.") if self.needed else ""


def _whole(param: Param, value: Any) -> tuple[Any, str]:
    if isinstance(value, bool) or not isinstance(value, int):
        return None, _("“%(value)s” is not a whole number.") % {"value": value}
    if not param.least <= value <= param.most:
        return None, _("%(value)d does not lie between %(least)d and %(most)d.") % {
            "value": value,
            "least": param.least,
            "most": param.most,
        }
    return value, ""


def _flag(param: Param, value: Any) -> tuple[Any, str]:
    return (value, "") if isinstance(value, bool) else (False, _("“%(value)s” is not yes or no.") % {"value": value})


def _words(param: Param, value: Any) -> tuple[Any, str]:
    if not _are_strings(value):
        return (), _("A list of words is needed.")
    if len(value) > MOST_WORDS:
        return (), _("%(count)d words are too many; %(most)d fit.") % {"count": len(value), "most": MOST_WORDS}
    for word in value:
        if not word.strip().strip("*").strip():
            return (), _("“%(word)s” is no word.") % {"word": word}
        if len(word) > LONGEST_WORD:
            return (), _("“%(word)s…” is too long for a word.") % {"word": word[:30]}
    return tuple(dict.fromkeys(word.strip() for word in value)), ""


def _choices(param: Param, value: Any) -> tuple[Any, str]:
    known = [code for code, _label in param.choices]
    if not _are_strings(value):
        return (), _("A list of these is needed: %(known)s.") % {"known": ", ".join(known)}
    for code in value:
        if code not in known:
            return (), _("“%(code)s” is none of these: %(known)s.") % {"code": code, "known": ", ".join(known)}
    return tuple(code for code in known if code in value), ""


def _are_strings(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)


_READERS = {Shape.WHOLE: _whole, Shape.FLAG: _flag, Shape.WORDS: _words, Shape.CHOICES: _choices}


def labels(codes: Iterable[str], choices: Iterable[tuple[str, Any]]) -> str:
    """The codes as people call them, with commas between."""
    named: Mapping[str, Any] = dict(choices)
    return ", ".join(str(named.get(code, code)) for code in codes)
