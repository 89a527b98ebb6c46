"""What is said of a film is what the film holds; what is no film is refused by name."""

from __future__ import annotations

import hashlib
import io
import os
import select
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from catalog.footage import ffmpeg, probing, studio
from catalog.footage.errors import FootageError


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    studio.shoot(studio.FilmSpec("Night Ferry", 1, "en", 3, seed=5, width=96, height=160, channels=2), to=path)
    return path


def test_a_probe_tells_all_facts_of_a_film(film):
    assert probing.probe(film) == probing.Probe(
        duration_ms=3000,
        width=96,
        height=160,
        frame_rate=Decimal("24.000"),
        video_codec="h264",
        audio_codec="aac",
        audio_channels=2,
        audio_rate=48000,
        size_bytes=film.stat().st_size,
        container="mov,mp4,m4a,3gp,3g2,mj2",
        keyframes_ms=(0, 1000, 2000),
    )


def test_a_path_a_name_and_a_stream_give_the_same_probe(film):
    from_stream = probing.probe(io.BytesIO(film.read_bytes()))

    assert from_stream == probing.probe(str(film)) == probing.probe(film)
    assert probing.probe(film, keyframes=False).keyframes_ms == ()


def test_a_turned_film_is_measured_as_it_is_seen(film, tmp_path):
    turned = tmp_path / "turned.mp4"
    ffmpeg.run(["-display_rotation", "90", "-i", str(film), "-c", "copy", str(turned)], timeout_seconds=60)

    probe = probing.probe(turned)

    assert (probe.width, probe.height) == (160, 96)


def test_a_film_without_sound_says_so(film, tmp_path):
    mute = tmp_path / "mute.mp4"
    ffmpeg.run(["-i", str(film), "-c", "copy", "-an", str(mute)], timeout_seconds=60)

    probe = probing.probe(mute)

    assert (probe.audio_codec, probe.audio_channels, probe.audio_rate) == ("", 0, 0)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Dear sir, here is the film.\n" * 40,
        b"#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\n",
    ],
    ids=["empty", "text", "playlist", "concat-script"],
)
def test_what_is_no_film_is_refused_by_name(tmp_path, content):
    path = tmp_path / "master.mp4"
    path.write_bytes(content)

    with path.open("rb") as stream:
        for source in (path, str(path), stream):
            with pytest.raises(FootageError) as refused:
                probing.probe(source)
            assert refused.value.code == "unreadable"
            assert str(refused.value).startswith("“master.mp4” cannot be read as a film: ")


def test_a_playlist_cannot_reach_other_films(film):
    for name, content in {
        "list.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile://{film}\n#EXT-X-ENDLIST\n",
        "script.mp4": f"ffconcat version 1.0\nfile '{film.name}'\n",
    }.items():
        trick = film.parent / name
        trick.write_text(content)
        with pytest.raises(FootageError) as refused:
            probing.probe(trick)
        with pytest.raises(FootageError) as failed:
            ffmpeg.run([*ffmpeg.reading(str(trick)), "-f", "null", "-"], timeout_seconds=60)
        assert (refused.value.code, failed.value.code) == ("unreadable", "ffmpeg_failed")


def test_a_cut_off_film_is_refused(film, tmp_path):
    half = tmp_path / "half.mp4"
    half.write_bytes(film.read_bytes()[:900])

    with pytest.raises(FootageError) as refused:
        probing.probe(half)

    assert refused.value.code == "unreadable"


def test_sound_alone_is_no_film(tmp_path):
    path = tmp_path / "song.m4a"
    ffmpeg.run(["-f", "lavfi", "-i", "sine=d=1", str(path)], timeout_seconds=60)

    with pytest.raises(FootageError) as refused:
        probing.probe(path)

    assert (refused.value.code, str(refused.value)) == ("no_video", "“song.m4a” holds no moving picture.")


def test_a_signed_address_is_not_repeated_in_the_error():
    with pytest.raises(FootageError) as refused:
        probing.probe("file:/nowhere/master.mp4?Signature=secret")

    assert "secret" not in str(refused.value)


def test_the_checksum_reads_in_blocks_to_the_end():
    class Blocks(io.BytesIO):
        largest = 0

        def read(self, size=-1):
            assert size > 0
            self.largest = max(self.largest, size)
            return super().read(size)

    content = os.urandom(3 * probing.BLOCK_BYTES + 17)
    stream = Blocks(content)

    checksum = probing.checksum(stream)

    assert checksum == probing.Checksum(hashlib.sha256(content).hexdigest(), len(content))
    assert stream.largest == probing.BLOCK_BYTES


def script(folder: Path, body: str) -> Path:
    path = folder / "ffmpeg.sh"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_ffmpeg_that_never_ends_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setenv("FFMPEG_BINARY", str(script(tmp_path, "exec sleep 600")))

    with pytest.raises(FootageError) as stopped:
        ffmpeg.run([], timeout_seconds=0.2)

    assert (stopped.value.code, stopped.value.retryable) == ("ffmpeg_timeout", True)


def test_a_missing_ffmpeg_is_named_with_the_setting(monkeypatch):
    monkeypatch.setenv("FFMPEG_BINARY", "/nowhere/ffmpeg")

    with pytest.raises(FootageError) as missing:
        ffmpeg.run([], timeout_seconds=1)

    assert missing.value.code == "ffmpeg_missing"
    assert "/nowhere/ffmpeg" in str(missing.value)
    assert "FFMPEG_BINARY" in str(missing.value)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux only")
def test_a_killed_worker_leaves_no_ffmpeg(tmp_path):
    fifo = tmp_path / "pid"
    os.mkfifo(fifo)
    binary = script(tmp_path, f'echo $$ > "{fifo}"\nexec sleep 600')
    code = "from catalog.footage import ffmpeg; ffmpeg.run([], timeout_seconds=500)"
    environment = {**os.environ, "FFMPEG_BINARY": str(binary)}
    worker = subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=Path(__file__).parents[2])
    child = os.pidfd_open(int(fifo.read_text()))

    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=10)

    ended, _writable, _errors = select.select([child], [], [], 10)
    os.close(child)
    assert ended
