"""Where a text may be cut: between what a reader sees as characters, never inside one."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

ZERO_WIDTH_JOINER = "\u200d"
ZERO_WIDTH_NON_JOINER = "\u200c"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_REGIONS = range(0x1F1E6, 0x1F200)
_TAGS = range(0xE0020, 0xE0080)
_HANGUL_FOLLOWERS = range(0x1160, 0x1200)
# Vowel and final signs of Thai and Lao are letters to Unicode, and part of the letter before to a reader.
_SPACING_FOLLOWERS = frozenset("\u0e33\u0eb3")


def clusters(text: str) -> Iterator[str]:
    """The characters as a reader counts them; joined together they are `text` again."""
    cluster = ""
    for char in text:
        if cluster and not _continues(cluster, char):
            yield cluster
            cluster = ""
        cluster += char
    if cluster:
        yield cluster


def cut(text: str, *, limit: int, size: Callable[[str], int]) -> str:
    """The longest beginning of whole characters that measures at most `limit`."""
    kept, left = [], limit
    for cluster in clusters(text):
        left -= size(cluster)
        if left < 0:
            break
        kept.append(cluster)
    return "".join(kept)


def _continues(cluster: str, char: str) -> bool:
    """Whether `char` belongs to the character that `cluster` began."""
    last, code = cluster[-1], ord(char)
    if cluster == "\r":
        return char == "\n"
    if unicodedata.category(last) == "Cc":
        return False
    if unicodedata.category(char) in {"Mn", "Me", "Mc"} or char in {ZERO_WIDTH_JOINER, ZERO_WIDTH_NON_JOINER}:
        return True
    if code in _SKIN_TONES or code in _TAGS or char in _SPACING_FOLLOWERS:
        return True
    if last == ZERO_WIDTH_JOINER:
        return unicodedata.category(char) in {"So", "Sk"} or _joins_letters(cluster)
    if code in _REGIONS:
        return len(cluster) == 1 and ord(cluster) in _REGIONS
    if code in _HANGUL_FOLLOWERS:
        return unicodedata.name(last, "").startswith("HANGUL")
    return _is_virama(last) and unicodedata.category(char) == "Lo"


def _joins_letters(cluster: str) -> bool:
    """Whether a joiner stands behind the sign that binds two consonants of an Indic script."""
    return len(cluster) > 1 and _is_virama(cluster[-2])


def _is_virama(char: str) -> bool:
    return unicodedata.combining(char) == 9
