"""Videos of the Accounts API: posting by URL, following a post, the list with its late numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from config.sandbox import faults, ids, processing
from config.sandbox.models import Family, UploadSession, Video
from config.sandbox.tiktok import business_door, display, errors, posting, rules
from config.sandbox.tiktok.business_door import BusinessCall
from config.sandbox.viewers import audience

_POST_INFO = {
    "caption", "is_brand_organic", "is_branded_content", "disable_comment", "disable_duet", "disable_stitch",
    "thumbnail_offset", "is_ai_generated", "is_ads_only", "upload_to_draft", "location_id", "location_name",
    "music_sound_info",
}  # fmt: skip


@business_door.handles("GET", "business/video/settings/", scope="video.publish")
def video_settings(call: BusinessCall) -> HttpResponse:
    return errors.business_answer(
        {
            "privacy_level_options": rules.privacy_options(call.account),
            "comment_disabled": False,
            "duet_disabled": False,
            "stitch_disabled": False,
            "max_video_post_duration_sec": processing.TIKTOK_SECONDS,
        }
    )


@business_door.handles("POST", "business/video/publish/", scope="video.publish")
def publish(call: BusinessCall) -> HttpResponse:
    """The call itself starts publishing; nothing further is asked of the client."""
    url, post = call.need("video_url"), call.given.get("post_info")
    if not isinstance(post, dict):
        raise errors.bad_parameter("post_info: Missing data for required field.")
    strange = set(post) - _POST_INFO
    if strange or not url.startswith(("http://", "https://")):
        raise errors.bad_parameter(f"video_url has to be an address; unknown in post_info: {sorted(strange)}.")
    if rules.caption_units(post.get("caption", "")) > rules.CAPTION_UNITS:
        raise errors.bad_parameter(f"post_info.caption: Longer than {rules.CAPTION_UNITS} UTF-16 units.")
    problem = posting.post_problem(call.account, place=call.place, now=call.now)
    if problem:
        raise errors.business_refusal(40100 if problem == "spam_risk_too_many_posts" else 40001, problem)
    session = _session(call, url, post)
    processing.arrive(session, now=call.now)
    faults.lose_answer("init_answer_dropped", call.place)
    return errors.business_answer({"share_id": session.publish_id})


def _session(call: BusinessCall, url: str, post: dict[str, Any]) -> UploadSession:
    level = rules.privacy_options(call.account)[0]  # the account's own default; there is no field for it
    resource = {**post, "title": post.get("caption", ""), "privacy_level": level, "source_url": url}
    return UploadSession.objects.create(
        upload_id=ids.letters(48),
        family=Family.TIKTOK_ACCOUNTS,
        account=call.account,
        client=call.client,
        resource=resource,
        publish_id="v_pub_url~v2." + ids.tiktok_number(),
        created_at=call.now,
        expires_at=call.now + posting.URL_LIVES,
    )


@business_door.handles("GET", "business/publish/status/", scope="video.publish")
def publish_status(call: BusinessCall) -> HttpResponse:
    session = UploadSession.objects.filter(publish_id=call.need("publish_id"), account=call.account).first()
    if session is None or session.family != Family.TIKTOK_ACCOUNTS:
        raise errors.gone("The publish_id does not exist.")
    processing.settle(now=call.now, account=call.account)
    video = Video.objects.filter(session=session).first()
    open_shape = posting.shown_status(session, video, now=call.now, place=call.place)
    shown: dict[str, Any] = {"status": open_shape["status"]}
    if "fail_reason" in open_shape:
        shown["reason"] = open_shape["fail_reason"]
    shown["post_ids"] = [str(one) for one in open_shape.get("publicaly_available_post_id", [])]
    return errors.business_answer(shown)


def _late_views(row: Video, now: datetime) -> int:
    """The count as it stood when the numbers were last made up."""
    return audience.views(row, now - timedelta(hours=settings.SANDBOX_INSIGHT_DELAY_HOURS))


def _retention(row: Video) -> list[dict[str, Any]]:
    seconds = max(1, row.duration_ms // 1000)
    end = audience.completion(row) * 0.6
    step = max(1, seconds // 20)
    return [
        {"second": str(second), "percentage": round(1 - (1 - end) * second / seconds, 4)}
        for second in range(0, seconds, step)
    ]


_NOW: dict[str, Callable[[Video], Any]] = {
    "item_id": lambda row: row.external_id,
    "caption": lambda row: row.title,
    "create_time": lambda row: str(int((row.visible_at or row.created_at).timestamp())),
    "share_url": display.FIELDS["share_url"],
    "embed_url": display.FIELDS["embed_link"],
    "thumbnail_url": display.FIELDS["cover_image_url"],
    "media_type": lambda row: "VIDEO",
    "is_ad": lambda row: False,
}
_LATE: dict[str, Callable[[Video, int], Any]] = {
    "video_views": lambda row, views: views,
    "reach": lambda row, views: round(views * 0.85),
    "likes": lambda row, views: round(views * audience.LIKES_PER_VIEW),
    "comments": lambda row, views: round(views * settings.SANDBOX_COMMENTS_PER_1000_VIEWS / 1000),
    "shares": lambda row, views: views // 250,
    "favorites": lambda row, views: views // 120,
    "total_time_watched": lambda row, views: round(views * audience.completion(row) * row.duration_ms / 1000, 1),
    "average_time_watched": lambda row, views: round(audience.completion(row) * row.duration_ms / 1000, 2),
    "full_video_watched_rate": lambda row, views: round(audience.completion(row) * 0.6, 4),
    "video_view_retention": lambda row, views: _retention(row),
    "video_duration": lambda row, views: row.duration_ms / 1000,
    "new_followers": lambda row, views: views // 500,
}


@business_door.handles("GET", "business/video/list/", scope="video.list")
def list_videos(call: BusinessCall) -> HttpResponse:
    fields = call.structure("fields", default=["item_id"])
    strange = set(fields) - set(_NOW) - set(_LATE)
    if "item_id" not in fields or strange:
        raise errors.bad_parameter(f"fields: item_id is needed; unknown: {sorted(strange)}.")
    if set(fields) & set(_LATE) and "video.insights" not in call.scopes:
        raise errors.business_refusal(40001, "The account did not grant the scope video.insights.")
    wanted = call.structure("filters", default={}).get("video_ids")
    count = call.number("max_count", default=10, most=20) or 1
    cursor = call.number("cursor", default=0, most=10**16)
    rows = display.shown_videos(call.account, now=call.now)
    if wanted:
        rows = rows.filter(external_id__in=[str(one) for one in wanted])
    if cursor:
        rows = rows.filter(visible_at__lt=datetime.fromtimestamp(cursor / 1000, call.now.tzinfo))
    found = list(rows[: count + 1])
    page = found[:count]
    last = page[-1].visible_at if page and page[-1].visible_at else call.now
    videos = [_shown(row, fields, now=call.now) for row in page]
    return errors.business_answer(
        {"videos": videos, "cursor": int(last.timestamp() * 1000), "has_more": len(found) > count}
    )


def _shown(row: Video, fields: list[str], *, now: datetime) -> dict[str, Any]:
    """Numbers that are not there yet are left out: absent is not zero."""
    shown = {name: _NOW[name](row) for name in fields if name in _NOW}
    views = _late_views(row, now)
    if views > 0:
        shown |= {name: _LATE[name](row, views) for name in fields if name in _LATE}
    return shown


@business_door.handles("GET", "business/get/", scope="user.info.basic")
def account_info(call: BusinessCall) -> HttpResponse:
    account = call.account
    known = {
        "username": account.handle.removeprefix("@"),
        "display_name": account.title,
        "profile_image": f"https://p16.tiktokcdn.com/{account.external_id}.webp",
        "is_business_account": True,
        "followers_count": account.audience,
        "videos_count": account.videos.filter(Video.shown(call.now)).count(),
    }
    fields = call.structure("fields", default=["username", "display_name", "profile_image"])
    strange = set(fields) - set(known)
    if strange:
        raise errors.bad_parameter(f"fields: unknown: {sorted(strange)}.")
    return errors.business_answer({name: known[name] for name in fields})
