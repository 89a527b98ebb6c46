"""Direct Post: ask the creator's options, open a post, follow it, cancel it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse

from config.sandbox import faults, ids, processing
from config.sandbox.answers import Refusal
from config.sandbox.models import Account, Family, UploadSession, Video
from config.sandbox.tiktok import errors, open_door, rules
from config.sandbox.tiktok.open_door import OpenCall

URL_LIVES = timedelta(hours=1)


def post_problem(account: Account, *, place: faults.Place, now: Any) -> str:
    """Why this creator may not post at the moment, in TikTok's code; "" when it may."""
    for fault, code in _POSTING_FAULTS.items():
        if faults.strikes(fault, place) is not None:
            return code
    if posts_today(account, now=now) >= account.posts_per_day:
        return "spam_risk_too_many_posts"
    return ""


_POSTING_FAULTS = {
    "too_many_posts": "spam_risk_too_many_posts",
    "banned_from_posting": "spam_risk_user_banned_from_posting",
    "active_user_cap": "reached_active_user_cap",
}


def posts_today(account: Account, *, now: Any) -> int:
    """Posts of the last 24 hours, whichever app made them; what failed does not count."""
    recent = Video.objects.filter(account=account, created_at__gt=now - timedelta(hours=24))
    return recent.exclude(state=Video.State.FAILED).count()


@open_door.handles("post/publish/creator_info/query/", scope="video.publish", limit="creator_info_per_minute")
def creator_info(call: OpenCall) -> HttpResponse:
    problem = post_problem(call.account, place=call.place, now=call.now)
    if problem:
        raise errors.open_refusal(200, problem)  # with HTTP 200, on purpose
    account = call.account
    return errors.open_answer(
        {
            "creator_avatar_url": f"https://p16.tiktokcdn.com/{account.external_id}.webp",
            "creator_username": account.handle.removeprefix("@"),
            "creator_nickname": account.title,
            "privacy_level_options": rules.privacy_options(account),
            "comment_disabled": False,
            "duet_disabled": False,
            "stitch_disabled": False,
            "max_video_post_duration_sec": processing.TIKTOK_SECONDS,
        }
    )


@open_door.handles("post/publish/video/init/", scope="video.publish", limit="init_per_minute")
def init(call: OpenCall) -> HttpResponse:
    post, source = call.body.get("post_info"), call.body.get("source_info")
    if not isinstance(post, dict) or not isinstance(source, dict):
        raise errors.invalid("post_info and source_info are required.")
    rules.check_post(post, account=call.account)
    by_url = rules.check_source(source)
    problem = post_problem(call.account, place=call.place, now=call.now)
    if problem:
        raise errors.open_refusal(403, problem)
    if call.client.limit("unaudited") and not (call.account.is_private and post["privacy_level"] == "SELF_ONLY"):
        raise errors.open_refusal(403, "unaudited_client_can_only_post_to_private_accounts")
    session = _session(call, post, source, by_url=by_url)
    if by_url:
        processing.arrive(session, now=call.now)  # from here on it publishes, whoever hears of it
    faults.lose_answer("init_answer_dropped", call.place)
    data = {"publish_id": session.publish_id}
    if not by_url:
        data["upload_url"] = call.request.build_absolute_uri(f"/tiktok-upload/video/?upload_id={session.upload_id}")
    return errors.open_answer(data)


def _session(call: OpenCall, post: dict[str, Any], source: dict[str, Any], *, by_url: bool) -> UploadSession:
    resource = {**post, "source_url": source.get("video_url", "") if by_url else ""}
    return UploadSession.objects.create(
        upload_id=ids.letters(48),
        family=Family.TIKTOK_OPEN,
        account=call.account,
        client=call.client,
        size=None if by_url else source["video_size"],
        chunk_size=None if by_url else source["chunk_size"],
        chunk_count=None if by_url else source["total_chunk_count"],
        resource=resource,
        publish_id=("v_pub_url~v2." if by_url else "v_pub_file~v2-1.") + ids.tiktok_number(),
        created_at=call.now,
        expires_at=call.now + URL_LIVES,
    )


@open_door.handles("post/publish/status/fetch/", scope="video.publish", limit="status_per_minute")
def status(call: OpenCall) -> HttpResponse:
    session = own_session(call)
    processing.settle(now=call.now, account=call.account)
    video = Video.objects.filter(session=session).first()
    return errors.open_answer(shown_status(session, video, now=call.now, place=call.place))


def own_session(call: OpenCall) -> UploadSession:
    session = UploadSession.objects.filter(publish_id=call.body.get("publish_id") or "-").first()
    if session is None or session.family != Family.TIKTOK_OPEN:
        raise errors.open_refusal(400, "invalid_publish_id")
    if session.account_id != call.account.pk or session.client_id != call.client.pk:
        raise errors.open_refusal(400, "token_not_authorized_for_specified_publish_id")
    return session


def shown_status(session: UploadSession, video: Video | None, *, now: Any, place: faults.Place) -> dict[str, Any]:
    by_url = bool(session.resource.get("source_url"))
    name = "downloaded_bytes" if by_url else "uploaded_bytes"
    shown: dict[str, Any] = {"status": "PROCESSING_DOWNLOAD" if by_url else "PROCESSING_UPLOAD", name: session.received}
    if session.cancelled_at is not None:
        return shown | {"status": "FAILED", "fail_reason": "publish_cancelled"}
    if video is None:
        return shown
    if video.state in (Video.State.FAILED, Video.State.REJECTED):
        return shown | {"status": "FAILED", "fail_reason": video.reason}
    if video.state == Video.State.LIVE:
        shown["status"] = "PUBLISH_COMPLETE"
        if video.is_shown(now) and faults.strikes("post_id_late", place) is None:
            shown["publicaly_available_post_id"] = [int(video.external_id)]
    return shown


@open_door.handles("post/publish/cancel/", scope="video.publish", limit="status_per_minute")
def cancel(call: OpenCall) -> HttpResponse:
    session = own_session(call)
    video = Video.objects.filter(session=session).first()
    waiting = video is None or video.state == Video.State.DOWNLOADING
    if not waiting or session.cancelled_at is not None:
        raise _not_cancellable()
    if video is not None:
        rows = Video.objects.filter(pk=video.pk, state=Video.State.DOWNLOADING)
        if not rows.update(state=Video.State.FAILED, reason="publish_cancelled", processed_at=call.now):
            raise _not_cancellable()
    UploadSession.objects.filter(pk=session.pk).update(cancelled_at=call.now)
    return errors.open_answer({})


def _not_cancellable() -> Refusal:
    return errors.open_refusal(400, "publish_not_cancellable")
