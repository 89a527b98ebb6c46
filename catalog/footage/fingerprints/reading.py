"""From a stored film to its fingerprint, in one pass and in memory that does not grow with the film.

Samples lie on a grid of half a second; beyond the longest ordinary clip, of a second. What lies past the last sample of
a very long film, and sound past five minutes, is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import av
import av.error
import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from catalog.footage import ffmpeg
from catalog.footage.errors import FootageError
from catalog.footage.fingerprints import picture, sound

STEP_MS, LONG_STEP_MS = 500, 1000
LONG_MS = 240_000
MOST_SAMPLES = 1800
HEARD_SECONDS = 300


@dataclass(frozen=True)
class Print:
    """What one film looks and sounds like; a sample of the picture stands for `step_ms`."""

    step_ms: int
    picture: picture.Picture
    sound: sound.Sound


@dataclass
class _Sampling:
    """The pictures on the grid, as they come by in the order of showing."""

    step: Fraction
    frames: list[NDArray[np.uint8]] = field(default_factory=list)
    last: NDArray[np.uint8] | None = None

    @property
    def is_full(self) -> bool:
        return len(self.frames) >= MOST_SAMPLES

    def show(self, frame: Any, at: Fraction) -> None:
        """Keep the frame for the grid points that it is the first to reach; a long still stretch repeats the last."""
        due = self._points_until(at)
        if not due:
            return
        seen = _grey(frame)
        for point in due:
            is_late = self.last is not None and at - point > self.step / 2
            self.frames.append(self.last if is_late and self.last is not None else seen)
        self.last = seen

    def _points_until(self, at: Fraction) -> list[Fraction]:
        first = len(self.frames)
        return [n * self.step for n in range(first, min(int(at / self.step) + 1, MOST_SAMPLES))]


def read(source: str | Path | BinaryIO, *, duration_ms: int) -> Print:
    """The fingerprint of a film of this length. Raises FootageError `unreadable` or `no_video`.

    `source` is a path, an address or a stream that can seek.
    """
    step_ms = STEP_MS if duration_ms <= LONG_MS else LONG_STEP_MS
    sampling, heard = _Sampling(Fraction(step_ms, 1000)), []
    try:
        with _opened(source) as container:
            for samples in _decoded(container, sampling, source):
                heard.append(samples)
    except (av.error.FFmpegError, OSError) as error:
        raise _unreadable(source, getattr(error, "strerror", None) or str(error)) from error
    if not sampling.frames:
        raise _unreadable(source, _("it holds no frame"))
    tone = np.concatenate(heard) if heard else np.zeros(0, np.float32)
    return Print(step_ms, picture.fingerprint(np.stack(sampling.frames)), sound.fingerprint(tone))


def _opened(source: str | Path | BinaryIO) -> Any:
    guard = {"format_whitelist": ffmpeg.CONTAINERS, "protocol_whitelist": ffmpeg.PROTOCOLS}
    return av.open(str(source) if isinstance(source, Path) else source, options=guard)


def _decoded(container: Any, sampling: _Sampling, source: str | Path | BinaryIO) -> Iterator[NDArray[np.float32]]:
    """Show every picture to `sampling`, and give the sound piece by piece."""
    shown = next((one for one in container.streams.video if not one.disposition & _COVER), None)
    if shown is None:
        raise FootageError(_("“%(name)s” holds no moving picture.") % {"name": _name(source)}, code="no_video")
    tone = container.streams.audio[0] if container.streams.audio else None
    tuner = av.AudioResampler(format="flt", layout="mono", rate=sound.RATE)
    origin, left = Fraction(container.start_time or 0, av.time_base), HEARD_SECONDS * sound.RATE
    for packet in container.demux([one for one in (shown, tone) if one is not None]):
        if packet.stream is shown and not sampling.is_full:
            for frame in packet.decode():
                if frame.pts is not None:
                    sampling.show(frame, frame.pts * frame.time_base - origin)
        elif packet.stream is tone and left > 0:
            for piece in (part for frame in packet.decode() for part in tuner.resample(frame)):
                samples = piece.to_ndarray()[0][:left]
                left -= len(samples)
                yield samples
        if sampling.is_full and left <= 0:
            return


_COVER = av.stream.Disposition.attached_pic


def _grey(frame: Any) -> NDArray[np.uint8]:
    small = frame.reformat(width=picture.SIDE, height=picture.SIDE, format="gray", interpolation="AREA")
    seen: NDArray[np.uint8] = small.to_ndarray()
    return np.ascontiguousarray(np.rot90(seen, (frame.rotation // 90) % 4)) if frame.rotation else seen


def _unreadable(source: str | Path | BinaryIO, reason: str) -> FootageError:
    return FootageError(
        _("“%(name)s” cannot be read as a film: %(reason)s.") % {"name": _name(source), "reason": reason},
        code="unreadable",
        source=_name(source),
    )


def _name(source: str | Path | BinaryIO) -> str:
    """The last part of the name, without the signature that a storage address carries."""
    full = source if isinstance(source, str | Path) else getattr(source, "name", "") or _("the given stream")
    return str(full).partition("?")[0].rsplit("/", 1)[-1]
