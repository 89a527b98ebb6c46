"""Rules about an upload among others: how alike they are, and how fast they follow each other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from channels.rules.policies.around import Around
from channels.rules.policies.items import Finding, Item

Params = Mapping[str, Any]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def sameness(item: Item, params: Params, around: Around) -> Finding:
    """Clips that look and sound alike. The same pictures with another voice are another family, and allowed."""
    if not item.whole:
        return Finding(True, {"code": "policy_no_lookalike"})
    span = timedelta(days=params["days"])
    for name, on_channel in (("most_per_channel", True), ("most_per_language", False)):
        most = params[name]
        found = around.lookalikes(item, span=span, on_channel=on_channel) if most is not None else 0
        if most is not None and found > most:
            facts = {"found": found, "most": most, "days": params["days"], "language": item.language}
            return Finding(False, {"code": f"policy_lookalikes_{'channel' if on_channel else 'language'}", **facts})
    return Finding(True, {"code": "policy_few_lookalikes", "days": params["days"]})


def template(item: Item, params: Params, around: Around) -> Finding:
    """How many of the channel's last uploads read nearly like this one. Episodes of the same drama do, and are only
    counted when the rule says so.
    """
    last = around.before(item, span=timedelta(days=params["days"]), most=params["of_last"])
    others = last if params["count_same_drama"] else [one for one in last if one.drama != item.drama]
    if len(last) < params["from_count"]:
        return Finding(True, {"code": "policy_too_few", "last": len(last)})
    least = params["likeness"] / 100
    alike = [one for one in others if around.likeness(item, one) >= least]
    facts = {"alike": len(alike), "last": len(last), "most": params["most_percent"]}
    if len(alike) * 100 > params["most_percent"] * len(last):
        return Finding(False, {"code": "policy_template", **facts, "example": alike[0].title[:120]})
    return Finding(True, {"code": "policy_varied", **facts})


def cadence(item: Item, params: Params, around: Around) -> Finding:
    for name, span, code in (
        ("most_per_day", DAY, "policy_too_many_a_day"),
        ("most_per_hour", HOUR, "policy_too_many_an_hour"),
    ):
        most = params[name]
        found = around.crowd(item, span=span) if most is not None else 0
        if most is not None and found > most:
            return Finding(False, {"code": code, "found": found, "most": most})
    nearest = around.nearest(item) if params["gap_minutes"] else None
    if nearest and abs(nearest.at - item.due_at) < timedelta(minutes=params["gap_minutes"]):
        minutes = int(abs(nearest.at - item.due_at) / timedelta(minutes=1))
        facts = {"gap": params["gap_minutes"], "minutes": minutes, "title": nearest.title[:120]}
        return Finding(False, {"code": "policy_too_close", **facts})
    return Finding(True, {"code": "policy_calm"})
