"""Panels that upper rooms hang beneath a clip's or a drama's page: what was made of it there, such as its publications.

Called from an upper room's doorway; `read(request, row)` gives the template's context, or None for a reader who has no
right to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from catalog.models import Clip, Drama

Read = Callable[[HttpRequest, Any], dict[str, Any] | None]
Places = Callable[[HttpRequest, Iterable[Clip]], dict[int, list[SafeString]] | None]

_beneath_clip: dict[str, Read] = {}
_beneath_drama: dict[str, Read] = {}
_places: dict[str, Places] = {}


def hang_beneath_clip(template: str, read: Read) -> None:
    _beneath_clip[template] = read


def hang_beneath_drama(template: str, read: Read) -> None:
    _beneath_drama[template] = read


def beneath_clip(request: HttpRequest, clip: Clip) -> list[SafeString]:
    return _drawn(_beneath_clip, request, clip)


def beneath_drama(request: HttpRequest, drama: Drama) -> list[SafeString]:
    return _drawn(_beneath_drama, request, drama)


def _drawn(hung: dict[str, Read], request: HttpRequest, row: Any) -> list[SafeString]:
    drawn = []
    for template, read in hung.items():
        data = read(request, row)
        if data is not None:
            drawn.append(render_to_string(template, data, request=request))
    return drawn


def hang_places(name: str, read: Places) -> None:
    """Let an upper room say where clips are or go: links by clip, or None for a reader who may not know."""
    _places[name] = read


def knows_places(request: HttpRequest) -> bool:
    return any(read(request, []) is not None for read in _places.values())


def places(request: HttpRequest, clips: Iterable[Clip]) -> dict[int, list[SafeString]]:
    found: dict[int, list[SafeString]] = {}
    wanted = list(clips)
    for read in _places.values():
        for clip, links in (read(request, wanted) or {}).items():
            found.setdefault(clip, []).extend(links)
    return found
