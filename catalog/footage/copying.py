"""Cutting without encoding, where that is exact to the frame."""

from __future__ import annotations

from catalog.footage import ffmpeg, probing
from catalog.footage.joining import Part

VIDEO_CODECS = frozenset({"h264"})
AUDIO_CODECS = frozenset({"aac"})


def arguments(part: Part) -> list[str] | None:
    """ffmpeg's arguments up to the output, or None where only an encoder can cut this part exactly.

    A copy may begin at a keyframe only, and end at one or with the film.
    """
    if part.probe.video_codec not in VIDEO_CODECS or part.probe.audio_codec not in AUDIO_CODECS:
        return None
    if part.is_whole:
        return [*ffmpeg.reading(part.source), *_STREAMS]
    coded = probing.pictures(part.source)
    first = _key_at(coded, part.in_ms, part)
    last = len(coded) if part.reaches_the_end else _key_at(coded, part.out_ms, part)
    if first is None or last is None or not _is_closed(coded, first, last):
        return None
    begin = coded[first].at
    seek = ["-ss", f"{float(begin):.6f}"] if first else []
    if last == len(coded):
        return [*seek, *ffmpeg.reading(part.source), *_STREAMS]
    # The length alone would let in pictures decoded before the end but shown after it: the count keeps them out.
    length = f"{float(coded[last].at - begin):.6f}"
    return [*seek, "-t", length, *ffmpeg.reading(part.source), *_STREAMS, "-frames:v", str(last - first)]


_STREAMS = ["-map", "0:v:0", "-map", "0:a:0", "-c", "copy"]


def _key_at(coded: tuple[probing.Picture, ...], at_ms: int, part: Part) -> int | None:
    """The place, in decoding order, of the keyframe within half a frame of the wanted moment."""
    near = part.probe.frame_ms / 2
    found = (place for place, one in enumerate(coded) if one.is_key and abs(float(one.at) * 1000 - at_ms) <= near)
    return next(found, None)


def _is_closed(coded: tuple[probing.Picture, ...], first: int, last: int) -> bool:
    """Whether exactly the pictures between the two keyframes are shown between them (no open group of pictures)."""
    begin = coded[first].at
    end = coded[last].at if last < len(coded) else None
    return all(one.at >= begin and (end is None or one.at < end) for one in coded[first:last])
