"""What the rules found, and what they ask, in words: read when somebody looks, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.rules.words import Origin
from channels.rules.policies.params import labels
from channels.rules.policies.words import Needed, Text
from channels.rules.text_limits import Unit
from config.kernel import languages

Reason = Mapping[str, Any]


def _fields(sentence: str, reason: Reason) -> str:
    return sentence % {"fields": labels(reason["fields"], Needed.choices)}


def _too_long(reason: Reason) -> str:
    names = {**dict(Text.choices), "caption": _("caption")}
    told = [
        _("%(field)s: %(found)d, %(most)d %(unit)s fit")
        % {"field": names.get(one["field"], one["field"]), "found": one["found"], "most": one["most"],
           "unit": labels([one["unit"]], Unit.choices)}
        for one in reason["over"]
    ]  # fmt: skip
    return _("Too long: %(told)s.") % {"told": "; ".join(told)}


def _fits(reason: Reason) -> str:
    names = {**dict(Text.choices), "caption": _("caption")}
    return _("Within the limits (%(told)s).") % {
        "told": ", ".join(f"{names.get(name, name)} {found}" for name, found in reason["found"].items())
    }


def _banned(reason: Reason) -> str:
    told = [
        _("“%(word)s” in the %(where)s (…%(excerpt)s…)")
        % {"word": hit["word"], "where": labels([hit["where"]], Text.choices), "excerpt": hit["excerpt"]}
        for hit in reason["hits"]
    ]
    more = reason["count"] - len(told)
    tail = ngettext(" and one more", " and %(n)d more", more) % {"n": more} if more > 0 else ""
    return _("Not allowed here: %(told)s%(tail)s.") % {"told": "; ".join(told), "tail": tail}


def _not_reviewed(reason: Reason) -> str:
    asked = ngettext("One person must have approved it", "%(n)d people must have approved it", reason["asked"])
    have = ngettext("one has.", "%(n)d have.", reason["people"]) if reason["people"] else _("nobody has.")
    return f"{asked % {'n': reason['asked']}}; {have % {'n': reason['people']}}"


def _review_later(reason: Reason) -> str:
    sentence = ngettext(
        "One person has to approve it before it goes out.",
        "%(n)d people have to approve it before it goes out.",
        reason["asked"],
    )
    return sentence % {"n": reason["asked"]}


def _lookalikes_language(reason: Reason) -> str:
    return _(
        "%(found)d clips that look and sound alike within %(days)d days in %(language)s; at most %(most)d may."
    ) % {
        **reason,
        "language": languages.name(reason["language"]),
    }


def _label_origin(reason: Reason) -> str:
    return _("The drama is “%(origin)s” and the upload is not labelled as AI.") % {
        "origin": labels([reason["origin"]], Origin.choices)
    }


TELLERS: dict[str, Callable[[Reason], str]] = {
    "policy_missing": lambda reason: _fields(_("Missing or not answered: %(fields)s."), reason),
    "policy_present": lambda reason: _fields(_("There: %(fields)s."), reason),
    "policy_too_long": _too_long,
    "policy_fits": _fits,
    "policy_banned": _banned,
    "policy_no_banned": lambda reason: _("None of the words stands in it."),
    "policy_too_short": lambda reason: _("The clip has %(seconds)s s; at least %(least)d s are asked.") % reason,
    "policy_too_long_clip": lambda reason: _("The clip has %(seconds)s s; at most %(most)d s are allowed.") % reason,
    "policy_length": lambda reason: _("The clip has %(seconds)s s.") % reason,
    "policy_no_lookalike": lambda reason: _("No other clip looks and sounds like it."),
    "policy_lookalikes_channel": lambda reason: (
        _("%(found)d clips that look and sound alike within %(days)d days on this channel; at most %(most)d may.")
        % reason
    ),
    "policy_lookalikes_language": _lookalikes_language,
    "policy_few_lookalikes": lambda reason: _("Few enough look-alikes within %(days)d days.") % reason,
    "policy_too_few": lambda reason: _("Too few uploads before it to compare with (%(last)d).") % reason,
    "policy_template": lambda reason: (
        _(
            "%(alike)d of the channel's last %(last)d uploads read nearly the same, such as “%(example)s”; "
            "at most %(most)d %% may."
        )
        % reason
    ),
    "policy_varied": lambda reason: (
        _("%(alike)d of the channel's last %(last)d uploads read nearly the same.") % reason
    ),
    "policy_too_many_a_day": lambda reason: (
        _("%(found)d uploads in 24 hours on this channel; at most %(most)d may.") % reason
    ),
    "policy_too_many_an_hour": lambda reason: (
        _("%(found)d uploads in an hour on this channel; at most %(most)d may.") % reason
    ),
    "policy_too_close": lambda reason: (
        _("%(minutes)d minutes from “%(title)s” on the same channel; at least %(gap)d are asked.") % reason
    ),
    "policy_calm": lambda reason: _("The channel keeps the pace."),
    "policy_review_not_asked": lambda reason: _("This one need not be seen by a person."),
    "policy_review_later": _review_later,
    "policy_reviewed": lambda reason: (
        ngettext("%(people)d person has approved it.", "%(people)d people have approved it.", reason["people"]) % reason
    ),
    "policy_not_reviewed": _not_reviewed,
    "policy_labelled": lambda reason: _("Labelled as AI."),
    "policy_label_answered": lambda reason: _(
        "The edition says that it must be labelled as AI, and the upload is not."
    ),
    "policy_label_origin": _label_origin,
    "policy_label_voice": lambda reason: _("The voices are AI and the upload is not labelled as AI."),
    "policy_label_not_asked": lambda reason: _("No label is asked for."),
}
