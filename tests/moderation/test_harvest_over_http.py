"""Comments as the platforms' HTTP gives them, through the ledger and the adapters, to a ticket."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from catalog.footage import studio
from channels.models import ApiClient, Channel, Grant, QuotaEntry
from config.kernel import clock
from moderation.models import Comment, HarvestRun, Ticket, Watch
from moderation.services import harvesting, judging, ticketing
from tests.moderation.conftest import make_clip, publish
from tests.sandbox.people import World, fresh
from tests.sandbox.server import SandboxServer

WORDS = (
    "La voz suena como un robot en 0:41",
    "la voz suena robótica, horrible doblaje 0:42",
    "Voz de robot en el 0:43",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[SandboxServer]:
    with SandboxServer(tmp_path_factory.mktemp("sandbox")) as one:
        yield one


@pytest.fixture(scope="module")
def bytes_of_a_clip(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("films") / "clip.mp4"
    spec = studio.FilmSpec(drama_title="Dawn", episode=7, language="es", seconds=3, seed=7)
    studio.shoot(spec, to=path)
    return path.read_bytes()


def connect(world: World, *, platform: str, owner, accounts: dict[str, str]) -> Channel:
    client = ApiClient.objects.create(
        platform=platform, name=world.client_id, client_id=world.client_id, client_secret=world.secret
    )
    channel = Channel.objects.create(
        platform=platform, name=f"{platform} ES", api_client=client, language="es", countries=["MX"],
        external_id=owner.id, status="active",
    )  # fmt: skip
    for family, account in accounts.items():
        keys = owner.facts["tokens"][world.client_id][family]
        Grant.objects.create(
            channel=channel, family=family, account_id=account, access_token=keys["access_token"],
            refresh_token=keys["refresh_token"], obtained_at=clock.now(), expires_at=clock.now() + timedelta(hours=1),
        )  # fmt: skip
    return channel


@pytest.fixture(params=["youtube", "tiktok"])
def live(request, server, bytes_of_a_clip, version, settings):
    """A channel with one live publication at the platform; returns (world, channel, video)."""
    for setting, root in server.roots.items():
        setattr(settings, setting, root)
    world = World(server)
    if request.param == "youtube":
        owner = world.channel()
        accounts = {"youtube": owner.id}
    else:
        owner = world.creator()
        accounts = {"tiktok_open": owner.facts["open_id"], "tiktok_accounts": owner.facts["business_id"]}
    video = owner.publish(fresh(bytes_of_a_clip))
    if request.param == "youtube":
        owner.status(video)  # a look lets the stand-in notice that processing is over
    channel = connect(world, platform=request.param, owner=owner, accounts=accounts)
    publication = publish(make_clip(version, 7), channel, at=clock.now() - timedelta(hours=1))
    external_id = video if request.param == "youtube" else world.books(owner.id)[0]["external_id"]
    type(publication).objects.filter(pk=publication.pk).update(external_id=external_id)
    return world, channel, external_id


def test_what_viewers_write_at_the_platform_becomes_a_ticket(live):
    world, channel, video = live
    for number, text in enumerate(WORDS):
        thread = world.say(video, text, author=f"viewer{number}")
    for number in range(8):
        world.say(video, f"jajaja {number}", parent=thread)
    said = harvesting.harvest(channel.pk)
    watch, run = Watch.objects.get(), HarvestRun.objects.get()
    assert (watch.trouble, run.new, Comment.objects.filter(parent_id=thread).count()) == ("", 11, 8), said
    assert QuotaEntry.objects.exists()
    judging.judge_new()
    ticketing.gather()
    ticket = Ticket.objects.get()
    assert (ticket.label, ticket.episode, ticket.from_ms, ticket.to_ms) == ("dubbing", 7, 41_000, 43_000)
    assert ticket.complaints == 3
