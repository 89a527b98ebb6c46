"""What the page of one ticket shows besides its columns: the evidence, the replacements, the proof as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch
from django.utils.translation import gettext as _

from channels.models import Extra
from moderation.admin import showing
from moderation.models import Evidence, Proof, Ticket
from moderation.rules import proof
from moderation.rules.ticket import Status
from moderation.services import proving

MOST = 200
WIDTH, LEFT = 560, 70


def facts(ticket: Ticket) -> dict[str, Any]:
    """Everything that the template needs."""
    proofs = list(ticket.proofs.all())
    return {
        "ticket": ticket,
        "status": showing.badge(ticket.get_status_display(), showing.TICKET.get(ticket.status, "")),
        "severity": showing.badge(ticket.get_severity_display(), showing.SEVERITY.get(ticket.severity, "")),
        "label": showing.badge(ticket.get_label_display(), showing.LABEL.get(ticket.label, "")),
        "sub_class": showing.sub_class(ticket.sub_class),
        "place": showing.place(ticket),
        "clip_url": _place_url(ticket),
        "version_url": showing.url_of("catalog_editionversion_change", ticket.version_id),
        "fixed_url": showing.url_of("catalog_editionversion_change", ticket.fixed_by_id) if ticket.fixed_by_id else "",
        "evidence": _evidence(ticket),
        "languages": _languages(ticket),
        "replacements": _replacements(ticket),
        "proofs": [_proof_row(row) for row in proofs],
        "chart": _chart(ticket, proofs),
        "progress": _progress(ticket),
        "ticket_notes": ticket.notes.select_related("by"),
    }


def _place_url(ticket: Ticket) -> str:
    """The clip that complaints speak of most, at the place."""
    row = ticket.evidence.filter(episode_ms=ticket.from_ms, clip_ms__isnull=False).select_related("publication").first()
    row = row or ticket.evidence.exclude(publication=None).select_related("publication").first()
    return showing.clip_url(row.publication.clip_id, row.clip_ms) if row and row.publication else ""


def _evidence(ticket: Ticket) -> list[dict[str, Any]]:
    rows = ticket.evidence.select_related("publication__channel", "publication__clip__edition__drama")
    return [_evidence_row(row) for row in rows.order_by("-said_at")[:MOST]]


def _evidence_row(row: Evidence) -> dict[str, Any]:
    publication = row.publication
    return {
        "row": row,
        "place": showing.spot(row.episode, row.episode_ms),
        "clip": publication.clip if publication else None,
        "clip_ms": showing.minute(row.clip_ms),
        "clip_url": showing.clip_url(publication.clip_id, row.clip_ms) if publication else "",
        "platform_url": showing.platform_url(publication, row.clip_ms) if publication else "",
        "channel": publication.channel if publication else "",
    }


def _languages(ticket: Ticket) -> list[tuple[str, int]]:
    counts = ticket.evidence.order_by().values_list("language").annotate(n=Count("pk"))
    return sorted(((language or "?", n) for language, n in counts), key=lambda pair: -pair[1])


def _replacements(ticket: Ticket) -> list[dict[str, Any]]:
    wishes = Prefetch("old__extras", queryset=Extra.objects.filter(kind="take_down"), to_attr="take_downs")
    rows = ticket.replacements.select_related("old__channel", "old__clip__edition__drama", "new").prefetch_related(
        wishes
    )
    return [
        {
            "row": row,
            "status": showing.badge(row.get_status_display(), showing.REPLACEMENT.get(row.status, "")),
            "old_url": showing.url_of("channels_publication_change", row.old_id),
            "new_url": showing.url_of("channels_publication_change", row.new_id) if row.new_id else "",
            "page_url": showing.url_of("moderation_replacement_change", row.pk),
            "by_hand": [wish for wish in getattr(row.old, "take_downs", []) if wish.status == "by_hand"],
        }
        for row in rows.order_by("pk")[:MOST]
    ]


def _proof_row(row: Proof) -> dict[str, Any]:
    return {
        "row": row,
        "outcome": showing.badge(row.get_outcome_display(), showing.OUTCOME.get(row.outcome, "")),
        "before": _percent(row.complaints_before, row.comments_before),
        "after": _percent(row.complaints_after, row.comments_after),
        "p_fixed": _chance(row.p_fixed),
        "p_not_fixed": _chance(row.p_not_fixed),
    }


def _chance(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}" if value >= 0.001 else "< 0.001"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def _progress(ticket: Ticket) -> dict[str, int] | None:
    """How far the next look is, while the fix is watched."""
    if ticket.status != Status.WATCHING:
        return None
    seen, needed = proving.progress(ticket)
    return {"seen": seen, "needed": needed, "share": min(100, 100 * seen // needed)}


@dataclass(frozen=True)
class Bar:
    """One rate with its interval, in the picture's own units."""

    text: str
    value: str
    y: int
    start: int
    width: int
    low: int
    high: int
    label_x: int
    tone: str


def _chart(ticket: Ticket, proofs: list[Proof]) -> dict[str, Any] | None:
    """Complaints per comment before and after, by the newest look, or by what is counted now."""
    if ticket.fixed_by_id is None:
        return None
    newest = proofs[0] if proofs and ticket.status != Status.WATCHING else proving.count(ticket)
    pairs = [
        (_("before"), newest.complaints_before, newest.comments_before, "before"),
        (_("after"), newest.complaints_after, newest.comments_after, "after"),
    ]
    if not newest.comments_before:
        return None
    ranges = [proof.interval(part, whole) for _text, part, whole, _tone in pairs]
    most = max(0.05, *(high for (_low, high), (_t, _p, whole, _o) in zip(ranges, pairs, strict=True) if whole))
    return {"bars": [_bar(number, pair, ranges[number], most) for number, pair in enumerate(pairs)], "left": LEFT}


def _bar(number: int, pair: tuple[str, int, int, str], span: tuple[float, float], most: float) -> Bar:
    text, part, whole, tone = pair
    scale = (WIDTH - LEFT - 150) / most
    low, high = span if whole else (0.0, 0.0)
    return Bar(
        text=text,
        value=_("%(percent)s (%(part)d of %(whole)d)")
        % {"percent": _percent(part, whole), "part": part, "whole": whole}
        if whole
        else _("no comments yet"),
        y=10 + number * 34,
        start=LEFT,
        width=round(part / whole * scale) if whole else 0,
        low=LEFT + round(low * scale),
        high=LEFT + round(high * scale),
        label_x=LEFT + round(high * scale) + 10,
        tone=tone,
    )


def named_episodes(ticket: Ticket) -> list[int]:
    """The episodes that the complaints name, the most named first."""
    counts = ticket.evidence.exclude(episode=None).order_by().values_list("episode").annotate(n=Count("pk"))
    return [episode for episode, _n in sorted(counts, key=lambda pair: (-pair[1], pair[0]))[:6]]
