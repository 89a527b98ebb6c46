"""TikTok's JSON to our values and back. Ids are strings with us, whatever they are on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from channels.errors import ItemRefused, PlatformDown
from channels.platforms import base
from channels.platforms.base import (
    AccountFacts,
    Found,
    PostingLimits,
    Privacy,
    Proof,
    Seen,
    SeenState,
    Upload,
    UploadState,
)
from channels.platforms.comments import SeenComment
from channels.platforms.watched import Watched

KEY = "tiktok"
INSIGHTS_SOURCE = "tiktok-insights"
PRIVACY_WORDS = {
    Privacy.PUBLIC: "PUBLIC_TO_EVERYONE",
    Privacy.FRIENDS: "MUTUAL_FOLLOW_FRIENDS",
    Privacy.FOLLOWERS: "FOLLOWER_OF_CREATOR",
    Privacy.PRIVATE: "SELF_ONLY",
}
_OUR_WORDS = {word: privacy for privacy, word in PRIVACY_WORDS.items()}
_WORKING = frozenset({"PROCESSING_UPLOAD", "PROCESSING_DOWNLOAD"})
# The misspelt name is TikTok's; the corrected one is taken as well, for the day it is mended.
_POST_IDS = ("publicaly_available_post_id", "publicly_available_post_id")


def moment(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def post_info(upload: Upload, *, now: datetime) -> dict[str, Any]:
    if upload.publish_at and upload.publish_at > now:
        raise _refused("no_schedule", _("TikTok has no schedule: the upload has to start when the clip is due."))
    if upload.privacy not in PRIVACY_WORDS:
        raise _refused("privacy_not_offered", _("TikTok has no such privacy."))
    if upload.is_paid_promotion and upload.privacy == Privacy.PRIVATE:
        raise _refused("branded_private", _("TikTok does not take paid promotion as a private post."))
    info: dict[str, Any] = {
        "title": upload.caption or upload.title,
        "privacy_level": PRIVACY_WORDS[upload.privacy],
        "disable_comment": not upload.allow_comments,
        "disable_duet": not upload.allow_duet,
        "disable_stitch": not upload.allow_stitch,
        "brand_content_toggle": upload.is_paid_promotion,
        "brand_organic_toggle": upload.is_own_brand,
        "is_aigc": upload.is_synthetic,
    }
    if upload.cover_ms is not None:
        info["video_cover_timestamp_ms"] = upload.cover_ms
    return info


def _refused(code: str, sentence: Any) -> ItemRefused:
    return ItemRefused(sentence, platform=KEY, platform_code=code)


def limits(creator: Mapping[str, Any], *, max_bytes: int) -> PostingLimits:
    offered = creator.get("privacy_level_options") or ()
    seconds = creator.get("max_video_post_duration_sec")
    return PostingLimits(
        privacy_options=tuple(_OUR_WORDS[word] for word in offered if word in _OUR_WORDS),
        max_duration_ms=int(seconds) * 1000 if seconds else None,
        max_bytes=max_bytes,
        comments_disabled=bool(creator.get("comment_disabled")),
        duet_disabled=bool(creator.get("duet_disabled")),
        stitch_disabled=bool(creator.get("stitch_disabled")),
        nickname=str(creator.get("creator_nickname", "")),
    )


def publish_state(data: Mapping[str, Any], *, publish_id: str) -> UploadState:
    """FINISHED without an id while TikTok still processes or moderates."""
    status = data.get("status")
    if status in _WORKING:
        return base.finished(publish_id=publish_id)
    if status == "PUBLISH_COMPLETE":
        ids = next((data[name] for name in _POST_IDS if data.get(name)), ())
        return base.finished(external_id=str(ids[0]) if ids else "", publish_id=publish_id, is_published=True)
    if status == "FAILED":
        return base.failed(str(data.get("fail_reason") or "unknown"), publish_id=publish_id)
    raise PlatformDown(
        _("TikTok gave the post a status that we do not know."), platform=KEY, platform_code=str(status or "")
    )


def account(user: Mapping[str, Any]) -> AccountFacts:
    return AccountFacts(
        external_id=str(user.get("open_id", "")),
        title=str(user.get("display_name", "")),
        handle=str(user.get("username", "")),
        followers=_count(user, "follower_count"),
    )


def seen(video: Mapping[str, Any], *, now: datetime) -> Seen:
    return Seen(
        external_id=str(video["id"]),
        state=SeenState.LIVE,
        source="tiktok.video.query",
        observed_at=now,
        views=_count(video, "view_count"),
        likes=_count(video, "like_count"),
        comments=_count(video, "comment_count"),
        url=str(video.get("share_url", "")),
        published_at=moment(video["create_time"]) if video.get("create_time") else None,
    )


def removed(external_id: str, *, now: datetime) -> Seen:
    return Seen(external_id, SeenState.REMOVED, "tiktok.video.query", now, reason="absent")


def found(video: Mapping[str, Any], *, marker: str) -> Found | None:
    """None unless the caption, as far as the listing shows it, carries the marker."""
    texts = [str(video.get(name) or "") for name in ("title", "video_description")]
    if not any(marker in text for text in texts):
        return None
    return Found(str(video["id"]), Proof.CAPTION, True, texts[0] or texts[1], moment(video["create_time"]))


def thread(item: Mapping[str, Any], *, video_id: str) -> list[SeenComment]:
    """The top-level comment and the few replies that come with it."""
    top = comment(item, video_id=video_id)
    replies = item.get("reply_list") or ()
    return [top, *(comment(reply, video_id=video_id, parent_id=top.external_id) for reply in replies)]


def comment(item: Mapping[str, Any], *, video_id: str, parent_id: str = "") -> SeenComment:
    posted = moment(item["create_time"])
    return SeenComment(
        external_id=str(item["comment_id"]),
        video_id=str(item.get("video_id") or video_id),
        parent_id=str(item.get("parent_comment_id") or parent_id),
        author_id=str(item.get("unique_identifier", "")),
        text=str(item.get("text") or ""),
        posted_at=posted,
        updated_at=posted,
        likes=int(item.get("likes") or 0),
        replies=int(item.get("replies") or 0),
        is_held=item.get("status") == "HIDDEN",
        is_own=bool(item.get("owner")),
    )


def _count(values: Mapping[str, Any], name: str) -> int | None:
    return int(values[name]) if values.get(name) is not None else None


def watched(row: Mapping[str, Any], *, now: datetime) -> Watched:
    """The average second that viewers reached, over the length; fields that are missing are not known."""
    views, seconds, length = row.get("video_views"), row.get("average_time_watched"), row.get("video_duration")
    known = seconds is not None and length and views
    return Watched(
        external_id=str(row.get("item_id")),
        source=INSIGHTS_SOURCE,
        observed_at=now,
        views=int(views) if views is not None else None,
        completion=float(seconds) / float(length) if known and seconds is not None and length else None,
    )
