"""The catalog's panel on the home board."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest

from catalog.models import Clip, Drama, Edition, EditionVersion
from catalog.rules import clip, version

RIGHTS = ("catalog.view_drama", "catalog.view_edition", "catalog.view_clip")


def catalog(request: HttpRequest) -> dict[str, Any] | None:
    """How much there is and what stands still; None for a reader without the right to it."""
    if not request.user.has_perms(RIGHTS):
        return None
    asked = (clip.Status.READY, clip.Status.WAITING, clip.Status.FAILED)
    return {
        "dramas": Drama.objects.active().count(),
        "editions": Edition.objects.count(),
        "releasable": EditionVersion.objects.filter(status=version.Status.RELEASABLE).count(),
        "checking": EditionVersion.objects.filter(status=version.Status.CHECKING).count(),
        "clips": Clip.objects.aggregate(**{str(one): Count("pk", filter=Q(status=one)) for one in asked}),
    }
