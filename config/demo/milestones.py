"""The loop as a list of facts: each comes true once, in order, when the product has done its part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from catalog.models import Clip, Edition
from catalog.rules import clip
from channels.models import Channel, Plan, Publication
from channels.rules import plan
from moderation.models import Comment, Replacement, Ticket
from moderation.rules import replacement, ticket


@dataclass(frozen=True)
class Milestone:
    """`reached()` returns a short sentence once the fact holds, and None before."""

    name: str
    reached: Callable[[], str | None]


def _cataloged() -> str | None:
    count = Edition.objects.filter(versions__isnull=False).distinct().count()
    return f"{count} editions" if count else None


def _cut() -> str | None:
    first = Clip.objects.filter(status=clip.Status.READY).order_by("pk").first()
    return str(first) if first else None


def _connected() -> str | None:
    count = Channel.objects.active().count()
    return f"{count} channels" if count else None


def _planned() -> str | None:
    if not Plan.objects.filter(status=plan.Status.APPROVED).exists():
        return None
    return f"{Publication.objects.exclude(approved_at=None).count()} publications"


def _live_on(platform: str) -> Callable[[], str | None]:
    def reached() -> str | None:
        first = Publication.objects.filter(published_at__isnull=False, channel__platform=platform).first()
        return str(first) if first else None

    return reached


def _read() -> str | None:
    count = Comment.objects.count()
    return f"{count} comments" if count else None


def _ticketed() -> str | None:
    found = Ticket.objects.order_by("pk").first()
    if found is None:
        return None
    place = (
        f"episode {found.episode}, second {found.from_ms / 1000:.0f}" if found.from_ms is not None else "no one place"
    )
    return f"{found}: {found.label}, {found.version}, {place}"


def _reached_status(*statuses: str) -> Callable[[], str | None]:
    def reached() -> str | None:
        found = Ticket.objects.filter(status__in=statuses).first()
        return str(found) if found else None

    return reached


def _replaced() -> str | None:
    done = Replacement.objects.filter(status=replacement.Status.DONE)
    open_ones = Replacement.objects.exclude(status=replacement.Status.DONE)
    return f"{done.count()} uploads" if done.exists() and not open_ones.exists() else None


_AFTER_DELIVERY = (
    ticket.Status.DELIVERED,
    ticket.Status.REPLACING,
    ticket.Status.WATCHING,
    ticket.Status.VERIFIED,
)

LOOP = (
    Milestone("titles cataloged", _cataloged),
    Milestone("first clip cut", _cut),
    Milestone("channels connected", _connected),
    Milestone("plan approved", _planned),
    Milestone("live on YouTube", _live_on("youtube")),
    Milestone("live on TikTok", _live_on("tiktok")),
    Milestone("comments read", _read),
    Milestone("ticket opened", _ticketed),
    Milestone("fix delivered", _reached_status(*_AFTER_DELIVERY)),
    Milestone("bad uploads replaced", _replaced),
    Milestone("ticket verified", _reached_status(ticket.Status.VERIFIED)),
)
