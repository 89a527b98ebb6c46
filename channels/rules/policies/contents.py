"""Rules about one upload alone: what it says, what is answered, how long it is, who has seen it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from catalog.rules.words import Origin
from channels.rules import text_limits
from channels.rules.policies.around import Around
from channels.rules.policies.items import Finding, Item
from channels.rules.policies.words import Needed

Params = Mapping[str, Any]
MOST_NAMED = 5
IS_THERE: Mapping[str, Callable[[Item], bool]] = {
    Needed.TITLE.value: lambda item: bool(item.title.strip()),
    Needed.DESCRIPTION.value: lambda item: bool(item.description.strip()),
    Needed.TAGS.value: lambda item: bool(item.tags),
    Needed.LANGUAGE.value: lambda item: bool(item.language),
    Needed.AI.value: lambda item: item.synthetic_media is not None,
    Needed.KIDS.value: lambda item: item.made_for_kids is not None,
    Needed.THUMBNAIL.value: lambda item: item.has_thumbnail,
}


def required(item: Item, params: Params, _around: Around) -> Finding:
    missing = [name for name in params["fields"] if not IS_THERE[name](item)]
    if missing:
        return Finding(False, {"code": "policy_missing", "fields": missing})
    return Finding(True, {"code": "policy_present", "fields": list(params["fields"])})


def limits(item: Item, params: Params, _around: Around) -> Finding:
    """Only the texts that the platform takes are measured: on TikTok there is one, the caption."""
    measured = _measured(item)
    over = [
        {"field": name, "found": found, "most": params[name], "unit": unit}
        for name, found, unit in measured
        if params.get(name) is not None and found > params[name]
    ]
    if over:
        return Finding(False, {"code": "policy_too_long", "over": over})
    counted = {name: found for name, found, _unit in measured if params.get(name) is not None}
    return Finding(True, {"code": "policy_fits", "found": counted})


def _measured(item: Item) -> list[tuple[str, int, str]]:
    caption = item.caption
    if caption is not None:
        return [("caption", text_limits.utf16_units(caption), text_limits.Unit.UTF16.value)]
    tags = [*item.tags, item.marker] if item.marker else item.tags
    return [
        ("title", len(item.title), text_limits.Unit.CHARACTERS.value),
        ("description", text_limits.utf8_bytes(item.description), text_limits.Unit.BYTES.value),
        ("tags", text_limits.tags_length(tags), text_limits.Unit.CHARACTERS.value),
    ]


def banned(item: Item, params: Params, _around: Around) -> Finding:
    hits = list(params["words"].find(item.normal, where=params["where"]))
    if hits:
        named = [{"word": hit.word, "where": hit.where, "excerpt": hit.excerpt} for hit in hits[:MOST_NAMED]]
        return Finding(False, {"code": "policy_banned", "hits": named, "count": len(hits)})
    return Finding(True, {"code": "policy_no_banned"})


def length(item: Item, params: Params, _around: Around) -> Finding:
    seconds = round(item.duration_ms / 1000, 1)
    least, most = params["least_seconds"], params["most_seconds"]
    facts = {"seconds": seconds, "least": least, "most": most}
    if least is not None and seconds < least:
        return Finding(False, {"code": "policy_too_short", **facts})
    if most is not None and seconds > most:
        return Finding(False, {"code": "policy_too_long_clip", **facts})
    return Finding(True, {"code": "policy_length", "seconds": seconds})


def review(item: Item, params: Params, _around: Around) -> Finding:
    """When planned it can only say that people will have to look; at upload they must have."""
    asked: int = params["people"]
    if not _concerns(item, params):
        return Finding(True, {"code": "policy_review_not_asked"})
    if item.people is None:
        return Finding(True, {"code": "policy_review_later", "asked": asked})
    code = "policy_reviewed" if item.people >= asked else "policy_not_reviewed"
    return Finding(item.people >= asked, {"code": code, "asked": asked, "people": item.people})


def _concerns(item: Item, params: Params) -> bool:
    """Whether the rule is about this upload; one that names nothing is about all."""
    named = params["tiers"] or params["origins"] or params["labelled"]
    return not named or bool(
        item.tier in params["tiers"]
        or item.origin in params["origins"]
        or (params["labelled"] and item.synthetic_media)
    )


def label(item: Item, params: Params, _around: Around) -> Finding:
    if item.synthetic_media:
        return Finding(True, {"code": "policy_labelled"})
    if params["as_answered"] and item.must_label:
        return Finding(False, {"code": "policy_label_answered"})
    if item.origin in params["origins"]:
        return Finding(False, {"code": "policy_label_origin", "origin": Origin(item.origin).value})
    if item.voice in params["voices"]:
        return Finding(False, {"code": "policy_label_voice"})
    return Finding(True, {"code": "policy_label_not_asked"})
