"""How much of two films is the same, measured. What follows from the numbers is decided in `rules/likeness.py`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.footage.fingerprints import picture, sound
from catalog.footage.fingerprints.reading import Print

SOUND_BLOCK = 20
"""Hops that are judged together: two seconds. A dub keeps music and noises between the lines, so a mean says little."""
SEARCH_HOPS = 7
"""How far around the pictures' offset the sound is searched."""
ALIKE_BITS = 0.83
"""Of the bits of such a block. Copies agree in 0.88 to 1.0, another voice over the same music in 0.57 to 0.78."""
RUN = 4
"""Samples of the picture that must match in a row: two seconds, and less only in films shorter than that."""


@dataclass(frozen=True)
class Comparison:
    """`share_one`, `share_other`: how much of each film has its like in the other, in the same order.

    `offset_ms`: where the first film's beginning lies in the other. `same_sound`: the share of the common, sounding
    time in which both sound the same; None when neither is heard. `bits`: the mean distance of the matched samples.
    """

    share_one: float
    share_other: float
    offset_ms: int
    is_mirrored: bool
    bits: float
    same_sound: float | None


NOTHING = Comparison(0.0, 0.0, 0, is_mirrored=False, bits=256.0, same_sound=None)


def compare(one: Print, other: Print, *, match_bits: int) -> Comparison:
    """Measure two films; the mirrored reading is taken where it shows more."""
    straight = _pictures(one, other, match_bits=match_bits, is_mirrored=False)
    turned = _pictures(one, other, match_bits=match_bits, is_mirrored=True)
    best = max(straight, turned, key=lambda found: found.share_one + found.share_other)
    if not best.share_one:
        return NOTHING
    heard = sounds(one.sound, other.sound, offset_ms=best.offset_ms)
    return Comparison(best.share_one, best.share_other, best.offset_ms, best.is_mirrored, best.bits, heard)


def _pictures(one: Print, other: Print, *, match_bits: int, is_mirrored: bool) -> Comparison:
    step = max(one.step_ms, other.step_ms)
    first, second = _clear(one, step), _clear(other, step)
    if not len(first.hashes) or not len(second.hashes):
        return NOTHING
    mine = picture.mirrored(first.hashes) if is_mirrored else first.hashes
    far = picture.distances(mine, second.hashes)
    near = _lasting(far <= match_bits)
    common = _in_order(near)
    if not common:
        return NOTHING
    offset = _offset(near, first.places, second.places)
    return Comparison(
        share_one=common / len(first.hashes),
        share_other=common / len(second.hashes),
        offset_ms=offset * step,
        is_mirrored=is_mirrored,
        bits=float(far[near].mean()),
        same_sound=None,
    )


@dataclass(frozen=True)
class _Clear:
    """The samples that say something, and their places on the common grid."""

    hashes: picture.Hashes
    places: NDArray[np.intp]


def _clear(film: Print, step_ms: int) -> _Clear:
    every = slice(None, None, step_ms // film.step_ms)
    places = np.flatnonzero(~film.picture.is_blank[every])
    return _Clear(film.picture.hashes[every][places], places)


def _lasting(near: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Only matches that go on for RUN samples in both films at once: one chance likeness after another is no copy."""
    run = min(RUN, *near.shape)
    padded = np.pad(near, run - 1)
    lasting = np.zeros_like(padded)
    size = [length - run + 1 for length in padded.shape]
    whole = np.logical_and.reduce([padded[at : at + size[0], at : at + size[1]] for at in range(run)])
    for at in range(run):
        lasting[at : at + size[0], at : at + size[1]] |= whole
    kept: NDArray[np.bool_] = lasting[run - 1 : padded.shape[0] - run + 1, run - 1 : padded.shape[1] - run + 1]
    return kept


def _in_order(near: NDArray[np.bool_]) -> int:
    """The longest chain of matching samples that runs forward in both films."""
    near = near[near.any(axis=1)][:, near.any(axis=0)]
    best = np.zeros(near.shape[1] + 1, np.int32)
    for row in near:
        taken = best[:-1] + row
        best[1:] = np.maximum(best[1:], taken)
        np.maximum.accumulate(best, out=best)
    return int(best[-1])


def _offset(near: NDArray[np.bool_], first: NDArray[np.intp], second: NDArray[np.intp]) -> int:
    """By how many steps most of the matching samples lie later in the second film; of equals the smallest."""
    rows, columns = np.nonzero(near)
    steps, counts = np.unique(second[columns] - first[rows], return_counts=True)
    best = steps[counts == counts.max()]
    return int(best[np.argmin(np.abs(best))])


def sounds(one: sound.Sound, other: sound.Sound, *, offset_ms: int) -> float | None:
    """The share of the common, sounding time in which both sound the same, at the best place near the offset.

    None: nothing is heard in either. 0.0: one is silent where the other is heard.
    """
    if not one.is_heard.any() and not other.is_heard.any():
        return None
    middle = offset_ms // sound.HOP_MS
    return max(_agreement(one, other, hops) for hops in range(middle - SEARCH_HOPS, middle + SEARCH_HOPS + 1))


def _agreement(one: sound.Sound, other: sound.Sound, hops: int) -> float:
    begin, end = max(0, -hops), min(len(one), len(other) - hops)
    if end - begin < SOUND_BLOCK // 2:
        return 0.0
    mine, theirs = slice(begin, end), slice(begin + hops, end + hops)
    same = 32 - np.bitwise_count(one.bits[mine] ^ other.bits[theirs]).astype(np.int64)
    heard = (one.is_heard[mine] | other.is_heard[theirs]).astype(np.int64)
    starts = np.arange(0, end - begin, SOUND_BLOCK)
    heard_in, same_in = np.add.reduceat(heard, starts), np.add.reduceat(same * heard, starts)
    sounding = heard_in >= SOUND_BLOCK // 4
    if not sounding.any():
        return 0.0
    alike = same_in[sounding] / (32 * heard_in[sounding]) >= ALIKE_BITS
    return float((alike * heard_in[sounding]).sum() / heard_in[sounding].sum())
