"""What stands above every page of the admin: bars that the apps hang up in their ready(), each within its rights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

Read = Callable[[HttpRequest], dict[str, Any] | None]
_bars: list[tuple[str, Read]] = []


def hang(template: str, read: Read) -> None:
    """`read(request)` returns the template's context, or None when this reader is shown nothing on this page."""
    _bars.append((template, read))


def drawn(request: HttpRequest) -> list[SafeString]:
    return [
        render_to_string(template, data, request=request)
        for template, read in _bars
        if (data := read(request)) is not None
    ]
