"""From the calls a verb makes to what the verb costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from channels.platforms.base import Price


def of_calls(calls: Sequence[str], tariff: Mapping[str, tuple[Price, ...]]) -> tuple[Price, ...]:
    """One price a bucket, in the order of the calls. A verb takes as many ids as its narrowest call."""
    totals: dict[str, Price] = {}
    for name in calls:
        for price in tariff[name]:
            before = totals.get(price.bucket, Price(price.bucket, 0, price.batch))
            totals[price.bucket] = Price(price.bucket, before.units + price.units, min(before.batch, price.batch))
    return tuple(totals.values())
