"""What hangs beneath a clip's page in the catalog: every publication that was made of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from catalog import panels
from catalog.models import Clip
from channels.models import Publication

SHOWN = 50


def hang() -> None:
    panels.hang_beneath_clip("channels/publications_of_clip.html", publications)


def publications(request: HttpRequest, clip: Clip) -> dict[str, Any] | None:
    if not request.user.has_perm("channels.view_publication"):
        return None
    rows = Publication.objects.filter(clip=clip).select_related("channel").order_by("-due_at")
    return {"rows": rows[:SHOWN], "count": rows.count()}
