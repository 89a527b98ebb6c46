"""What a rule asks, as a sentence for the people who work under it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.rules.words import Origin, Voice
from channels.rules.policies.packs import Rule
from channels.rules.policies.params import labels
from channels.rules.policies.words import KindName, Needed, Text

Params = Mapping[str, Any]
SHOWN_WORDS = 12


def demand(rule: Rule) -> str:
    """The rule in words, with its numbers."""
    return _DEMANDS[rule.kind.name](rule.params)


def _required(told: Params) -> str:
    return _("These must be there or answered: %(fields)s.") % {"fields": labels(told["fields"], Needed.choices)}


def _limits(told: Params) -> str:
    shapes = {
        "title": _("the title at most %(n)d characters"),
        "description": _("the description at most %(n)d bytes"),
        "tags": _("the tags together at most %(n)d characters"),
        "caption": _("the caption at most %(n)d UTF-16 units"),
    }
    parts = [shape % {"n": told[name]} for name, shape in shapes.items() if told[name] is not None]
    return _first_capital("; ".join(parts) + ".")


def _banned(told: Params) -> str:
    words = told["words"]
    shown = ", ".join(words[:SHOWN_WORDS])
    where = labels(told["where"] or Text.values, Text.choices)
    more = len(words) - SHOWN_WORDS
    tail = ngettext(" and one more", " and %(n)d more", more) % {"n": more} if more > 0 else ""
    return _("None of these words in %(where)s: %(words)s%(tail)s.") % {"where": where, "words": shown, "tail": tail}


def _length(told: Params) -> str:
    least, most = told["least_seconds"], told["most_seconds"]
    if least is not None and most is not None:
        return _("The clip has from %(least)d to %(most)d seconds.") % {"least": least, "most": most}
    if least is not None:
        return _("The clip has at least %(least)d seconds.") % {"least": least}
    return _("The clip has at most %(most)d seconds.") % {"most": most}


def _sameness(told: Params) -> str:
    parts = []
    if told["most_per_channel"] is not None:
        parts.append(_("at most %(n)d on one channel") % {"n": told["most_per_channel"]})
    if told["most_per_language"] is not None:
        parts.append(_("at most %(n)d in one language of a platform") % {"n": told["most_per_language"]})
    return _("Of clips that look and sound alike, within %(days)d days: %(parts)s.") % {
        "days": told["days"],
        "parts": "; ".join(parts),
    }


def _template(told: Params) -> str:
    who = (
        _("episodes of the same drama count too")
        if told["count_same_drama"]
        else _("episodes of the same drama do not count")
    )
    return _(
        "At most %(most_percent)d %% of the channel's last %(of_last)d uploads may read nearly the same "
        "(%(likeness)d %% alike or more), counted from %(from_count)d uploads within %(days)d days on; %(who)s."
    ) % {**told, "who": who}


def _cadence(told: Params) -> str:
    parts = []
    if told["most_per_day"] is not None:
        parts.append(_("at most %(n)d uploads in any 24 hours") % {"n": told["most_per_day"]})
    if told["most_per_hour"] is not None:
        parts.append(_("at most %(n)d in any hour") % {"n": told["most_per_hour"]})
    if told["gap_minutes"] is not None:
        parts.append(_("at least %(n)d minutes between two") % {"n": told["gap_minutes"]})
    return _("On one channel: %(parts)s.") % {"parts": "; ".join(parts)}


def _review(told: Params) -> str:
    who = ngettext("One person must have approved", "%(n)d people must have approved", told["people"])
    parts = []
    if told["tiers"]:
        parts.append(_("tier %(tiers)s") % {"tiers": ", ".join(told["tiers"])})
    if told["origins"]:
        parts.append(labels(told["origins"], Origin.choices))
    if told["labelled"]:
        parts.append(_("whatever is labelled as AI"))
    return f"{who % {'n': told['people']}}: {'; '.join(parts) or _('everything')}."


def _label(told: Params) -> str:
    parts = []
    if told["as_answered"]:
        parts.append(_("the edition says so"))
    if told["origins"]:
        parts.append(_("the drama is %(origins)s") % {"origins": labels(told["origins"], Origin.choices)})
    if told["voices"]:
        parts.append(_("the voices are %(voices)s") % {"voices": labels(told["voices"], Voice.choices)})
    return _("It is labelled as AI where %(parts)s.") % {"parts": _(" or ").join(parts)}


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_DEMANDS: Mapping[KindName, Callable[[Params], str]] = {
    KindName.REQUIRED: _required,
    KindName.LIMITS: _limits,
    KindName.BANNED: _banned,
    KindName.LENGTH: _length,
    KindName.SAMENESS: _sameness,
    KindName.TEMPLATE: _template,
    KindName.CADENCE: _cadence,
    KindName.REVIEW: _review,
    KindName.LABEL: _label,
}
