"""This app's panels on the home board: what is due, what is live or went wrong, and what quota is left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncHour
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from channels.models import ApiClient, Channel, Publication, QuotaWindow
from channels.platforms import registry
from channels.platforms.base import Bucket
from channels.rules import channel, publication, quota
from config.kernel import clock
from config.kernel.admin import board
from config.kernel.models import StatusChange

DAY = timedelta(hours=24)
MINUTE = timedelta(minutes=1)
HOURS = 24
NEXT = 8
LATE = 4
FAILED = 6
SPENT = 5
CHART_TOP, CHART_FOOT = 4, 60
Status = publication.Status
TONES = {
    Status.PROPOSED: "warning",
    Status.APPROVED: "primary",
    Status.UPLOADING: "info",
    Status.ACCEPTED: "success",
    Status.NEEDS_PERSON: "warning",
    Status.FAILED: "danger",
    Status.REJECTED: "danger",
}
WRONG = (Status.FAILED, Status.REJECTED, Status.NEEDS_PERSON)
COMING = (Status.PROPOSED, Status.APPROVED, Status.UPLOADING, Status.ACCEPTED)


def hang() -> None:
    """Called once at start."""
    board.hang(10, "channels/board_due.html", due)
    board.hang(20, "channels/board_live.html", live)
    board.hang(30, "channels/board_quota.html", left)


@dataclass(frozen=True)
class Line:
    time: str
    title: str
    channel: str
    url: str
    status: SafeString
    why: str = ""


@dataclass(frozen=True)
class Hour:
    """One bar of the day's chart, in the units of its drawing."""

    x: int
    y: int
    height: int
    label: str
    count: int
    is_named: bool

    @property
    def middle(self) -> int:
        return self.x + 8


def due(request: HttpRequest) -> dict[str, Any] | None:
    if not request.user.has_perm("channels.view_publication"):
        return None
    now = clock.now()
    coming = Publication.objects.filter(status__in=COMING, due_at__gte=now, due_at__lt=now + DAY)
    late = Publication.objects.filter(status__in=[Status.APPROVED, Status.UPLOADING], due_at__lt=now)
    return {
        "has_channels": Channel.objects.exists(),
        "total": coming.count(),
        "unapproved": coming.filter(status=Status.PROPOSED).count(),
        "late": late.count(),
        "hours": _hours(coming, now),
        "lines": _lines(coming.order_by("due_at", "pk")[:NEXT]),
        "late_lines": _lines(late.order_by("due_at", "pk")[:LATE]),
        "may_add_channel": request.user.has_perm("channels.add_channel"),
        "may_plan": request.user.has_perm("channels.add_plan"),
    }


def _hours(coming: QuerySet[Publication], now: datetime) -> list[Hour]:
    counted = coming.order_by().annotate(hour=TruncHour("due_at")).values_list("hour", flat=True)
    counts = Counter(counted)
    first = now.replace(minute=0, second=0, microsecond=0)
    moments = [first + timedelta(hours=place) for place in range(HOURS)]
    most = max((counts[moment] for moment in moments), default=0) or 1
    return [_hour(place, moment, counts[moment], most) for place, moment in enumerate(moments)]


def _hour(place: int, moment: datetime, count: int, most: int) -> Hour:
    height = max(2, round((CHART_FOOT - CHART_TOP) * count / most))
    return Hour(
        x=place * 20 + 2,
        y=CHART_FOOT - height,
        height=height,
        label=f"{moment:%H}",
        count=count,
        is_named=place % 3 == 0,
    )


def _lines(rows: QuerySet[Publication]) -> list[Line]:
    return [_line(row, row.due_at) for row in rows.select_related("channel")]


def _line(row: Publication, moment: datetime | None) -> Line:
    label = {"text": row.get_status_display(), "type": TONES.get(Status(row.status), "")}
    return Line(
        time=f"{moment:%m-%d %H:%M}" if moment else "",
        title=row.title,
        channel=row.channel.name,
        url=reverse("admin:channels_publication_change", args=[row.pk]),
        status=render_to_string("unfold/helpers/label.html", label),
        why=row.status_reason,
    )


def live(request: HttpRequest) -> dict[str, Any] | None:
    if not request.user.has_perm("channels.view_publication"):
        return None
    since = clock.now() - DAY
    wrong = _wrong(since)
    return {
        "live": Publication.objects.live().count(),
        "fresh": Publication.objects.live().filter(published_at__gte=since).count(),
        "waiting": Publication.objects.filter(status=Status.NEEDS_PERSON).count(),
        "failed": wrong.filter(status__in=[Status.FAILED, Status.REJECTED]).count(),
        "disconnected": Channel.objects.filter(status=channel.Status.DISCONNECTED).count(),
        "lines": [_line(row, row.moved_at) for row in wrong.select_related("channel").order_by("-moved_at")[:FAILED]],
    }


def _wrong(since: datetime) -> QuerySet[Publication]:
    """What came to need a person, failed or was rejected since then, by its last move."""
    kind = ContentType.objects.get_for_model(Publication)
    moves = StatusChange.objects.filter(content_type=kind, object_id=OuterRef("pk")).order_by("-pk")
    rows = Publication.objects.filter(status__in=WRONG).annotate(moved_at=Subquery(moves.values("at")[:1]))
    return rows.filter(moved_at__gte=since)


@dataclass(frozen=True)
class Budget:
    """What one bucket of one client still grants, and when it is filled again."""

    client: str
    bucket: str
    limit: int
    spent: int
    back: datetime

    @property
    def left(self) -> int:
        return max(0, self.limit - self.spent)

    @property
    def share(self) -> int:
        return min(100, round(100 * self.spent / self.limit)) if self.limit else 100

    @property
    def tone(self) -> str:
        if self.left == 0:
            return "dp-bad"
        return "dp-warn" if self.share >= 80 else ""


def left(request: HttpRequest) -> dict[str, Any] | None:
    if not request.user.has_perm("channels.view_quotawindow"):
        return None
    now = clock.now()
    spent = QuotaWindow.objects.filter(
        channel__isnull=False, opens_at__lte=now, closes_at__gt=now + MINUTE, spent__gte=F("limit")
    )
    return {
        "lines": _budgets(now),
        "spent": spent.select_related("channel").order_by("closes_at")[:SPENT],
        "may_add": request.user.has_perm("channels.add_apiclient"),
    }


def _budgets(now: datetime) -> list[Budget]:
    """The budgets of a day, of every client: as its open window says, or untouched where there is none yet."""
    windows = {
        (row.api_client_id, row.bucket): row
        for row in QuotaWindow.objects.filter(channel=None, opens_at__lte=now, closes_at__gt=now)
    }
    return [
        _budget(client, bucket, windows.get((client.pk, bucket.name)), now)
        for client in ApiClient.objects.defer("client_secret").order_by("platform", "name")
        for bucket in registry.adapter(client.platform).buckets
        if bucket.scope == "app" and (bucket.window == quota.DAY or (client.pk, bucket.name) in windows)
    ]


def _budget(client: ApiClient, bucket: Bucket, window: QuotaWindow | None, now: datetime) -> Budget:
    limit = window.limit if window else quota.granted(client.limits, bucket.name, bucket.default_limit)
    return Budget(
        client=client.name,
        bucket=bucket.name,
        limit=limit,
        spent=window.spent if window else 0,
        back=quota.span(bucket.window, bucket.zone, now).closes_at,
    )
