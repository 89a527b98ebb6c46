"""YouTube's JSON to our values and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from channels.errors import ItemRefused
from channels.platforms.base import (
    AccountFacts,
    Found,
    Privacy,
    Proof,
    Seen,
    SeenState,
    Upload,
)
from channels.platforms.comments import SeenComment

KEY = "youtube"
DURATION_TOLERANCE_MS = 1000
PRIVACY_WORDS = {Privacy.PUBLIC: "public", Privacy.UNLISTED: "unlisted", Privacy.PRIVATE: "private"}
_STATES = {"public": SeenState.LIVE, "unlisted": SeenState.UNLISTED, "private": SeenState.PRIVATE}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def slug(marker: str) -> str:
    return f"{marker}.mp4"


def insert_body(upload: Upload) -> dict[str, Any]:
    """The video resource, one key a part. Everything is said in insert, so that no later update is needed."""
    snippet: dict[str, Any] = {
        "title": upload.title,
        "description": upload.description,
        "tags": [tag for tag in (*upload.tags, upload.marker) if tag],
        "categoryId": upload.category,
    }
    if upload.language:
        snippet["defaultLanguage"] = upload.language
    if upload.audio_language:
        snippet["defaultAudioLanguage"] = upload.audio_language
    body: dict[str, Any] = {"snippet": snippet, "status": _status_body(upload)}
    if upload.is_paid_promotion:
        body["paidProductPlacementDetails"] = {"hasPaidProductPlacement": True}
    return body


def _status_body(upload: Upload) -> dict[str, Any]:
    offered = PRIVACY_WORDS
    if upload.publish_at:
        # A scheduled clip is private until then and public afterwards: YouTube has no other schedule.
        offered = {Privacy.PUBLIC: "private", Privacy.PRIVATE: "private"}
    if upload.privacy not in offered:
        raise ItemRefused(
            _("YouTube cannot publish with this privacy (and this schedule)."),
            platform=KEY,
            platform_code="privacy_not_offered",
        )
    status: dict[str, Any] = {
        "privacyStatus": offered[upload.privacy],
        "selfDeclaredMadeForKids": upload.made_for_kids,
        "containsSyntheticMedia": upload.is_synthetic,
    }
    if upload.publish_at:
        status["publishAt"] = stamp(upload.publish_at)
    return status


def account(channel: Mapping[str, Any]) -> AccountFacts:
    snippet, statistics = channel.get("snippet", {}), channel.get("statistics", {})
    long_uploads = channel.get("status", {}).get("longUploadsStatus")
    return AccountFacts(
        external_id=channel["id"],
        title=snippet.get("title", ""),
        handle=snippet.get("customUrl", ""),
        uploads_playlist=channel.get("contentDetails", {}).get("relatedPlaylists", {}).get("uploads", ""),
        can_upload_long=long_uploads == "allowed" if long_uploads in {"allowed", "eligible", "disallowed"} else None,
        followers=None if statistics.get("hiddenSubscriberCount") else _count(statistics, "subscriberCount"),
    )


def seen(video: Mapping[str, Any], *, now: datetime) -> Seen:
    status, snippet, statistics = (video.get(part, {}) for part in ("status", "snippet", "statistics"))
    state, reason = _state(video)
    published = snippet.get("publishedAt") if state in {SeenState.LIVE, SeenState.UNLISTED} else None
    return Seen(
        external_id=video["id"],
        state=state,
        source="youtube.videos.list",
        observed_at=now,
        reason=reason,
        views=_count(statistics, "viewCount"),
        likes=_count(statistics, "likeCount"),
        comments=_count(statistics, "commentCount"),
        url=f"https://www.youtube.com/watch?v={video['id']}",
        published_at=moment(published) if published else None,
        publish_at=moment(status["publishAt"]) if status.get("publishAt") else None,
    )


def removed(external_id: str, *, now: datetime) -> Seen:
    return Seen(external_id, SeenState.REMOVED, "youtube.videos.list", now, reason="absent")


def _state(video: Mapping[str, Any]) -> tuple[SeenState, str]:
    status, processing = video.get("status", {}), video.get("processingDetails", {})
    uploaded = status.get("uploadStatus", "")
    if uploaded == "rejected":
        return SeenState.REJECTED, status.get("rejectionReason", "rejected")
    if uploaded == "failed":
        return SeenState.REJECTED, status.get("failureReason", "failed")
    if uploaded == "deleted":
        return SeenState.REMOVED, "deleted"
    if processing.get("processingStatus") in {"failed", "terminated"}:
        return SeenState.REJECTED, processing.get("processingFailureReason", processing["processingStatus"])
    if uploaded != "processed":
        return SeenState.PROCESSING, ""
    if status.get("privacyStatus") == "private" and status.get("publishAt"):
        return SeenState.SCHEDULED, ""
    return _STATES.get(status.get("privacyStatus", ""), SeenState.PRIVATE), ""


def found(video: Mapping[str, Any], *, marker: str, size_bytes: int, duration_ms: int) -> Found | None:
    """None unless the video looks like ours. Equal size and duration alone is a hint, not proof."""
    proof = _proof(video, marker=marker, size_bytes=size_bytes, duration_ms=duration_ms)
    if proof is None:
        return None
    return Found(
        external_id=video["id"],
        proof=proof,
        is_certain=proof is not Proof.SIZE_AND_DURATION,
        title=video["snippet"].get("title", ""),
        created_at=moment(video["snippet"]["publishedAt"]),
    )


def _proof(video: Mapping[str, Any], *, marker: str, size_bytes: int, duration_ms: int) -> Proof | None:
    file = video.get("fileDetails", {})
    if file.get("fileName") == slug(marker):
        return Proof.FILE_NAME
    if marker in video["snippet"].get("tags", ()):
        return Proof.TAG
    near = abs((_count(file, "durationMs") or 0) - duration_ms) <= DURATION_TOLERANCE_MS
    if near and _count(file, "fileSize") == size_bytes:
        return Proof.SIZE_AND_DURATION
    return None


def thread(item: Mapping[str, Any], *, account_id: str) -> list[SeenComment]:
    """The top-level comment and the few replies that come with it."""
    snippet = item["snippet"]
    top = comment(
        snippet["topLevelComment"],
        account_id=account_id,
        video_id=snippet.get("videoId", ""),
        replies=int(snippet.get("totalReplyCount", 0)),
    )
    inline = item.get("replies", {}).get("comments", ())
    return [top, *(comment(reply, account_id=account_id, video_id=top.video_id) for reply in inline)]


def comment(item: Mapping[str, Any], *, account_id: str, video_id: str = "", replies: int = 0) -> SeenComment:
    snippet = item["snippet"]
    author = snippet.get("authorChannelId", {}).get("value", "")
    return SeenComment(
        external_id=item["id"],
        video_id=snippet.get("videoId") or video_id,
        parent_id=snippet.get("parentId", ""),
        author_id=author,
        # `textOriginal` is promised to the author alone.
        text=snippet.get("textDisplay", ""),
        posted_at=moment(snippet["publishedAt"]),
        updated_at=moment(snippet.get("updatedAt") or snippet["publishedAt"]),
        likes=int(snippet.get("likeCount", 0)),
        replies=replies,
        is_held=snippet.get("moderationStatus", "published") != "published",
        is_own=bool(author) and author == account_id,
    )


def is_older(item: Mapping[str, Any], *, than: datetime | None) -> bool:
    """Whether a thread's top-level comment was posted before `than`."""
    posted = item["snippet"]["topLevelComment"]["snippet"]["publishedAt"]
    return than is not None and moment(posted) < than


def uploaded_since(item: Mapping[str, Any], *, since: datetime) -> bool:
    """Whether a playlist item is young enough; a minute is left for clocks that differ."""
    return moment(item["snippet"]["publishedAt"]) >= since - timedelta(minutes=1)


def _count(values: Mapping[str, Any], name: str) -> int | None:
    return int(values[name]) if values.get(name) is not None else None


def private_status(video: Mapping[str, Any]) -> dict[str, Any]:
    """The writable status of a video as it is, private for good: a schedule would publish it after all."""
    writable = {
        "embeddable",
        "license",
        "publicStatsViewable",
        "selfDeclaredMadeForKids",
        "containsSyntheticMedia",
    }
    kept = {name: value for name, value in video.get("status", {}).items() if name in writable}
    return {**kept, "privacyStatus": "private"}
