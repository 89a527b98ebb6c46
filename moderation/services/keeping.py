"""Comments as rows: each once per channel, edits noticed, authors as keyed hashes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from channels.models import Channel, Publication
from channels.platforms.comments import SeenComment
from config.kernel import crypto
from moderation.models import Comment

REFRESHED = [
    "publication",
    "text",
    "edited_at",
    "refreshed_at",
    "likes",
    "replies",
    "is_held",
    "judged_at",
    "purged_at",
]


@dataclass(frozen=True)
class Kept:
    """How many were new, and the threads that have more replies than we hold."""

    new: int
    incomplete: list[SeenComment]


def author_hash(seen: SeenComment) -> str:
    """Tells one person from two and nothing else. A comment without an author counts as a person of its own."""
    return crypto.fingerprint(seen.author_id or f"comment:{seen.external_id}", purpose="comment-author")


def keep(channel: Channel, items: Iterable[SeenComment], *, now: datetime) -> Kept:
    """Store viewers' comments of one page. Our own are passed over. Twice changes nothing but `refreshed_at`."""
    viewers = list({one.external_id: one for one in items if not one.is_own}.values())
    with transaction.atomic():
        known = _known(channel, viewers)
        grown = _grown(viewers, known)
        places = _publications(channel, viewers)
        fresh = [_row(channel, one, places, now) for one in viewers if one.external_id not in known]
        Comment.objects.bulk_create(fresh, ignore_conflicts=True)
        for one in viewers:
            if one.external_id in known:
                _refresh(known[one.external_id], one, places, now, is_grown=one.external_id in grown)
        Comment.objects.bulk_update(known.values(), REFRESHED)
    return Kept(len(fresh), _incomplete(channel, viewers, grown))


def note_replies(channel: Channel, thread: SeenComment) -> None:
    """Remember that the thread's replies were read up to this count."""
    Comment.objects.filter(channel=channel, external_id=thread.external_id).update(replies=thread.replies)


def _known(channel: Channel, viewers: Sequence[SeenComment]) -> dict[str, Comment]:
    rows = Comment.objects.filter(channel=channel, external_id__in=[one.external_id for one in viewers])
    return {row.external_id: row for row in rows.select_for_update()}


def _grown(viewers: Sequence[SeenComment], known: dict[str, Comment]) -> set[str]:
    """The threads that count more replies than when they were last read in full."""
    return {
        one.external_id
        for one in viewers
        if not one.parent_id and one.replies > (known[one.external_id].replies if one.external_id in known else 0)
    }


def _publications(channel: Channel, viewers: Sequence[SeenComment]) -> dict[str, int]:
    found = Publication.objects.filter(
        channel=channel, external_id__in={one.video_id for one in viewers if one.video_id}
    )
    return dict(found.values_list("external_id", "pk"))


def _row(channel: Channel, seen: SeenComment, places: dict[str, int], now: datetime) -> Comment:
    return Comment(
        channel=channel,
        publication_id=places.get(seen.video_id),
        external_id=seen.external_id,
        video_id=seen.video_id,
        parent_id=seen.parent_id,
        author_hash=author_hash(seen),
        text=seen.text,
        posted_at=seen.posted_at,
        edited_at=seen.updated_at if seen.updated_at > seen.posted_at else None,
        first_seen_at=now,
        refreshed_at=now,
        likes=max(0, seen.likes),
        is_held=seen.is_held,
    )


def _refresh(row: Comment, seen: SeenComment, places: dict[str, int], now: datetime, *, is_grown: bool) -> None:
    """An edited text is judged again; a text that was only purged and is shown again is not."""
    if row.text != seen.text and row.purged_at is None:
        row.edited_at, row.judged_at = max(seen.updated_at, row.posted_at), None
    row.text, row.purged_at = seen.text, None
    row.publication_id = row.publication_id or places.get(seen.video_id)
    row.refreshed_at, row.likes, row.is_held = now, max(0, seen.likes), seen.is_held
    if not is_grown:
        row.replies = max(0, seen.replies)


def _incomplete(channel: Channel, viewers: Sequence[SeenComment], grown: set[str]) -> list[SeenComment]:
    """Grown threads of which we hold fewer replies than the platform counts; the others are noted as read."""
    threads = [one for one in viewers if one.external_id in grown]
    held = Comment.objects.filter(channel=channel, parent_id__in=[one.external_id for one in threads])
    counts = Counter(dict(held.order_by().values_list("parent_id").annotate(n=Count("pk"))))
    missing = [one for one in threads if counts[one.external_id] < one.replies]
    for one in threads:
        if counts[one.external_id] >= one.replies:
            note_replies(channel, one)
    return missing
