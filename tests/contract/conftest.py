"""Who plays the platform. `platform` is everybody; `real` are the adapters alone, where the fake has no say."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from catalog.footage import studio
from tests.contract.in_memory import InMemory
from tests.contract.over_http import OverHttp
from tests.contract.stage import CHUNK, Stage
from tests.sandbox.people import World
from tests.sandbox.server import SandboxServer

FAKE = ("fake youtube", "fake tiktok")
REAL = ("youtube", "tiktok")


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """One server for the whole run; every test brings its own client and account."""
    with SandboxServer(tmp_path_factory.mktemp("sandbox")) as server:
        yield server


@pytest.fixture(scope="session")
def master(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Three seconds of a film, shot once."""
    path = tmp_path_factory.mktemp("films") / "master.mp4"
    spec = studio.FilmSpec(drama_title="The Heiress", episode=1, language="es", seconds=3, seed=1)
    studio.shoot(spec, to=path)
    return path.read_bytes()


@pytest.fixture
def build(request, master, monkeypatch, settings) -> Callable[..., Stage]:
    """A stage by its name; what else is given are facts of the account at the real ones."""
    settings.UPLOAD_CHUNK_BYTES = CHUNK

    def on(name: str, **account) -> Stage:
        if name in FAKE:
            return InMemory(name.removeprefix("fake "), master, monkeypatch)
        server = request.getfixturevalue("sandbox")
        server.control("DELETE", "faults", {})
        for setting, root in server.roots.items():
            setattr(settings, setting, root)
        return OverHttp(name, master, monkeypatch, world=World(server), **account)

    return on


@pytest.fixture(params=[*FAKE, *REAL])
def platform(request, build) -> Stage:
    return build(request.param)


@pytest.fixture(params=REAL)
def real(request, build) -> Stage:
    return build(request.param)


@pytest.fixture(params=["fake youtube", "youtube"])
def youtubes(request, build) -> Stage:
    """Where an upload goes out in several chunks, clips are scheduled, and can be taken down by a call."""
    return build(request.param)


@pytest.fixture(params=["fake tiktok", "tiktok"])
def tiktoks(request, build) -> Stage:
    return build(request.param)


@pytest.fixture
def youtube(build) -> Stage:
    return build("youtube")


@pytest.fixture
def tiktok(build) -> Stage:
    return build("tiktok")
