"""What stands around the grid: the span shown, the way to its neighbours, the heads of its columns, the pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.core.paginator import Page as Leaf
from django.utils import formats
from django.utils.translation import gettext as _

from channels.admin.calendar.asked import Asked
from channels.admin.calendar.rows import Grid, Row
from channels.rules import calendar
from channels.rules.calendar import View
from config.kernel import clock


@dataclass(frozen=True)
class Head:
    """One column: a day or an hour. `data` is what a script sends back when something is dropped into it."""

    text: str
    under: str
    title: str
    url: str
    is_now: bool
    is_weekend: bool
    data: dict[str, str]


@dataclass(frozen=True)
class Step:
    label: str
    sign: str
    url: str


def span(asked: Asked) -> str:
    """The days shown, in the reader's language and order of words."""
    days = asked.days
    last = formats.date_format(days[-1], "DATE_FORMAT")
    if asked.view == View.DAY:
        return f"{formats.date_format(days[0], 'D')} {last}"
    if asked.view == View.WEEK:
        return f"{formats.date_format(days[0], 'MONTH_DAY_FORMAT')} – {last}"
    return formats.date_format(days[0], "YEAR_MONTH_FORMAT")


def steps(asked: Asked) -> list[Step]:
    return [
        Step(_("Earlier"), "‹", asked.address(on=calendar.beside(asked.view, asked.on, step=-1))),
        Step(_("Today"), "", asked.address(on=clock.today(asked.zone))),
        Step(_("Later"), "›", asked.address(on=calendar.beside(asked.view, asked.on, step=1))),
    ]


def columns(grid: Grid) -> list[Head]:
    return list(_hours(grid) if grid.asked.view == View.DAY else _days(grid.asked))


def _hours(grid: Grid) -> Iterator[Head]:
    asked, now = grid.asked, clock.now().astimezone(ZoneInfo(grid.asked.zone))
    again = {hour.hour for hour in grid.columns if hour.fold}
    for hour in grid.columns:
        # Which of the two hours of one name this is, in an autumn night.
        offset = calendar.offset(asked.on, hour, asked.zone) if hour.hour in again else ""
        data = {"day": asked.on.isoformat(), "hour": str(hour.hour)}
        if asked.is_mine:
            data["fold"] = str(hour.fold)
        is_now = asked.is_mine and (now.date(), now.hour, now.fold) == (asked.on, hour.hour, hour.fold)
        yield Head(hour.label, offset, f"{hour.label}:00 {offset}".strip(), "", is_now, is_weekend=False, data=data)


def _days(asked: Asked) -> Iterator[Head]:
    today = clock.today(asked.zone)
    for day in asked.days:
        weekday = formats.date_format(day, "D")
        yield Head(
            str(day.day),
            weekday if asked.view == View.WEEK else _narrow(weekday),
            f"{formats.date_format(day, 'l')} {formats.date_format(day, 'DATE_FORMAT')}",
            asked.address(view=View.DAY.value, on=day),
            day == today,
            day.weekday() >= 5,
            {"day": day.isoformat()},
        )


def _narrow(weekday: str) -> str:
    """A weekday in the width of a month's column: its last sign where all begin alike, else its first two."""
    return weekday[-1] if not weekday.isascii() else weekday[:2]


def pages(asked: Asked, leaf: Leaf) -> list[tuple[str, str]]:
    """The way to the pages of rows before and after this one."""
    found = []
    if leaf.has_previous():
        found.append((_("previous rows"), asked.address(page=leaf.previous_page_number())))
    if leaf.has_next():
        found.append((_("next rows"), asked.address(page=leaf.next_page_number())))
    return found


def opener(asked: Asked, row: Row) -> str:
    """The address at which this row is open, or closed if it is open here."""
    return asked.address(page=asked.page, open=asked.open ^ {row.key})
