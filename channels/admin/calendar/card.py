"""One publication, opened from the calendar: what it is, why it stands there, and what may be done with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from channels.admin import showing
from channels.admin.calendar import asked as asking
from channels.models import Publication
from channels.rules import reasons
from channels.rules.publication import WAITING, Status
from channels.services import standing
from config.kernel import clock

AHEAD = timedelta(days=3)
FREE = 12
CANCELLABLE = WAITING | {Status.FAILED}


def show(request: HttpRequest, publication_id: int, *, may_change: bool) -> HttpResponse:
    rows = Publication.objects.select_related("channel", "clip__edition__drama", "hold", "plan", "approved_by")
    row = rows.filter(pk=publication_id).first()
    if row is None:
        raise Http404
    return TemplateResponse(request, "channels/admin/calendar_card.html", _facts(request, row, may_change=may_change))


def _facts(request: HttpRequest, row: Publication, *, may_change: bool) -> dict[str, Any]:
    zone = row.channel.time_zone
    mine = asking.read(request).zone
    is_free = row.status in WAITING and row.hold is None and not (row.lease_until and row.lease_until > clock.now())
    return {
        "row": row,
        "status": showing.badge(row.get_status_display(), showing.PUBLICATION.get(row.status, "")),
        "faces": [(name, showing.clock_face(row.due_at, name)) for name in dict.fromkeys([zone, mine, "UTC"])],
        "page": showing.url_of(row),
        "channel": showing.page_of(row.channel),
        "drama": showing.page_of(row.clip.edition.drama),
        "plan": showing.page_of(row.plan),
        "why_here": reasons.sentences(row.reasons),
        "may_move": may_change and is_free,
        "may_cancel": may_change and row.status in CANCELLABLE,
        "local": showing.clock_face(row.due_at, zone).replace(" ", "T"),
        "free": _free(row) if may_change and is_free else [],
    }


def _free(row: Publication) -> list[tuple[str, str]]:
    """The next free posting times from a day before it on, as a value and as the channel's clock shows it."""
    starts = max(clock.now(), row.due_at - timedelta(days=1))
    times = standing.free_times(row, starts_at=starts, ends_at=starts + AHEAD)[:FREE]
    return [(at.isoformat(), showing.clock_face(at, row.channel.time_zone)) for at in times]
