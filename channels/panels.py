"""What hangs on pages of other rooms: a clip's publications in the catalog, and what is held above every page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from catalog import ownership, panels
from catalog.models import Clip, Drama
from channels.models import Hold, Publication
from channels.rules.hold import Scope
from channels.rules.publication import Status
from channels.rules.words import PlatformName
from channels.services import holding
from config.kernel.admin import banners

SHOWN = 50
GONE = (Status.CANCELLED, Status.FAILED, Status.REJECTED, Status.WITHDRAWN)
STRIP_ON = ("index", "channels_plan_", "channels_calendar", "channels_hold_changelist")
"""Pages where everything can be held with one click, by the beginnings of their names."""


def hang() -> None:
    panels.hang_beneath_clip("channels/publications_of_clip.html", publications)
    panels.hang_places("channels", places)
    panels.hang_beneath_drama("channels/drama_in_calendar.html", calendar)
    banners.hang("channels/hold_bar.html", holds)


def publications(request: HttpRequest, clip: Clip) -> dict[str, Any] | None:
    if not request.user.has_perm("channels.view_publication"):
        return None
    rows = Publication.objects.filter(clip=clip).select_related("channel").order_by("-due_at")
    return {"rows": rows[:SHOWN], "count": rows.count()}


def calendar(request: HttpRequest, drama: Drama) -> dict[str, Any] | None:
    """The way to the calendar of one drama."""
    if not request.user.has_perm("channels.view_publication") or ownership.partner_of(request):
        return None
    return {"drama": drama}


def holds(request: HttpRequest) -> dict[str, Any] | None:
    """What is held, on every page; on the desk's own pages also the buttons that hold it."""
    if not request.user.has_perm("channels.view_hold") or ownership.partner_of(request):
        return None
    name = request.resolver_match.url_name or "" if request.resolver_match else ""
    found = list(Hold.objects.in_force().exclude(scope=Scope.ITEMS).select_related("by").order_by("since"))
    may_hold = request.user.has_perm("channels.pause_everything")
    return {
        "holds": [(one, holding.going_live_by_themselves(one)) for one in found],
        "may_hold": may_hold,
        "offers": _offers(found) if may_hold and name.startswith(STRIP_ON) else [],
    }


def _offers(held: list[Hold]) -> list[tuple[str, str]]:
    """What can still be held: a platform inside a hold on everything needs none of its own."""
    if any(one.scope == Scope.EVERYTHING for one in held):
        return []
    platforms = {one.platform for one in held}
    found = [(Scope.EVERYTHING.value, _("Pause everything"))]
    for platform in PlatformName:
        if platform.value not in platforms:
            found.append((platform.value, _("Pause %(platform)s") % {"platform": platform.label}))
    return found


def places(request: HttpRequest, clips: Iterable[Clip]) -> dict[int, list[SafeString]] | None:
    """The publications of these clips that are planned or live, soonest first, as links."""
    if not request.user.has_perm("channels.view_publication"):
        return None
    found: dict[int, list[SafeString]] = {}
    wanted = [clip.pk for clip in clips]
    if not wanted:
        return found
    rows = Publication.objects.filter(clip__in=wanted).exclude(status__in=GONE).select_related("channel")
    for row in rows.order_by("due_at"):
        address = reverse("admin:channels_publication_change", args=[row.pk])
        facts = (address, row.channel.name, f"{row.due_at:%Y-%m-%d %H:%M}", row.get_status_display())
        found.setdefault(row.clip_id, []).append(
            format_html('<a href="{}"><bdi>{}</bdi></a> {} <span class="dp-faint">{}</span>', *facts)
        )
    return found
