"""How one value looks in the tables of this app: a place, a badge, a viewer's words, a link to a second."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from channels.models import Publication
from moderation.classifier import SubClass
from moderation.models import Ticket
from moderation.rules import replacement, ticket
from moderation.rules.words import Label, Outcome

Colours = dict[str, str]

LABEL: Colours = {Label.DUBBING: "danger", Label.TRANSLATION: "warning", Label.OTHER: "info"}
SEVERITY: Colours = {ticket.Severity.HIGH: "danger", ticket.Severity.MEDIUM: "warning"}
TICKET: Colours = {
    ticket.Status.OPEN: "danger",
    ticket.Status.REOPENED: "danger",
    ticket.Status.ACKNOWLEDGED: "warning",
    ticket.Status.DELIVERED: "info",
    ticket.Status.REPLACING: "info",
    ticket.Status.WATCHING: "primary",
    ticket.Status.VERIFIED: "success",
}
REPLACEMENT: Colours = {
    replacement.Status.WAITING: "info",
    replacement.Status.UPLOADING: "info",
    replacement.Status.TAKING_DOWN: "primary",
    replacement.Status.DONE: "success",
    replacement.Status.STUCK: "danger",
}
OUTCOME: Colours = {Outcome.FIXED: "success", Outcome.NOT_FIXED: "danger"}


def badge(text: Any, colour: str = "") -> SafeString:
    return render_to_string("unfold/helpers/label.html", {"text": text, "type": colour})


def words(text: str, *, empty: str = "–") -> SafeString | str:
    """A viewer's words in whatever script: escaped, in their own direction, two lines at most."""
    return format_html('<span dir="auto" class="mo-words">{}</span>', text) if text else empty


def tight(value: Any) -> SafeString:
    """A short value that is never broken over two lines."""
    return format_html('<span class="dp-tight">{}</span>', value)


def purged() -> str:
    return _("(text deleted after 30 days)")


def sub_class(value: str) -> Any:
    return SubClass(value).label if value in SubClass.values else value or "–"


def minute(ms: int | None) -> str:
    """0:41, 12:03, or nothing."""
    return "" if ms is None else f"{ms // 60_000}:{ms // 1000 % 60:02d}"


def spot(episode: int | None, ms: int | None) -> str:
    """E7 0:41, or as much of it as is known."""
    return " ".join(part for part in (f"E{episode}" if episode else "", minute(ms)) if part) or "–"


def place(row: Ticket) -> str:
    """E7 0:41–0:45, or E7, or a dash where the complaints name no one place."""
    first, last = minute(row.from_ms), minute(row.to_ms)
    return spot(row.episode, row.from_ms) + (f"–{last}" if last != first else "")


def url_of(page: str, *args: Any) -> str:
    """The address of a page in the admin; empty where its app has none."""
    try:
        return reverse(f"admin:{page}", args=args)
    except NoReverseMatch:
        return ""


def clip_url(clip_pk: int, ms: int | None) -> str:
    """The clip's page with the player at this moment, a second early so that one hears what comes."""
    address = url_of("catalog_clip_change", clip_pk)
    return f"{address}?t={max(0, ms // 1000 - 1)}" if address and ms is not None else address


def platform_url(publication: Publication, ms: int | None) -> str:
    """The video at the platform, at the second where the platform can be told one."""
    if not publication.url or ms is None or publication.channel.platform != "youtube":
        return publication.url
    sign = "&" if "?" in publication.url else "?"
    return publication.url + sign + urlencode({"t": f"{ms // 1000}s"})
