"""The audience at work: it listens, watches, likes and writes. One tick brings every video up to now.

Any number of processes may tick at once: a video's next remarks are claimed by a conditional UPDATE
of how many were made.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from config.sandbox import ids, limits, media, processing
from config.sandbox.models import Account, Comment, Video
from config.sandbox.viewers import audience, speech

MOST_AT_ONCE = 60  # remarks of one video in one tick
LISTENS_AT_ONCE = 6  # ffmpeg runs in one tick
ATTENTION = timedelta(days=45)


@dataclass(frozen=True)
class Tick:
    watched: int
    heard: int
    said: int


def tick(*, now: datetime) -> Tick:
    processing.settle(now=now)
    limits.forget_old(now)
    heard = listen(now=now)
    videos = list(
        Video.objects.select_related("account").filter(
            Video.shown(now), visible_at__gt=now - ATTENTION, silences__isnull=False
        )
    )
    _count_views(videos, now=now)
    return Tick(watched=len(videos), heard=heard, said=sum(_talk(video, now=now) for video in videos))


def listen(*, now: datetime) -> int:
    """Let somebody hear the new clips, whole, for the first time; how many were heard."""
    unheard = Video.objects.filter(Video.shown(now), silences__isnull=True).select_related("session").order_by("pk")
    count = 0
    for video in unheard[:LISTENS_AT_ONCE]:
        known = Video.objects.filter(sha256=video.sha256, silences__isnull=False).first()
        holes = known.silences if known else media.silences(video.path)
        count += Video.objects.filter(pk=video.pk, silences__isnull=True).update(silences=holes, watched_at=now)
    return count


def _count_views(videos: list[Video], *, now: datetime) -> None:
    changed = []
    for video in videos:
        views = audience.views(video, now)
        if views > video.views:
            video.views, video.likes = views, round(views * audience.LIKES_PER_VIEW)
            changed.append(video)
    Video.objects.bulk_update(changed, ["views", "likes"], batch_size=200)


def _talk(video: Video, *, now: datetime) -> int:
    """Write what is due by now."""
    if video.comments_off:
        return 0
    due = int(video.views * settings.SANDBOX_COMMENTS_PER_1000_VIEWS / 1000)
    count = min(due - video.comments_made, MOST_AT_ONCE)
    return say_more(video, count=count, now=now) if count > 0 else 0


def say_more(video: Video, *, count: int, now: datetime) -> int:
    """The next `count` remarks of the audience; 0 when another process was first."""
    first = video.comments_made
    since = max(video.watched_at or now, video.visible_at or now)
    with transaction.atomic():
        rows = Video.objects.filter(pk=video.pk, comments_made=first, deleted_at=None)
        if not rows.update(comments_made=first + count, watched_at=now):
            return 0
        fresh = [_comment(video, place, since=since, now=now) for place in range(first, first + count)]
        Comment.objects.bulk_create(fresh)
    video.comments_made, video.watched_at = first + count, now
    return count


def _comment(video: Video, ordinal: int, *, since: datetime, now: datetime) -> Comment:
    youtube = video.account.platform == Account.Platform.YOUTUBE
    said = speech.remark(
        key=audience.key(video),
        ordinal=ordinal,
        languages=[video.account.language, video.audio_language()],
        silences=video.silences or [],
        share=settings.SANDBOX_COMPLAINT_SHARE,
        youtube=youtube,
    )
    chance = random.Random(f"{audience.key(video)}:{ordinal}:when")
    parent = _somebody(video, chance) if said.is_reply else None
    moment = since + (now - since) * chance.random()
    moment = max(moment, parent.created_at) if parent else moment
    own_id = ids.youtube_comment() if youtube else ids.tiktok_number()
    return Comment(
        video=video,
        parent=parent,
        external_id=f"{parent.external_id}.{ids.letters(22)}" if parent and youtube else own_id,
        ordinal=ordinal,
        author_id=said.author_id,
        author_name=said.author_name,
        text=said.text,
        status=said.status,
        likes=said.likes,
        created_at=moment,
        updated_at=moment,
    )


def _somebody(video: Video, chance: random.Random) -> Comment | None:
    """An earlier remark worth an answer."""
    earlier = video.comments.filter(parent=None, status=Comment.Status.PUBLISHED, deleted_at=None).order_by("-pk")[:40]
    found = list(earlier)
    return chance.choice(found) if found else None
