"""Comment threads and comments: reading, answering, hiding."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse

from config.sandbox import answers, faults, ids
from config.sandbox.models import Comment, Video
from config.sandbox.viewers import crowd
from config.sandbox.youtube import door, errors, paging, wire
from config.sandbox.youtube.channels import one_filter
from config.sandbox.youtube.door import Call

MAX_TEXT = 10_000
_SHOWN_REPLIES = 5
_JOINED = ("video__account", "parent")


@door.handles("youtube.commentThreads.list")
def list_threads(call: Call) -> HttpResponse:
    chosen = one_filter(call, ("allThreadsRelatedToChannelId", "videoId", "id", "channelId"))
    if chosen == "id" and (call.query.get("pageToken") or call.query.get("searchTerms")):
        message = "Incompatible parameters specified in the request: id, pageToken, searchTerms"
        raise errors.refusal(400, "incompatibleParameters", message, location="id")
    rows = _CHOICES[chosen](call).filter(parent=None, deleted_at=None).select_related(*_JOINED)
    if chosen != "id":
        rows = _narrowed(call, rows)
        _shift(call, rows)
    found, facts = paging.page(call, rows, size=call.query["maxResults"])
    facts["pageInfo"] = {"totalResults": len(found), "resultsPerPage": call.query["maxResults"]}
    items = [_thread(call, row, with_status=chosen != "id") for row in found]
    return answers.as_json(wire.listing("commentThread", items, **facts))


def _of_channel(call: Call) -> QuerySet[Comment]:
    videos = Video.objects.filter(
        Video.shown(call.now), account__external_id=call.query["allThreadsRelatedToChannelId"], comments_off=False
    )
    return Comment.objects.filter(video__in=videos)


def _of_video(call: Call) -> QuerySet[Comment]:
    row = Video.objects.select_related("account").filter(external_id=call.query["videoId"], deleted_at=None).first()
    if row is None or not (row.is_shown(call.now) or row.account_id == call.account.pk):
        raise errors.video_not_found("videoId")
    off = faults.strikes("comments_disabled", faults.Place("youtube", call.request.path, row.account))
    if row.comments_off or off is not None:
        message = "The video identified by the <code>videoId</code> parameter has disabled comments."
        raise errors.refusal(403, "commentsDisabled", message, domain="youtube.commentThread", location="videoId")
    return Comment.objects.filter(video=row)


def _of_ids(call: Call) -> QuerySet[Comment]:
    return Comment.objects.filter(external_id__in=call.query["id"], video__deleted_at=None)


def _of_discussion(call: Call) -> QuerySet[Comment]:
    return Comment.objects.none()  # channel discussions ended in 2024


_CHOICES = {
    "allThreadsRelatedToChannelId": _of_channel,
    "videoId": _of_video,
    "id": _of_ids,
    "channelId": _of_discussion,
}


def _narrowed(call: Call, rows: QuerySet[Comment]) -> QuerySet[Comment]:
    status = call.query["moderationStatus"]
    if status != Comment.Status.PUBLISHED:
        if rows.exclude(video__account=call.account).exists():
            raise errors.forbidden("Only the owner may read held comments.", domain="youtube.commentThread")
        rows = rows.filter(video__account=call.account)
    rows = rows.filter(status=status)
    if call.query.get("searchTerms"):
        rows = rows.filter(text__icontains=call.query["searchTerms"])
    best_first = call.query["order"] == "relevance"
    return rows.order_by(*(("-likes", "-pk") if best_first else ("-created_at", "-pk")))


def _shift(call: Call, rows: QuerySet[Comment]) -> None:
    """The faults that move a list under its reader, between two of its pages."""
    if not call.query.get("pageToken"):
        return
    more = faults.strikes("pages_shift", call.place)
    newest = rows.first()
    if more is not None and newest is not None:
        crowd.say_more(newest.video, count=int(more.get("count", 3)), now=call.now)
    if faults.strikes("pages_lose", call.place) is not None and newest is not None:
        Comment.objects.filter(pk=newest.pk).update(deleted_at=call.now)


def _replies(row: Comment) -> QuerySet[Comment]:
    """What the public sees under a comment."""
    shown = row.replies.filter(status=Comment.Status.PUBLISHED, deleted_at=None)
    return shown.select_related(*_JOINED).order_by("-created_at", "-pk")


def _thread(call: Call, row: Comment, *, with_status: bool) -> dict[str, Any]:
    thread: dict[str, Any] = {"kind": "youtube#commentThread", "etag": "sandbox", "id": row.external_id}
    replies = _replies(row)
    count = replies.count()
    if "snippet" in call.parts:
        thread["snippet"] = {
            "channelId": row.video.account.external_id,
            "videoId": row.video.external_id,
            "topLevelComment": _shown(call, row, with_status=with_status),
            "canReply": True,
            "totalReplyCount": count,
            "isPublic": row.status == Comment.Status.PUBLISHED,
        }
    if "replies" in call.parts and count:
        some = [_shown(call, reply, with_status=with_status) for reply in replies[:_SHOWN_REPLIES]]
        thread["replies"] = {"comments": some}
    return thread


def _shown(call: Call, row: Comment, *, with_status: bool = True) -> dict[str, Any]:
    as_html = call.query.get("textFormat", "html") != "plainText"
    return wire.comment(row, reader=call.account, as_html=as_html, with_status=with_status)


@door.handles("youtube.comments.list")
def list_comments(call: Call) -> HttpResponse:
    rows = Comment.objects.filter(deleted_at=None, video__deleted_at=None)
    if one_filter(call, ("parentId", "id")) == "id":
        rows = rows.filter(external_id__in=call.query["id"]).select_related(*_JOINED)
    else:
        parent = rows.filter(external_id=call.query["parentId"], parent=None).first()
        if parent is None:
            raise _not_found("commentNotFound", "parentId")
        rows = _replies(parent).order_by("created_at", "pk")
    found, facts = paging.page(call, rows, size=call.query["maxResults"])
    return answers.as_json(wire.listing("comment", [_shown(call, row) for row in found], **facts))


def _not_found(reason: str, location: str) -> Exception:
    message = "One or more of the comments cannot be retrieved due to insufficient permissions or an invalid id."
    return errors.refusal(404, reason, message, domain="youtube.comment", location=location)


@door.handles("youtube.comments.insert")
def insert_comment(call: Call) -> HttpResponse:
    snippet = call.body.get("snippet") or {}
    text, parent_id = snippet.get("textOriginal") or "", snippet.get("parentId")
    if not parent_id:
        raise _bad_comment("parentIdMissing", "The comment must have a parent comment.", "body.snippet.parentId")
    if not text.strip():
        raise _bad_comment(
            "commentTextRequired", "The comment resource must include text.", "body.snippet.textOriginal"
        )
    if len(text) > MAX_TEXT:
        raise _bad_comment("commentTextTooLong", "The comment text is too long.", "body.snippet.textOriginal")
    parent = Comment.objects.select_related(*_JOINED).filter(external_id=parent_id, deleted_at=None).first()
    if parent is None or parent.video.deleted_at is not None:
        raise _not_found("parentCommentNotFound", "body.snippet.parentId")
    if parent.parent is not None:
        raise _bad_comment("operationNotSupported", "A reply cannot be answered.", "body.snippet.parentId")
    held = faults.strikes("reply_hidden", call.place) is not None
    row = Comment.objects.create(
        video=parent.video,
        parent=parent,
        external_id=f"{parent.external_id}.{ids.letters(22)}",
        author_id=call.account.external_id,
        author_name=call.account.handle,
        by_owner=parent.video.account_id == call.account.pk,
        text=text,
        status=Comment.Status.HELD if held else Comment.Status.PUBLISHED,
        created_at=call.now,
        updated_at=call.now,
    )
    faults.lose_answer("reply_stored_answer_lost", call.place)
    return answers.as_json(_shown(call, row))


def _bad_comment(reason: str, message: str, location: str) -> Exception:
    return errors.bad_metadata(reason, message, location=location, domain="youtube.comment")


@door.handles("youtube.comments.setModerationStatus")
def moderate(call: Call) -> HttpResponse:
    """Hide or release. All of the ids or none."""
    status, wanted = call.query["moderationStatus"], set(call.query["id"])
    if status == Comment.Status.SPAM:
        raise _bad_comment("operationNotSupported", "likelySpam cannot be set.", "moderationStatus")
    if call.query.get("banAuthor") and status != Comment.Status.REJECTED:
        message = "The banAuthor parameter may only be used together with moderationStatus rejected."
        raise _bad_comment("banWithoutReject", message, "banAuthor")
    rows = Comment.objects.filter(external_id__in=wanted, deleted_at=None, video__deleted_at=None)
    owners = list(rows.values_list("video__account_id", flat=True))
    if len(owners) < len(wanted):
        raise _not_found("commentNotFound", "id")
    if set(owners) != {call.account.pk}:
        raise errors.forbidden("Only the owner of the channel or video may moderate.", domain="youtube.comment")
    authors = set(rows.values_list("author_id", flat=True))
    rows.update(status=status)
    if call.query.get("banAuthor"):
        theirs = Comment.objects.filter(video__account=call.account, author_id__in=authors)
        theirs.filter(created_at__gt=call.now - timedelta(days=60)).update(status=status)
    return HttpResponse(status=204)


@door.handles("youtube.comments.delete")
def delete_comment(call: Call) -> HttpResponse:
    rows = Comment.objects.filter(external_id=call.query["id"], deleted_at=None)
    row = rows.select_related("video").first()
    if row is None:
        raise _not_found("commentNotFound", "id")
    if call.account.pk != row.video.account_id and row.author_id != call.account.external_id:
        raise errors.forbidden("Only its author or the channel's owner may delete a comment.", domain="youtube.comment")
    rows.update(deleted_at=call.now)
    return HttpResponse(status=204)
