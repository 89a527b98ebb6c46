"""The laws whose numbers come from policy packs: how alike the clips may be, and how fast a channel may post."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from tests.checker import laws, tags, wall
from tests.checker.rows import ChannelRow, ItemRow, Likeness, Pace, Violation

HOUR = timedelta(hours=1)


def likeness(sight: laws.Sight) -> Iterator[Violation]:
    """Clips that look and sound the same: so many on one channel, so many on a platform in one language."""
    for limits in sight.world.likeness:
        yield from _alike(sight, limits)


def _alike(sight: laws.Sight, limits: Likeness) -> Iterator[Violation]:
    families: dict[tuple[object, ...], list[ItemRow]] = defaultdict(list)
    for item in sight.standing:
        channel, whole = sight.channel(item), sight.clip(item).whole
        if whole and limits.platform in ("", channel.platform):
            families["channel_likeness", whole, channel.key].append(item)
            families["language_likeness", whole, channel.platform, channel.language].append(item)
    most = {"channel_likeness": limits.per_channel, "language_likeness": limits.per_language}
    for key, items in families.items():
        rule = str(key[0])
        for several in _within(items, timedelta(days=limits.days)):
            if len(several) > most[rule]:
                yield from laws.newest(rule, several, f"{len(several)} within {limits.days} days, family {key[1]}")


def pace(sight: laws.Sight) -> Iterator[Violation]:
    for key, items in sight.of_channel.items():
        channel = sight.world.channels[key]
        for one in sight.world.paces:
            if _concerns(one, channel):
                yield from _too_fast(one, channel, items)


def _concerns(one: Pace, channel: ChannelRow) -> bool:
    return (
        one.platform in ("", channel.platform)
        and (not one.countries or bool(set(one.countries) & set(channel.countries)))
        and (not one.languages or any(tags.serves(tag, channel.language) for tag in one.languages))
    )


def _too_fast(one: Pace, channel: ChannelRow, items: list[ItemRow]) -> Iterator[Violation]:
    days: dict[object, list[ItemRow]] = defaultdict(list)
    for item in items:
        days[wall.day_of(item.due_at, channel.zone)].append(item)
    for several in days.values():
        if one.per_day is not None and len(several) > one.per_day:
            yield from laws.newest("pace_day", several, f"{len(several)} in a day on {channel.name}")
    for several in _within(items, HOUR):
        if one.per_hour is not None and len(several) > one.per_hour:
            yield from laws.newest("pace_hour", several, f"{len(several)} in an hour on {channel.name}")
    for earlier, later in zip(items, items[1:], strict=False):
        if later.due_at - earlier.due_at < one.gap:
            yield from laws.newest("pace_gap", [earlier, later], f"{later.due_at} on {channel.name}")


def _within(items: list[ItemRow], span: timedelta) -> Iterator[list[ItemRow]]:
    for item in items:
        yield [one for one in items if item.due_at <= one.due_at < item.due_at + span]


def violations(world: laws.World) -> list[Violation]:
    sight = laws.Sight(world)
    return [found for law in (likeness, pace) for found in law(sight)]
