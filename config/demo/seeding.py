"""The demo's data: people, partners, channels, dramas, and films that are really shot. Safe to run twice."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Group, User
from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet

from catalog.footage import studio
from catalog.models import Drama, Edition, Episode, Genre, Partner, PartnerMember, Rights
from catalog.services import editions
from channels.models import ApiClient, Channel, PostingRule
from config.demo import titles
from config.demo.stage import LOGIN
from config.kernel import clock

EPISODES = 3
FILM_SECONDS = 16.0
PEOPLE = {"operator": "olivia", "production": "pan", "manager": "mei", "auditor": "aldo"}
# Nobody approves his own plan, and tier S wants two: who plans, who manages, and one more operator.
SECOND_OPERATOR = "omar"
# The crew plans under a name of its own, so that what a visitor plans as Olivia waits for the visitor.
PLANNER = "otto"
SLOT_MINUTES = 45
FIRST_SLOT_MINUTES = 25
# So many editions are there when the curtain rises; the others arrive while the loop turns.
FIRST_DELIVERIES = 7


def people_and_channels() -> None:
    with transaction.atomic():
        _people()
        _partners()
        _clients_and_channels()


def _people() -> None:
    name, password = LOGIN
    if not User.objects.filter(username=name).exists():
        User.objects.create_superuser(name, "demo@example.com", password)
    for role, person in [*PEOPLE.items(), ("operator", SECOND_OPERATOR), ("operator", PLANNER)]:
        user, made = User.objects.get_or_create(username=person, defaults={"is_staff": True})
        if made:
            user.set_password(password)
            user.save()
            user.groups.add(Group.objects.get(name=role))


def _partners() -> None:
    for name, country in titles.SUPPLIERS.items():
        Partner.objects.get_or_create(name=name, defaults={"is_supplier": True, "country": country})
    for name, (country, zone) in titles.VENDORS.items():
        facts = {"is_vendor": True, "country": country, "time_zone": zone}
        partner, _made = Partner.objects.get_or_create(name=name, defaults=facts)
        _vendor_person(partner)


def _vendor_person(partner: Partner) -> None:
    username = f"vendor-{partner.country.lower()}"
    user, made = User.objects.get_or_create(username=username, defaults={"is_staff": True})
    if made:
        user.set_password(LOGIN[1])
        user.save()
        user.groups.add(Group.objects.get(name="vendor"))
        PartnerMember.objects.create(partner=partner, user=user)


def _clients_and_channels() -> None:
    clients = {}
    for platform, name in (("youtube", "Demo project on YouTube"), ("tiktok", "Demo app on TikTok")):
        facts = {"name": name, "client_secret": f"demo-secret-{platform}"}
        clients[platform], _made = ApiClient.objects.get_or_create(
            platform=platform, client_id=f"demo-{platform}", defaults=facts
        )
    for slug, name in titles.GENRES.items():
        Genre.objects.get_or_create(slug=slug, defaults={"name": name})
    for screen in titles.SCREENS:
        if not Channel.objects.filter(name=screen.name).exists():
            _channel(screen, clients[screen.platform])


def _channel(screen: titles.Screen, client: ApiClient) -> None:
    channel = Channel.objects.create(
        platform=screen.platform,
        name=screen.name,
        api_client=client,
        language=screen.language,
        countries=list(screen.countries),
        time_zone=screen.zone,
        followers=screen.followers,
        drama_gap_hours=0,
        daily_cap=12,
        status_reason="waiting to be connected",
    )
    channel.genres.set(Genre.objects.filter(slug__in=screen.niche))
    PostingRule.objects.create(channel=channel, times=_times(screen.zone, offset=zlib.crc32(screen.name.encode()) % 15))


def _times(zone: str, *, offset: int) -> list[str]:
    """Local times around the clock, the first a few minutes from now, so that a newcomer need not wait."""
    first = clock.now().astimezone(ZoneInfo(zone)) + timedelta(minutes=FIRST_SLOT_MINUTES + offset)
    moments = {first + timedelta(minutes=SLOT_MINUTES * n) for n in range(24 * 60 // SLOT_MINUTES)}
    return sorted(f"{moment:%H:%M}" for moment in moments)


def catalog(dramas: int) -> None:
    for title in titles.TITLES[:dramas]:
        if not Drama.objects.filter(code=title.code).exists():
            with transaction.atomic():
                _drama(title)


def _drama(title: titles.Title) -> None:
    suppliers = list(titles.SUPPLIERS)
    drama = Drama.objects.create(
        code=title.code,
        original_name=title.name,
        original_language="zh-Hans",
        tier=title.tier,
        age_rating=title.age,
        origin=title.origin,
        supplier=Partner.objects.get(name=suppliers[int(title.code[-1]) % len(suppliers)]),
    )
    drama.genres.set(Genre.objects.filter(slug__in=title.genres))
    Episode.objects.bulk_create([Episode(drama=drama, number=number) for number in range(1, EPISODES + 1)])
    Rights.objects.create(drama=drama, opens_at=clock.now() - timedelta(days=30), source="demo contract")
    for language, name in title.editions.items():
        _edition(drama, title, language, name)


def _edition(drama: Drama, title: titles.Title, language: str, name: str) -> None:
    voice = "ai" if title.tier in {"B", "C"} else "human"
    Edition.objects.create(
        drama=drama,
        language=language,
        kind="dubbed",
        voice=voice,
        vendor=Partner.objects.get(name=titles.VENDOR_OF[language]),
        title=name,
        synopsis=titles.SYNOPSES[language].format(title=name, hook=title.hook),
        cost="180.00" if voice == "ai" else "1450.00",
        made_for_kids=False,
        synthetic_media=voice == "ai" or title.origin == "ai",
    )


def undelivered() -> QuerySet[Edition]:
    """Editions without a version, in the order in which their vendors deliver them."""
    return Edition.objects.filter(versions=None).select_related("drama").order_by("drama__code", "language")


def films(*, progress: Callable[[], None], most: int) -> int:
    """Shoot and deliver the films of the next `most` editions. Returns how many films were shot."""
    waiting = list(undelivered()[:most])
    by = User.objects.get(username=PEOPLE["production"])
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(max_workers=2) as crew:
        jobs = [
            (edition, {n: crew.submit(shoot, edition, n, Path(folder)) for n in range(1, EPISODES + 1)})
            for edition in waiting
        ]
        for edition, shots in jobs:
            paths = {number: shot.result() for number, shot in shots.items()}
            deliver(edition, paths, note="first delivery", by=by)
            progress()
    return len(waiting) * EPISODES


def shoot(edition: Edition, episode: int, folder: Path, *, mended: bool = False) -> Path:
    """One film of one episode; the wounded one has its hole in the voice unless it is mended."""
    wound = titles.WOUND
    is_wounded = (edition.drama.code, edition.language, episode) == (wound.code, wound.language, wound.episode)
    spec = studio.FilmSpec(
        drama_title=edition.title,
        episode=episode,
        language=edition.language,
        seconds=FILM_SECONDS,
        seed=zlib.crc32(f"{edition.drama.code}/{edition.language}/{episode}".encode()),
        fault=(wound.from_ms, wound.to_ms) if is_wounded and not mended else None,
    )
    path = folder / f"{edition.drama.code}-{edition.language}-{episode}{'-mended' if mended else ''}.mp4"
    studio.shoot(spec, to=path)
    return path


def deliver(edition: Edition, paths: dict[int, Path], *, note: str, by: User) -> None:
    opened = {number: File(path.open("rb"), name=path.name) for number, path in paths.items()}
    try:
        editions.deliver(edition, files=opened, note=note, by=by)
    finally:
        for file in opened.values():
            file.close()
