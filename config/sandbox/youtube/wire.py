"""Rows as the Data API shows them: one function per resource, one table of parts."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from config.sandbox.models import Account, Comment, Playlist, PlaylistItem, Video

WRITABLE = ("snippet", "status", "localizations", "recordingDetails", "paidProductPlacementDetails")
OWNER_ONLY = {"fileDetails", "processingDetails", "suggestions"}


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def listing(kind: str, items: list[dict[str, Any]], **facts: Any) -> dict[str, Any]:
    return {"kind": f"youtube#{kind}ListResponse", "etag": "sandbox", **facts, "items": items}


def video(row: Video, *, parts: list[str], now: datetime, for_owner: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {"kind": "youtube#video", "etag": "sandbox", "id": row.external_id}
    for part in parts:
        if part in _VIDEO_PARTS:
            shown[part] = _VIDEO_PARTS[part](row)
        elif part in WRITABLE and part in row.resource:
            shown[part] = row.resource[part]
    if not for_owner:
        for name in ("publishAt", "failureReason", "rejectionReason", "containsSyntheticMedia"):
            shown.get("status", {}).pop(name, None)
    return shown


def _snippet(row: Video) -> dict[str, Any]:
    given = row.resource.get("snippet", {})
    words = {"title": given.get("title", ""), "description": given.get("description", "")}
    return {
        **given,
        **words,
        "publishedAt": stamp(row.visible_at or row.created_at),
        "channelId": row.account.external_id,
        "channelTitle": row.account.title,
        "thumbnails": thumbnails(row),
        "liveBroadcastContent": "none",
        "localized": words,
    }


def thumbnails(row: Video) -> dict[str, Any]:
    mark = row.thumbnail_sha256[:12] or "default"
    sizes = {"default": (120, 90), "medium": (320, 180), "high": (480, 360), "shortsAspectRatio": (405, 720)}
    return {
        name: {"url": f"https://i.ytimg.com/vi/{row.external_id}/{mark}-{name}.jpg", "width": width, "height": height}
        for name, (width, height) in sizes.items()
    }


def _status(row: Video) -> dict[str, Any]:
    given = {name: value for name, value in row.resource.get("status", {}).items() if value is not None}
    words = {Video.State.LIVE: "processed", Video.State.FAILED: "failed", Video.State.REJECTED: "rejected"}
    shown = {**given, "uploadStatus": words.get(Video.State(row.state), "uploaded"), "privacyStatus": row.privacy}
    shown["madeForKids"] = bool(given.get("selfDeclaredMadeForKids", False))
    shown.pop("publishAt", None)
    if row.publish_at is not None:
        shown["publishAt"] = stamp(row.publish_at)
    if row.state == Video.State.FAILED:
        shown["failureReason"] = row.reason
    if row.state == Video.State.REJECTED:
        shown["rejectionReason"] = row.reason
    return shown


def _content(row: Video) -> dict[str, Any]:
    minutes, seconds = divmod(round(row.duration_ms / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    length = "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + f"{seconds}S"
    return {
        "duration": "P0D" if row.processed_at is None else length,
        "dimension": "2d",
        "definition": "hd" if min(row.width, row.height) >= 720 else "sd",
        "caption": "true" if row.captions.exists() else "false",
        "licensedContent": False,
        "projection": "rectangular",
        "hasCustomThumbnail": bool(row.thumbnail_sha256),
    }


def statistics(row: Video) -> dict[str, str]:
    comments = row.comments.filter(status=Comment.Status.PUBLISHED, deleted_at=None).count()
    counts = {"viewCount": row.views, "likeCount": row.likes, "favoriteCount": 0, "commentCount": comments}
    if row.comments_off:
        counts.pop("commentCount")
    return {name: str(value) for name, value in counts.items()}


def _processing(row: Video) -> dict[str, Any]:
    words = {Video.State.LIVE: "succeeded", Video.State.FAILED: "failed", Video.State.REJECTED: "terminated"}
    status = words.get(Video.State(row.state), "processing")
    done = "available" if status != "processing" else "inProgress"
    shown: dict[str, Any] = {
        "processingStatus": status,
        "fileDetailsAvailability": done,
        "processingIssuesAvailability": done,
        "thumbnailsAvailability": done,
    }
    if status == "processing":
        shown["processingProgress"] = {"partsTotal": "100", "partsProcessed": "40", "timeLeftMs": "20000"}
    if status == "failed":
        shown["processingFailureReason"] = "uploadFailed" if row.reason == "emptyFile" else "transcodeFailed"
    return shown


def _file(row: Video) -> dict[str, Any]:
    return {
        "fileName": row.session.file_name or "unknown",
        "fileSize": str(row.size),
        "fileType": "video",
        "container": "mov,mp4,m4a,3gp,3g2,mj2",
        "durationMs": str(row.duration_ms),
        "videoStreams": [{"widthPixels": row.width, "heightPixels": row.height}],
        "creationTime": stamp(row.created_at),
    }


def _suggestions(row: Video) -> dict[str, Any]:
    return {"processingErrors": ["notAVideoFile"]} if row.reason == "invalidFile" else {}


_VIDEO_PARTS: dict[str, Callable[[Video], dict[str, Any]]] = {
    "snippet": _snippet,
    "status": _status,
    "contentDetails": _content,
    "statistics": statistics,
    "processingDetails": _processing,
    "fileDetails": _file,
    "suggestions": _suggestions,
}


def channel(row: Account, *, parts: list[str], now: datetime) -> dict[str, Any]:
    shown: dict[str, Any] = {"kind": "youtube#channel", "etag": "sandbox", "id": row.external_id}
    public = row.videos.filter(Video.shown(now))
    facts = {
        "snippet": {
            "title": row.title,
            "description": "",
            "customUrl": "@" + row.handle.removeprefix("@"),
            "publishedAt": stamp(row.created_at),
            "defaultLanguage": row.language,
            "country": row.country,
        },
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": row.uploads_playlist}},
        "status": {"privacyStatus": "public", "isLinked": True, "longUploadsStatus": "allowed", "madeForKids": False},
        "brandingSettings": {"channel": {"title": row.title}},
    }
    if "statistics" in parts:
        facts["statistics"] = {
            "viewCount": str(sum(public.values_list("views", flat=True))),
            "subscriberCount": str(row.audience),
            "hiddenSubscriberCount": False,
            "videoCount": str(public.count()),
        }
    return shown | {part: facts[part] for part in parts if part in facts}


def playlist(row: Playlist, *, parts: list[str]) -> dict[str, Any]:
    facts = {
        "snippet": {
            "publishedAt": stamp(row.created_at),
            "channelId": row.account.external_id,
            "channelTitle": row.account.title,
            "title": row.title,
            "description": row.description,
        },
        "status": {"privacyStatus": row.privacy},
        "contentDetails": {"itemCount": row.items.count()},
    }
    shown = {"kind": "youtube#playlist", "etag": "sandbox", "id": row.external_id}
    return shown | {part: facts[part] for part in parts if part in facts}


def playlist_item(
    row: Video, *, playlist_id: str, item: PlaylistItem | None, position: int, parts: list[str]
) -> dict[str, Any]:
    """A video as it stands in a playlist; `item` is None in the channel's list of uploads."""
    words = _snippet(row)
    facts = {
        "snippet": {
            "publishedAt": stamp(item.created_at if item else row.created_at),
            "channelId": row.account.external_id,
            "channelTitle": row.account.title,
            "title": words["title"],
            "description": words["description"],
            "thumbnails": words["thumbnails"],
            "playlistId": playlist_id,
            "position": position,
            "resourceId": {"kind": "youtube#video", "videoId": row.external_id},
            "videoOwnerChannelId": row.account.external_id,
            "videoOwnerChannelTitle": row.account.title,
        },
        "contentDetails": {"videoId": row.external_id, "videoPublishedAt": stamp(row.visible_at or row.created_at)},
        "status": {"privacyStatus": row.privacy},
    }
    own_id = item.external_id if item else f"{playlist_id}.{row.external_id}"
    shown: dict[str, Any] = {"kind": "youtube#playlistItem", "etag": "sandbox", "id": own_id}
    return shown | {part: facts[part] for part in parts if part in facts}


def comment(row: Comment, *, reader: Account, as_html: bool, with_status: bool) -> dict[str, Any]:
    owner = row.video.account
    snippet: dict[str, Any] = {
        "channelId": owner.external_id,
        "videoId": row.video.external_id,
        "textDisplay": html.escape(row.text).replace("\n", "<br>") if as_html else row.text,
        "authorDisplayName": "@" + row.author_name.removeprefix("@"),
        "authorProfileImageUrl": f"https://yt3.ggpht.com/{row.author_id}",
        "authorChannelUrl": f"http://www.youtube.com/channel/{row.author_id}",
        "authorChannelId": {"value": row.author_id},
        "canRate": True,
        "viewerRating": "none",
        "likeCount": row.likes,
        "publishedAt": stamp(row.created_at),
        "updatedAt": stamp(row.updated_at),
    }
    if row.author_id == reader.external_id:
        snippet["textOriginal"] = row.text
    if row.parent is not None:
        snippet["parentId"] = row.parent.external_id
    if with_status and owner.pk == reader.pk:
        snippet["moderationStatus"] = row.status
    return {"kind": "youtube#comment", "etag": "sandbox", "id": row.external_id, "snippet": snippet}
