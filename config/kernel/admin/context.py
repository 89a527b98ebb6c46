"""What every page is told: the product's clock, which installation this is, and what stands above the page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import gettext as _

from config.kernel import clock
from config.kernel.admin import banners


def product_clock(request: HttpRequest) -> dict[str, Any]:
    return {"product_now": clock.now(), "clock_rate": clock.rate()}


def bars(request: HttpRequest) -> dict[str, Any]:
    """Drawn only by the pages that ask for them."""
    return {"bars": lambda: banners.drawn(request)}


def environment(request: HttpRequest) -> list[str] | None:
    if not settings.DEMO:
        return None
    moment = f"{clock.now():%Y-%m-%d %H:%M} UTC"
    if clock.rate() == 1:
        return [_("Demo"), "info"]
    return [
        _("Demo · %(moment)s · clock ×%(rate)s") % {"moment": moment, "rate": f"{clock.rate():g}"},
        "warning",
    ]


def favicon(request: HttpRequest) -> str:
    return static("dramaport.svg")


def stylesheet(request: HttpRequest) -> str:
    return static("dramaport.css")
