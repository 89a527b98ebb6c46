"""Cuts are exact, repeatable, and refused with a sentence when the film does not hold them."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from catalog.footage import cutting, ffmpeg, listening, probing, studio
from catalog.footage.cutting import KEEP, Piece, Recipe, Shape
from catalog.footage.errors import FootageError

HOOK = Recipe("hook", KEEP)


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> str:
    """Four seconds, 24 frames a second, a keyframe each second, voice in stereo."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    spec = studio.FilmSpec("Night Ferry", 1, "en", 4, seed=5, width=96, height=160, channels=2)
    studio.shoot(spec, to=path)
    return str(path)


@pytest.fixture(scope="module")
def mute_wide_film(tmp_path_factory) -> str:
    """Three seconds, lying, 29.97 frames a second, B-frames, no sound."""
    path = tmp_path_factory.mktemp("film") / "mute.mp4"
    ffmpeg.run(
        ["-f", "lavfi", "-i", "testsrc2=s=160x96:r=30000/1001:d=3", "-c:v", "libx264", "-preset", "ultrafast"]
        + ["-bf", "2", "-g", "30", "-pix_fmt", "yuv420p", str(path)],
        timeout_seconds=60,
    )
    return str(path)


def pictures(path: str | Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray").astype(int) for frame in container.decode(video=0)]


def nearest(picture: np.ndarray, others: list[np.ndarray]) -> int:
    return min(range(len(others)), key=lambda place: float(np.abs(others[place] - picture).mean()))


@pytest.mark.parametrize(
    ("in_ms", "out_ms", "copied"),
    [
        (0, 4000, True),
        (1000, 3000, True),
        (2000, 4000, True),
        (1000, 2990, True),
        (1042, 3000, False),
        (333, 2333, False),
    ],
)
def test_a_cut_holds_exactly_the_frames_asked_for(film, tmp_path, in_ms, out_ms, copied):
    rendered = cutting.render([Piece(film, in_ms, out_ms)], recipe=HOOK, to=tmp_path / "clip.mp4")

    source, clip = pictures(film), pictures(tmp_path / "clip.mp4")
    first, last = round(in_ms * 24 / 1000), round(out_ms * 24 / 1000) - 1
    assert rendered.copied is copied
    assert len(clip) == last - first + 1
    assert (nearest(clip[0], source), nearest(clip[-1], source)) == (first, last)
    assert abs(rendered.duration_ms - (out_ms - in_ms)) <= 1000 / 24


def test_a_copied_cut_of_b_frames_ends_where_it_should(tmp_path):
    source = tmp_path / "b.mp4"
    lavfi = ["-f", "lavfi", "-i", "testsrc2=s=96x96:r=30000/1001:d=4.004", "-f", "lavfi", "-i", "sine=d=4:r=48000"]
    coding = ["-c:v", "libx264", "-bf", "3", "-g", "20", "-keyint_min", "20", "-sc_threshold", "0", "-c:a", "aac"]
    ffmpeg.run([*lavfi, *coding, "-pix_fmt", "yuv420p", str(source)], timeout_seconds=60)

    rendered = cutting.render([Piece(str(source), 667, 3337)], recipe=HOOK, to=tmp_path / "clip.mp4")

    clip, whole = pictures(tmp_path / "clip.mp4"), pictures(source)
    assert rendered.copied
    assert len(clip) == 80
    assert (nearest(clip[0], whole), nearest(clip[-1], whole)) == (20, 99)


def test_the_same_recipe_gives_the_same_bytes(film, mute_wide_film, tmp_path):
    pieces = [Piece(film, 500, 1500), Piece(mute_wide_film, 300, 1200)]
    recipe = Recipe("compilation", Shape("wide", 160, 90))
    clips = [tmp_path / f"{turn}.mp4" for turn in range(3)]

    for clip in clips:
        cutting.render(pieces, recipe=recipe, to=clip)

    assert len({clip.read_bytes() for clip in clips}) == 1


def test_unlike_films_are_joined_frame_by_frame_between_intro_and_outro(film, mute_wide_film, tmp_path):
    pieces = [Piece(film, 333, 1333), Piece(mute_wide_film, 1000, 2001), Piece(film, 0, 777)]
    recipe = Recipe("compilation", Shape("vertical", 90, 160), intro=mute_wide_film, outro=film)

    rendered = cutting.render(pieces, recipe=recipe, to=tmp_path / "clip.mp4")

    probe = probing.probe(tmp_path / "clip.mp4")
    assert (probe.width, probe.height, str(probe.frame_rate)) == (90, 160, "24.000")
    assert (probe.audio_channels, probe.audio_rate) == (2, 48000)
    assert rendered.piece_starts_ms == (3000, 4000, 5000)
    assert abs(rendered.duration_ms - (3003 + 1000 + 1001 + 777 + 4000)) <= 1000 / 24


def test_a_film_without_sound_is_joined_with_silence_and_later_sound_stays_in_place(film, mute_wide_film, tmp_path):
    pieces = [Piece(mute_wide_film, 0, 2000), Piece(film, 0, 2000)]

    cutting.render(pieces, recipe=Recipe("episode", KEEP), to=tmp_path / "clip.mp4")

    ((begin, end),) = listening.silences(str(tmp_path / "clip.mp4"))
    assert begin < 30
    assert abs(end - 2000) < 120


def test_a_source_that_counts_in_milliseconds_is_cut_at_the_right_frame(film, tmp_path):
    source = tmp_path / "film.mkv"
    ffmpeg.run(["-i", film, "-c", "copy", str(source)], timeout_seconds=60)

    cutting.render([Piece(str(source), 333, 1333)], recipe=HOOK, to=tmp_path / "clip.mp4")

    clip = pictures(tmp_path / "clip.mp4")
    assert (len(clip), nearest(clip[0], pictures(film))) == (24, 8)


@pytest.mark.parametrize(("picture_seconds", "sound_seconds"), [(2, 3), (3, 2)])
def test_what_is_shorter_is_carried_to_the_end(tmp_path, picture_seconds, sound_seconds):
    source = tmp_path / "film.mkv"
    lavfi = ["-f", "lavfi", "-i", f"testsrc2=s=96x96:r=24:d={picture_seconds}"]
    lavfi += ["-f", "lavfi", "-i", f"sine=d={sound_seconds}:r=48000"]
    ffmpeg.run([*lavfi, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "libopus", str(source)], timeout_seconds=60)

    cutting.render([Piece(str(source), 0, 3000)], recipe=HOOK, to=tmp_path / "clip.mp4")

    with av.open(str(tmp_path / "clip.mp4")) as container:
        lengths = [float(stream.duration * stream.time_base) for stream in container.streams]
    assert lengths == pytest.approx([3, 3], abs=0.025)


def test_sound_that_begins_late_stays_late(film, tmp_path):
    source = tmp_path / "late.mkv"
    delayed = ["-i", film, "-itsoffset", "1", "-i", film, "-map", "0:v", "-map", "1:a", "-c", "copy", str(source)]
    ffmpeg.run(delayed, timeout_seconds=60)

    cutting.render([Piece(str(source), 0, 3000)], recipe=Recipe("x", Shape("wide", 96, 54)), to=tmp_path / "clip.mp4")

    ((begin, end),) = listening.silences(str(tmp_path / "clip.mp4"), min_seconds=0.7)
    assert begin < 30
    assert abs(end - 1000) < 80


def test_the_shape_pads_and_never_distorts(mute_wide_film, tmp_path):
    recipe = Recipe("episode", Shape("vertical", 90, 160))

    cutting.render([Piece(mute_wide_film, 0, 500)], recipe=recipe, to=tmp_path / "clip.mp4")

    picture = pictures(tmp_path / "clip.mp4")[5]
    assert picture.shape == (160, 90)
    assert picture[:45].max() < 20
    assert picture[115:].max() < 20
    assert picture[60:100].mean() > 40


@pytest.mark.parametrize(
    ("in_ms", "out_ms", "sentence"),
    [
        (-1, 500, "Piece 2 begins at -1 ms, before its film does."),
        (700, 700, "Piece 2 ends at 700 ms, which is not after its beginning at 700 ms."),
        (900, 100, "Piece 2 ends at 100 ms, which is not after its beginning at 900 ms."),
        (0, 4100, "Piece 2 asks for 0 to 4100 ms, but its film is only 4000 ms long."),
        (4000, 4030, "Piece 2 asks for 4000 to 4030 ms, but its film is only 4000 ms long."),
    ],
)
def test_a_cut_outside_the_film_is_refused_with_its_place(film, tmp_path, in_ms, out_ms, sentence):
    with pytest.raises(FootageError) as refused:
        cutting.render([Piece(film, 0, 100), Piece(film, in_ms, out_ms)], recipe=HOOK, to=tmp_path / "clip.mp4")

    assert (refused.value.code, str(refused.value)) == ("cut_out_of_range", sentence)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_cut_list_and_an_odd_frame_are_refused(film, tmp_path):
    for pieces, recipe in (([], HOOK), ([Piece(film, 0, 900)], Recipe("hook", Shape("vertical", 91, 160)))):
        with pytest.raises(FootageError) as refused:
            cutting.render(pieces, recipe=recipe, to=tmp_path / "clip.mp4")
        assert refused.value.code == "bad_recipe"


def test_a_failed_render_leaves_the_earlier_file_alone(film, tmp_path, monkeypatch):
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"the clip of yesterday")
    monkeypatch.setattr(cutting, "PLAIN", [*cutting.PLAIN, "-no_such_option"])

    with pytest.raises(FootageError) as failed:
        cutting.render([Piece(film, 0, 900)], recipe=HOOK, to=clip)

    assert failed.value.code == "ffmpeg_failed"
    assert "no_such_option" in str(failed.value)
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]
    assert clip.read_bytes() == b"the clip of yesterday"


def test_the_content_key_follows_content_and_recipe_and_nothing_else():
    cuts = [("a" * 64, 0, 1000), ("b" * 64, 500, 900)]
    key = cutting.content_key(cuts, Recipe("hook", KEEP))

    assert key == cutting.content_key([tuple(cut) for cut in cuts], Recipe("hook", KEEP, intro="", outro=""))
    others = [
        cutting.content_key(cuts[::-1], Recipe("hook", KEEP)),
        cutting.content_key([("a" * 64, 0, 1001), cuts[1]], Recipe("hook", KEEP)),
        cutting.content_key(cuts, Recipe("episode", KEEP)),
        cutting.content_key(cuts, Recipe("hook", cutting.VERTICAL)),
        cutting.content_key(cuts, Recipe("hook", KEEP), intro_sha256="c" * 64),
        cutting.content_key(cuts, Recipe("hook", KEEP), outro_sha256="c" * 64),
    ]
    assert len({key, *others}) == 7
    assert cutting.content_key(cuts, Recipe("hook", KEEP, intro="/here")) == key
