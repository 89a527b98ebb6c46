"""Looking in: is it up, what is there, and the books of everything that was ever uploaded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from config.kernel import clock
from config.sandbox import processing
from config.sandbox.control import door
from config.sandbox.models import Account, ApiClient, Comment, Fault, Spend, UploadSession, Video


@door.control("GET")
def health(request: HttpRequest, body: dict[str, Any]) -> Any:
    return {"status": "ok", "now": clock.now().isoformat(), "rate": clock.rate(), "accounts": Account.objects.count()}


@door.control("GET")
def state(request: HttpRequest, body: dict[str, Any]) -> Any:
    now = clock.now()
    processing.settle(now=now)
    videos = Video.objects.all()
    return {
        "now": now.isoformat(),
        "accounts": Account.objects.count(),
        "clients": list(ApiClient.objects.values_list("client_id", flat=True)),
        "videos": {one: videos.filter(state=one, deleted_at=None).count() for one in Video.State.values},
        "deleted": videos.exclude(deleted_at=None).count(),
        "open_sessions": UploadSession.objects.filter(state=UploadSession.State.OPEN).count(),
        "comments": {one: Comment.objects.filter(status=one).count() for one in Comment.Status.values},
        "faults_armed": Fault.objects.exclude(times_left=0).count(),
        "spent": [
            {"key": row.key, "period": row.period, "units": row.units, "limit": row.limit}
            for row in Spend.objects.exclude(period__contains="T").order_by("period", "key")
        ],
    }


@door.control("GET")
def books(request: HttpRequest, body: dict[str, Any]) -> Any:
    """Every upload that ever became a video, deleted ones too. ?account= and ?sha256= narrow it."""
    processing.settle(now=clock.now())
    rows = Video.objects.select_related("account", "session").order_by("pk")
    if request.GET.get("account"):
        rows = rows.filter(account__external_id=request.GET["account"])
    if request.GET.get("sha256"):
        rows = rows.filter(sha256=request.GET["sha256"])
    return {"books": [_entry(row) for row in rows]}


def _entry(row: Video) -> dict[str, Any]:
    return {
        "platform": row.account.platform,
        "account": row.account.external_id,
        "handle": row.account.handle,
        "family": row.family,
        "external_id": row.external_id,
        "publish_id": row.session.publish_id,
        "title": row.title,
        "file_name": row.session.file_name,
        "sha256": row.sha256,
        "size": row.size,
        "duration_ms": row.duration_ms,
        "state": row.state,
        "reason": row.reason,
        "privacy": row.privacy,
        "publish_at": _stamp(row.publish_at),
        "created_at": _stamp(row.created_at),
        "visible_at": _stamp(row.visible_at),
        "deleted_at": _stamp(row.deleted_at),
        "silences": row.silences,
        "views": row.views,
        "comments": row.comments_made,
    }


def _stamp(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
