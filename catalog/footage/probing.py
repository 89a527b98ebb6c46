"""What a film is, read from the file itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import av
import av.error
from django.utils.translation import gettext as _

from catalog.footage import ffmpeg
from catalog.footage.errors import FootageError

BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Probe:
    """The facts of one film. Width and height are as seen, after rotation; times count from what a player calls 0."""

    duration_ms: int
    width: int
    height: int
    frame_rate: Decimal
    video_codec: str
    audio_codec: str
    audio_channels: int
    audio_rate: int
    size_bytes: int
    container: str
    keyframes_ms: tuple[int, ...] = ()

    @property
    def frame_ms(self) -> float:
        return 1000 / float(self.frame_rate or 25)


@dataclass(frozen=True)
class Checksum:
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class Picture:
    """One coded picture: the exact second at which it is shown, and whether a decoder can begin with it."""

    at: Fraction
    is_key: bool


def probe(source: str | Path | BinaryIO, *, keyframes: bool = True) -> Probe:
    """Read the header, decode one frame and, unless told not to, scan all packets for keyframes.

    Raises FootageError `unreadable` for anything that is not a film, `no_video` for sound alone.
    """
    with _opened(source) as container:
        picture = _picture(container, source)
        turned = _is_turned(container, picture, source)
        width, height = picture.codec_context.width, picture.codec_context.height
        sound = container.streams.audio[0] if container.streams.audio else None
        return Probe(
            duration_ms=_duration_ms(container, picture, source),
            width=height if turned else width,
            height=width if turned else height,
            frame_rate=_decimal(picture.average_rate or picture.guessed_rate),
            video_codec=picture.codec_context.name,
            audio_codec=sound.codec_context.name if sound else "",
            audio_channels=sound.codec_context.channels if sound else 0,
            audio_rate=sound.codec_context.sample_rate if sound else 0,
            size_bytes=container.size,
            container=container.format.name,
            keyframes_ms=_keyframes_ms(container, picture) if keyframes else (),
        )


def pictures(source: str | Path | BinaryIO) -> tuple[Picture, ...]:
    """Every coded picture in the order of decoding, without decoding any."""
    with _opened(source) as container:
        return tuple(_scan(container, _picture(container, source)))


def checksum(stream: BinaryIO) -> Checksum:
    """Read to the end in blocks: a file of any size needs the same memory."""
    digest, size = hashlib.sha256(), 0
    while block := stream.read(BLOCK_BYTES):
        digest.update(block)
        size += len(block)
    return Checksum(sha256=digest.hexdigest(), size_bytes=size)


@contextmanager
def _opened(source: str | Path | BinaryIO) -> Iterator[Any]:
    guard = {"format_whitelist": ffmpeg.CONTAINERS, "protocol_whitelist": ffmpeg.PROTOCOLS}
    try:
        with av.open(str(source) if isinstance(source, Path) else source, options=guard) as container:
            yield container
    except (av.error.FFmpegError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FootageError(
            _("“%(name)s” cannot be read as a film: %(reason)s.") % {"name": _name(source), "reason": reason},
            code="unreadable",
            source=_name(source),
        ) from error


def _picture(container: Any, source: str | Path | BinaryIO) -> Any:
    # A cover picture inside a sound file is a video stream too, with one packet and no rate.
    found = [stream for stream in container.streams.video if not _is_cover(stream)]
    if not found:
        raise FootageError(
            _("“%(name)s” holds no moving picture.") % {"name": _name(source)}, code="no_video", source=_name(source)
        )
    return found[0]


def _is_cover(stream: Any) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _is_turned(container: Any, picture: Any, source: str | Path | BinaryIO) -> bool:
    frame = next(container.decode(picture), None)
    if frame is None:
        raise FootageError(
            _("“%(name)s” cannot be read as a film: it holds no frame.") % {"name": _name(source)},
            code="unreadable",
            source=_name(source),
        )
    return bool(frame.rotation % 180)


def _duration_ms(container: Any, picture: Any, source: str | Path | BinaryIO) -> int:
    if picture.duration:
        end: Fraction = ((picture.start_time or 0) + picture.duration) * picture.time_base
        return round((end - _origin(container)) * 1000)
    if container.duration:
        return round(Fraction(container.duration, av.time_base) * 1000)
    raise FootageError(
        _("“%(name)s” does not say how long it is.") % {"name": _name(source)}, code="unreadable", source=_name(source)
    )


def _keyframes_ms(container: Any, picture: Any) -> tuple[int, ...]:
    return tuple(sorted(round(coded.at * 1000) for coded in _scan(container, picture) if coded.is_key))


def _scan(container: Any, picture: Any) -> Iterator[Picture]:
    container.seek(0)
    origin = _origin(container)
    for packet in container.demux(picture):
        if packet.pts is not None and not packet.is_discard:
            yield Picture(at=packet.pts * packet.time_base - origin, is_key=packet.is_keyframe)


def _origin(container: Any) -> Fraction:
    """What a player calls second 0."""
    return Fraction(container.start_time or 0, av.time_base)


def _decimal(rate: Fraction | None) -> Decimal:
    exact = rate or Fraction(0)
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.001"))


def _name(source: str | Path | BinaryIO) -> str:
    """The last part of the name, without the signature that a storage address carries."""
    full = source if isinstance(source, str | Path) else getattr(source, "name", "") or _("the given stream")
    return str(full).partition("?")[0].rsplit("/", 1)[-1]
