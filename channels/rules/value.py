"""What it is worth to run an edition on a channel, in points, with the reasons in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from catalog.rules.words import Tier
from channels.rules.eligibility import ChannelFacts, EditionFacts

TIER_POINTS: Mapping[str, float] = {Tier.S: 40.0, Tier.A: 30.0, Tier.B: 20.0, Tier.C: 10.0}
NICHE_POINTS = 10.0
OPEN_NICHE_POINTS = 4.0
CLOSING_POINTS = 6.0
CLOSING_DAYS = 30
RUNNING_POINTS = 100.0


@dataclass(frozen=True)
class Value:
    points: float
    reasons: tuple[str, ...]


def of_pair(
    edition: EditionFacts, channel: ChannelFacts, *, closes_at: datetime | None, is_running: bool, now: datetime
) -> Value:
    """Tier, fit with the niche, rights about to close; what runs there already goes on before anything new starts."""
    tier = TIER_POINTS.get(edition.tier, 0.0)
    points, reasons = tier, [_("Tier %(tier)s: %(points)d points.") % {"tier": edition.tier, "points": tier}]
    niche, why = _niche(edition, channel)
    points += niche
    reasons.append(why)
    if closes_at is not None:
        days = max((closes_at - now).days, 0)
        if days < CLOSING_DAYS:
            points += CLOSING_POINTS * (1 - days / CLOSING_DAYS)
            reasons.append(_("Its rights close in %(days)d days.") % {"days": days})
    if is_running:
        points += RUNNING_POINTS
        reasons.append(_("It runs on this channel already."))
    return Value(round(points, 4), tuple(reasons))


def _niche(edition: EditionFacts, channel: ChannelFacts) -> tuple[float, str]:
    if not channel.genres:
        return OPEN_NICHE_POINTS, _("The channel takes every genre.")
    shared = sorted(edition.genres & channel.genres)
    points = NICHE_POINTS * len(shared) / max(len(edition.genres), 1)
    return points, _("Of the channel's niche: %(names)s (%(shared)d of %(all)d genres).") % {
        "shared": len(shared),
        "all": len(edition.genres),
        "names": ", ".join(shared),
    }
