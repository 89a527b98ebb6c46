"""Comments of the Accounts API: listing (in no order unless one is asked for), answering, hiding."""

from __future__ import annotations

import random
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse

from config.sandbox import faults, ids
from config.sandbox.models import Comment, Video
from config.sandbox.tiktok import business_door, errors
from config.sandbox.tiktok.business_door import BusinessCall
from config.sandbox.viewers import crowd

MAX_PAGE, MAX_IDS, MAX_REPLY = 30, 30, 1200
SORTED_DEPTH = 500  # beyond it the order is by likes, and comments come again
_SORTS = {"likes": "likes", "replies": "reply_count", "create_time": "created_at"}
_OUT_OF_SIGHT = (Comment.Status.HELD, Comment.Status.SPAM, Comment.Status.REJECTED)


def own_video(call: BusinessCall) -> Video:
    video = Video.objects.filter(account=call.account, external_id=call.need("video_id"), deleted_at=None).first()
    if video is None or not video.is_shown(call.now):
        raise errors.gone("The video does not exist.")
    return video


def own_comment(call: BusinessCall, video: Video) -> Comment:
    row = Comment.objects.filter(video=video, external_id=call.need("comment_id"), deleted_at=None).first()
    if row is None:
        raise errors.gone("The comment does not exist.")
    return row


@business_door.handles("GET", "business/comment/list/", scope="comment.list")
def list_comments(call: BusinessCall) -> HttpResponse:
    video = own_video(call)
    rows = _joined(Comment.objects.filter(video=video, parent=None, deleted_at=None))
    wanted = call.structure("comment_ids", default=None)
    if wanted is not None:
        if not isinstance(wanted, list) or len(wanted) > MAX_IDS:
            raise errors.bad_parameter(f"comment_ids: At most {MAX_IDS} ids in a list.")
        rows = rows.filter(external_id__in=[str(one) for one in wanted])
    _shift(call, video)
    return _page(call, _by_status(call, rows))


@business_door.handles("GET", "business/comment/reply/list/", scope="comment.list")
def list_replies(call: BusinessCall) -> HttpResponse:
    parent = own_comment(call, own_video(call))
    rows = _joined(Comment.objects.filter(parent=parent, deleted_at=None))
    return _page(call, _by_status(call, rows))


def _joined(rows: QuerySet[Comment]) -> QuerySet[Comment]:
    counted = Count("replies", filter=Q(replies__deleted_at=None))
    return rows.select_related("video", "parent").annotate(reply_count=counted)


def _by_status(call: BusinessCall, rows: QuerySet[Comment]) -> QuerySet[Comment]:
    status = call.given.get("status", "ALL")
    if status not in ("PUBLIC", "ALL"):
        raise errors.bad_parameter("status: Must be one of PUBLIC, ALL.")
    return rows.filter(status=Comment.Status.PUBLISHED) if status == "PUBLIC" else rows


def _shift(call: BusinessCall, video: Video) -> None:
    if not int(call.given.get("cursor") or 0):
        return
    more = faults.strikes("pages_shift", call.place)
    if more is not None:
        crowd.say_more(video, count=int(more.get("count", 3)), now=call.now)
    if faults.strikes("pages_lose", call.place) is not None:
        newest = video.comments.filter(parent=None, deleted_at=None).order_by("-created_at", "-pk").first()
        if newest is not None:
            Comment.objects.filter(pk=newest.pk).update(deleted_at=call.now)


def _page(call: BusinessCall, rows: QuerySet[Comment]) -> HttpResponse:
    count = call.number("max_count", default=20, most=MAX_PAGE) or 1
    cursor = call.number("cursor", default=0, most=10**9)
    found = _ordered(call, rows)
    # Every third further page comes short although there is more; the cursor counts what was given.
    short = 1 if cursor and count > 1 and (cursor // count) % 3 == 2 else 0
    page = found[cursor : cursor + count - short]
    replies = call.given.get("include_replies") in (True, "true", "True", "1")
    return errors.business_answer(
        {
            "comments": [_shown(row, with_replies=replies) for row in page],
            "cursor": cursor + len(page),
            "has_more": cursor + len(page) < len(found),
        }
    )


def _ordered(call: BusinessCall, rows: QuerySet[Comment]) -> list[Comment]:
    field, order = call.given.get("sort_field"), call.given.get("sort_order", "desc")
    if field is None:
        found = list(rows)
        random.shuffle(found)
        return found
    if field not in _SORTS or order not in ("asc", "desc", "smart"):
        raise errors.bad_parameter("sort_field: likes, replies, create_time; sort_order: asc, desc, smart.")
    sign = "" if order == "asc" else "-"
    first = list(rows.order_by(f"{sign}{_SORTS[field]}", f"{sign}pk")[:SORTED_DEPTH])
    if len(first) < SORTED_DEPTH:
        return first
    beyond = rows.exclude(pk__in=[row.pk for row in first]).order_by("-likes", "-pk")
    return first + first[:2] + list(beyond)


def _shown(row: Comment, *, with_replies: bool = False) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "comment_id": row.external_id,
        "video_id": row.video.external_id,
        "unique_identifier": row.author_id,
        "user_id": row.author_id,
        "username": row.author_name,
        "display_name": row.author_name,
        "profile_image": f"https://p16.tiktokcdn.com/{row.author_id}.webp",
        "text": row.text,
        "image_url": "",
        "create_time": str(int(row.created_at.timestamp())),
        "likes": row.likes,
        "replies": getattr(row, "reply_count", 0),
        "owner": row.by_owner,
        "liked": row.liked,
        "pinned": False,
        "status": "HIDDEN" if row.status in _OUT_OF_SIGHT else "PUBLIC",
    }
    if row.parent is not None:
        shown["parent_comment_id"] = row.parent.external_id
    if with_replies:
        some = _joined(row.replies.filter(deleted_at=None)).order_by("created_at")[:3]
        shown["reply_list"] = [_shown(reply) for reply in some]
    return shown


@business_door.handles("POST", "business/comment/reply/create/", scope="comment.list.manage")
def reply(call: BusinessCall) -> HttpResponse:
    video = own_video(call)
    parent = own_comment(call, video)
    held = faults.strikes("reply_hidden", call.place) is not None
    row = _write(call, video, parent=parent.parent or parent, held=held)
    faults.lose_answer("reply_stored_answer_lost", call.place)
    return errors.business_answer(_shown(row))


@business_door.handles("POST", "business/comment/create/", scope="comment.list.manage")
def create(call: BusinessCall) -> HttpResponse:
    row = _write(call, own_video(call), parent=None, held=False)
    faults.lose_answer("reply_stored_answer_lost", call.place)
    return errors.business_answer(_shown(row))


def _write(call: BusinessCall, video: Video, *, parent: Comment | None, held: bool) -> Comment:
    text = call.need("text")
    if len(text) > MAX_REPLY:
        raise errors.bad_parameter(f"text: Longer than maximum length {MAX_REPLY}.")
    return Comment.objects.create(
        video=video,
        parent=parent,
        external_id=ids.tiktok_number(),
        author_id=call.account.business_id,
        author_name=call.account.handle,
        by_owner=True,
        text=text,
        status=Comment.Status.HELD if held else Comment.Status.PUBLISHED,
        created_at=call.now,
        updated_at=call.now,
    )


@business_door.handles("POST", "business/comment/hide/", scope="comment.list.manage")
def hide(call: BusinessCall) -> HttpResponse:
    status = {"HIDE": Comment.Status.REJECTED, "UNHIDE": Comment.Status.PUBLISHED}.get(call.need("action"))
    if status is None:
        raise errors.bad_parameter("action: Must be one of HIDE, UNHIDE.")
    row = own_comment(call, own_video(call))
    Comment.objects.filter(pk=row.pk).update(status=status)
    return errors.business_answer({})


@business_door.handles("POST", "business/comment/like/", scope="comment.list.manage")
def like(call: BusinessCall) -> HttpResponse:
    if call.need("action") not in ("LIKE", "UNLIKE"):
        raise errors.bad_parameter("action: Must be one of LIKE, UNLIKE.")
    row = own_comment(call, own_video(call))
    Comment.objects.filter(pk=row.pk).update(liked=call.given["action"] == "LIKE")
    return errors.business_answer({})


@business_door.handles("POST", "business/comment/delete/", scope="comment.list.manage")
def delete(call: BusinessCall) -> HttpResponse:
    """Only what the account itself wrote."""
    rows = Comment.objects.filter(
        external_id=call.need("comment_id"), video__account=call.account, by_owner=True, deleted_at=None
    )
    if not rows.update(deleted_at=call.now):
        raise errors.gone("The comment does not exist or was not written by this account.")
    return errors.business_answer({})
