"""The services with the real adapters over HTTP: what really arrived is read from the sandbox's own books."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from catalog.footage import studio
from catalog.models import Clip
from channels.models import ApiClient, Channel, Publication, QuotaWindow
from channels.platforms.base import Grant
from channels.services import accounts, looking, publishing, withdrawing
from config.kernel import clock
from tests.channels import stage
from tests.channels.fake_platform import Killed
from tests.sandbox.people import World
from tests.sandbox.server import SandboxServer

pytestmark = pytest.mark.django_db
CHUNK = 256 * 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with SandboxServer(tmp_path_factory.mktemp("sandbox")) as one:
        yield one


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    path = tmp_path_factory.mktemp("films") / "film.mp4"
    studio.shoot(studio.FilmSpec(drama_title="La heredera", episode=1, language="es", seconds=3, seed=1), to=path)
    padding = 2 * CHUNK
    return path.read_bytes() + (8 + padding).to_bytes(4, "big") + b"free" + bytes(padding)


@pytest.fixture
def world(server, settings, monkeypatch):
    for name, root in server.roots.items():
        setattr(settings, name, root)
    settings.UPLOAD_CHUNK_BYTES = CHUNK
    monkeypatch.setenv("CLOCK_RATE", server.env["CLOCK_RATE"])
    monkeypatch.setenv("CLOCK_ANCHOR", server.env["CLOCK_ANCHOR"])
    server.control("DELETE", "faults", {})
    return World(server)


def connected(world, platform):
    """A channel connected to an account of the sandbox, through the same service as the admin's button."""
    owner = world.channel() if platform == "youtube" else world.creator()
    client = ApiClient.objects.create(
        platform=platform, name=platform, client_id=world.client_id, client_secret=world.secret
    )
    channel = Channel.objects.create(
        name="ES Romance", platform=platform, api_client=client, language="es", countries=["MX"]
    )
    family = "youtube" if platform == "youtube" else "tiktok_open"
    keys = owner.facts["tokens"][world.client_id][family]
    grant = Grant(keys["access_token"], keys["refresh_token"], expires_at=clock.now() + timedelta(hours=1))
    accounts.connect(channel, family=family, grant=grant, by=None)
    return owner, channel


def due(channel, film):
    clip = stage.a_clip(stage.an_edition(stage.a_drama()))
    with clip.file.storage.open(clip.file.name, "wb") as file:
        file.write(film)
    facts = {"sha256": hashlib.sha256(film).hexdigest(), "size_bytes": len(film), "duration_ms": 3000}
    Clip.objects.filter(pk=clip.pk).update(**facts)
    return stage.a_publication(channel, Clip.objects.get(pk=clip.pk))


@pytest.mark.parametrize("platform", ["youtube", "tiktok"])
def test_a_clip_is_connected_pushed_seen_live_and_taken_down(world, film, platform, drain_jobs):
    owner, channel = connected(world, platform)
    row = due(channel, film)
    assert publishing.push(row.pk).startswith("accepted")
    for _look in range(2):
        Publication.objects.update(next_look_at=clock.now())
        looking.look_all()
    row.refresh_from_db()
    assert row.status == "published"
    assert [one["sha256"] for one in world.books(owner.id)] == [row.clip.sha256]
    withdrawing.withdraw(row, by=None, why="the dubbing")
    drain_jobs()
    row.refresh_from_db()
    assert (row.status, row.extras.get(kind="take_down").status) == (
        ("withdrawn", "done") if platform == "youtube" else ("published", "by_hand")
    )
    for window in QuotaWindow.objects.all():
        assert sum(window.entries.values_list("units", flat=True)) == window.spent


@pytest.mark.parametrize("platform", ["youtube", "tiktok"])
@pytest.mark.parametrize("verb", ["open_session", "send", "ask"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_around_any_call_leaves_one_upload_in_the_platforms_books(
    world, film, platform, verb, when, monkeypatch
):
    owner, channel = connected(world, platform)
    row = due(channel, film)
    adapter = type(publishing.sending.registry.adapter(platform))
    real = getattr(adapter, verb)
    if verb == "ask":
        with monkeypatch.context() as patch:
            patch.setattr(adapter, "send", lambda *args, **more: (_ for _ in ()).throw(Killed()))
            with pytest.raises(Killed):
                publishing.push(row.pk)
        Publication.objects.update(lease_until=clock.now())

    def killed(*args, **more):
        if when == "after":
            real(*args, **more)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(adapter, verb, killed)
        with pytest.raises(Killed):
            publishing.push(row.pk)
    Publication.objects.update(lease_until=clock.now())
    publishing.push(row.pk)
    row.refresh_from_db()
    assert row.status == "accepted"
    assert [one["sha256"] for one in world.books(owner.id)] == [row.clip.sha256]
