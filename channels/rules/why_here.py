"""Why a clip stands where it stands: a sentence for each part of its value, with its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

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
}
