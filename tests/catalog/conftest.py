"""Small real films and the rows around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.dispatch import Signal

from catalog.footage import studio
from catalog.models import Drama, Edition, Episode, Partner


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    """Passwords are not what these tests are about; the real hash takes a third of a second for each person."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def film_shelf(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("films")


@pytest.fixture
def film(film_shelf) -> Callable[..., File]:
    """A film as an upload: shot once per run for the same facts, so that it costs its half second only once."""

    def shoot(
        *, seed: int = 1, seconds: float = 3, fault: tuple[int, int] | None = None, width: int = 360
    ) -> SimpleUploadedFile:
        path = film_shelf / f"{seed}-{seconds}-{fault}-{width}.mp4"
        if not path.exists():
            studio.shoot(
                studio.FilmSpec(
                    drama_title="Dawn",
                    episode=seed,
                    language="es",
                    seconds=seconds,
                    seed=seed,
                    width=width,
                    height=width * 16 // 9 // 2 * 2,
                    fault=fault,
                ),
                to=path,
            )
        return SimpleUploadedFile(path.name, path.read_bytes(), "video/mp4")

    return shoot


@pytest.fixture
def store(settings, tmp_path) -> Path:
    """The storage, in a folder of this test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def vendor(db) -> Partner:
    return Partner.objects.create(name="Voz Studio", is_vendor=True, country="MX")


@pytest.fixture
def supplier(db) -> Partner:
    return Partner.objects.create(name="Bright Films", is_supplier=True, country="CN")


@pytest.fixture
def drama(supplier) -> Drama:
    """A drama of three episodes."""
    row = Drama.objects.create(
        code="DR-0001",
        original_name="破晓",
        original_language="zh-Hans",
        tier="S",
        age_rating=12,
        origin="live",
        supplier=supplier,
    )
    Episode.objects.bulk_create([Episode(drama=row, number=number) for number in (1, 2, 3)])
    return row


@pytest.fixture
def edition(drama, vendor) -> Edition:
    return Edition.objects.create(
        drama=drama,
        language="es",
        kind="dubbed",
        voice="human",
        vendor=vendor,
        title="El amanecer",
        synthetic_media=False,
        made_for_kids=False,
    )


@pytest.fixture
def heard() -> Iterator[Callable[[Signal], list[dict[str, Any]]]]:
    """Listen to a signal for the length of the test: what it was sent with, in order."""
    connected = []

    def listen(signal: Signal) -> list[dict[str, Any]]:
        got: list[dict[str, Any]] = []

        def receiver(sender: Any, **facts: Any) -> None:
            got.append(facts)

        signal.connect(receiver, weak=False)
        connected.append((signal, receiver))
        return got

    yield listen
    for signal, receiver in connected:
        signal.disconnect(receiver)
