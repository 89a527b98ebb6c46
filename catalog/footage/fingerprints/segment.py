"""One immutable part of the index on disk: hashes, and for each of four bands of bits a table of who has which key.

A look-up reads the rows of the keys it asks for, and of these the hashes. Everything is mapped, so that what stays in
memory is what the system keeps of the files.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalog.footage.fingerprints.picture import FREQUENCIES, Hashes

BANDS, KEY_BITS = 4, 20
WEAKEST = 7
"""So many of a key's least certain bits are turned, one and two at a time: what a copy is most likely to differ in."""
MOST_READ = 150_000
"""Rows read for one look-up; where more share the keys (a card that opens ten thousand clips), the rarest go first."""
BLOCK = 200_000
PARTIAL = ".part-"

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Question:
    """The samples by which a film is looked up; `rank` (q, 256) orders each one's bits from the least certain on."""

    hashes: Hashes
    rank: NDArray[np.uint8]


@dataclass(frozen=True)
class Answers:
    """One entry that is near a sample of the question, and how near; an entry may be found more than once."""

    clips: Numbers
    entries: Numbers
    bits: NDArray[np.uint16]


def band_bits() -> NDArray[np.intp]:
    """(BANDS, KEY_BITS): the bits of the lowest frequencies, dealt out in turn, without the one that is always 0."""
    rows, columns = np.divmod(np.arange(FREQUENCIES**2), FREQUENCIES)
    order = np.argsort(rows**2 + columns**2, kind="stable")[1 : 1 + BANDS * KEY_BITS]
    return np.ascontiguousarray(order.reshape(KEY_BITS, BANDS).T)


BITS = band_bits()
FLIPS = [(), *((one,) for one in range(WEAKEST)), *((a, b) for a in range(WEAKEST) for b in range(a + 1, WEAKEST))]


class Segment:
    """What stands in one folder; opening it reads nothing but its facts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
        self.first: int = facts["first"]
        self.last: int = facts["last"]
        self.width: int = facts["width"]
        self.size: int = facts["size"]

    @cached_property
    def hashes(self) -> Hashes:
        found: Hashes = np.load(self.folder / "hashes.npy", mmap_mode="r")
        return found

    @cached_property
    def clips(self) -> Numbers:
        found: Numbers = np.load(self.folder / "clips.npy", mmap_mode="r")
        return found

    @cached_property
    def offsets(self) -> NDArray[np.uint32]:
        found: NDArray[np.uint32] = np.load(self.folder / "offsets.npy", mmap_mode="r")
        return found

    @cached_property
    def postings(self) -> NDArray[np.uint32]:
        found: NDArray[np.uint32] = np.load(self.folder / "postings.npy", mmap_mode="r")
        return found

    def ask(self, question: Question, *, match_bits: int) -> Answers:
        """Every entry that shares a key, or nearly one, with a sample and is near it by all of its bits."""
        begins, ends, samples, bands = self._rows_of(question)
        counts = ends - begins
        order = np.argsort(counts, kind="stable")
        order = order[: int(np.searchsorted(np.cumsum(counts[order]), MOST_READ, side="right"))]
        order = order[counts[order] > 0]
        counts = counts[order]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        places = np.repeat(bands[order] * self.size + begins[order], counts) + within
        entries = self.postings.reshape(-1)[places].astype(np.int64)
        asked = np.repeat(samples[order], counts)
        bits = np.bitwise_count(self.hashes[entries] ^ question.hashes[asked]).sum(axis=1, dtype=np.uint16)
        near = bits <= match_bits
        return Answers(self.clips[entries[near]], entries[near], bits[near])

    def _rows_of(self, question: Question) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """From where to where the rows of every probed key lie, and which sample and band asked for them."""
        found = [self._probe(question, band) for band in range(BANDS)]
        begins = np.concatenate([self.offsets[band][keys] for band, keys in enumerate(found)]).astype(np.int64)
        ends = np.concatenate([self.offsets[band][keys + 1] for band, keys in enumerate(found)]).astype(np.int64)
        samples = np.tile(np.repeat(np.arange(len(question.hashes)), len(FLIPS)), BANDS)
        bands = np.repeat(np.arange(BANDS), len(question.hashes) * len(FLIPS))
        return begins, ends, samples, bands

    def _probe(self, question: Question, band: int) -> Numbers:
        """The key of each sample in this band, and the keys with its least certain bits turned."""
        keys = _keys(question.hashes, band, self.width).astype(np.int64)
        weakest = np.argsort(question.rank[:, BITS[band][: self.width]], axis=1)[:, :WEAKEST]
        masks = np.left_shift(1, self.width - 1 - weakest.astype(np.int64))
        turned = [keys ^ np.bitwise_xor.reduce(masks[:, list(flip)], axis=1) if flip else keys for flip in FLIPS]
        return np.stack(turned, axis=1).reshape(-1)


def write(folder: Path, hashes: Hashes, clips: Numbers, *, first: int, last: int) -> Segment:
    """Make a segment of entries (hash, clip) for the serial numbers from `first` to `last`.

    It appears complete, under its final name, or not at all. One that is there under this name is kept.
    """
    target = folder / f"{first:012d}-{last:012d}"
    if target.exists():
        return Segment(target)
    unfinished = folder / f"{PARTIAL}{uuid.uuid4().hex}"
    unfinished.mkdir(parents=True)
    try:
        _fill(unfinished, hashes, clips, first=first, last=last)
        unfinished.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return Segment(target)


def merge(folder: Path, parts: Sequence[Segment]) -> Segment:
    """One segment of neighbouring ones, oldest first; theirs stay until the caller removes them."""
    hashes = np.concatenate([part.hashes for part in parts])
    clips = np.concatenate([part.clips for part in parts])
    return write(folder, hashes, clips, first=parts[0].first, last=parts[-1].last)


def _fill(folder: Path, hashes: Hashes, clips: Numbers, *, first: int, last: int) -> None:
    size = len(hashes)
    width = int(np.clip(np.ceil(np.log2(max(size, 2))), 10, KEY_BITS))
    _save(folder / "hashes.npy", hashes)
    _save(folder / "clips.npy", clips.astype(np.int64))
    offsets = np.zeros((BANDS, 2**width + 1), np.uint32)
    postings = np.zeros((BANDS, size), np.uint32)
    for band in range(BANDS):
        keys = np.concatenate(
            [np.zeros(0, np.uint32)] + [_keys(hashes[at : at + BLOCK], band, width) for at in range(0, size, BLOCK)]
        )
        postings[band] = np.argsort(keys, kind="stable")
        offsets[band][1:] = np.cumsum(np.bincount(keys, minlength=2**width))
    _save(folder / "offsets.npy", offsets)
    _save(folder / "postings.npy", postings)
    facts = {"first": first, "last": last, "width": width, "size": size}
    with (folder / "facts.json").open("w", encoding="utf-8") as file:
        json.dump(facts, file)
        file.flush()
        os.fsync(file.fileno())


def _save(path: Path, array: NDArray[Any]) -> None:
    with path.open("wb") as file:
        np.save(file, array)
        file.flush()
        os.fsync(file.fileno())


def _keys(hashes: Hashes, band: int, width: int) -> NDArray[np.uint32]:
    """The first `width` bits of this band of each hash, as a number."""
    bits = np.unpackbits(np.ascontiguousarray(hashes).view(np.uint8).reshape(-1, FREQUENCIES**2 // 8), axis=1)
    chosen = bits[:, BITS[band][:width]].astype(np.uint32)
    keys: NDArray[np.uint32] = chosen @ np.left_shift(1, np.arange(width - 1, -1, -1)).astype(np.uint32)
    return keys
