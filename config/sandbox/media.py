"""What ffmpeg says of a file: is it a video, how long, how large, and where does the sound stop."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

EDGE_SECONDS = 0.4  # a pause at the very start or end is how clips begin and end
_DURATION = re.compile(r"Duration: (\d+):(\d+):(\d+(?:\.\d+)?)")
_PICTURE = re.compile(r"Stream #.*Video: .*?, (\d{2,5})x(\d{2,5})")
_FRAMES = re.compile(r"([\d.]+) fps")
_FROM = re.compile(r"silence_start: (-?[\d.]+)")
_TO = re.compile(r"silence_end: ([\d.]+)")


@dataclass(frozen=True)
class Facts:
    duration_ms: int
    width: int
    height: int
    fps: float
    has_audio: bool


def probe(path: Path) -> Facts | None:
    """None when this is no video anybody could play."""
    said = _ffmpeg(["-i", str(path)], seconds=30)
    length, picture = _DURATION.search(said), _PICTURE.search(said)
    if length is None or picture is None:
        return None
    hours, minutes, seconds = (float(part) for part in length.groups())
    frames = _FRAMES.search(said)
    return Facts(
        duration_ms=round((hours * 3600 + minutes * 60 + seconds) * 1000),
        width=int(picture[1]),
        height=int(picture[2]),
        fps=float(frames[1]) if frames else 0.0,
        has_audio="Audio:" in said,
    )


def silences(path: Path) -> list[list[float]]:
    """Stretches of a second and more, inside the clip, in which nothing is heard. [from, to] in seconds.

    A clip without any sound is one stretch from end to end.
    """
    facts = probe(path)
    if facts is None:
        return []
    whole = facts.duration_ms / 1000
    if not facts.has_audio:
        return [[0.0, whole]]
    said = _ffmpeg(["-i", str(path), "-vn", "-af", "silencedetect=noise=-50dB:d=1.0", "-f", "null", "-"], seconds=120)
    starts = [max(0.0, float(value)) for value in _FROM.findall(said)]
    ends = [float(value) for value in _TO.findall(said)]
    ends += [whole] * (len(starts) - len(ends))
    found = [[round(start, 2), round(end, 2)] for start, end in zip(starts, ends, strict=True)]
    return [pair for pair in found if _is_inside(pair, whole=whole) or pair[1] - pair[0] > 0.9 * whole]


def _is_inside(pair: list[float], *, whole: float) -> bool:
    return pair[0] > EDGE_SECONDS and pair[1] < whole - EDGE_SECONDS


def _ffmpeg(arguments: list[str], *, seconds: int) -> str:
    """What ffmpeg wrote; "" when it took too long. Its exit code says nothing useful here."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-threads", "1", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return ""
    return done.stderr.decode("utf-8", "replace")
