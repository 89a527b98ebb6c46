"""How one value looks in the tables of this app: a status, a bar, a moment in two zones, a link to a row's page."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from channels.rules import channel, extra, plan, publication, upload
from config.kernel import zones
from config.kernel.admin.pages import link

Colours = dict[str, str]

CHANNEL: Colours = {
    channel.Status.ACTIVE: "success",
    channel.Status.PAUSED: "warning",
    channel.Status.STOPPED: "danger",
    channel.Status.DISCONNECTED: "danger",
}
PUBLICATION: Colours = {
    publication.Status.APPROVED: "primary",
    publication.Status.UPLOADING: "info",
    publication.Status.ACCEPTED: "info",
    publication.Status.PUBLISHED: "success",
    publication.Status.NEEDS_PERSON: "warning",
    publication.Status.FAILED: "danger",
    publication.Status.REJECTED: "danger",
}
PLAN: Colours = {plan.Status.DRAFT: "warning", plan.Status.APPROVED: "success"}
RUN: Colours = {plan.RunStatus.ACTIVE: "success", plan.RunStatus.PAUSED: "warning"}
EXTRA: Colours = {
    extra.Status.WAITING: "info",
    extra.Status.DONE: "success",
    extra.Status.BY_HAND: "warning",
    extra.Status.DROPPED: "danger",
}
UPLOAD: Colours = {
    upload.Status.OPEN: "info",
    upload.Status.FINAL_SENT: "info",
    upload.Status.DONE: "success",
    upload.Status.DEAD: "danger",
    upload.Status.UNKNOWN: "warning",
}


def badge(text: Any, colour: str = "") -> SafeString:
    return render_to_string("unfold/helpers/label.html", {"text": text, "type": colour})


def bar(part: int, whole: int, *, text: str = "", tone: str = "") -> SafeString:
    """A bar filled to part of whole, with its numbers beside it; empty when the whole is 0."""
    share = min(100, round(100 * part / whole)) if whole else 0
    return format_html(
        '<span class="ch-meter"><span class="dp-bar"><span class="{}" style="width: {}%"></span></span>'
        '<span class="dp-faint dp-tight">{}</span></span>',
        f"dp-{tone}" if tone else "",
        share,
        text or f"{formats.number_format(part)} / {formats.number_format(whole)}",
    )


def quota_tone(spent: int, limit: int) -> str:
    """Calm while there is plenty, a warning from four fifths on, bad when nothing is left."""
    if limit - spent <= 0:
        return "bad"
    return "warn" if spent * 5 >= limit * 4 else ""


def zone_of(name: str) -> ZoneInfo:
    """The zone called so; UTC where a row holds a name that is none."""
    return ZoneInfo(name if zones.is_zone(name) else "UTC")


def clock_face(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(zone_of(zone)):%Y-%m-%d %H:%M}"


def both_times(moment: datetime | None, zone: str) -> SafeString | str:
    """The moment as the channel's viewers read it, with UTC under it."""
    if moment is None:
        return "–"
    utc = clock_face(moment, "UTC")
    if zone == "UTC":
        return format_html('<span class="dp-tight" title="UTC">{}</span>', utc)
    return format_html(
        '<span class="dp-tight" title="{}">{}</span><br><span class="dp-faint dp-tight">{} UTC</span>',
        zone,
        clock_face(moment, zone),
        utc if utc[:10] != clock_face(moment, zone)[:10] else utc[11:],
    )


def titled(text: str) -> SafeString:
    """A title in whatever script: it takes its own direction and is cut where the column ends."""
    return format_html('<span dir="auto" class="ch-title" title="{0}">{0}</span>', text)


def url_of(row: models.Model, *, page: str = "change") -> str:
    """The address of this row's page in the admin; empty where its app has none."""
    try:
        return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk])
    except NoReverseMatch:
        return ""


def page_of(row: models.Model | None, text: str = "") -> SafeString | str:
    if row is None:
        return "–"
    address = url_of(row)
    return link(address, text or str(row)) if address else (text or str(row))


def size(count: int) -> str:
    """Bytes in the unit that keeps the number short."""
    value = float(count)
    for unit in ("B", "KB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def at_utc(moment: datetime | None) -> str:
    return _("%(moment)s UTC") % {"moment": clock_face(moment, "UTC")} if moment else "–"
