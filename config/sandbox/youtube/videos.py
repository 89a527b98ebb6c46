"""videos.list, update, delete and batchGetStats."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from config.sandbox import answers, processing
from config.sandbox.models import Video
from config.sandbox.youtube import door, errors, rules, wire
from config.sandbox.youtube.door import Call

MAX_IDS = 50
_BY_LINK = (*Video.PUBLIC, "unlisted")


def owned(call: Call, external_id: str, *, location: str = "id") -> Video:
    """The caller's own video, or the refusal a stranger and a gone video get."""
    row = (
        Video.objects.select_related("account", "session")
        .filter(external_id=external_id, deleted_at=None, account__platform="youtube")
        .first()
    )
    if row is None:
        raise errors.video_not_found(location)
    if row.account_id != call.account.pk:
        raise errors.forbidden("The caller does not own this video.")
    return row


def visible(call: Call, ids: list[str]) -> list[Video]:
    """The videos of these ids that the caller may see, in the order asked."""
    processing.settle(now=call.now)
    rows = Video.objects.select_related("account", "session").filter(external_id__in=ids, deleted_at=None)
    by_id = {row.external_id: row for row in rows if row.account_id == call.account.pk or _is_open(row)}
    return [by_id[one] for one in dict.fromkeys(ids) if one in by_id]


def _is_open(row: Video) -> bool:
    return row.state == Video.State.LIVE and row.privacy in _BY_LINK and row.account.platform == "youtube"


@door.handles("youtube.videos.list")
def list_videos(call: Call) -> HttpResponse:
    ids = _ids(call)
    rows = visible(call, ids)
    for part in wire.OWNER_ONLY & set(call.parts):
        if any(row.account_id != call.account.pk for row in rows):
            raise errors.forbidden(f"The request cannot access the {part} part: only the video's owner may.")
    items = [
        wire.video(row, parts=call.parts, now=call.now, for_owner=row.account_id == call.account.pk) for row in rows
    ]
    info = {"totalResults": len(items), "resultsPerPage": len(items)}
    return answers.as_json(wire.listing("video", items, pageInfo=info))


def _ids(call: Call) -> list[str]:
    given = [name for name in ("id", "chart", "myRating") if call.query.get(name)]
    if len(given) > 1:
        message = f"Incompatible parameters specified in the request: {', '.join(given)}"
        raise errors.refusal(400, "incompatibleParameters", message, location=given[0])
    if given != ["id"]:
        message = "No filter selected. Expected one of: id, chart, myRating (this stand-in knows id)."
        raise errors.refusal(400, "missingRequiredParameter", message, location="parameters.")
    ids: list[str] = call.query["id"]
    _check_count(ids)
    return ids


def _check_count(ids: list[str]) -> None:
    if len(ids) > MAX_IDS:
        message = f"The request specifies an invalid filter parameter: at most {MAX_IDS} ids, {len(ids)} given."
        raise errors.refusal(400, "invalidFilters", message, location="id")


@door.handles("youtube.videos.update")
def update(call: Call) -> HttpResponse:
    """Replace whole parts: what the caller leaves out of a named part is gone."""
    processing.settle(now=call.now, account=call.account)
    row = owned(call, call.body["id"])
    resource = dict(row.resource)
    for part in call.parts:
        if part in wire.WRITABLE:
            resource[part] = call.body.get(part, {})
    _check(resource, call=call, row=row)
    row.resource = resource
    row.title = resource.get("snippet", {}).get("title", row.title)
    row.save(update_fields=["resource", "title"])
    if "status" in call.parts:
        _apply_status(row, call=call)
    return answers.as_json(wire.video(row, parts=call.parts, now=call.now, for_owner=True))


def _check(resource: dict[str, Any], *, call: Call, row: Video) -> None:
    if "snippet" in call.parts:
        rules.check_snippet(resource["snippet"])
    if "status" in call.parts:
        was_published = row.visible_at is not None
        resource["status"] = rules.checked_status(resource["status"], was_published=was_published)
    rules.check_localizations(resource)


def _apply_status(row: Video, *, call: Call) -> None:
    row.privacy = row.resource["status"]["privacyStatus"]
    row.publish_at = processing.publish_at(row.resource)
    if row.privacy in Video.PUBLIC and row.visible_at is None and row.state == Video.State.LIVE:
        row.visible_at = call.now
    row.save(update_fields=["privacy", "publish_at", "visible_at"])
    processing.settle(now=call.now, account=call.account)
    row.refresh_from_db()


@door.handles("youtube.videos.delete")
def delete(call: Call) -> HttpResponse:
    row = owned(call, call.query["id"])
    Video.objects.filter(pk=row.pk, deleted_at=None).update(deleted_at=call.now)
    return HttpResponse(status=204)


@door.handles("youtube.videos.batchGetStats")
def stats(call: Call) -> HttpResponse:
    ids = call.query.get("id", [])
    if not ids:
        raise errors.refusal(400, "missingRequiredParameter", "Missing required parameter: id", location="id")
    _check_count(ids)
    rows = [row for row in visible(call, ids) if row.is_shown(call.now)]
    return answers.as_json(
        {"kind": "youtube#batchGetStatsResponse", "etag": "sandbox", "items": [_stat(call, row) for row in rows]}
    )


def _stat(call: Call, row: Video) -> dict[str, Any]:
    shown: dict[str, Any] = {"kind": "youtube#videoStat", "etag": "sandbox", "id": row.external_id}
    if "statistics" in call.parts or not call.parts:
        counts = wire.statistics(row)
        shown["statistics"] = {
            name: counts[name] for name in ("viewCount", "likeCount", "commentCount") if name in counts
        }
    if "snippet" in call.parts:
        shown["snippet"] = {"publishTime": wire.stamp(row.visible_at or row.created_at)}
    return shown
