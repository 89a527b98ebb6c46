"""One publication, opened from the calendar: what it is, why it stands there, and what may be done with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from channels.admin import showing
from channels.admin.calendar import asked as asking
from channels.models import Publication
from channels.rules import moving, reasons
from channels.rules.publication import WAITING, Status
from channels.services import openings
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


def _free(row: Publication) -> list[tuple[str, str, bool]]:
    """The next posting times from a day before it on that a move there is allowed to: a value, its face on the
    channel's clock, and whether it is the closest to the present time.
    """
    starts = row.due_at - timedelta(days=1)
    times = openings.within(row, starts_at=starts, ends_at=max(starts, clock.now()) + AHEAD, most=FREE)
    closest = moving.by_nearness(times, row.due_at)[:1]
    return [(at.isoformat(), showing.clock_face(at, row.channel.time_zone), at in closest) for at in times]
