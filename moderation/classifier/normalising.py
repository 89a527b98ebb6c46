"""One spelling for what people write in many: the lexicon and every comment pass through here alike."""

from __future__ import annotations

import html
import re
import sys
import unicodedata
from functools import cache

_LONG_RUN = re.compile(r"([^\W\d_])\1{2,}")
_CONTRACTION = re.compile(r"(?<=\w)'(?=(?:t|s|re|ve|ll|m|d)\b)")
_BLANKS = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r"\s*\n\s*")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{1,200}>")
_MARK = re.compile("[\u0300-\u036f]+")
# Words whose doubled letter is right: "goood" must become "good", and "sooo" must not become "soo".
_DOUBLES = frozenset(
    {
        "good", "too", "look", "see", "feel", "cool", "need", "seem", "sleep", "keep", "soon", "room",
        "sook", "free", "tree", "smooth", "off", "all",
    }
)  # fmt: skip

# Unlike NFKC these two keep the length of the text, so that a place found afterwards is a place in the original.
_DIGITS = {
    code: str(unicodedata.digit(chr(code)))
    for code in range(0x80, sys.maxunicode + 1)
    if unicodedata.category(chr(code)) == "Nd"
}
_TIME_MARKS = str.maketrans({"：": ":", "∶": ":", "′": "'", "\u00a0": " "})
_FOLDS = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "گ": "ك", "ک": "ك", "ی": "ي",
        "ـ": None, "ٰ": None, "\u093c": None, "ँ": "ं", "đ": "d", "ł": "l", "ı": "i", "ø": "o", "æ": "ae", "œ": "oe",
        "’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "“": '"', "”": '"', "\u0e33": "\u0e4d\u0e32",
    }
    | {chr(code): None for code in range(0x064B, 0x0660)}
    | {chr(code): None for code in (*range(0xFE00, 0xFE10), *range(0x1F3FB, 0x1F400))}
)  # fmt: skip
_INVISIBLE = {code: None for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) == "Cf"}


def with_plain_digits(text: str) -> str:
    """The same text, character for character, with every script's digits and time marks as ASCII."""
    return text.translate(_DIGITS).translate(_TIME_MARKS)


def normalised(text: str) -> str:
    """Casefolded, without accents, vowel points, links, markup and stretched letters; lines stay apart."""
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub("\n", text)
    text = _LINK.sub(" ", text)
    if not text.isascii():
        text = _folded(text)
    text = text.casefold()
    if "'" in text:
        text = _CONTRACTION.sub("", text).replace("'", " ")
    text = _LONG_RUN.sub(_shortened, text)
    return _BREAKS.sub("\n", _BLANKS.sub(" ", text)).strip()


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(_INVISIBLE).casefold()
    text = _MARK.sub("", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", text).translate(_FOLDS).translate(_DIGITS)


def _shortened(match: re.Match[str]) -> str:
    letter, text = match.group(1), match.string
    doubled = _word_from(text, match.start()) + letter * 2 + _word_up_to(text, match.end())
    return letter * 2 if doubled in _DOUBLES else letter


def _word_from(text: str, end: int) -> str:
    start = end
    while start and text[start - 1].isalpha() and end - start < 12:
        start -= 1
    return text[start:end]


def _word_up_to(text: str, start: int) -> str:
    end = start
    while end < len(text) and text[end].isalpha() and end - start < 12:
        end += 1
    return text[start:end]


@cache
def is_word_character(character: str) -> bool:
    """True where a neighbour of this character may belong to the same word: scripts written with spaces."""
    if not (character.isalnum() or unicodedata.category(character)[0] == "M"):
        return False
    code = ord(character)
    return not (0x0E00 <= code < 0x1000 or 0x1780 <= code < 0x1800 or 0x2E80 <= code < 0xAC00 or code >= 0xF900)
