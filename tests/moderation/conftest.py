"""One drama with an edition, its clips on channels, and a platform that answers what a test says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import User

from catalog.models import Clip, Drama, Edition, EditionVersion, Episode, Master, Partner, Segment
from channels.models import ApiClient, Approval, Channel, Grant, Publication
from channels.platforms.comments import CommentsPage, SeenComment
from channels.rules import approval
from channels.services import gateway
from moderation.models import Comment

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NUMBERS = count(1)


@pytest.fixture
def supplier(db) -> Partner:
    return Partner.objects.create(name="Story House", is_supplier=True)


@pytest.fixture
def vendor(db) -> Partner:
    return Partner.objects.create(name="Voices Ltd", is_vendor=True)


@pytest.fixture
def edition(supplier, vendor) -> Edition:
    drama = Drama.objects.create(
        code="DR-0001", original_name="Her Return", original_language="zh-Hans", tier="A", age_rating=12,
        origin="live", supplier=supplier,
    )  # fmt: skip
    Episode.objects.bulk_create(Episode(drama=drama, number=number) for number in range(1, 13))
    return Edition.objects.create(
        drama=drama,
        language="es",
        kind="dubbed",
        voice="ai",
        vendor=vendor,
        title="El regreso",
        synthetic_media=True,
        made_for_kids=False,
    )


def make_version(edition: Edition, *, number: int, changed: dict[int, str] | None = None) -> EditionVersion:
    """Version `number`: every episode with the bytes of the version before, but for the changed ones."""
    before = edition.versions.order_by("-number").first()
    known = dict(before.masters.values_list("episode__number", "sha256")) if before else {}
    if before and before.status == "releasable":
        EditionVersion.objects.filter(pk=before.pk).update(status="superseded")
    version = EditionVersion.objects.create(edition=edition, number=number, status="releasable", delivered_at=NOON)
    for episode in edition.drama.episodes.all():
        sha256 = (changed or {}).get(episode.number) or known.get(episode.number) or f"{edition.pk}-{episode.number}"
        Master.objects.create(
            version=version, episode=episode, file=f"masters/{sha256}.mp4", sha256=sha256, size_bytes=1000,
            duration_ms=90_000, width=720, height=1280, frame_rate=25, video_codec="h264",
        )  # fmt: skip
    return version


@pytest.fixture
def version(edition) -> EditionVersion:
    return make_version(edition, number=1)


def make_clip(version: EditionVersion, *episodes: int, intro_ms: int = 0, status: str = "ready") -> Clip:
    """The episodes one after the other, 90 s each, after an intro."""
    clip = Clip.objects.create(
        edition=version.edition, version=version, kind="episode" if len(episodes) == 1 else "compilation",
        first_episode=min(episodes), last_episode=max(episodes), content_key=f"key-{next(NUMBERS)}", status=status,
        size_bytes=1000, duration_ms=intro_ms + 90_000 * len(episodes), sha256="0" * 64,
    )  # fmt: skip
    for position, number in enumerate(episodes):
        Segment.objects.create(
            clip=clip, position=position, master=version.masters.get(episode__number=number), in_ms=0, out_ms=90_000,
            starts_ms=intro_ms + 90_000 * position,
        )  # fmt: skip
    return clip


def make_channel(
    name: str = "Dramas ES", *, platform: str = "youtube", family: str = "youtube", **columns: Any
) -> Channel:
    client = ApiClient.objects.create(name=f"client of {name}", platform=platform, client_id=f"id-{next(NUMBERS)}")
    channel = Channel.objects.create(
        platform=platform, name=name, api_client=client, language="es", countries=["MX"],
        external_id=f"UC{next(NUMBERS)}", **{"status": "active", **columns},
    )  # fmt: skip
    if family:
        Grant.objects.create(
            channel=channel, family=family, account_id=channel.external_id, access_token="secret",
            obtained_at=NOON, expires_at=NOON + timedelta(days=1),
        )  # fmt: skip
    return channel


@pytest.fixture
def channel(db) -> Channel:
    return make_channel()


def publish(clip: Clip, channel: Channel, *, at: datetime = NOON - timedelta(days=1), **columns: Any) -> Publication:
    row = {
        "status": "published", "external_id": f"video-{next(NUMBERS)}", "published_at": at, "approved_at": at,
        "title": "El regreso", "url": "https://example.com/watch", **columns,
    }  # fmt: skip
    due_at = row.pop("due_at", at + timedelta(seconds=next(NUMBERS)))
    made = Publication.objects.create(clip=clip, channel=channel, due_at=due_at, upload_at=due_at, **row)
    if made.approved_at:
        approve(made)
    return made


def approve(publication: Publication) -> None:
    """As many people as its tier needs have said yes to it, among them the one that the row names."""
    need = approval.needed(publication.clip.edition.drama.tier)
    others = [User.objects.get_or_create(username=f"approver {n + 1}")[0] for n in range(need)]
    for person in [one for one in (publication.approved_by, *others) if one][:need]:
        Approval.objects.create(publication=publication, by=person, at=publication.approved_at)


def seen(text: str = "nice", *, video: str = "video", at: datetime = NOON, **columns: Any) -> SeenComment:
    number = next(NUMBERS)
    row = {
        "external_id": f"comment-{number}", "video_id": video, "parent_id": "", "author_id": f"author-{number}",
        "text": text, "posted_at": at, "updated_at": at, "likes": 0, "replies": 0, "is_held": False, **columns,
    }  # fmt: skip
    return SeenComment(**row)


def complain(
    publication: Publication, text: str = "la voz suena robótica", *, label: str = "dubbing", at: datetime = NOON,
    moments: Sequence[dict[str, Any]] = (), **columns: Any,
) -> Comment:  # fmt: skip
    """A judged comment as the classifier leaves it when it is sure."""
    number = next(NUMBERS)
    comment = Comment.objects.create(
        **{
            "channel": publication.channel,
            "publication": publication,
            "external_id": f"comment-{number}",
            "video_id": publication.external_id,
            "author_hash": f"{number:032x}",
            "text": text,
            "posted_at": at,
            "first_seen_at": at,
            "refreshed_at": at,
            "language": "es",
            "label": label,
            "confidence": 0.97,
            "judged_at": at,
            **columns,
        }  # fmt: skip
    )
    comment.verdicts.create(at=at, source="machine", label=label, confidence=0.97, moments=list(moments))
    return comment


def moment(second: float | None = None, *, episode: int | None = None) -> dict[str, Any]:
    return {"raw": "", "second": second, "episode": episode}


@dataclass
class Platform:
    """Stands in for the gateway: pages by call, or an error; remembers what it was asked."""

    pages: list[Any] = field(default_factory=list)
    replies: dict[str, list[Any]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def call(self, channel: Channel, verb: str, **arguments: Any) -> CommentsPage:
        self.asked.append((verb, arguments))
        waiting = self.replies.get(arguments["parent_id"], []) if verb == "replies_page" else self.pages
        answer = waiting.pop(0) if waiting else CommentsPage(())
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def platform(monkeypatch) -> Platform:
    stand_in = Platform()
    monkeypatch.setattr(gateway, "call", stand_in.call)
    return stand_in


@pytest.fixture
def page() -> Callable[..., CommentsPage]:
    def build(*items: SeenComment, then: str = "") -> CommentsPage:
        return CommentsPage(tuple(items), next_page=then)

    return build
