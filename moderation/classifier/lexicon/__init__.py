"""The words themselves: one TOML file per language, cue class to list of phrases.

A phrase is written as people write it; it is normalised on loading exactly as comments are. It stands
for whole words; a `*` at its end (or start) lets the word go on there. `any.toml` holds for everybody.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from config.kernel.errors import Invalid
from moderation.classifier import normalising

EVERYWHERE = "any"
FOLDER = Path(__file__).parent

SUBJECTS = frozenset({"voice", "dub", "sound", "lips", "sub", "trans", "names", "music"})
OTHERS = frozenset({"ads", "price", "acting", "story", "technical"})
DEFECTS = frozenset(
    {
        "bad", "robot", "flat", "cut", "gone", "quiet", "loud", "offsync", "late", "fast", "wrong", "nonsense",
        "machine", "small", "misfit", "raw", "frown", "unheard", "lack", "shut", "called", "became",
    }
)  # fmt: skip
ABLE = frozenset({"good", "match", "hear", "read", "grasp", "feel", "translated"})
GUARDS = frozenset(
    {"not", "but", "please", "tongue", "ask", "plot", "persons", "elsewhere", "fix", "very", "fine", "since"}
)
SAYS = "says_"


@dataclass(frozen=True)
class Phrase:
    """One entry: what it means in which language, and whether the word may go on at either end."""

    text: str
    language: str
    cue: str
    is_open_left: bool
    is_open_right: bool


@cache
def phrases() -> tuple[Phrase, ...]:
    """Every phrase of every language, read once. Raises Invalid naming the file of an unknown cue class."""
    found: dict[tuple[str, str, str], Phrase] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for phrase in _read(path):
            found.setdefault((phrase.text, phrase.language, phrase.cue), phrase)
    return tuple(found.values())


@cache
def languages() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != EVERYWHERE))


def _read(path: Path) -> list[Phrase]:
    known = SUBJECTS | OTHERS | DEFECTS | ABLE | GUARDS
    read = []
    for cue, entries in tomllib.loads(path.read_text(encoding="utf-8")).items():
        if cue not in known and not cue.startswith(SAYS):
            raise Invalid(f"{path.name}: no cue class is called {cue!r}")
        texts = entries.split(";") if isinstance(entries, str) else entries
        read += [_phrase(text, language=path.stem, cue=cue) for text in texts if text.strip(" *\n")]
    return read


def _phrase(written: str, *, language: str, cue: str) -> Phrase:
    written = " ".join(written.split())
    return Phrase(
        text=normalising.normalised(written.strip("*")),
        language=language,
        cue=cue,
        is_open_left=written.startswith("*"),
        is_open_right=written.endswith("*"),
    )
