"""Which clips may look like this one: an index that each machine makes for itself from the rows, and may lose.

A few immutable segments, each for a range of serial numbers, and what came since in memory. New entries become a small
segment; small ones are merged until each is at least twice as large as the next. Writers of one machine take turns by
a lock that ends with the process; readers need none, because a segment appears complete and its files outlive their
names.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from catalog.footage.fingerprints import picture, segment
from catalog.footage.fingerprints.picture import Hashes, Picture
from catalog.footage.fingerprints.segment import Answers, Numbers, Question, Segment

ANCHORS = 8
"""So many hashes of each clip are found by the index; a film beyond LONG_SAMPLES has twice as many."""
LONG_SAMPLES = 240
ASKED = 40
MOST_FOUND = 24


@dataclass(frozen=True)
class Hit:
    """A clip that may look alike: how many of its indexed samples were found, and the smallest distance among them."""

    clip: int
    found: int
    bits: int


@dataclass(frozen=True)
class Entries:
    """Hashes and the clip of each, for the serial numbers from `first` to `last`."""

    hashes: Hashes
    clips: Numbers
    first: int
    last: int

    def ask(self, question: Question, *, match_bits: int) -> Answers:
        """Every near entry, by comparing with all: good for a few thousand clips."""
        far = picture.distances(question.hashes, self.hashes)
        _samples, entries = np.nonzero(far <= match_bits)
        return Answers(self.clips[entries], entries, far[far <= match_bits])


def anchors(film: Picture) -> Hashes:
    """The hashes by which the index finds this film."""
    chosen: Hashes = film.hashes[picture.telling(film, most=ANCHORS * (1 + (len(film) > LONG_SAMPLES)))]
    return chosen


def question(film: Picture) -> Question:
    """How to ask for films like this one, as it is and in a mirror."""
    places = picture.telling(film, most=ASKED)
    hashes = film.hashes[places]
    order = (
        film.weakest[places] if film.weakest is not None else np.tile(np.arange(256, dtype=np.uint8), (len(places), 1))
    )
    rank = np.argsort(order, axis=1).astype(np.uint8)
    return Question(np.concatenate([hashes, picture.mirrored(hashes)]), np.concatenate([rank, rank]))


class Index:
    """The segments in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.segments: list[Segment] = []
        self.reopen()

    @property
    def last(self) -> int:
        """The newest serial number that the segments hold; 0 when there is none."""
        return self.segments[-1].last if self.segments else 0

    def reopen(self) -> None:
        """See what is on disk now. Of segments that overlap (a merge that was killed halfway), the widest counts."""
        there = {path.name: path for path in self.folder.glob("[0-9]*-[0-9]*")}
        known = {one.folder.name: one for one in self.segments}
        ranges = sorted((tuple(map(int, name.split("-"))), name) for name in there)
        chosen: list[Segment] = []
        for (first, _last), _name in ranges:
            if first == (chosen[-1].last if chosen else 0) + 1:
                widest = max(name for span, name in ranges if span[0] == first)
                chosen.append(known.get(widest) or Segment(there[widest]))
        self.segments = chosen

    def search(self, film: Picture, *, fresh: Entries | None, match_bits: int) -> list[Hit]:
        """The clips that may look like this film, the likeliest first, at most MOST_FOUND."""
        asked = question(film)
        if not len(asked.hashes):
            return []
        parts = [part.ask(asked, match_bits=match_bits) for part in self.segments]
        if fresh is not None and len(fresh.hashes):
            parts.append(fresh.ask(asked, match_bits=match_bits))
        found = [hit for part in parts for hit in _hits(part)]
        return sorted(found, key=lambda hit: (-hit.found, hit.bits, hit.clip))[:MOST_FOUND]

    def add(self, entries: Entries) -> bool:
        """Put entries that follow the newest into a segment, and merge. False when another process was faster."""
        with self._alone():
            self.reopen()
            if entries.first != self.last + 1 or entries.last < entries.first:
                return False
            made = segment.write(self.folder, entries.hashes, entries.clips, first=entries.first, last=entries.last)
            self.segments.append(made)
            while len(self.segments) > 1 and self.segments[-2].size < 2 * self.segments[-1].size:
                self.segments[-2:] = [segment.merge(self.folder, self.segments[-2:])]
            self._tidy()
        return True

    def forget(self) -> None:
        """Throw everything away, to be made again from the rows."""
        with self._alone():
            self.segments = []
            self._tidy()

    def _tidy(self) -> None:
        kept = {one.folder.name for one in self.segments}
        for path in self.folder.iterdir():
            if path.is_dir() and path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _hits(answers: Answers) -> list[Hit]:
    if not len(answers.clips):
        return []
    _entries, first = np.unique(answers.entries, return_index=True)
    clips, counts = np.unique(answers.clips[first], return_counts=True)
    nearest = np.full(len(clips), 256, np.uint16)
    place = np.searchsorted(clips, answers.clips)
    np.minimum.at(nearest, place, answers.bits)
    best = np.lexsort((nearest, -counts))[:MOST_FOUND]
    return [Hit(int(clips[at]), int(counts[at]), int(nearest[at])) for at in best]
