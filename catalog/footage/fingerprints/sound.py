"""What a film sounds like: 32 bits for each tenth of a second, of how the loudness moves between pitch bands.

A bit says whether the step from one band to the next grew or shrank since a moment ago. Level, equalising and lossy
encoding leave most bits as they are; another voice saying another text leaves half of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 8000
HOP = 800
HOP_MS = 1000 * HOP // RATE
WINDOW = 4096
BANDS = 33
LOWEST_HERTZ, HIGHEST_HERTZ = 180.0, 3600.0
BACK = 2
"""The moment ago, in hops."""
QUIET_DB = 45.0
"""So far below the loudest moment a film is silent there, and the bits say nothing."""

Bits = NDArray[np.uint32]


@dataclass(frozen=True)
class Sound:
    """`bits` (n): one number for each hop, in the order of time. `is_heard` (n): whether there is anything to hear."""

    bits: Bits
    is_heard: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.bits)


SILENCE = Sound(np.zeros(0, np.uint32), np.zeros(0, np.bool_))


def fingerprint(samples: NDArray[np.float32]) -> Sound:
    """The bits of mono samples at RATE."""
    hops = (len(samples) - WINDOW) // HOP + 1
    if hops <= BACK:
        return SILENCE
    loud = np.vstack([_bands(samples, begin, min(hops, begin + 256)) for begin in range(0, hops, 256)])
    level = 10 * np.log10(loud.sum(axis=1) + 1e-9)
    if level.max() < -60:
        return SILENCE
    steps = np.diff(np.log(loud + 1e-9), axis=1)
    moved = steps[BACK:] > steps[:-BACK]
    weights = (1 << np.arange(BANDS - 1, dtype=np.uint32)).astype(np.uint32)
    bits = (moved * weights).sum(axis=1, dtype=np.uint32)
    return Sound(bits, level[BACK:] > level.max() - QUIET_DB)


def _bands(samples: NDArray[np.float32], begin: int, end: int) -> NDArray[np.float64]:
    """(hops, BANDS): the energy in each band, for the hops from `begin` to before `end`."""
    places = np.arange(begin, end)[:, None] * HOP + np.arange(WINDOW)[None, :]
    power = np.abs(np.fft.rfft(samples[places] * np.hanning(WINDOW), axis=1)) ** 2
    return np.add.reduceat(power, _EDGES[:-1], axis=1)[:, :BANDS] / WINDOW**2


_EDGES = np.round(np.geomspace(LOWEST_HERTZ, HIGHEST_HERTZ, BANDS + 1) * WINDOW / RATE).astype(np.intp)
