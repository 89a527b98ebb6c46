"""Films for measuring likeness: shots with moving camera and figures, voices, music and noises, and what people do to
copies. Everything follows the number of the film; nothing comes from outside.
"""

from __future__ import annotations

import subprocess
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from catalog.footage import ffmpeg, voice

WIDTH, HEIGHT, RATE = 144, 256, 10
TEXTURE = 512
SOUND_RATE = voice.SAMPLE_RATE
FONT = ffmpeg.FONTS / "NotoSans-Bold.ttf"
SUBTITLE = "They said she would never\\: come back"

Alteration = tuple[str, str, list[str]]
"""Name, filter of the picture, further arguments of the output."""

_LETTERS = f"fontfile={FONT}:fontcolor=white"
_LOGO = (
    "drawbox=x=iw*0.70:y=ih*0.04:w=iw*0.26:h=ih*0.07:color=red:t=fill,"
    f"drawtext={_LETTERS}:text=TV9:fontsize=16:x=w*0.73:y=h*0.05"
)
ALTERATIONS: tuple[Alteration, ...] = (
    ("re-encoded", "null", ["-crf", "38", "-b:a", "32k"]),
    ("resized", "scale=96:170", ["-crf", "28"]),
    ("cropped by 5 %", "crop=136:244:5:7", ["-crf", "28"]),
    (
        "re-subtitled",
        f"drawtext={_LETTERS}:text='{SUBTITLE}':fontsize=14:x=(w-tw)/2:y=h*0.70:box=1:boxcolor=black@0.5,"
        f"drawtext={_LETTERS}:text='until the night of the storm':fontsize=14:x=(w-tw)/2:y=h*0.78:borderw=2",
        ["-crf", "28"],
    ),
    ("mirrored", "hflip", ["-crf", "28"]),
    ("brighter, more contrast", "eq=brightness=0.08:contrast=1.3:gamma=1.1", ["-crf", "28"]),
    ("other frame rate", "fps=25", ["-crf", "28"]),
    ("logo", _LOGO, ["-crf", "28"]),
    ("trimmed by 1 s", "null", ["-ss", "1", "-crf", "28"]),
    ("bars around it", "pad=256:288:(ow-iw)/2:(oh-ih)/2:black", ["-crf", "28", "-filter:a", "volume=0.5"]),
)  # fmt: skip
REDUBBED = "other voice"


@dataclass(frozen=True)
class Made:
    """`copies` by the name of the alteration; REDUBBED is the same picture with another voice over the same music."""

    number: int
    original: Path
    copies: dict[str, Path]


@dataclass(frozen=True)
class Plan:
    """`card`: it opens with the series' card. `theme`: the music under it; films of one theme share it."""

    number: int
    seconds: float
    card: int | None = None
    theme: int = 0


def plan(number: int) -> Plan:
    """From 6 to 16 seconds; every fifth film opens with one of two cards, every third shares its music."""
    dice = np.random.default_rng([7, number])
    card = number % 2 if number % 5 == 0 else None
    theme = 1 + number % 4 if number % 3 == 0 else 1000 + number
    return Plan(number, float(dice.integers(12, 33)) / 2, card, theme)


def make(wanted: Plan, folder: Path, *, alterations: Sequence[Alteration] = ALTERATIONS) -> Made:
    """Write the film, its altered copies and the re-dubbed one."""
    stem = folder / f"{wanted.number:04d}"
    own, foreign = stem.with_suffix(".wav"), stem.with_suffix(".dub.wav")
    _write(_sound(wanted, language="es"), own)
    _write(_sound(wanted, language="id"), foreign)
    raw = _frames(wanted)
    original = stem.with_suffix(".mp4")
    outputs = {name: folder / f"{wanted.number:04d}-{place}.mp4" for place, (name, *_rest) in enumerate(alterations)}
    outputs[REDUBBED] = folder / f"{wanted.number:04d}-dub.mp4"
    _encode(raw, ["-i", str(own)], ["-map", "0:v", "-map", "1:a", "-crf", "23", str(original)])
    for name, picture, more in alterations:
        _run(["-i", str(original)], ["-vf", picture, *more, str(outputs[name])])
    dubbed = ["-map", "0:v", "-map", "1:a", "-crf", "26", str(outputs[REDUBBED])]
    _run(["-i", str(original), "-i", str(foreign)], dubbed)
    return Made(wanted.number, original, outputs)


def _encode(raw: NDArray[np.uint8], inputs: list[str], output: list[str]) -> None:
    size = f"{raw.shape[2]}x{raw.shape[1]}"
    picture = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", size, "-r", str(RATE), "-i", "-"]
    _run([*picture, *inputs], output, stdin=raw.tobytes())


def _run(inputs: list[str], output: list[str], *, stdin: bytes = b"") -> None:
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-threads", "1"]
    command = [ffmpeg.binary(), "-hide_banner", "-nostats", "-loglevel", "error", *inputs, *coding, "-y", *output]
    subprocess.run(command, input=stdin, check=True, timeout=60)


def _frames(wanted: Plan) -> NDArray[np.uint8]:
    dice = np.random.default_rng([11, wanted.number])
    shots, left = [], round(wanted.seconds * RATE)
    if wanted.card is not None:
        shots.append(_shot(np.random.default_rng([13, wanted.card]), 2 * RATE))
        left -= 2 * RATE
    sets = [_texture(dice) for _place in range(3)]
    while left > 0:
        length = min(left, int(dice.integers(RATE, 4 * RATE)))
        shots.append(_shot(dice, length, scene=sets[int(dice.integers(3))]))
        left -= length
    return np.concatenate(shots)


def _texture(dice: np.random.Generator) -> NDArray[np.float32]:
    """A place: light and dark as in nature, more of it in the large than in the small, with some hard edges."""
    noise = np.fft.rfft2(dice.standard_normal((TEXTURE, TEXTURE)))
    rows, columns = np.fft.fftfreq(TEXTURE)[:, None], np.fft.rfftfreq(TEXTURE)[None, :]
    noise /= np.maximum(np.hypot(rows, columns), 1 / TEXTURE) ** dice.uniform(1.1, 1.6)
    scene = np.fft.irfft2(noise, (TEXTURE, TEXTURE))
    scene = (scene - scene.mean()) / scene.std()
    for _wall in range(int(dice.integers(3, 9))):
        y, x = dice.integers(0, TEXTURE - 60, 2)
        scene[y : y + dice.integers(40, 260), x : x + dice.integers(20, 160)] += dice.normal(0, 1.2)
    return scene.astype(np.float32)


def _shot(dice: np.random.Generator, length: int, *, scene: NDArray[np.float32] | None = None) -> NDArray[np.uint8]:
    """One camera on one place: it drifts, and a figure or two with a face move before it."""
    scene = _texture(dice) if scene is None else scene
    level, span = dice.uniform(80, 150), dice.uniform(28, 50)
    here, drift = dice.uniform(0, TEXTURE - HEIGHT, 2), dice.normal(0, 1.0, 2)
    people = [_person(dice) for _person_ in range(int(dice.integers(1, 3)))]
    frames = np.empty((length, HEIGHT, WIDTH), np.uint8)
    for n in range(length):
        top, left = np.clip(here + drift * n, 0, [TEXTURE - HEIGHT, TEXTURE - WIDTH]).astype(int)
        seen = level + span * scene[top : top + HEIGHT, left : left + WIDTH]
        for place, speed, size, tone, beat in people:
            y, x = place + speed * n + np.array([np.sin(n * beat), np.cos(n * beat)]) * 4
            for part, shade, stretch in ((0.0, tone, 1.0), (1.9, tone * 0.55, 1.7)):
                inside = ((_Y - y - part * size) / (size * 1.2)) ** 2 + ((_X - x) / (size * stretch)) ** 2 < 1
                seen[inside] = shade + 0.25 * (seen[inside] - level)
        frames[n] = np.clip(seen + dice.normal(0, 2), 0, 255)
    return frames


def _person(dice: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64], float, float, float]:
    place = np.array([dice.uniform(60, HEIGHT * 0.6), dice.uniform(20, WIDTH - 20)])
    return place, dice.normal(0, 0.7, 2), dice.uniform(18, 48), dice.uniform(40, 230), dice.uniform(0.2, 0.9)


_Y, _X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)


def _sound(wanted: Plan, *, language: str) -> NDArray[np.float64]:
    """A voice in the given language over music and noises that stay the same in all of them."""
    music = _music(wanted.theme, wanted.seconds)
    spoken = voice.speak(wanted.seconds, seed=wanted.number, language=language)
    noises = np.random.default_rng([17, wanted.number]).normal(0, 0.004, len(music))
    return np.clip(spoken[: len(music)] + 0.25 * music + noises, -1, 1)


def _music(theme: int, seconds: float) -> NDArray[np.float64]:
    """Chords with overtones that change twice a second."""
    dice = np.random.default_rng([19, theme])
    length = round(seconds * SOUND_RATE)
    tune = np.zeros(length)
    for begin in range(0, length, SOUND_RATE // 2):
        at = np.arange(min(SOUND_RATE // 2, length - begin)) / SOUND_RATE
        chord = 220 * 2 ** (dice.integers(0, 24, 3) / 12)
        tones = [np.sin(2 * np.pi * hertz * over * at) / over for hertz in chord for over in (1, 2, 3)]
        tune[begin : begin + len(at)] = np.sum(tones, axis=0) * np.exp(-2 * at)
    peak: NDArray[np.float64] = tune / max(1e-9, np.abs(tune).max())
    return peak


def _write(samples: NDArray[np.float64], to: Path) -> None:
    with wave.open(str(to), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SOUND_RATE)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
