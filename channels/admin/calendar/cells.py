"""How a cell of the calendar looks. Made here and not in a template: a page has thousands of them."""

from __future__ import annotations

from datetime import UTC

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from catalog.rules.words import ClipKind
from channels.admin.calendar.asked import Asked
from channels.admin.calendar.rows import Cell, Grid, Item, Row
from channels.rules.calendar import State, Twice, View
from channels.rules.publication import Status

EMPTY = Cell()
WIDEST = 6


def of_row(grid: Grid, row: Row, *, may_change: bool) -> SafeString:
    """The cells of a row that shows how many, or each clip where that row has few."""
    shows_items = grid.asked.view == View.DAY and not grid.asked.is_by_drama
    make = _day_cell if shows_items else _count_cell
    return _joined(make(grid, row, place, may_change) for place in range(grid.width))


def of_line(grid: Grid, line: Row, *, may_change: bool) -> SafeString:
    """The cells of one line under an opened row, clip by clip."""
    return _joined(_day_cell(grid, line, place, may_change) for place in range(grid.width))


def _joined(cells: object) -> SafeString:
    return mark_safe("".join(cells))  # type: ignore[arg-type]  # noqa: S308  (each is made by format_html)


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
    """How many columns a chip may run across before the next one begins: hours are narrow, and titles are not."""
    if grid.asked.view != View.DAY:
        return 1
    later = [other for other in range(place + 1, grid.width) if row.cells.get(other, EMPTY).items]
    return min(later[0] if later else grid.width, place + WIDEST) - place


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
