"""What of a comment may be kept in a ticket: the words, not who wrote them or where they can be reached."""

from __future__ import annotations

import re
import unicodedata

LIMIT = 280
_ENDINGS = "com|net|org|io|me|tv|co|ly|gg|xyz|info|app|link|site|vn|id|br|ru|cn|tr"
_PATTERNS = (
    (re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE), "[link]"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"(?<!\w)[@＠][\w.\-·]+"), "[name]"),
    (re.compile(rf"(?<![\w@/.])(?:[a-z0-9-]+\.)+(?:{_ENDINGS})(?:/\S*)?(?!\w)", re.IGNORECASE), "[link]"),
)
_PHONE = re.compile(r"(?<![\w:.])\+?\(?\d[\d\s().\-]{6,18}\d(?![\w:])")
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}$")
# A flag is two of these letters.
_FLAG_LETTERS = frozenset(chr(code) for code in range(0x1F1E6, 0x1F200))
_JOINER = "\u200d"


def redact(text: str) -> str:
    """The text without handles, e-mail addresses, phone numbers and links, at most 280 characters long.

    A second call changes nothing. The cut never splits a letter from its marks nor an emoji from its parts.
    """
    for pattern, mark in _PATTERNS:
        text = pattern.sub(mark, text)
    return _trimmed(_PHONE.sub(_phone, text).strip())


def _phone(match: re.Match[str]) -> str:
    written = match.group()
    digits = sum(character.isdigit() for character in written)
    return written if digits < 8 or _DATE.match(written) else "[phone]"


def _trimmed(text: str) -> str:
    if len(text) <= LIMIT:
        return text
    end = LIMIT - 1
    while end and not _is_boundary(text, end):
        end -= 1
    return text[:end].rstrip() + "…"


def _is_boundary(text: str, place: int) -> bool:
    following, before = text[place], text[place - 1]
    if following == _JOINER or before == _JOINER or unicodedata.category(following)[0] == "M":
        return False
    if "\U0001f3fb" <= following <= "\U0001f3ff":
        return False
    if following not in _FLAG_LETTERS:
        return True
    run = place
    while run and text[run - 1] in _FLAG_LETTERS:
        run -= 1
    return (place - run) % 2 == 0
