"""The smallest change that would lift one rule, as data and in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

SENTENCES: Mapping[str, Callable[[], str]] = {
    "bring_back": lambda: _("Bring the drama back from retirement."),
    "resume_channel": lambda: _("Resume %(channel)s."),
    "speak": lambda: _("Let %(channel)s also take %(language)s."),
    "connect_speaker": lambda: _("Connect a channel that speaks %(language)s."),
    "add_rights": lambda: _("Add a rights window for %(countries)s on %(platform)s in %(language)s."),
    "plan_longer": lambda: _("Plan beyond %(opens_on)s, when the rights open."),
    "extend_rights": lambda: _(
        "Extend the rights beyond %(closes_on)s, or give %(channel)s more posting times until then."
    ),
    "raise_age": lambda: _("Let %(channel)s take ratings up to %(have)d+."),
    "add_genre": lambda: _("Add one of %(have)s to the niche of %(channel)s."),
    "add_tier": lambda: _("Let %(channel)s take tier %(have)s."),
    "take_ai": lambda: _("Let %(channel)s take AI-generated dramas."),
    "pass_qc": lambda: _("Let a version of it pass its QC gates."),
    "answer_kids": lambda: _("Answer on the edition whether it is made for kids."),
    "answer_ai": lambda: _("Answer on the edition whether viewers must be told of AI."),
    "cut_shorter": lambda: _("Cut it to %(most)d s or less."),
    "verify_account": lambda: _("Have the account of %(channel)s verified for long uploads, or cut it to %(most)d s."),
    "cut_anew": lambda: _("Cut it anew from the last delivery."),
    "place_newer": lambda: _("Place the newer clip instead."),
    "encode_smaller": lambda: _("Encode it to %(most)d MB or less."),
    "scale": lambda: _("Scale it to sides of %(least)d to %(most)d pixels."),
    "cut_clips": lambda: _("Cut clips of it."),
    "cut_again": lambda: _("Mend what kept it from being cut, and cut it again."),
    "resume_run": lambda: _("Resume its run on %(channel)s."),
    "plan_there": lambda: _("Plan %(channel)s too."),
    "place_first": lambda: _("Place %(clip)s."),
    "start_anew": lambda: _("It can go out only where the run starts anew: end the run on %(channel)s."),
    "move_later": lambda: _("Move %(later)s on %(channel)s to a later time, or cancel it."),
    "replace": lambda: _("Replace the one it mends on %(channel)s."),
}

_OF: Mapping[str, str] = {
    "retired": "bring_back",
    "channel": "resume_channel",
    "nobody_speaks_it": "connect_speaker",
    "rights": "add_rights",
    "rights_open_later": "plan_longer",
    "rights_close_too_soon": "extend_rights",
    "age_rating": "raise_age",
    "genre": "add_genre",
    "tier": "add_tier",
    "origin": "take_ai",
    "qc": "pass_qc",
    "ai_disclosure": "answer_ai",
    "made_for_kids": "answer_kids",
    "length": "cut_shorter",
    "length_unverified": "verify_account",
    "size": "encode_smaller",
    "shape": "scale",
    "no_clips": "cut_clips",
    "not_cut": "cut_again",
    "mended": "place_newer",
    "delivered_anew": "cut_anew",
    "run_paused": "resume_run",
    "runs_elsewhere": "plan_there",
    "mends_a_shown_one": "replace",
    "place_passed": "start_anew",
    "place_taken": "move_later",
}


def of(stopped: Mapping[str, Any]) -> dict[str, Any] | None:
    """What would lift the rule that these facts tell of; None where nothing short of another clip would."""
    code = _OF.get(str(stopped.get("code", "")))
    return {**stopped, "code": code} if code else None
