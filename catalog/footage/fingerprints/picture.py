"""What a film looks like, as one 256-bit hash for every half second: a cosine transform of the brightness, signs only.

Signs do not change with brightness and contrast, and hardly with another encoding or size. Mirroring a picture turns
the sign of every odd horizontal frequency and of no other, so the hash of the mirrored film needs no pixel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIDE = 128
"""Pictures come in as SIDE x SIDE levels of grey, whatever their shape was."""
FREQUENCIES = 16
HASH_BYTES = FREQUENCIES * FREQUENCIES // 8
BLANK_DEVIATION = 6.0
"""A picture with less contrast (fades, black, plain cards) says nothing: its signs are noise."""
DARK_EDGE = 10.0
"""How far a line of the edge may stray from its own level, in time and along itself, and still be a bar."""
WIDEST_BAR = 0.4
CUT_BITS = 70
"""Two neighbouring samples further apart than this belong to two shots."""
LONGEST_SHOT = 10

Hashes = NDArray[np.uint64]
Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class Picture:
    """`hashes` (n, 4): 256 bits for each sample, in the order of time. `is_blank` (n): this one says nothing.

    `weakest` (n, 256): the bits from the least to the most certain; kept only while the film is looked up.
    """

    hashes: Hashes
    is_blank: NDArray[np.bool_]
    weakest: NDArray[np.uint8] | None = None

    def __len__(self) -> int:
        return len(self.hashes)


def fingerprint(frames: Grey) -> Picture:
    """The hashes of (n, SIDE, SIDE) levels of grey; bars around the picture are cut off first."""
    if not len(frames):
        empty = np.zeros((0, HASH_BYTES // 8), np.uint64)
        return Picture(empty, np.zeros(0, np.bool_), np.zeros((0, FREQUENCIES**2), np.uint8))
    top, bottom, left, right = bars(frames)
    inner = frames[:, top : SIDE - bottom, left : SIDE - right].astype(np.float32)
    waves = _transform(inner.shape[1]) @ inner @ _transform(inner.shape[2]).T
    waves = waves.reshape(len(frames), -1)
    waves[:, 0] = 0
    bits = waves > 0
    hashes = np.packbits(bits, axis=1).view(np.uint64)
    blank = inner.std(axis=(1, 2)) < BLANK_DEVIATION
    return Picture(hashes, blank, np.argsort(np.abs(waves), axis=1).astype(np.uint8))


def bars(frames: Grey) -> tuple[int, int, int, int]:
    """How many lines at the top, bottom, left and right show one even colour from the first sample to the last."""
    lows, highs = frames.min(axis=0).astype(np.float32), frames.max(axis=0).astype(np.float32)
    rows = _even(lows.min(axis=1), highs.max(axis=1))
    columns = _even(lows.min(axis=0), highs.max(axis=0))
    return _run(rows), _run(rows[::-1]), _run(columns), _run(columns[::-1])


def _even(lowest: NDArray[np.float32], highest: NDArray[np.float32]) -> NDArray[np.bool_]:
    even: NDArray[np.bool_] = highest - lowest <= 2 * DARK_EDGE
    return even


def _run(even: NDArray[np.bool_]) -> int:
    """How many lines from the edge on are even; one more goes, for the soft edge of a bar."""
    run = int(np.argmin(even)) if not even.all() else 0
    return min(run + 1, int(SIDE * WIDEST_BAR)) if run else 0


def _transform(length: int) -> NDArray[np.float32]:
    """The rows of the cosine transform for the lowest frequencies."""
    places = (np.arange(length) + 0.5) / length
    table = np.cos(np.pi * np.arange(FREQUENCIES)[:, None] * places[None, :])
    return np.asarray(table / length, dtype=np.float32)


def _mirror_mask() -> Hashes:
    odd = np.tile(np.arange(FREQUENCIES) % 2 == 1, FREQUENCIES)
    mask: Hashes = np.packbits(odd).view(np.uint64)
    return mask


MIRROR = _mirror_mask()


def mirrored(hashes: Hashes) -> Hashes:
    """The hashes of the same film seen in a mirror. A coefficient of exactly 0 (a flat picture) stays as it is."""
    return hashes ^ MIRROR


def distances(one: Hashes, other: Hashes) -> NDArray[np.uint16]:
    """(n, m): in how many of 256 bits each hash of `one` differs from each of `other`."""
    far = np.empty((len(one), len(other)), np.uint16)
    for row, hash_ in enumerate(one):
        far[row] = np.bitwise_count(other ^ hash_).sum(axis=1, dtype=np.uint16)
    return far


def telling(picture: Picture, *, most: int) -> NDArray[np.intp]:
    """The samples by which the film is looked up: the middle of its longest shots, in the order of time.

    They depend on what is seen and hardly on where the film begins, so that a trimmed copy gives the same ones.
    """
    clear = np.flatnonzero(~picture.is_blank)
    if len(clear) <= most:
        return clear
    middles = sorted(_shots(picture, clear), key=lambda shot: (-len(shot), shot[0]))[:most]
    chosen = {int(shot[len(shot) // 2]) for shot in middles}
    spread = clear[np.linspace(0, len(clear) - 1, most).round().astype(np.intp)]
    for place in spread.tolist():
        if len(chosen) >= most:
            break
        chosen.add(place)
    return np.array(sorted(chosen), np.intp)


def _shots(picture: Picture, clear: NDArray[np.intp]) -> list[list[int]]:
    """Runs of samples without a cut between them, none longer than LONGEST_SHOT."""
    jumps = np.bitwise_count(picture.hashes[clear[1:]] ^ picture.hashes[clear[:-1]]).sum(axis=1)
    shots = [[int(clear[0])]]
    for place, jump in zip(clear[1:].tolist(), jumps.tolist(), strict=True):
        if jump > CUT_BITS or len(shots[-1]) >= LONGEST_SHOT:
            shots.append([])
        shots[-1].append(place)
    return shots
