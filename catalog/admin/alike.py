"""“Looks like”: beneath a clip, the clips that show the same, how much of it, and where they are or go."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from catalog import ownership, panels
from catalog.admin import showing
from catalog.models import Clip, Edition, Fingerprint
from catalog.rules import clip as life
from catalog.rules.likeness import Kind
from catalog.services import lookalikes

SHOWN = 50
TONE = {Kind.WHOLE: "danger", Kind.PICTURE: "info", Kind.PARTLY: "default"}


def panel(request: HttpRequest, clip: Clip) -> SafeString | str:
    """Nothing for a clip that is not cut yet. A partner's people see only those of their own."""
    if clip.status not in {life.Status.READY, life.Status.RETIRED}:
        return ""
    likes = _allowed(request, lookalikes.of(clip))
    places = panels.places(request, [one.clip for one in likes[:SHOWN]])
    context = {
        "rows": [_row(one, places) for one in likes[:SHOWN]],
        "count": len(likes),
        "shows_places": panels.knows_places(request),
        "trouble": "" if likes else _trouble(clip),
    }
    return render_to_string("catalog/admin/clip_alike.html", context, request=request)


def _allowed(request: HttpRequest, likes: list[lookalikes.Likeness]) -> list[lookalikes.Likeness]:
    partner = ownership.partner_of(request)
    if partner is None:
        return likes
    theirs = set(Edition.objects.visible_to(partner).values_list("pk", flat=True))
    return [one for one in likes if one.clip.edition_id in theirs]


def _row(one: lookalikes.Likeness, places: dict[int, list[SafeString]]) -> dict[str, Any]:
    return {
        "clip": one.clip,
        "picture": showing.media(one.clip.thumbnail),
        "link": showing.page(one.clip),
        "title": one.clip.edition.title,
        "language": showing.language(one.clip.edition.language),
        "kind": showing.badge(one.kind.label, TONE[one.kind]),
        "remark": _remark(one),
        "share": _shares(one),
        "places": places.get(one.clip.pk, []),
    }


def _remark(one: lookalikes.Likeness) -> str:
    remarks = [_("mirrored")] if one.is_mirrored else []
    return ", ".join([*remarks, _("one mends the other, which counts no more")] if one.is_mend else remarks)


def _shares(one: lookalikes.Likeness) -> str:
    if one.share is None or one.like_share is None:
        return _("through others of the family")
    return _("%(own)d %% of this clip, %(other)d %% of that one") % {
        "own": round(100 * one.share),
        "other": round(100 * one.like_share),
    }


def _trouble(clip: Clip) -> str:
    """Why nothing can be said; empty when the clip was looked up and stands alone."""
    row = Fingerprint.objects.filter(clip=clip).first()
    if row is not None and row.gave_up:
        return _("It has no fingerprint: %(reason)s") % {"reason": row.reason}
    if row is None or row.serial is None:
        return _("It has no fingerprint yet; one is made within minutes.")
    return ""
