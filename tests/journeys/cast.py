"""Fills the database of processes that are going to be killed. Run in a process of its own, by `manage.py shell`."""

from __future__ import annotations

import hashlib
import os
import random
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests
from django.core.management import call_command

from catalog.footage import studio
from catalog.models import Clip, Edition
from channels.models import ApiClient, Channel, Publication
from channels.services import accounts
from tests.channels import stage
from tests.journeys.port import FAMILIES, granted

CLIPS_A_CHANNEL = 3


def fill() -> None:
    """Tables, a connected channel for each platform named in CAST, and approved publications that are due now."""
    call_command("migrate", verbosity=0)
    edition = stage.an_edition(stage.a_drama())
    dice = random.Random(os.environ["CAST_SEED"])
    for number, platform in enumerate(os.environ["CAST"].split()):
        channel = _channel(platform, f"stage{number}")
        for place in range(CLIPS_A_CHANNEL):
            episode = number * CLIPS_A_CHANNEL + place + 1
            _due(channel, _clip(edition, episode, padding=dice.randrange(900_000, 1_500_000)), place)


def _channel(platform: str, handle: str) -> Channel:
    client, _made = ApiClient.objects.get_or_create(
        platform=platform, client_id=f"id-{platform}", defaults={"name": platform, "client_secret": "a secret"}
    )
    channel = Channel.objects.create(
        platform=platform, name=handle, api_client=client, language="es", countries=["MX"], late_minutes=100_000
    )
    _control("clients", {"client_id": client.client_id, "secret": client.client_secret})
    owner = _control("accounts", {"platform": platform, "handle": handle, "clients": [client.client_id]})
    for family, keys in owner["tokens"][client.client_id].items():
        accounts.connect(channel, family=family, grant=granted(keys, account_id=str(owner[FAMILIES[family]])), by=None)
    return channel


def _control(path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = requests.post(f"{os.environ['CAST_SANDBOX']}/_control/{path}", json=body, timeout=20)
    answer.raise_for_status()
    return answer.json()


def _film(episode: int) -> bytes:
    """Each episode looks different: films that look alike would be held back."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        spec = studio.FilmSpec(drama_title=f"Dawn {episode}", episode=episode, language="es", seconds=3, seed=episode)
        studio.shoot(spec, to=path)
        return path.read_bytes()


def _clip(edition: Edition, number: int, *, padding: int) -> Clip:
    """A film that is long enough for several chunks, by an atom that players skip."""
    clip = stage.a_clip(edition, number)
    content = _film(number) + (8 + padding).to_bytes(4, "big") + b"free" + bytes(padding)
    with clip.file.storage.open(clip.file.name, "wb") as file:
        file.write(content)
    facts = {"sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content), "duration_ms": 3000}
    Clip.objects.filter(pk=clip.pk).update(**facts)
    return Clip.objects.get(pk=clip.pk)


def _due(channel: Channel, clip: Clip, place: int) -> Publication:
    return stage.a_publication(channel, clip, due_in=timedelta(minutes=-place))
