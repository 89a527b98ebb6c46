"""Which clips are made of an edition version: the recipes as data, and what each cuts from episodes of given lengths.

The best moments of a short drama are its cliffhangers: an episode ends where the viewer must know what comes next. So
the hook shows the close of each of the first episodes, at most a third of any, until it is long enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from catalog.rules.words import ClipKind, Shape


@dataclass(frozen=True)
class Recipe:
    """How one kind of clip is cut. `intro` and `outro` are storage keys, used where such a file is stored."""

    name: str
    kind: str
    shape: str = Shape.KEEP
    intro: str = ""
    outro: str = ""
    episodes: int = 1  # how many go into one clip, at most
    fewest: int = 1  # with fewer episodes there is no such clip
    clips: int = 0  # how many clips of the kind are made; 0 stands for as many as the episodes give
    close_ms: int = 0  # the most that is taken from the close of an episode; 0 takes the whole of it
    total_ms: int = 0  # the clip ends no later; 0 sets no end


RECIPES: tuple[Recipe, ...] = (
    Recipe(name="episode", kind=ClipKind.EPISODE),
    Recipe(name="hook", kind=ClipKind.HOOK, episodes=5, clips=1, close_ms=12_000, total_ms=60_000),
    Recipe(
        name="compilation",
        kind=ClipKind.COMPILATION,
        intro="trailers/compilation-intro.mp4",
        outro="trailers/compilation-outro.mp4",
        episodes=10,
        fewest=2,
        clips=1,
    ),
)

# A take shorter than this is a flash, not a moment.
SHORTEST_MS = 500


@dataclass(frozen=True)
class Take:
    """A stretch of one episode that goes into a clip."""

    episode: int
    in_ms: int
    out_ms: int


@dataclass(frozen=True)
class Cut:
    """One clip to be made: the recipe and its takes in the order of showing."""

    recipe: Recipe
    takes: tuple[Take, ...]

    @property
    def first_episode(self) -> int:
        return min(take.episode for take in self.takes)

    @property
    def last_episode(self) -> int:
        return max(take.episode for take in self.takes)


def cuts(lengths_ms: Mapping[int, int], *, recipes: tuple[Recipe, ...] = RECIPES) -> list[Cut]:
    """Every clip that the recipes make of these episodes (number: length), always in the same order."""
    found = []
    for recipe in recipes:
        for group in _groups(sorted(lengths_ms), recipe):
            takes = _takes(group, lengths_ms, recipe)
            if takes:
                found.append(Cut(recipe, takes))
    return found


def as_stored(recipe: Recipe, *, intro: str, outro: str) -> dict[str, Any]:
    """The recipe as it stands with a clip; `intro` and `outro` are the storage keys really used."""
    return {**asdict(recipe), "kind": str(recipe.kind), "shape": str(recipe.shape), "intro": intro, "outro": outro}


def _groups(numbers: list[int], recipe: Recipe) -> list[list[int]]:
    groups = [numbers[start : start + recipe.episodes] for start in range(0, len(numbers), recipe.episodes)]
    enough = [group for group in groups if len(group) >= recipe.fewest]
    return enough[: recipe.clips] if recipe.clips else enough


def _takes(group: list[int], lengths_ms: Mapping[int, int], recipe: Recipe) -> tuple[Take, ...]:
    takes: list[Take] = []
    left = recipe.total_ms or sum(lengths_ms[number] for number in group)
    for number in group:
        length = lengths_ms[number]
        wanted = min(recipe.close_ms, length // 3) if recipe.close_ms else length
        wanted = min(wanted, left)
        if wanted >= SHORTEST_MS:
            takes.append(Take(number, length - wanted, length))
            left -= wanted
    return tuple(takes)
