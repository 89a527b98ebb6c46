"""From the last byte to a video people can watch. Nothing runs by itself: whoever looks settles what is due.

`settle` may be called by any number of processes; each row is moved by one conditional UPDATE, so it
happens once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import requests
from django.conf import settings
from django.db import transaction
from django.db.models import F

from config.sandbox import faults, ids, media, storage
from config.sandbox.models import Account, Family, UploadSession, Video

MAX_PULL_BYTES = 4 * 1024**3
TIKTOK_SECONDS = 600


def arrive(session: UploadSession, *, now: datetime) -> Video:
    """The upload is whole: make its video. The second call gives the first one's video."""
    sha256, size = storage.checksum(session.path)
    with transaction.atomic():
        known = Video.objects.filter(session=session).first()
        if known is not None:
            return known
        video = _make(session, sha256=sha256, size=size, now=now)
        UploadSession.objects.filter(pk=session.pk).update(state=UploadSession.State.DONE, received=size)
        return video


def is_whole(session: UploadSession) -> bool:
    """Whether every byte is safe. One that is whole and still open lost its process before it became a video."""
    return bool(session.size) and session.received >= (session.size or 0)


def _make(session: UploadSession, *, sha256: str, size: int, now: datetime) -> Video:
    youtube = session.family == Family.YOUTUBE
    resource = session.resource
    pulls = bool(resource.get("source_url"))
    return Video.objects.create(
        account=session.account,
        session=session,
        family=session.family,
        external_id=ids.youtube_video() if youtube else ids.tiktok_number(),
        resource=resource,
        title=resource.get("snippet", {}).get("title", "") if youtube else resource.get("title", ""),
        privacy=resource["status"]["privacyStatus"] if youtube else resource["privacy_level"],
        publish_at=publish_at(resource) if youtube else None,
        source_url=resource.get("source_url", ""),
        sha256="" if pulls else sha256,
        size=0 if pulls else size,
        state=Video.State.DOWNLOADING if pulls else Video.State.PROCESSING,
        created_at=now,
        due_at=now + timedelta(seconds=settings.SANDBOX_PROCESSING_SECONDS),
        listed_at=now + timedelta(seconds=settings.SANDBOX_LISTING_DELAY_SECONDS),
        comments_off=bool(resource.get("disable_comment", False)),
    )


def publish_at(resource: dict[str, Any]) -> datetime | None:
    stamp = resource.get("status", {}).get("publishAt")
    return datetime.fromisoformat(stamp.replace("Z", "+00:00")) if stamp else None


def settle(*, now: datetime, account: Account | None = None) -> int:
    """Bring everything whose time has come to where it belongs; how many rows moved."""
    rows = Video.objects.select_related("account", "session").filter(deleted_at=None)
    left = UploadSession.objects.filter(state=UploadSession.State.OPEN, size__gt=0, received__gte=F("size"))
    if account is not None:
        rows, left = rows.filter(account=account), left.filter(account=account)
    for session in left.filter(cancelled_at=None):
        arrive(session, now=now)
    waiting = rows.filter(state__in=(Video.State.DOWNLOADING, Video.State.PROCESSING), due_at__lte=now)
    moved = sum(_finish(video, now=now) for video in waiting)
    scheduled = rows.filter(state=Video.State.LIVE, privacy="private", publish_at__lte=now)
    return moved + sum(_publish(video) for video in scheduled)


def _finish(video: Video, *, now: datetime) -> int:
    if faults.strikes("processing_stuck", _place(video)) is not None:
        return 0
    if video.state == Video.State.DOWNLOADING and not _pull(video):
        return _close(video, state=Video.State.FAILED, reason="video_pull_failed", now=now)
    facts = media.probe(video.path)
    reason = _refused(video, facts)
    if reason:
        bad = Video.State.REJECTED if reason in ("duplicate", "spam_risk") else Video.State.FAILED
        return _close(video, state=bad, reason=reason, now=now)
    facts = facts or media.Facts(duration_ms=0, width=0, height=0, fps=0, has_audio=True)
    visible_at = None if video.privacy not in Video.PUBLIC else video.due_at + _moderation(video)
    return Video.objects.filter(pk=video.pk, state=video.state).update(
        state=Video.State.LIVE,
        processed_at=video.due_at,
        visible_at=visible_at,
        sha256=video.sha256,
        size=video.size,
        duration_ms=facts.duration_ms,
        width=facts.width,
        height=facts.height,
    )


def _place(video: Video) -> faults.Place:
    return faults.Place(video.account.platform, "", video.account)


def _moderation(video: Video) -> timedelta:
    looked_at = video.account.platform == Account.Platform.TIKTOK
    return timedelta(seconds=settings.SANDBOX_MODERATION_SECONDS if looked_at else 0)


def _refused(video: Video, facts: media.Facts | None) -> str:
    """Why this file is not taken, in the platform's word; "" when it is."""
    youtube = video.account.platform == Account.Platform.YOUTUBE
    if faults.strikes("reject_duplicate", _place(video)) is not None:
        return "duplicate" if youtube else "spam_risk"
    failed = faults.strikes("processing_failed", _place(video))
    if failed is not None:
        return failed.get("reason") or ("conversion" if youtube else "internal")
    if youtube and _is_again(video):
        return "duplicate"
    if settings.SANDBOX_TAKE_ANY_BYTES:
        return ""
    return _youtube_file(video, facts) if youtube else _tiktok_file(facts)


def _youtube_file(video: Video, facts: media.Facts | None) -> str:
    if video.size == 0:
        return "emptyFile"
    return "" if facts else "invalidFile"


def _tiktok_file(facts: media.Facts | None) -> str:
    if facts is None:
        return "file_format_check_failed"
    if not 1000 <= facts.duration_ms <= TIKTOK_SECONDS * 1000:
        return "duration_check_failed"
    if facts.fps and not 22.9 <= facts.fps <= 60.5:
        return "frame_rate_check_failed"
    if not all(360 <= side <= 4096 for side in (facts.width, facts.height)):
        return "picture_size_check_failed"
    return ""


def _is_again(video: Video) -> bool:
    """The same bytes already stand on the same channel."""
    others = Video.objects.filter(account=video.account, sha256=video.sha256, deleted_at=None, pk__lt=video.pk)
    return others.exclude(state__in=(Video.State.FAILED, Video.State.REJECTED)).exists()


def _close(video: Video, *, state: str, reason: str, now: datetime) -> int:
    rows = Video.objects.filter(pk=video.pk, state=video.state)
    return rows.update(state=state, reason=reason, processed_at=now, sha256=video.sha256, size=video.size)


def _publish(video: Video) -> int:
    """The hour has come: private turns public, as of the promised moment."""
    if video.publish_at is None:
        return 0
    visible_at = max(video.publish_at, video.processed_at or video.publish_at)
    resource = {**video.resource, "status": {**video.resource.get("status", {}), "privacyStatus": "public"}}
    resource["status"].pop("publishAt", None)
    rows = Video.objects.filter(pk=video.pk, privacy="private", publish_at=video.publish_at)
    return rows.update(privacy="public", visible_at=visible_at, publish_at=None, resource=resource)


def _pull(video: Video) -> bool:
    """Fetch a post by URL, as the platform does: no redirects, a bounded size. Fills sha256 and size."""
    seen = 0
    half = video.path.with_suffix(f".{ids.letters(8)}")  # two processes may fetch at once
    try:
        with requests.get(video.source_url, stream=True, timeout=(5, 30), allow_redirects=False) as answer:
            if answer.status_code != 200:
                return False
            with half.open("wb") as target:
                for block in answer.iter_content(storage.BLOCK):
                    seen += len(block)
                    if seen > MAX_PULL_BYTES:
                        return False
                    target.write(block)
    except requests.RequestException:
        half.unlink(missing_ok=True)
        return False
    half.replace(video.path)
    video.sha256, video.size = storage.checksum(video.path)
    return True
