"""This app's panels on the home board: who is not being heard, and what is wrong."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse

from catalog.models import Partner
from config.kernel import clock, languages
from config.kernel.admin.pages import ago
from moderation.models import Comment, HarvestRun, Replacement, Ticket, Watch
from moderation.rules import replacement
from moderation.rules import ticket as life
from moderation.rules.words import Label
from moderation.services import harvesting

LINES = 6
LATELY = timedelta(days=7)
DAY = timedelta(days=1)
CLASSES = (Label.DUBBING, Label.TRANSLATION)
TONES = {life.Status.VERIFIED: "dp-good", life.Status.REOPENED: "dp-bad", life.Status.REJECTED: "dp-faint"}


def watching(request: HttpRequest) -> dict[str, Any] | None:
    """How long ago each channel was read, the worst first, and why some are not."""
    if not request.user.has_perm("moderation.view_watch") or _partner(request):
        return None
    now = clock.now()
    rows = list(
        Watch.objects.exclude(channel__status="retired")
        .select_related("channel")
        .order_by(F("looked_at").asc(nulls_first=True))
    )
    troubled = [row for row in rows if _is_late(row, now) or harvesting.why_not(row)]
    looks = [row.looked_at for row in rows if row.looked_at]
    runs = HarvestRun.objects.filter(window_at__gte=now - DAY).aggregate(new=Sum("new"), calls=Sum("calls"))
    return {
        "channels": len(rows),
        "worst": ago(min(looks)) if looks else "–",
        "tone": "dp-bad" if any(_is_late(row, now) for row in rows) else "dp-good",
        "fresh": Comment.objects.filter(first_seen_at__gte=now - DAY).count(),
        "per_call": f"{runs['new'] / runs['calls']:.1f}" if runs["calls"] else "–",
        "review": Comment.objects.to_review().count(),
        "may_label": request.user.has_perm("moderation.label_comment"),
        "lines": [_line(row, now) for row in troubled[:LINES]],
        "more": max(0, len(troubled) - LINES),
    }


def _is_late(row: Watch, now: datetime) -> bool:
    return row.looked_at is None or now - row.looked_at > harvesting.late()


def _line(row: Watch, now: datetime) -> dict[str, Any]:
    return {
        "channel": row.channel,
        "why": harvesting.why_not(row),
        "lag": ago(row.looked_at),
        "tone": "dp-bad" if _is_late(row, now) else "",
    }


def tickets(request: HttpRequest) -> dict[str, Any] | None:
    """What is wrong by language and class, and what was decided lately. A vendor's people see their own."""
    if not request.user.has_perm("moderation.view_ticket"):
        return None
    now, partner = clock.now(), _partner(request)
    rows = Ticket.objects.filter(vendor=partner) if partner else Ticket.objects.all()
    stuck = Replacement.objects.filter(status=replacement.Status.STUCK, ticket__in=rows)
    counts = Counter(dict(rows.order_by().values_list("status").annotate(n=Count("pk"))))
    return {
        "unsolved": sum(counts[status] for status in life.UNSOLVED),
        "overdue": rows.overdue(now).count(),
        "mending": counts[life.Status.DELIVERED] + counts[life.Status.REPLACING],
        "watching": counts[life.Status.WATCHING],
        "stuck": stuck.count() if request.user.has_perm("moderation.view_replacement") else 0,
        "names": [label.label for label in CLASSES],
        "table": _table(rows),
        "lately": _lately(rows, now),
    }


def _partner(request: HttpRequest) -> Partner | None:
    return Partner.objects.of_user(request.user).first()


def _table(rows: QuerySet[Ticket]) -> list[dict[str, Any]]:
    found = rows.filter(status__in=life.UNSOLVED).order_by().values_list("version__edition__language", "label")
    counts = {(language, label): n for language, label, n in found.annotate(n=Count("pk"))}
    tags = sorted({language for language, _label in counts})
    return [
        {"language": languages.name(tag), "cells": [_cell(tag, label, counts) for label in CLASSES]} for tag in tags
    ]


def _cell(tag: str, label: str, counts: dict[tuple[str, str], int]) -> dict[str, Any]:
    query = urlencode({"language": tag, "label__exact": label, "time": "unsolved"})
    return {"n": counts.get((tag, label), 0), "url": f"{reverse('admin:moderation_ticket_changelist')}?{query}"}


def _lately(rows: QuerySet[Ticket], now: datetime) -> list[dict[str, Any]]:
    """Verified and rejected within a week, and what is reopened now."""
    ended = rows.filter(ended_at__gte=now - LATELY) | rows.filter(status=life.Status.REOPENED)
    newest = ended.select_related("version__edition__drama").order_by(F("ended_at").desc(nulls_first=True), "-pk")
    return [
        {
            "ticket": row,
            "url": reverse("admin:moderation_ticket_change", args=[row.pk]),
            "edition": row.version,
            "why": row.status_reason,
            "status": row.get_status_display(),
            "tone": TONES.get(life.Status(row.status), ""),
        }
        for row in newest[:LINES]
    ]
