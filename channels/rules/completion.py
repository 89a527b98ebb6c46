"""How much of a clip viewers will watch, judged by what they watched: little data moves the guess only a little."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

WEIGHT = 20
"""The prior counts like so many clips: a channel needs about as many of its own before they decide."""
NEUTRAL = 500


@dataclass(frozen=True)
class Seen:
    """Of a genre on a channel: how many clips have a completion, and their mean."""

    genre: str
    language: str
    channel: int
    clips: int
    mean: float


@dataclass(frozen=True)
class Expected:
    """`clips`: on how many it rests, in the language; `here`: how many of them on the channel. 0 clips: no data."""

    per_mille: int
    usual_per_mille: int
    clips: int = 0
    here: int = 0


@dataclass
class _Mean:
    clips: int = 0
    total: float = 0.0

    def add(self, seen: Seen) -> None:
        self.clips += seen.clips
        self.total += seen.clips * seen.mean

    def towards(self, prior: float) -> float:
        return (self.total + WEIGHT * prior) / (self.clips + WEIGHT)


@dataclass
class Learned:
    """What has been seen, ready to be asked of a genre, a language and a channel."""

    everywhere: _Mean = field(default_factory=_Mean)
    of_language: dict[tuple[str, str], _Mean] = field(default_factory=lambda: defaultdict(_Mean))
    of_channel: dict[tuple[str, int], _Mean] = field(default_factory=lambda: defaultdict(_Mean))
    usual: float = NEUTRAL / 1000
    _known: dict[tuple[frozenset[str], str, int], Expected] = field(default_factory=dict)

    def expect(self, genres: frozenset[str], *, language: str, channel: int) -> Expected:
        """The mean over the genres: of the channel, drawn to its language, drawn to everything."""
        key = (genres, language, channel)
        if key not in self._known:
            self._known[key] = self._expect(sorted(genres), language=language, channel=channel)
        return self._known[key]

    def _expect(self, genres: Sequence[str], *, language: str, channel: int) -> Expected:
        usual = round(self.usual * 1000)
        guesses, clips, here = [], 0, 0
        for genre in genres:
            wide, near = self.of_language.get((genre, language)), self.of_channel.get((genre, channel))
            prior = wide.towards(self.usual) if wide else self.usual
            guesses.append(near.towards(prior) if near else prior)
            clips += wide.clips if wide else 0
            here += near.clips if near else 0
        if not clips:
            return Expected(usual, usual)
        return Expected(round(1000 * sum(guesses) / len(guesses)), usual, clips, here)


def learn(rows: Iterable[Seen]) -> Learned:
    """The same rows in any order teach the same."""
    found = Learned()
    for seen in sorted(rows, key=lambda one: (one.genre, one.channel)):
        found.everywhere.add(seen)
        found.of_language[seen.genre, seen.language].add(seen)
        found.of_channel[seen.genre, seen.channel].add(seen)
    found.usual = found.everywhere.towards(NEUTRAL / 1000) if found.everywhere.clips else NEUTRAL / 1000
    return found
