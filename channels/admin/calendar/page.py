"""The calendar's addresses: the page, its rows alone, one publication's card, and the deeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page as Leaf
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _

from catalog.models import Drama, Genre
from catalog.rules.words import Tier
from channels.admin.asking import demand
from channels.admin.calendar import asked as asking
from channels.admin.calendar import card, cells, deeds, heading, heat, rows
from channels.admin.calendar.asked import Asked
from channels.models import Channel, Plan
from channels.rules.calendar import By, Clock, State, View
from channels.rules.publication import Status
from channels.rules.words import PlatformName
from config.kernel import languages

SEE, CHANGE = "channels.view_publication", "channels.change_publication"
PLANS = 15
ROWS, HEAT_ROWS = "channels/admin/calendar_rows.html", "channels/admin/calendar_heat_rows.html"


def urls(desk: Any) -> list[Any]:
    """To be hung into the addresses of the publications' desk."""
    site = desk.admin_site

    def page(request: HttpRequest) -> HttpResponse:
        demand(request, SEE)
        return show(desk, request)

    def one(request: HttpRequest, publication_id: int) -> HttpResponse:
        demand(request, SEE)
        return card.show(request, publication_id, may_change=request.user.has_perm(CHANGE))

    def deed(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        demand(request, SEE)
        demand(request, CHANGE)
        return deeds.carry_out(request)

    return [
        path("calendar/", site.admin_view(page), name="channels_calendar"),
        path("calendar/deed/", site.admin_view(deed), name="channels_calendar_deed"),
        path("calendar/<int:publication_id>/", site.admin_view(one), name="channels_calendar_card"),
    ]


def show(desk: Any, request: HttpRequest) -> HttpResponse:
    """The whole page; or with `part=rows` its rows alone, which a script puts into it: a page, or `only` these keys."""
    asked = asking.read(request)
    is_part = request.GET.get("part") == "rows"
    only = asking.numbers(request.GET.get("only", "")) if is_part else frozenset()
    context = _grid(asked, only, may_change=request.user.has_perm(CHANGE))
    if is_part:
        return TemplateResponse(request, HEAT_ROWS if asked.view == View.HEAT else ROWS, context)
    context |= {
        **desk.admin_site.each_context(request),
        "opts": desk.opts,
        "title": _("Calendar"),
        "media": desk.media,
        **_bar(asked),
    }
    return TemplateResponse(request, "channels/admin/calendar.html", context)


def _grid(asked: Asked, only: frozenset[int], *, may_change: bool) -> dict[str, Any]:
    context: dict[str, Any] = {"asked": asked, "may_change": may_change}
    if asked.view == View.HEAT:
        found = heat.read(asked)
        return context | {"heat": found, **_leaf(asked, found.leaf)}
    grid = rows.read(asked, only=only)
    return context | {
        "grid": grid,
        "heads": heading.columns(grid),
        **_leaf(asked, grid.leaf),
        "lines": [
            (
                row,
                cells.of_row(grid, row, may_change=may_change),
                [(line, cells.of_line(grid, line, may_change=may_change)) for line in row.under],
                heading.opener(asked, row),
            )
            for row in grid.rows
        ],
        "opens": not (asked.view == View.DAY and not asked.is_by_drama),
    }


def _leaf(asked: Asked, leaf: Leaf) -> dict[str, Any]:
    return {"leaf": leaf, "before": leaf.start_index() - 1, "pages": heading.pages(asked, leaf)}


def _bar(asked: Asked) -> dict[str, Any]:
    """Everything above the grid: where one is in time, how it is looked at, and what is left out."""
    return {
        "span": heading.span(asked),
        "steps": heading.steps(asked),
        "views": [(label, asked.address(view=value), value == asked.view) for value, label in View.choices],
        "bys": [(label, asked.address(by=value), value == asked.by) for value, label in By.choices],
        "clocks": [(label, asked.address(clock=value), value == asked.clock) for value, label in Clock.choices],
        "states": State.choices,
        "legend": heat.legend() if asked.view == View.HEAT else [],
        "choices": [(name, label, values, asked.get(name)) for name, label, values in _choices()],
        "kept": {"view": asked.view, "by": asked.by, "on": asked.on.isoformat(), "clock": asked.clock},
        "is_filtered": bool(asked.filters),
        "cleared": _cleared(asked),
        "words": _words(),
        "named": _named(asked),
    }


def _cleared(asked: Asked) -> str:
    return asked.address(**dict.fromkeys(asked.filters, ""))


def _choices() -> list[tuple[str, str, Sequence[tuple[Any, Any]]]]:
    """The drop-down filters: name, label, values."""
    tags = Channel.objects.order_by("language").values_list("language", flat=True).distinct()
    spoken = sorted(((tag, f"{languages.name(tag)} ({tag})") for tag in tags), key=lambda one: one[1])
    plans = [(plan.pk, str(plan)) for plan in Plan.objects.defer("summary").order_by("-pk")[:PLANS]]
    return [
        ("platform", _("Platform"), PlatformName.choices),
        ("language", _("Language"), spoken),
        ("status", _("Status"), [*Status.choices, (State.HELD.value, State.HELD.label)]),
        ("tier", _("Tier"), Tier.choices),
        ("genre", _("Genre"), list(Genre.objects.values_list("slug", "name"))),
        ("plan", _("Plan"), plans),
    ]


def _named(asked: Asked) -> list[tuple[str, str]]:
    """The one channel or drama that the calendar is narrowed to, with the address without it."""
    models: dict[str, Any] = {"channel": Channel, "drama": Drama}
    chosen = {kind: models[kind].objects.filter(pk=asked.get(kind)).first() for kind in models if asked.get(kind)}
    return [(str(row or "–"), asked.address(**{kind: ""})) for kind, row in chosen.items()]


def _words() -> dict[str, str]:
    """The sentences that the script says."""
    return {
        "chosen": _("chosen: %(n)s"),
        "failed": _("This did not reach the server. Nothing was changed; try again."),
        "forbidden": _("You may not do this, or you were signed out. Nothing was changed."),
        "why": _("Say why: the reason stays with its history."),
        "still": _("It has started or is held back, so it stays where it is."),
    }
