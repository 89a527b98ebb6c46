"""Finds the lexicon's phrases in normalised text: one pass over the comment for all languages together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

import ahocorasick_rs

from moderation.classifier import lexicon, normalising
from moderation.classifier.lexicon import Phrase

# Particles that Arabic writes together with the next word.
_CLITICS = frozenset(
    {
        "و", "ف", "ب", "ل", "ك", "ال", "وال", "بال", "لل", "فال", "ول", "وب", "كال", "هال", "عال", "ع",
        "ه", "م", "مال", "ح", "ت", "ي", "ن", "ا", "س", "بت", "بي", "وت", "وي", "فت", "حت", "حي",
    }
)  # fmt: skip
# Letters that one Latin-written lexicon shares with all the others; other scripts cannot collide.
_LAST_LATIN = 0x24F


@dataclass(frozen=True, slots=True)
class Cue:
    """`name` is a cue class of the lexicon; [start, end) its place in the normalised text."""

    start: int
    end: int
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class _Entry:
    phrase: Phrase
    checks_left: bool
    checks_right: bool
    is_arabic: bool
    is_latin: bool


def everything(text: str) -> list[Cue]:
    """All phrases of all languages that stand in the text as words, overlapping ones too."""
    automaton, entries = _automaton()
    cues: list[Cue] = []
    for index, start, end in automaton.find_matches_as_indexes(text, overlapping=True):
        for entry in entries[index]:
            if _stands_alone(text, start, end, entry):
                end_of_word = _word_end(text, end) if entry.phrase.is_open_right else end
                cues.append(Cue(start, end_of_word, entry.phrase.cue, entry.phrase.language))
    return cues


def votes(cues: Sequence[Cue]) -> dict[str, float]:
    """How many characters of the comment each language's own words explain."""
    covered: dict[str, set[int]] = defaultdict(set)
    for cue in cues:
        if cue.language != lexicon.EVERYWHERE:
            covered[cue.language].update(range(cue.start, cue.end))
    return {language: float(len(places)) for language, places in covered.items()}


def spoken(cues: Sequence[Cue], text: str, *, languages: Collection[str]) -> list[Cue]:
    """The cues of these languages, without those that lie inside a longer one, in reading order.

    A subject inside a defect stays: "same voice" names both. Phrases in a script of their own stay
    whatever the languages: comments mix.
    """
    allowed = {*languages, lexicon.EVERYWHERE}
    kept = [cue for cue in cues if cue.language in allowed or not _is_shared(text[cue.start])]
    kept.sort(key=lambda cue: (cue.start, -cue.end))
    standing: list[Cue] = []
    seen: set[tuple[int, int, str]] = set()
    reach = (-1, -1)
    for cue in kept:
        key = (cue.start, cue.end, cue.name)
        is_inside = cue.end <= reach[1] and (cue.start, cue.end) != reach
        if key in seen or (is_inside and not _is_named_by_defect(cue, standing)):
            continue
        seen.add(key)
        standing.append(cue)
        if cue.end > reach[1]:
            reach = (cue.start, cue.end)
    return standing


def _is_shared(character: str) -> bool:
    """Latin and Han letters serve several of our languages; every other script serves one."""
    return ord(character) <= _LAST_LATIN or "\u3400" <= character <= "\u9fff"


def _is_named_by_defect(cue: Cue, standing: Sequence[Cue]) -> bool:
    covers = [other for other in standing[-8:] if other.start <= cue.start and cue.end <= other.end]
    return cue.name in lexicon.SUBJECTS and all(other.name in {*lexicon.DEFECTS, "fix"} for other in covers)


@cache
def _automaton() -> tuple[ahocorasick_rs.AhoCorasick, tuple[tuple[_Entry, ...], ...]]:
    by_text: dict[str, list[_Entry]] = defaultdict(list)
    for phrase in lexicon.phrases():
        if phrase.text:
            by_text[phrase.text].append(_entry(phrase))
    automaton = ahocorasick_rs.AhoCorasick(list(by_text))
    return automaton, tuple(tuple(entries) for entries in by_text.values())


def _entry(phrase: Phrase) -> _Entry:
    first, last = phrase.text[0], phrase.text[-1]
    return _Entry(
        phrase=phrase,
        checks_left=not phrase.is_open_left and normalising.is_word_character(first),
        checks_right=not phrase.is_open_right and normalising.is_word_character(last),
        is_arabic="\u0620" <= first <= "\u06ff",
        is_latin=ord(first) <= _LAST_LATIN,
    )


def _stands_alone(text: str, start: int, end: int, entry: _Entry) -> bool:
    if entry.checks_right and end < len(text) and _continues(text[end], entry):
        return False
    if not entry.checks_left or start == 0 or not _continues(text[start - 1], entry):
        return True
    return entry.is_arabic and text[_word_start(text, start) : start] in _CLITICS


def _continues(character: str, entry: _Entry) -> bool:
    """A Latin word ends where another script begins: "dubbing이" and "AI配音" hold whole words."""
    if not normalising.is_word_character(character):
        return False
    return not entry.is_latin or ord(character) <= _LAST_LATIN


def _word_start(text: str, start: int) -> int:
    while start and normalising.is_word_character(text[start - 1]):
        start -= 1
    return start


def _word_end(text: str, end: int) -> int:
    while end < len(text) and normalising.is_word_character(text[end]):
        end += 1
    return end
