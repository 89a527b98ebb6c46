"""What viewers say, language by language. Data only; `speech` puts it together."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lines:
    """The sentences of one language. `{at}` is a moment, `{n}` an episode number."""

    praise: tuple[str, ...]
    plot: tuple[str, ...]
    question: tuple[str, ...]
    request: tuple[str, ...]
    spam: tuple[str, ...]
    silent_at: tuple[str, ...]
    silent: tuple[str, ...]
    grumble: tuple[str, ...]
    reply: tuple[str, ...]
    moments: tuple[str, ...]  # of {m} minutes, {s} seconds in them, {ss} the same in two digits, {t} all seconds
    openers: tuple[str, ...]
    names: tuple[str, ...]
    digits: str = ""  # own digits, used by some
