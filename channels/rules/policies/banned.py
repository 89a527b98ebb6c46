"""Words that may not stand in a text: found in any script, and never inside a longer word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import ahocorasick_rs

from channels.rules.policies import normalising

ANY = "*"
AROUND = 16
MOST_KNOWN = 20_000


@dataclass(frozen=True)
class Hit:
    """`word` as it was entered; `excerpt` the text around it, as it was read."""

    word: str
    where: str
    excerpt: str


@dataclass(frozen=True)
class _Needle:
    word: str
    text: str
    open_before: bool
    open_after: bool


class WordList:
    """A list of words that finds itself in a text. `*` before or behind a word lets it stand inside a longer one."""

    def __init__(self, words: Iterable[str]) -> None:
        self._needles = [needle for needle in map(_needle, words) if needle.text]
        texts = [needle.text for needle in self._needles]
        self._automaton = ahocorasick_rs.AhoCorasick(texts) if texts else None
        self._known: dict[str, tuple[tuple[str, str], ...]] = {}

    def find(self, texts: Mapping[str, str], *, where: Iterable[str]) -> Iterator[Hit]:
        """Every word once for each place it stands in; the texts are normal already."""
        for place in where:
            for word, excerpt in self._found(texts[place]):
                yield Hit(word, place, excerpt)

    def _found(self, text: str) -> tuple[tuple[str, str], ...]:
        if not text:
            return ()
        known = self._known.get(text)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[text] = tuple(self._search(text))
        return known

    def _search(self, text: str) -> Iterator[tuple[str, str]]:
        seen: set[str] = set()
        if self._automaton is None:
            return
        for number, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            needle = self._needles[number]
            if needle.word not in seen and _stands_alone(needle, text, start, end):
                seen.add(needle.word)
                yield needle.word, text[max(0, start - AROUND) : end + AROUND].strip()


def bare(word: str) -> str:
    """What is looked for: the word without its stars, in the one spelling; '' when nothing is left."""
    return normalising.normal(word.strip().strip(ANY))


def _needle(word: str) -> _Needle:
    stripped = word.strip()
    text = bare(word)
    free_after = bool(text) and normalising.is_hangul(text[-1])  # Korean writes particles onto the word
    return _Needle(stripped, text, stripped.startswith(ANY), stripped.endswith(ANY) or free_after)


def _stands_alone(needle: _Needle, text: str, start: int, end: int) -> bool:
    if end < len(text) and normalising.is_mark(text[end]):
        return False
    before = needle.open_before or start == 0 or not _joined(text[start - 1], text[start])
    after = needle.open_after or end == len(text) or not _joined(text[end - 1], text[end])
    return before and after


def _joined(one: str, other: str) -> bool:
    """Whether two neighbours belong to one word: letters of scripts that put spaces between words."""
    return _is_of_word(one) and _is_of_word(other)


def _is_of_word(char: str) -> bool:
    return (char.isalnum() or normalising.is_mark(char)) and not normalising.is_spaceless(char)
