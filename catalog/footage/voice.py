"""A voice for demo films: a buzzing, gliding tone in syllables and phrases, with a pitch of its own."""

from __future__ import annotations

import wave
import zlib
from pathlib import Path

import numpy as np

# Speech has little above 8 kHz: half the work of 48 kHz, and ffmpeg resamples.
SAMPLE_RATE = 16_000
LOUDNESS = 0.32
SYLLABLE_SECONDS = (0.11, 0.26)
PAUSE_SECONDS = (0.12, 0.32)
SYLLABLES_IN_PHRASE = (4, 11)
PITCH_HERTZ = (95.0, 250.0)
HARMONICS = 10
# First and second resonance of a handful of vowels: what makes syllables sound different.
VOWELS = ((730, 1090), (530, 1840), (390, 1990), (300, 2300), (570, 840), (440, 1020), (300, 870))


def speak(seconds: float, *, seed: int, language: str, silent_ms: tuple[int, int] | None = None) -> np.ndarray:
    """Samples in -1..1. Equal arguments give equal samples; no pause lasts half a second, `silent_ms` apart."""
    dice = np.random.default_rng([seed & 0xFFFFFFFF, zlib.crc32(language.encode())])
    length = round(seconds * SAMPLE_RATE)
    loud, pitch, vowels = _score(length, dice)
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    sound = np.zeros(length, dtype=np.float64)
    for harmonic in range(1, HARMONICS + 1):
        sound += _resonance(pitch * harmonic, vowels) / harmonic**0.5 * np.sin(harmonic * phase)
    sound *= loud * LOUDNESS / max(1e-9, float(np.abs(sound).max()))
    if silent_ms is not None:
        begin, end = (round(at * SAMPLE_RATE / 1000) for at in silent_ms)
        sound[begin:end] = 0.0
    return sound


def write(samples: np.ndarray, *, to: Path) -> None:
    """16-bit mono WAV."""
    with wave.open(str(to), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def _score(length: int, dice: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Loudness, pitch and the two resonances at every sample."""
    loud, pitch, vowels = np.zeros(length), np.zeros(length), np.zeros((2, length))
    own_pitch = dice.uniform(*PITCH_HERTZ)
    at, left = 0, 0
    while at < length:
        if not left:
            left = int(dice.integers(*SYLLABLES_IN_PHRASE))
            at_next = at + (_samples(dice.uniform(*PAUSE_SECONDS)) if at else 0)
            pitch[at:at_next] = own_pitch
            at = at_next
        end = min(length, at + _samples(dice.uniform(*SYLLABLE_SECONDS)))
        span = end - at
        if span <= 0:
            break
        # A phrase falls towards its end; every syllable glides a little and swells.
        height = own_pitch * (0.9 + 0.035 * left) * dice.uniform(0.94, 1.06)
        pitch[at:end] = height * np.linspace(1.0, dice.uniform(0.9, 1.12), span)
        loud[at:end] = np.sin(np.linspace(0, np.pi, span)) ** 0.5 * dice.uniform(0.7, 1.0)
        vowels[:, at:end] = np.array(VOWELS[int(dice.integers(len(VOWELS)))])[:, None]
        at, left = end, left - 1
    return loud, pitch, vowels


def _resonance(hertz: np.ndarray, vowels: np.ndarray) -> np.ndarray:
    first, second = vowels
    heard: np.ndarray = 1 / (1 + ((hertz - first) / 120) ** 2) + 0.6 / (1 + ((hertz - second) / 180) ** 2) + 0.03
    return heard


def _samples(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)
