"""Texts as they are compared: one spelling for one word, whatever was done to hide it."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property, lru_cache

# Zero-width and direction marks, soft hyphens, variation selectors, and the strokes and vowel signs of Arabic.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u0600-\u0605\u061c\u0640\u064b-\u065f\u0670\u06dd\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
# Scripts that put no space between words.
_SPACELESS = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005\u3007\u3040-\u30ff\u3100-\u312f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_EAST = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_STRAY_SPACE = re.compile(f"(?<=[{_EAST}])\\s+(?=[{_EAST}])")
_IS_SPACELESS = re.compile(f"[{_SPACELESS}]")
_NUMBER = re.compile(r"\d+")
_BETWEEN = re.compile(r"[^\w#]+")


def normal(text: str) -> str:
    """NFKC, folded case, nothing invisible, single spaces, and none between characters of Chinese and Japanese."""
    if text.isascii():
        return " ".join(text.casefold().split())
    seen = _UNSEEN.sub("", text)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
    return _STRAY_SPACE.sub("", " ".join(_UNSEEN.sub("", folded).split()))


def is_spaceless(char: str) -> bool:
    return _IS_SPACELESS.match(char) is not None


def is_mark(char: str) -> bool:
    """A sign that belongs to the letter before it."""
    return unicodedata.category(char)[0] == "M"


def is_hangul(char: str) -> bool:
    return "\uac00" <= char <= "\ud7a3"


def masked(text: str) -> str:
    """The text with every number made the same: two episodes of one series read alike."""
    return _NUMBER.sub("#", normal(text))


class Masked:
    """For values with a title and a description: both with every number made the same, worked out once."""

    title: str
    description: str

    @cached_property
    def masked_title(self) -> str:
        return masked(self.title)

    @cached_property
    def masked_description(self) -> str:
        return masked(self.description)


@lru_cache(maxsize=8192)
def shingles(masked_text: str) -> frozenset[str]:
    """What is counted to say how alike two texts are: words, and pairs of characters where words have no spaces."""
    found: set[str] = set()
    for word in _BETWEEN.split(masked_text):
        if not word:
            continue
        if len(word) > 1 and _IS_SPACELESS.search(word):
            found.update(word[place : place + 2] for place in range(len(word) - 1))
        else:
            found.add(word)
    return frozenset(found)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """From 0 (nothing in common) to 1 (the same); two empty texts have nothing in common."""
    if not one or not other:
        return 0.0
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)
