"""Rows that the tests of this room stand on."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.contrib.auth.models import User
from django.core.files.base import ContentFile

from catalog.models import Clip, Drama, Edition, EditionVersion, Episode, Genre, Master, Partner, Rights, Segment
from channels.models import ApiClient, Approval, Channel, Grant, PostingRule, Publication
from channels.rules import approval, posting
from config.kernel import clock

CONTENT = b"0123456789abcdefXY"


def a_drama(code="DR-0001", *, tier="A", genres=("romance",), **more):
    supplier, _ = Partner.objects.get_or_create(name="Supplier", defaults={"is_supplier": True})
    defaults = {"age_rating": 12, "origin": "live", "original_language": "zh-Hans"} | more
    drama = Drama.objects.create(code=code, original_name=f"Name of {code}", tier=tier, supplier=supplier, **defaults)
    drama.genres.set([Genre.objects.get_or_create(slug=slug, defaults={"name": slug})[0] for slug in genres])
    Rights.objects.create(drama=drama, opens_at=clock.now() - timedelta(days=30))
    return drama


def an_edition(drama, language="es", *, status="releasable", **more):
    defaults = {
        "kind": "subtitled",
        "title": f"Título {drama.code}",
        "synthetic_media": False,
        "made_for_kids": False,
    } | more
    edition = Edition.objects.create(drama=drama, language=language, **defaults)
    a_version(edition, status=status)
    return edition


def a_version(edition, *, number=1, status="releasable"):
    return EditionVersion.objects.create(edition=edition, number=number, status=status, delivered_at=clock.now())


def a_master(version, number, *, content=None):
    episode, _ = Episode.objects.get_or_create(drama=version.edition.drama, number=number)
    content = content or f"{version.edition_id}/{number}"
    return Master.objects.create(
        version=version,
        episode=episode,
        file=f"masters/{version.pk}-{number}.mp4",
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        size_bytes=10,
        duration_ms=60_000,
        width=720,
        height=1280,
        frame_rate=25,
    )


def a_clip(edition, number=1, *, kind="episode", content=CONTENT, status="ready", version=None, **more):
    version = version or edition.versions.order_by("-number").first()
    content = content + f"{edition.pk}-{number}-{version.number}".encode()
    sha = hashlib.sha256(content).hexdigest()
    defaults = {"duration_ms": 60_000, "width": 720, "height": 1280} | more
    clip = Clip(
        edition=edition,
        version=version,
        kind=kind,
        first_episode=number,
        last_episode=number,
        content_key=f"{sha[:40]}{kind}",
        status=status,
        sha256=sha,
        size_bytes=len(content),
        **defaults,
    )
    clip.file.save("clip.mp4", ContentFile(content), save=False)
    clip.save()
    master = version.masters.filter(episode__number=number).first() or a_master(version, number)
    Segment.objects.create(clip=clip, position=0, master=master, in_ms=0, out_ms=1000)
    return clip


def an_api_client(platform="youtube", **more):
    client, _ = ApiClient.objects.get_or_create(
        platform=platform, client_id="client", defaults={"name": f"{platform} client", "client_secret": "s"} | more
    )
    return client


def a_channel(name="ES Romance", *, platform="youtube", times=("18:00",), connected=True, **more):
    defaults = {"language": "es", "countries": ["MX"], "time_zone": "UTC", "status": "active"} | more
    channel = Channel.objects.create(
        name=name, platform=platform, api_client=an_api_client(platform), external_id=f"ACC{name}"[:20], **defaults
    )
    if times:
        PostingRule.objects.create(channel=channel, times=list(times))
    if connected:
        a_grant(channel)
    return channel


def a_grant(channel, *, life=timedelta(hours=1), **more):
    now = clock.now()
    defaults = {"account_id": "ACC", "access_token": "token-0", "refresh_token": "refresh-0"} | more
    family = "youtube" if channel.platform == "youtube" else "tiktok_open"
    return Grant.objects.create(channel=channel, family=family, obtained_at=now, expires_at=now + life, **defaults)


def a_publication(channel, clip, *, status="approved", due_in=timedelta(0), **more):
    now = clock.now()
    due_at = now + due_in
    defaults = {
        "title": "Título | Episodio 1",
        "synthetic_media": False,
        "made_for_kids": False,
        "approved_at": now,
        "upload_at": posting.upload_at(channel.platform, due_at),
    }
    row = Publication.objects.create(channel=channel, clip=clip, status=status, due_at=due_at, **(defaults | more))
    if row.approved_at and status != "proposed":
        approved(row)
    return row


def approved(publication):
    """As many people as its tier needs have said yes to it."""
    for number in range(approval.needed(publication.clip.edition.drama.tier)):
        person, _ = User.objects.get_or_create(username=f"approver {number + 1}")
        Approval.objects.create(publication=publication, by=person, at=publication.approved_at)


def content_of(clip):
    with clip.file.open("rb") as file:
        return file.read()
