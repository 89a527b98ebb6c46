"""The rows of the calendar: one page of channels or dramas with what stands in their days or hours."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.core.paginator import Page as Leaf
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet

from catalog.models import Drama
from channels.admin.calendar import asked as asking
from channels.admin.calendar.asked import Asked
from channels.models import Channel, Publication
from channels.rules import calendar
from channels.rules.calendar import Hour, State, View
from channels.rules.publication import WAITING
from config.kernel import clock

ROWS = 50
FEW = 6
MARGIN = timedelta(hours=15)


class Item(NamedTuple):
    """One publication as the grid needs it. `local` is its time in the zone that counts for it."""

    pk: int
    channel: int
    drama: int
    due_at: datetime
    local: datetime
    status: str
    state: State
    is_pinned: bool
    may_move: bool
    kind: str
    first: int
    last: int
    title: str
    language: str
    edition_title: str
    channel_name: str


@dataclass
class Cell:
    """What stands in one day or hour of one row: how many in each state, or the items themselves."""

    counts: Counter[State] = field(default_factory=Counter)
    pinned: int = 0
    items: list[Item] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


Cells = dict[int, Cell]


@dataclass
class Row:
    """A channel or a drama. `under`: what it opens to, one line for each channel that shows it."""

    key: int
    name: str
    facts: str
    zone: str
    cells: Cells = field(default_factory=lambda: defaultdict(Cell))
    odd: dict[int, calendar.Twice] = field(default_factory=dict)
    under: list[Row] = field(default_factory=list)
    is_open: bool = False


@dataclass
class Grid:
    asked: Asked
    leaf: Leaf
    rows: list[Row]
    columns: tuple[Hour, ...]

    @cached_property
    def width(self) -> int:
        return len(self.columns) if self.asked.view == View.DAY else len(self.asked.days)


def read(asked: Asked, *, only: Collection[int] = ()) -> Grid:
    """One page of rows; or `only` these of them, wherever they stand. The number of queries is always the same."""
    rows = _dramas(asked) if asked.is_by_drama else _channels(asked)
    leaf = Paginator(rows.filter(pk__in=list(only)) if only else rows, ROWS).get_page(asked.page)
    make = _drama_row if asked.is_by_drama else _channel_row
    found = {row.pk: make(asked, row) for row in leaf.object_list}
    for row in found.values():
        row.is_open = row.key in asked.open or (len(found) <= FEW and not _shows_items(asked))
    _fill(asked, found)
    return Grid(asked, leaf, list(found.values()), _columns(asked))


def _columns(asked: Asked) -> tuple[Hour, ...]:
    """The hours of the day: those of the reader's own clock, or the wall clock's 24 where every row has its own."""
    if asked.is_mine:
        return calendar.real_hours(asked.on, asked.zone)
    return tuple(Hour(hour) for hour in calendar.HOURS)


def _shows_items(asked: Asked) -> bool:
    """A channel's day has few enough clips to show each of them at once."""
    return asked.view == View.DAY and not asked.is_by_drama


# --- which rows


def in_span(asked: Asked) -> QuerySet[Publication]:
    """What the filters leave in the days shown, each publication by the days of the zone that counts for it."""
    shown = asking.publications(asked)
    if asked.is_mine:
        return shown.filter(_within(asked, asked.zone))
    zones = Channel.objects.order_by("time_zone").values_list("time_zone", flat=True).distinct()
    found = Q(pk=None)
    for zone in zones:
        found |= Q(channel__time_zone=zone) & _within(asked, asked.zone_of(zone))
    return shown.filter(_within(asked, "UTC", margin=MARGIN)).filter(found)


def _within(asked: Asked, zone: str, *, margin: timedelta = timedelta(0)) -> Q:
    days = asked.days
    starts, ends = calendar.midnight(days[0], zone), calendar.midnight(days[-1] + calendar.DAY, zone)
    return Q(due_at__gte=starts - margin, due_at__lt=ends + margin)


def _channels(asked: Asked) -> QuerySet[Channel]:
    rows = asking.channels(asked)
    if asking.is_narrow(asked):
        rows = rows.filter(pk__in=in_span(asked).values("channel"))
    return rows.order_by("name")


def _dramas(asked: Asked) -> QuerySet[Drama]:
    shown = in_span(asked).filter(channel__in=asking.channels(asked))
    return Drama.objects.filter(pk__in=shown.values("clip__edition__drama")).order_by("code")


def _channel_row(asked: Asked, channel: Channel) -> Row:
    facts = f"{channel.get_platform_display()} · {channel.language} · {channel.time_zone}"
    row = Row(channel.pk, channel.name, facts, asked.zone_of(channel.time_zone))
    if asked.view == View.DAY and not asked.is_mine:
        row.odd = calendar.odd_hours(asked.on, row.zone)
    return row


def _drama_row(asked: Asked, drama: Drama) -> Row:
    return Row(drama.pk, drama.original_name, f"{drama.code} · {drama.tier}", "")


# --- what stands in them

_BARE = ("pk", "channel_id", "clip__edition__drama_id", "due_at", "status", "hold_id", "is_pinned")
_FULL = (
    *_BARE, "channel__time_zone", "lease_until", "clip__kind", "clip__first_episode", "clip__last_episode", "title",
    "clip__edition__language", "clip__edition__title", "channel__name",
)  # fmt: skip


def _fill(asked: Asked, rows: dict[int, Row]) -> None:
    shown = in_span(asked)
    if asked.is_by_drama:
        shown = shown.filter(clip__edition__drama__in=list(rows), channel__in=asking.channels(asked))
    else:
        shown = shown.filter(channel__in=list(rows))
    place = _placing(asked)
    for item in _items(asked, shown.order_by("due_at", "pk")):
        column = place(item)
        row = rows.get(item.drama if asked.is_by_drama else item.channel)
        if column is None or row is None:
            continue
        cell = row.cells[column]
        cell.counts[item.state] += 1
        cell.pinned += item.is_pinned
        if _shows_items(asked):
            cell.items.append(item)
        elif row.is_open:
            _line_of(asked, row, item).cells[column].items.append(item)


def _line_of(asked: Asked, row: Row, item: Item) -> Row:
    """The line under an opened row that the item belongs to; a channel opens to its dramas, a drama to its channels."""
    key = item.channel if asked.is_by_drama else item.drama
    for line in row.under:
        if line.key == key:
            return line
    name = item.channel_name if asked.is_by_drama else item.edition_title
    line = Row(key, name, item.language, row.zone)
    row.under.append(line)
    return line


def _items(asked: Asked, shown: QuerySet[Publication]) -> Iterable[Item]:
    now = clock.now()
    for (
        pk, channel, drama, due_at, status, hold, is_pinned, zone, lease, kind, first, last, title, language,
        edition, name,
    ) in shown.values_list(*_FULL):  # fmt: skip
        state = calendar.state_of(status, is_held=hold is not None)
        is_free = status in WAITING and hold is None and not (lease and lease > now)
        yield Item(
            pk, channel, drama, due_at, due_at.astimezone(ZoneInfo(asked.zone_of(zone))), status, state, is_pinned,
            is_free and due_at > now, kind, first, last, title, language, edition, name,
        )  # fmt: skip


def _placing(asked: Asked) -> Callable[[Item], int | None]:
    if asked.view != View.DAY:
        days = {day: place for place, day in enumerate(asked.days)}
        return lambda item: days.get(item.local.date())
    if not asked.is_mine:
        return lambda item: item.local.hour if item.local.date() == asked.on else None
    hours = {(hour.hour, hour.fold): place for place, hour in enumerate(_columns(asked))}

    def of_mine(item: Item) -> int | None:
        return hours.get((item.local.hour, item.local.fold)) if item.local.date() == asked.on else None

    return of_mine
