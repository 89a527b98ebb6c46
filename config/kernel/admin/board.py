"""The home board: panels that the apps hang up in their ready(), drawn in order, each within its own rights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Panel:
    """`read(request)` returns the template's context, or None when this reader has no right to it."""

    order: int
    template: str
    read: Callable[[HttpRequest], dict[str, Any] | None]
    wide: bool = False


_panels: list[Panel] = []


def hang(
    order: int,
    template: str,
    read: Callable[[HttpRequest], dict[str, Any] | None],
    *,
    wide: bool = False,
) -> None:
    _panels.append(Panel(order, template, read, wide))


@dataclass(frozen=True)
class Drawn:
    html: SafeString
    wide: bool


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's dashboard callback: `panels` for templates/admin/index.html."""
    context["panels"] = [
        drawn for panel in sorted(_panels, key=lambda one: one.order) if (drawn := _draw(request, panel))
    ]
    return context


def _draw(request: HttpRequest, panel: Panel) -> Drawn | None:
    data = panel.read(request)
    if data is None:
        return None
    return Drawn(render_to_string(panel.template, data, request=request), panel.wide)
