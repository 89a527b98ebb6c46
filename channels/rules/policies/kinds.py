"""The kinds of rules a pack can have: what each may be told, and the function that decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.rules.words import Origin, Tier, Voice
from channels.rules.policies import banned, contents, crowding
from channels.rules.policies.around import Around
from channels.rules.policies.items import Finding, Item
from channels.rules.policies.params import Param, Shape
from channels.rules.policies.words import KindName, Needed, Text

Params = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """`prepare` makes of the parameters what `judge` works with; `check` says what is wrong between several of them.

    `needs_others`: it asks what else stands on the channel.
    """

    name: KindName
    params: tuple[Param, ...]
    judge: Callable[[Item, Params, Around], Finding]
    check: Callable[[Params], str] = lambda params: ""
    prepare: Callable[[Params], Params] = lambda params: params
    needs_others: bool = False


def _one_of(*names: str) -> Callable[[Params], str]:
    def check(params: Params) -> str:
        if any(params[name] not in (None, (), False) for name in names):
            return ""
        return _("At least one of these is needed: %(names)s.") % {"names": ", ".join(names)}

    return check


def _check_length(params: Params) -> str:
    least, most = params["least_seconds"], params["most_seconds"]
    if least is not None and most is not None and least > most:
        return _("At least %(least)d s and at most %(most)d s: no clip is both.") % {"least": least, "most": most}
    return _one_of("least_seconds", "most_seconds")(params)


def _check_template(params: Params) -> str:
    if params["from_count"] > params["of_last"]:
        return _("It would only count from %(count)d uploads on, but looks at the last %(last)d.") % {
            "count": params["from_count"],
            "last": params["of_last"],
        }
    return ""


def _with_list(params: Params) -> Params:
    return {**params, "words": banned.WordList(params["words"]), "where": params["where"] or Text.values}


def _whole(name: str, label: Any, *, most: int, least: int = 1, **more: Any) -> Param:
    return Param(name, label, Shape.WHOLE, least=least, most=most, **more)


_l = gettext_lazy

_ALL = (
    Kind(
        KindName.REQUIRED,
        (Param("fields", _l("fields"), Shape.CHOICES, needed=True, choices=Needed.choices),),
        contents.required,
    ),
    Kind(
        KindName.LIMITS,
        (
            _whole("title", _l("title, characters"), most=10_000),
            _whole("description", _l("description, bytes in UTF-8"), most=100_000),
            _whole("tags", _l("tags, characters with their commas"), most=10_000),
            _whole("caption", _l("TikTok caption, UTF-16 units"), most=10_000),
        ),
        contents.limits,
        check=_one_of("title", "description", "tags", "caption"),
    ),
    Kind(
        KindName.BANNED,
        (
            Param(
                "words",
                _l("words"),
                Shape.WORDS,
                needed=True,
                help=_l("One a line. A star lets it stand inside a longer word: judi*."),
            ),
            Param("where", _l("where"), Shape.CHOICES, choices=Text.choices, help=_l("Nothing chosen: everywhere.")),
        ),
        contents.banned,
        prepare=_with_list,
    ),
    Kind(
        KindName.LENGTH,
        (
            _whole("least_seconds", _l("shortest, seconds"), most=50_000),
            _whole("most_seconds", _l("longest, seconds"), most=50_000),
        ),
        contents.length,
        check=_check_length,
    ),
    Kind(
        KindName.SAMENESS,
        (
            _whole("days", _l("within days"), most=365, needed=True),
            _whole("most_per_language", _l("most in one language of a platform"), most=1000),
            _whole("most_per_channel", _l("most on one channel"), most=1000),
        ),
        crowding.sameness,
        check=_one_of("most_per_language", "most_per_channel"),
        needs_others=True,
    ),
    Kind(
        KindName.TEMPLATE,
        (
            _whole("of_last", _l("of the channel's last"), most=100, needed=True),
            _whole("days", _l("within days"), most=365, default=60),
            _whole("from_count", _l("only from so many uploads on"), most=100, default=5),
            _whole("most_percent", _l("most that may read alike, %"), least=0, most=100, needed=True),
            _whole("likeness", _l("alike from, %"), least=30, most=100, default=80),
            Param("count_same_drama", _l("count episodes of the same drama too"), Shape.FLAG),
        ),
        crowding.template,
        check=_check_template,
        needs_others=True,
    ),
    Kind(
        KindName.CADENCE,
        (
            _whole("most_per_day", _l("most in any 24 hours"), most=1000),
            _whole("most_per_hour", _l("most in any hour"), most=1000),
            _whole("gap_minutes", _l("minutes between two uploads"), most=1440),
        ),
        crowding.cadence,
        check=_one_of("most_per_day", "most_per_hour", "gap_minutes"),
        needs_others=True,
    ),
    Kind(
        KindName.REVIEW,
        (
            _whole("people", _l("people who must have approved"), most=5, default=1),
            Param("tiers", _l("tiers"), Shape.CHOICES, choices=Tier.choices),
            Param("origins", _l("origins"), Shape.CHOICES, choices=Origin.choices),
            Param("labelled", _l("whatever is labelled as AI"), Shape.FLAG),
        ),
        contents.review,
    ),
    Kind(
        KindName.LABEL,
        (
            Param("as_answered", _l("as the edition answers"), Shape.FLAG),
            Param("origins", _l("origins"), Shape.CHOICES, choices=Origin.choices),
            Param("voices", _l("voices"), Shape.CHOICES, choices=Voice.choices),
        ),
        contents.label,
        check=_one_of("as_answered", "origins", "voices"),
    ),
)
KINDS: Mapping[str, Kind] = {kind.name.value: kind for kind in _ALL}
