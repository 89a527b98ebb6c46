"""What can be heard in a film, measured."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest

from django.utils.translation import gettext as _

from catalog.footage import ffmpeg, probing
from catalog.footage.errors import FootageError

# Below this no listener hears a voice; encoded digital silence lies far lower.
SILENCE_DB = -50
TIMEOUT_SECONDS = 600

_START = re.compile(r"silence_start: (-?[\d.]+)")
_END = re.compile(r"silence_end: (-?[\d.]+)")
_MEAN = re.compile(r"mean_volume: (-?[\d.]+) dB")
_PEAK = re.compile(r"max_volume: (-?[\d.]+) dB")


@dataclass(frozen=True)
class Volume:
    """In decibels below the loudest a file can hold; digital silence reads about -91."""

    mean_db: float
    peak_db: float


def silences(source: str, *, min_seconds: float = 1.0) -> tuple[tuple[int, int], ...]:
    """The stretches (from_ms, to_ms) without sound. A film without a sound track is silent from end to end."""
    facts = probing.probe(source, keyframes=False)
    if not facts.audio_codec:
        return ((0, facts.duration_ms),)
    heard = _heard(source, f"silencedetect=noise={SILENCE_DB}dB:d={min_seconds:.3f}")
    starts = [max(0, round(float(at) * 1000)) for at in _START.findall(heard)]
    ends = [round(float(at) * 1000) for at in _END.findall(heard)]
    # Silence that lasts to the end of the film is never closed by some versions of ffmpeg.
    return tuple(zip_longest(starts, ends, fillvalue=facts.duration_ms))


def volume(source: str) -> Volume:
    """Mean and peak level. Raises FootageError `no_audio` where there is nothing to hear."""
    facts = probing.probe(source, keyframes=False)
    heard = _heard(source, "volumedetect") if facts.audio_codec else ""
    mean, peak = _MEAN.search(heard), _PEAK.search(heard)
    if mean is None or peak is None:
        raise FootageError(_("The film has no sound whose volume could be measured."), code="no_audio")
    return Volume(mean_db=float(mean[1]), peak_db=float(peak[1]))


def _heard(source: str, measure: str) -> str:
    arguments = [*ffmpeg.reading(source), "-map", "0:a:0", "-vn", "-af", measure, "-f", "null", "-"]
    return ffmpeg.run(arguments, timeout_seconds=TIMEOUT_SECONDS, loglevel="info").stderr
