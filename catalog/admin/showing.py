"""How the catalog's values look in tables and pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import filepath_to_uri
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from catalog.rules import clip, gates, qc, version
from config.kernel import languages
from config.kernel.admin.pages import link

VERSION = {
    version.Status.DRAFT: "default",
    version.Status.CHECKING: "info",
    version.Status.RELEASABLE: "success",
    version.Status.REFUSED: "danger",
    version.Status.SUPERSEDED: "default",
}
CLIP = {
    clip.Status.WAITING: "info",
    clip.Status.READY: "success",
    clip.Status.FAILED: "danger",
    clip.Status.RETIRED: "default",
}
VERDICT = {qc.Verdict.PENDING: "info", qc.Verdict.PASSED: "success", qc.Verdict.FAILED: "danger"}
TONE = {qc.Verdict.PENDING: "", qc.Verdict.PASSED: "dp-good", qc.Verdict.FAILED: "dp-bad"}


def language(tag: str) -> str:
    """“Spanish (es)”, in the reader's language."""
    name = languages.name(tag)
    return f"{name} ({tag})" if name != tag else tag


def length(ms: int | None) -> str:
    return gates.clock_face(ms) if ms else "–"


def size(count: int | None) -> str:
    """Bytes in the unit that keeps the number short."""
    value = float(count or 0)
    for unit in ("B", "KB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def badge(said: Any, colour: str = "default") -> SafeString:
    """A coloured label; unlike the theme's own, it shows on forms as well as in lists."""
    return render_to_string("unfold/helpers/label.html", {"text": said, "type": colour})


def moment(at: datetime | None) -> str:
    """A moment in UTC, short enough for a column."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}" if at else "–"


def text(value: str) -> SafeString:
    """Words in whatever script, each in its own direction."""
    return format_html('<span dir="auto">{}</span>', value)


def page(row: models.Model | None, said: str = "", *, at_ms: int | None = None) -> SafeString | str:
    """A link to the row's page; `at_ms` starts its player there."""
    if row is None:
        return "–"
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return link(f"{address}?t={at_ms / 1000:g}" if at_ms is not None else address, said or str(row))


def media(file: Any) -> str:
    """The address at which a signed-in person sees a stored file, whatever storage it lies in."""
    return f"{settings.MEDIA_URL}{filepath_to_uri(file.name)}" if file else ""


def counted(rows: models.QuerySet[Any], *, by: str) -> Coalesce:
    """How many of `rows` belong to the row at hand, as one sub-query: joins would multiply one another."""
    inner = rows.filter(**{by: OuterRef("pk")}).order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(inner, output_field=IntegerField()), Value(0))


def episodes(row: Any) -> str:
    if row.first_episode == row.last_episode:
        return _("episode %(n)d") % {"n": row.first_episode}
    return _("episodes %(first)d–%(last)d") % {"first": row.first_episode, "last": row.last_episode}
