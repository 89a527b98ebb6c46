"""Panels that upper rooms hang beneath a clip's page: what was made of it there, such as its publications.

Called from an upper room's doorway; `read(request, clip)` gives the template's context, or None for a reader who has no
right to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from catalog.models import Clip

Read = Callable[[HttpRequest, Clip], dict[str, Any] | None]

_beneath_clip: dict[str, Read] = {}


def hang_beneath_clip(template: str, read: Read) -> None:
    _beneath_clip[template] = read


def beneath_clip(request: HttpRequest, clip: Clip) -> list[SafeString]:
    drawn = []
    for template, read in _beneath_clip.items():
        data = read(request, clip)
        if data is not None:
            drawn.append(render_to_string(template, data, request=request))
    return drawn
