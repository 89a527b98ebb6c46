"""Channel by hour of the day: what is planned against the posting times that a channel has, and its best hours."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.core.paginator import Page as Leaf
from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from channels.admin.calendar import asked as asking
from channels.admin.calendar import rows
from channels.admin.calendar.asked import Asked
from channels.models import Channel
from channels.rules import calendar, slots
from channels.rules.publication import SLOT_TAKEN


@dataclass(frozen=True)
class Spot:
    """One hour of one channel over all days shown. `text` says planned/posting times."""

    planned: int
    capacity: int
    is_best: bool

    @property
    def text(self) -> str:
        return f"{self.planned}/{self.capacity}" if self.planned or self.capacity else ""

    @property
    def classes(self) -> str:
        level = calendar.level(self.planned, self.capacity)
        marks = [f"heat{level}"] + ["best"] * self.is_best + ["unused"] * (self.capacity > 0 and not self.planned)
        return " ".join(marks)


@dataclass(frozen=True)
class Line:
    channel: Channel
    facts: str
    spots: tuple[Spot, ...]

    @property
    def planned(self) -> int:
        return sum(spot.planned for spot in self.spots)

    @property
    def capacity(self) -> int:
        return sum(spot.capacity for spot in self.spots)


@dataclass(frozen=True)
class Heat:
    asked: Asked
    leaf: Leaf
    lines: tuple[Line, ...]
    hours: range = calendar.HOURS


def read(asked: Asked) -> Heat:
    """One page of channels over the month shown."""
    found = asking.channels(asked)
    if asking.is_narrow(asked):
        found = found.filter(pk__in=rows.in_span(asked).values("channel"))
    leaf = Paginator(found.prefetch_related("rules").order_by("name"), rows.ROWS).get_page(asked.page)
    channels = list(leaf.object_list)
    planned = _planned(asked, {channel.pk: asked.zone_of(channel.time_zone) for channel in channels})
    return Heat(asked, leaf, tuple(_line(asked, channel, planned[channel.pk]) for channel in channels))


def _planned(asked: Asked, zones: dict[int, str]) -> dict[int, Counter[int]]:
    counts: dict[int, Counter[int]] = {key: Counter() for key in zones}
    spans = {zone: calendar.in_zone(asked.days, zone) for zone in set(zones.values())}
    shown = rows.in_span(asked).filter(channel__in=list(zones), status__in=SLOT_TAKEN)
    for channel, due_at in shown.values_list("channel_id", "due_at"):
        zone = zones[channel]
        if spans[zone].place(due_at) is not None:
            counts[channel][due_at.astimezone(ZoneInfo(zone)).hour] += 1
    return counts


def _line(asked: Asked, channel: Channel, planned: Counter[int]) -> Line:
    zone = asked.zone_of(channel.time_zone)
    hours = [slots.Hours(tuple(rule.weekdays), tuple(rule.times)) for rule in channel.rules.all() if rule.is_on]
    span = calendar.in_zone(asked.days, zone)
    times = slots.between(hours, channel.time_zone, span.edges[0], span.edges[-1])
    capacity = Counter(at.astimezone(ZoneInfo(zone)).hour for at in times)
    best = _best(channel, asked, zone)
    spots = tuple(Spot(planned[hour], capacity[hour], hour in best) for hour in calendar.HOURS)
    return Line(channel, f"{channel.get_platform_display()} · {channel.language} · {channel.time_zone}", spots)


def _best(channel: Channel, asked: Asked, zone: str) -> set[int]:
    """Its audience's best hours, as the clock shown has them on the first of the days."""
    if not asked.is_mine:
        return set(channel.best_hours)
    moments = [
        at
        for hour in channel.best_hours
        if (at := slots.moment(asked.days[0], slots.read_time(f"{hour:02d}:00") or _MIDNIGHT, channel.time_zone))
    ]
    return {at.astimezone(ZoneInfo(zone)).hour for at in moments}


_MIDNIGHT = slots.read_time("00:00")


def legend() -> list[tuple[str, str]]:
    """What each colour says."""
    return [
        ("heat0 unused", _("posting times, none used")),
        ("heat1", _("up to a quarter used")),
        ("heat2", _("up to half")),
        ("heat3", _("up to three quarters")),
        ("heat4", _("more, up to all")),
        ("heat5", _("more than its posting times")),
        ("best", _("a best hour of its audience")),
    ]
