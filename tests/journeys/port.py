"""The whole product in one process, with the platforms over HTTP and both clocks in one hand."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.files import File

from catalog.footage import studio
from catalog.models import Drama, Edition, Episode, Partner, Rights
from channels.models import ApiClient, Channel, PostingRule
from channels.platforms.base import Grant
from channels.services import accounts
from config.kernel import clock, jobs
from tests.sandbox.server import SandboxServer

FAMILIES = {"youtube": "external_id", "tiktok_open": "open_id", "tiktok_accounts": "business_id"}
WOUND_MS = (5_000, 8_000)
SLOTS = ("12:05", "12:06", "12:07", "12:08")


class Port:
    """Time passes only when told to; then everything that is due is rung for and worked off."""

    def __init__(self, server: SandboxServer, drain: Callable[[], list[str]], folder: Path, by: User) -> None:
        self.server, self.drain, self.folder, self.by = server, drain, folder, by
        self.held = contextlib.ExitStack()

    def open(self, moment: datetime) -> None:
        self.held.enter_context(clock.at(moment))
        jobs.lay_out()

    def pass_time(self, **span: float) -> None:
        """Both clocks go on together, and the ticker and the worker do what has come due."""
        gone = timedelta(**span)
        self.server.travel(hours=gone / timedelta(hours=1))
        now = clock.now() + gone
        self.held.close()
        self.held.enter_context(clock.at(now))
        self.work()

    def work(self) -> list[str]:
        jobs.tick()
        return self.drain()

    def books(self, channel: Channel) -> list[dict[str, Any]]:
        """Everything that ever became a video on this channel's account, by the platform's own books."""
        books = self.server.control("GET", "books")["books"]
        return [one for one in books if one["handle"] == channel.platform]

    def say(self, video: str, *texts: str) -> None:
        """Each text by a viewer of its own, word for word."""
        for number, text in enumerate(texts):
            author = f"{video[-6:]}{clock.now():%H%M}v{number}"
            self.server.control("POST", "comments", {"external_id": video, "text": text, "author": author})

    def connect(self, channel: Channel) -> None:
        """An account of this channel at its platform, connected for every family by its owner's consent."""
        client = channel.api_client
        self.server.control("POST", "clients", {"client_id": client.client_id, "secret": client.client_secret})
        facts = {"platform": channel.platform, "handle": channel.platform, "title": channel.name, "language": "es"}
        account = self.server.control("POST", "accounts", {**facts, "clients": [client.client_id]})
        for family, keys in account["tokens"][client.client_id].items():
            grant = granted(keys, account_id=str(account[FAMILIES[family]]))
            accounts.connect(channel, family=family, grant=grant, by=self.by)

    def films(self, edition: Edition, *episodes: int, wounded: bool) -> dict[int, Path]:
        found = {}
        for number in episodes:
            fault = WOUND_MS if wounded and number == 1 else None
            found[number] = self.folder / f"{number}-{'wounded' if fault else 'whole'}.mp4"
            spec = studio.FilmSpec(
                drama_title=edition.title, episode=number, language="es", seconds=12, seed=number, fault=fault
            )
            studio.shoot(spec, to=found[number])
        return found


@contextlib.contextmanager
def opened(paths: Mapping[int, Path]) -> Any:
    with contextlib.ExitStack() as stack:
        yield {number: File(stack.enter_context(path.open("rb")), name=path.name) for number, path in paths.items()}


def granted(keys: dict[str, Any], *, account_id: str) -> Grant:
    """What a consent page would have brought."""
    life = keys["refresh_expires_in"]
    return Grant(
        access_token=keys["access_token"],
        refresh_token=keys["refresh_token"],
        expires_at=datetime.fromisoformat(keys["expires_at"]),
        refresh_expires_at=clock.now() + timedelta(seconds=life) if life else None,
        scopes=tuple(keys["scope"].replace(",", " ").split()),
        account_id=account_id,
    )


def an_edition() -> Edition:
    drama = Drama.objects.create(
        code="DR-0001",
        original_name="海港新娘",
        original_language="zh-Hans",
        tier="S",
        age_rating=12,
        origin="live",
        supplier=Partner.objects.create(name="Story House", is_supplier=True),
    )
    Episode.objects.bulk_create(Episode(drama=drama, number=number) for number in (1, 2))
    Rights.objects.create(drama=drama, opens_at=clock.now() - timedelta(days=1), source="contract")
    return Edition.objects.create(
        drama=drama,
        language="es",
        kind="dubbed",
        voice="human",
        vendor=Partner.objects.create(name="Voces", is_vendor=True),
        title="La novia del puerto",
        synopsis="La dejaron en el altar.",
        synthetic_media=False,
        made_for_kids=False,
    )


def a_channel(platform: str) -> Channel:
    client = ApiClient.objects.create(
        platform=platform, name=platform, client_id=f"id-{platform}", client_secret=f"secret of {platform}"
    )
    channel = Channel.objects.create(
        platform=platform,
        name=f"{platform} ES",
        api_client=client,
        language="es",
        countries=["MX"],
        drama_gap_hours=0,
    )
    PostingRule.objects.create(channel=channel, times=list(SLOTS))
    return channel
