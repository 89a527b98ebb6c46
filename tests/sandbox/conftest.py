from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import pytest

from tests.sandbox.people import World
from tests.sandbox.server import SandboxServer


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """One server for the whole run; every test brings its own client and accounts."""
    with SandboxServer(tmp_path_factory.mktemp("sandbox")) as server:
        yield server


@pytest.fixture
def world(sandbox: SandboxServer) -> World:
    sandbox.control("DELETE", "faults", {})
    return World(sandbox)


@pytest.fixture
def own_world(tmp_path: Path) -> Iterator[World]:
    """A server of the test's own, to be killed or taken to another day."""
    with SandboxServer(tmp_path / "own") as server:
        yield World(server)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Six seconds with a steady tone."""
    return _render(tmp_path_factory.mktemp("clips") / "whole.mp4", sound="sine=f=330:d=6")


@pytest.fixture(scope="session")
def holed_clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The same, silent from second 2 to second 4."""
    sound = "sine=f=330:d=6,volume=enable='between(t,2,4)':volume=0"
    return _render(tmp_path_factory.mktemp("clips") / "holed.mp4", sound=sound)


def _render(path: Path, *, sound: str) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-threads", "1"]
    command += ["-f", "lavfi", "-i", "testsrc=s=360x640:r=25:d=6", "-f", "lavfi", "-i", sound]
    command += [
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        "-threads",
        "1",
        str(path),
    ]
    subprocess.run(command, check=True)
    return path.read_bytes()
