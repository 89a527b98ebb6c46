"""Why a clip stands where it stands: a sentence for each part of its value, with its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

MOVED_BY_HAND = "moved_by_hand"
OF_THE_TIME = frozenset({"slot", "best_slot", "planner_next", MOVED_BY_HAND})
"""What is said of the time alone, and true no more when it is another."""

SENTENCES: Mapping[str, Callable[[], str]] = {
    "worth_tier": lambda: _("Tier %(tier)s: %(points)s points."),
    "worth_open_niche": lambda: _("The channel takes every genre: %(points)s points."),
    "worth_niche": lambda: _("Of the channel's niche: %(names)s (%(shared)d of %(all)d genres): %(points)s points."),
    "worth_audience": lambda: _(
        "Rated %(age)d+: right for %(fit)d of the channel's %(bands)d age bands: %(points)s points."
    ),
    "worth_unknown_audience": lambda: _("The channel names no age bands: %(points)s points, the middle."),
    "worth_new": lambda: _("The title is %(days)d days old: %(points)s points."),
    "worth_closing": lambda: _("Its rights close in %(days)d days: %(points)s points."),
    "worth_completion": lambda: _(
        "Viewers watch %(percent)d %% of such clips here, %(usual)d %% of all (from %(clips)d clips in the language, "
        "%(here)d of them on this channel): %(points)s points."
    ),
    "worth_completion_unknown": lambda: _(
        "No data yet on how much of its genres is watched in this language: neutral."
    ),
    "worth_room": lambda: _("%(free)d of the channel's %(slots)d slots were free: %(points)s points."),
    "runs_already": lambda: _("It runs on this channel already and goes on first: %(points)s points."),
    "slot": lambda: _("Slot %(time)s %(zone)s: %(points)s points, the sooner the better."),
    "best_slot": lambda: _("Slot %(time)s %(zone)s, one of the audience's best hours: %(points)s points."),
    MOVED_BY_HAND: lambda: _("This time was chosen by hand (%(by)s, %(at)s)."),
}


def moved_by_hand(reasons: object, *, by: Any, at: datetime) -> list[Any]:
    """The reasons of a publication that somebody gave another time: those of the clip stay, the time has a new one."""
    kept = [one for one in reasons if _code(one) not in OF_THE_TIME] if isinstance(reasons, list) else []
    who = str(by) if getattr(by, "pk", None) else "–"
    return [*kept, {"code": MOVED_BY_HAND, "by": who, "at": f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"}]


def _code(reason: Any) -> str:
    return str(reason.get("code", "")) if isinstance(reason, Mapping) else ""
