"""Hashes of clips that were never filmed, for filling an index: as uneven as those of real films.

A drama's clips play on a few sets, so their samples resemble one another; all films share the light from above and the
dark below. A copy is the same picture with noise on every frequency, so that the least certain bits turn first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from catalog.footage.fingerprints.index import ANCHORS, Entries
from catalog.footage.fingerprints.picture import MIRROR, Hashes, Picture

WAVES = 256
SETS, CLIPS_OF_DRAMA = 6, 80
COPY_NOISE = 0.6
"""Turns a sixth of the bits, as cropping by 5 % does."""


def _common() -> NDArray[np.float32]:
    rows, columns = np.divmod(np.arange(WAVES), 16)
    return (np.random.default_rng(1).normal(0, 0.5, WAVES) * np.exp(-(rows + columns) / 6)).astype(np.float32)


COMMON = _common()


def waves_of_drama(drama: int) -> NDArray[np.float32]:
    """(clips, ANCHORS, WAVES): each sample is one of the drama's sets with other people and another camera."""
    dice = np.random.default_rng([3, drama])
    sets = COMMON + dice.standard_normal((SETS, WAVES), dtype=np.float32)
    chosen = sets[dice.integers(0, SETS, (CLIPS_OF_DRAMA, ANCHORS))]
    waves = 0.6 * chosen + 0.8 * dice.standard_normal(chosen.shape, dtype=np.float32)
    waves[..., 0] = 0
    return waves


def hashes_of(waves: NDArray[np.float32]) -> Hashes:
    packed: Hashes = np.packbits(waves.reshape(-1, WAVES) > 0, axis=1).view(np.uint64)
    return packed


def entries(dramas: range) -> Entries:
    """The index entries of these dramas; a clip's number is also its serial number."""
    hashes = np.concatenate([hashes_of(waves_of_drama(drama)) for drama in dramas])
    first, last = dramas.start * CLIPS_OF_DRAMA + 1, dramas.stop * CLIPS_OF_DRAMA
    return Entries(hashes, np.repeat(np.arange(first, last + 1), ANCHORS), first, last)


def copy_of(clip: int, *, is_mirrored: bool) -> Picture:
    """An altered copy of the clip, as it is when it is looked up; a quarter of its samples shows something else."""
    drama, place = divmod(clip - 1, CLIPS_OF_DRAMA)
    dice = np.random.default_rng([5, clip])
    waves = waves_of_drama(drama)[place]
    others = dice.standard_normal((4 * ANCHORS, WAVES), dtype=np.float32)
    near = np.concatenate([waves + COPY_NOISE * dice.standard_normal(waves.shape, dtype=np.float32), others])
    near = near[ANCHORS // 4 :]
    near[:, 0] = 0
    hashes = hashes_of(near) ^ (MIRROR if is_mirrored else np.uint64(0))
    order = np.argsort(np.abs(near), axis=1).astype(np.uint8)
    return Picture(hashes, np.zeros(len(near), np.bool_), order)
