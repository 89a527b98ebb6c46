"""Things that happen: faults by name, a post taken down in the app, a word from the audience, time to watch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from config.kernel import clock
from config.kernel.errors import Invalid
from config.sandbox import faults, ids
from config.sandbox.control import door
from config.sandbox.models import Account, Comment, Fault, Video
from config.sandbox.viewers import crowd


@door.control("GET", "POST", "DELETE")
def faults_view(request: HttpRequest, body: dict[str, Any]) -> Any:
    """POST {name, match: {platform, path, account}, times, probability, options}; DELETE {name} or {} for all."""
    if request.method == "POST":
        return _fault(faults.arm(body, now=clock.now()))
    rows = Fault.objects.order_by("pk")
    if request.method == "DELETE":
        if door.known(body, "name").get("name"):
            rows = rows.filter(name=body["name"])
        return {"removed": rows.delete()[0]}
    return {"faults": [_fault(row) for row in rows], "known": faults.KNOWN}


def _fault(row: Fault) -> dict[str, Any]:
    match = {"platform": row.platform, "path": row.path, "account": row.account}
    return {
        "id": row.pk,
        "name": row.name,
        "match": {name: value for name, value in match.items() if value},
        "times_left": row.times_left,
        "probability": row.probability,
        "options": row.options,
        "struck": row.struck,
    }


@door.control("POST")
def delete_by_hand(request: HttpRequest, body: dict[str, Any]) -> Any:
    """POST {external_id}: a person takes the video down in the platform's own app."""
    video = _video(door.known(body, "external_id"))
    rows = Video.objects.filter(pk=video.pk, deleted_at=None)
    return {"deleted": rows.update(deleted_at=clock.now())}


def _video(body: dict[str, Any]) -> Video:
    name = str(door.need(body, "external_id"))
    video = Video.objects.select_related("account").filter(external_id=name).first()
    if video is None:
        raise Invalid(f"There is no video {name}.")
    return video


@door.control("POST")
def say(request: HttpRequest, body: dict[str, Any]) -> Any:
    """POST {external_id, text, parent?, author?, status?, likes?, at?}: one viewer's comment, word for word."""
    door.known(body, "external_id", "text", "parent", "author", "status", "likes", "at")
    video = _video(body)
    youtube = video.account.platform == Account.Platform.YOUTUBE
    parent = Comment.objects.filter(external_id=body.get("parent") or "-", video=video).first()
    if body.get("parent") and parent is None:
        raise Invalid(f"There is no comment {body['parent']} under this video.")
    if body.get("status", Comment.Status.PUBLISHED) not in Comment.Status.values:
        raise Invalid(f"status is one of {', '.join(Comment.Status.values)}.")
    moment = datetime.fromisoformat(body["at"]) if body.get("at") else clock.now()
    author = str(body.get("author") or "viewer")
    row = Comment.objects.create(
        video=video,
        parent=parent,
        external_id=ids.youtube_comment() if youtube else ids.tiktok_number(),
        author_id=f"UC{author:0<22}"[:24] if youtube else author,
        author_name=author,
        text=door.need(body, "text"),
        status=body.get("status", Comment.Status.PUBLISHED),
        likes=int(body.get("likes", 0)),
        created_at=moment,
        updated_at=moment,
    )
    return {"comment_id": row.external_id, "created_at": row.created_at.isoformat()}


@door.control("POST")
def viewers(request: HttpRequest, body: dict[str, Any]) -> Any:
    """POST {ticks?, external_id?, comments?}: let the audience watch; or let it write so many comments at once."""
    door.known(body, "ticks", "external_id", "comments")
    now = clock.now()
    if body.get("comments"):
        while crowd.tick(now=now).heard and _video(body).silences is None:
            pass  # one tick hears a few clips only, and others may stand before this one
        return {"said": crowd.say_more(_video(body), count=int(body["comments"]), now=now)}
    done = [crowd.tick(now=now) for _ in range(int(body.get("ticks", 1)))]
    return {"watched": done[-1].watched, "heard": sum(t.heard for t in done), "said": sum(t.said for t in done)}
