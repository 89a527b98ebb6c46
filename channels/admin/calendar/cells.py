"""How a cell of the calendar looks. Made here and not in a template: a page has thousands of them."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from catalog.rules.words import ClipKind
from channels.admin.calendar.asked import Asked
from channels.admin.calendar.rows import Cell, Grid, Item, Row
from channels.rules.calendar import Hour, State, Twice, View
from channels.rules.publication import Status
from config.kernel import clock

EMPTY = Cell()


def of_row(grid: Grid, row: Row, *, may_change: bool) -> SafeString:
    """The cells of a row that shows how many, or each clip where that row has few."""
    shows_items = grid.asked.view == View.DAY and not grid.asked.is_by_drama
    make = _day_cell if shows_items else _count_cell
    return _joined([make(grid, row, place, may_change) for place in range(grid.width)], _now(grid, row))


def of_line(grid: Grid, line: Row, *, may_change: bool) -> SafeString:
    """The cells of one line under an opened row, clip by clip."""
    return _joined([_day_cell(grid, line, place, may_change) for place in range(grid.width)], _now(grid, line))


def _joined(cells: list[SafeString], now: tuple[int, SafeString] | None) -> SafeString:
    if now is not None:
        place, mark = now
        cells[place] = SafeString(cells[place].removesuffix("</td>") + mark + "</td>")
    return SafeString("".join(cells))


def _now(grid: Grid, row: Row) -> tuple[int, SafeString] | None:
    """In which hour of this row the present moment is, and the line that marks it; None on all other days.

    A drama that is shown in the time of each of its channels has no present of its own.
    """
    zone = grid.asked.zone if grid.asked.is_mine else row.zone
    if grid.asked.view != View.DAY or not zone:
        return None
    now = clock.now().astimezone(ZoneInfo(zone))
    hour = Hour(now.hour, now.fold if grid.asked.is_mine else 0)
    if now.date() != grid.asked.on or hour not in grid.columns:
        return None
    percent, face = now.minute * 5 // 3, f"{now:%H:%M}"
    mark = format_html('<i class="cal-now" style="inset-inline-start:{}%" title="{}"></i>', percent, face)
    return grid.columns.index(hour), mark


def _odd(grid: Grid, row: Row, place: int) -> str:
    return str(row.odd.get(grid.columns[place].hour, Twice.NO)) if row.odd else ""


def _count_cell(grid: Grid, row: Row, place: int, _may_change: bool) -> SafeString:
    cell = row.cells.get(place, EMPTY)
    if not cell.total:
        return SafeString("<td></td>")
    pinned = " pinned" if cell.pinned else ""
    if len(cell.counts) == 1:
        [(state, count)] = cell.counts.items()
        return format_html('<td class="n {}{}">{}</td>', state.value, pinned, count)
    parts = format_html_join(
        "", '<i class="{}" style="flex:{}"></i>', ((state, cell.counts[state]) for state in State if cell.counts[state])
    )
    return format_html('<td class="n{}">{}<span>{}</span></td>', pinned, cell.total, parts)


def _day_cell(grid: Grid, row: Row, place: int, may_change: bool) -> SafeString:
    cell, odd = row.cells.get(place, EMPTY), _odd(grid, row, place)
    if not cell.items:
        return format_html('<td class="{}"></td>', odd) if odd else SafeString("<td></td>")
    width = _room(grid, row, place)
    chips = format_html_join(
        "", "{}", ((chip(grid.asked, item, may_change=may_change, width=width),) for item in cell.items)
    )
    return format_html('<td class="{}">{}</td>', odd, chips)


def _room(grid: Grid, row: Row, place: int) -> int:
    """How many columns a chip may reach into, 2 at most: it stands for a moment, and must not look as if it lasted."""
    if grid.asked.view != View.DAY:
        return 1
    return 1 if place + 1 >= grid.width or row.cells.get(place + 1, EMPTY).items else 2


def chip(asked: Asked, item: Item, *, may_change: bool, width: int = 1) -> SafeString:
    """One publication, to be opened, dragged or chosen."""
    marks = [item.state.value, f"w{width}"] + ["pinned"] * item.is_pinned
    return format_html(
        '<a class="chip {}" data-p="{}" draggable="{}" href="{}" title="{}"><b>{}</b> <span dir="auto">{}</span></a>',
        " ".join(marks),
        item.pk,
        "true" if may_change and item.may_move else "false",
        f"../{item.pk}/change/",
        _told(item),
        span_of(item).removeprefix("E") if asked.view == View.MONTH else span_of(item),
        "" if asked.view == View.MONTH else item.title,
    )


def span_of(item: Item) -> str:
    """Which episodes, as short as can be; a hook has a sign of its own."""
    if item.kind == ClipKind.HOOK:
        return "◆"
    return f"E{item.first}" if item.first == item.last else f"E{item.first}–{item.last}"


def _told(item: Item) -> str:
    """Everything a narrow chip has no room for."""
    facts = [
        f"{item.local:%H:%M} {item.local.tzname()} ({item.due_at.astimezone(UTC):%m-%d %H:%M} UTC)",
        str(ClipKind(item.kind).label) if item.kind == ClipKind.HOOK else span_of(item),
        item.title,
        item.channel_name,
        str(Status(item.status).label),
    ]
    if item.state == State.HELD:
        facts.append(str(State.HELD.label))
    return " · ".join([*facts, _("pinned")] if item.is_pinned else facts)
