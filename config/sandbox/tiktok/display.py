"""video/list, video/query and user/info of the Open API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse

from config.sandbox import processing
from config.sandbox.models import Account, Comment, Video
from config.sandbox.tiktok import errors, open_door
from config.sandbox.tiktok.open_door import OpenCall

MAX_VIDEOS = 20
_TEXT = 150  # the listing cuts texts here

FIELDS: dict[str, Callable[[Video], Any]] = {
    "id": lambda row: row.external_id,
    "title": lambda row: row.title[:_TEXT],
    "video_description": lambda row: row.title[:_TEXT],
    "create_time": lambda row: int((row.visible_at or row.created_at).timestamp()),
    "cover_image_url": lambda row: f"https://p16.tiktokcdn.com/{row.external_id}.jpg",
    "share_url": lambda row: f"https://www.tiktok.com/@{row.account.handle}/video/{row.external_id}",
    "duration": lambda row: round(row.duration_ms / 1000),
    "height": lambda row: row.height,
    "width": lambda row: row.width,
    "embed_html": lambda row: "",
    "embed_link": lambda row: f"https://www.tiktok.com/player/v1/{row.external_id}",
    "like_count": lambda row: row.likes,
    "comment_count": lambda row: row.comments.filter(status=Comment.Status.PUBLISHED, deleted_at=None).count(),
    "share_count": lambda row: row.views // 250,
    "view_count": lambda row: row.views,
}


def shown_videos(account: Account, *, now: datetime) -> QuerySet[Video]:
    """What everybody sees on the account's page, newest first."""
    processing.settle(now=now, account=account)
    rows = Video.objects.filter(Video.shown(now), account=account, listed_at__lte=now)
    return rows.select_related("account", "session").order_by("-visible_at", "-pk")


def _fields(call: OpenCall, known: dict[str, Any]) -> list[str]:
    asked = [one for one in call.request.GET.get("fields", "").split(",") if one]
    strange = set(asked) - set(known)
    if not asked or strange:
        raise errors.invalid(f"fields is required; unknown: {', '.join(sorted(strange)) or 'none'}.")
    return asked


@open_door.handles("video/list/", scope="video.list", limit="display_per_minute")
def list_videos(call: OpenCall) -> HttpResponse:
    fields = _fields(call, FIELDS)
    count, cursor = call.body.get("max_count", 10), call.body.get("cursor")
    if not isinstance(count, int) or not 1 <= count <= MAX_VIDEOS:
        raise errors.invalid(f"max_count has to be 1 to {MAX_VIDEOS}.")
    rows = shown_videos(call.account, now=call.now)
    if cursor:
        rows = rows.filter(visible_at__lt=datetime.fromtimestamp(int(cursor) / 1000, call.now.tzinfo))
    found = list(rows[: count + 1])
    page = found[:count]
    last = page[-1].visible_at if page and page[-1].visible_at else call.now
    shown = [{name: FIELDS[name](row) for name in fields} for row in page]
    return errors.open_answer({"videos": shown, "cursor": int(last.timestamp() * 1000), "has_more": len(found) > count})


@open_door.handles("video/query/", scope="video.list", limit="display_per_minute")
def query_videos(call: OpenCall) -> HttpResponse:
    fields = _fields(call, FIELDS)
    ids = (call.body.get("filters") or {}).get("video_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MAX_VIDEOS:
        raise errors.invalid(f"filters.video_ids has to name 1 to {MAX_VIDEOS} videos.")
    rows = shown_videos(call.account, now=call.now).filter(external_id__in=[str(one) for one in ids])
    return errors.open_answer({"videos": [{name: FIELDS[name](row) for name in fields} for row in rows]})


_USER: dict[str, Callable[[Account, datetime], Any]] = {
    "open_id": lambda account, now: account.open_id,
    "union_id": lambda account, now: account.external_id,
    "avatar_url": lambda account, now: f"https://p16.tiktokcdn.com/{account.external_id}.webp",
    "display_name": lambda account, now: account.title,
    "username": lambda account, now: account.handle.removeprefix("@"),
    "profile_deep_link": lambda account, now: f"https://www.tiktok.com/@{account.handle}",
    "bio_description": lambda account, now: "",
    "is_verified": lambda account, now: False,
    "follower_count": lambda account, now: account.audience,
    "following_count": lambda account, now: 0,
    "likes_count": lambda account, now: sum(account.videos.values_list("likes", flat=True)),
    "video_count": lambda account, now: account.videos.filter(Video.shown(now)).count(),
}


@open_door.handles("user/info/", verb="GET", scope="user.info.basic", limit="display_per_minute")
def user_info(call: OpenCall) -> HttpResponse:
    fields = _fields(call, _USER)
    return errors.open_answer({"user": {name: _USER[name](call.account, call.now) for name in fields}})
