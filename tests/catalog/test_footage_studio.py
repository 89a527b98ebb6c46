"""Demo films are real films: no two alike, and a fault in them can be heard."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from catalog.footage import ffmpeg, listening, probing, studio, voice
from catalog.footage.errors import FootageError

SPEC = studio.FilmSpec("زوجة الرئيس 2025", 7, "ar", 4, seed=1, width=96, height=160)


def shot(tmp_path, **changes) -> str:
    spec = replace(SPEC, **changes)
    path = tmp_path / f"{hashlib.md5(repr(spec).encode()).hexdigest()}.mp4"
    studio.shoot(spec, to=path)
    return str(path)


def pictures(path: str) -> np.ndarray:
    with av.open(path) as container:
        return np.stack([frame.to_ndarray(format="gray").astype(int) for frame in container.decode(video=0)])


def test_a_film_has_its_length_a_keyframe_each_second_and_a_voice(tmp_path):
    probe = probing.probe(shot(tmp_path, seconds=3, channels=2))

    assert (probe.duration_ms, probe.keyframes_ms) == (3000, (0, 1000, 2000))
    assert (probe.video_codec, probe.audio_codec, probe.audio_rate, probe.audio_channels) == ("h264", "aac", 48000, 2)


def test_no_two_seeds_look_or_sound_alike(tmp_path):
    films = [pictures(shot(tmp_path, seed=seed, seconds=1)) for seed in range(4)]
    voices = [voice.speak(1, seed=seed, language="ar") for seed in range(4)]

    for one in range(4):
        for other in range(one):
            assert np.abs(films[one] - films[other]).mean() > 15
            assert abs(np.corrcoef(voices[one], voices[other])[0, 1]) < 0.3


def test_the_picture_moves_and_the_same_seed_gives_the_same_film(tmp_path):
    first = Path(shot(tmp_path))
    content, frames = first.read_bytes(), pictures(str(first))
    first.unlink()

    assert np.abs(frames[0] - frames[40]).mean() > 2
    assert Path(shot(tmp_path)).read_bytes() == content


def test_another_language_has_another_voice_over_the_same_scenery(tmp_path):
    assert not np.allclose(voice.speak(2, seed=1, language="es"), voice.speak(2, seed=1, language="en"))
    below = pictures(shot(tmp_path, language="es")) - pictures(shot(tmp_path, language="en"))
    assert np.abs(below[:, 80:]).mean() < 4


@pytest.mark.parametrize("seed", range(6))
def test_a_sound_voice_is_never_silent_for_half_a_second(tmp_path, seed):
    path = tmp_path / "voice.wav"
    voice.write(voice.speak(30, seed=seed, language="en"), to=path)

    heard = ffmpeg.run(
        ["-i", str(path), "-af", "silencedetect=noise=-50dB:d=0.5", "-f", "null", "-"],
        timeout_seconds=60,
        loglevel="info",
    )
    assert "silence_start" not in heard.stderr


def test_a_fault_is_silent_exactly_where_it_was_ordered(tmp_path):
    ((begin, end),) = listening.silences(shot(tmp_path, fault=(1200, 2900)))

    assert abs(begin - 1200) < 250
    assert abs(end - 2900) < 250
    assert end - begin >= 1600
    assert listening.silences(shot(tmp_path)) == ()


def test_a_fault_that_lasts_to_the_end_is_heard_to_the_end(tmp_path):
    ((_begin, end),) = listening.silences(shot(tmp_path, fault=(2000, 4000)))

    assert abs(end - 4000) < 30


def test_a_silence_that_ffmpeg_never_closes_ends_with_the_film(tmp_path, monkeypatch):
    film, teller = shot(tmp_path), tmp_path / "ffmpeg.sh"
    teller.write_text("#!/bin/sh\necho '[silencedetect] silence_start: 2.5' >&2\n")
    teller.chmod(0o755)
    monkeypatch.setenv("FFMPEG_BINARY", str(teller))

    assert listening.silences(film) == ((2500, 4000),)


def test_the_volume_of_a_voice_and_of_its_absence(tmp_path):
    voiced, silent = (listening.volume(shot(tmp_path, fault=fault)) for fault in (None, (0, 4000)))

    assert -35 < voiced.mean_db < voiced.peak_db < -3
    assert silent.peak_db < -80


def test_a_film_without_sound_is_silent_throughout_and_has_no_volume(tmp_path):
    mute = tmp_path / "mute.mp4"
    ffmpeg.run(["-i", shot(tmp_path), "-an", "-c", "copy", str(mute)], timeout_seconds=60)

    assert listening.silences(str(mute)) == ((0, 4000),)
    with pytest.raises(FootageError) as refused:
        listening.volume(str(mute))
    assert refused.value.code == "no_audio"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"seconds": 0}, "A film needs a length, a frame rate, and one or two channels of sound."),
        ({"width": 97}, "A film needs an even width and height of at least 64 pixels."),
        ({"fault": (3000, 5000)}, "The fault from 3000 to 5000 ms does not lie within the film of 4000 ms."),
    ],
)
def test_a_film_nobody_can_shoot_is_refused(tmp_path, changes, sentence):
    with pytest.raises(FootageError) as refused:
        shot(tmp_path, **changes)

    assert (refused.value.code, str(refused.value)) == ("bad_film", sentence)
    assert list(tmp_path.iterdir()) == []
