"""The review page: one comment at a time, a key for each label, so that a person does hundreds in an hour."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import languages
from config.kernel.errors import ProductError
from moderation.admin import showing
from moderation.models import Comment, Verdict
from moderation.rules.words import Label
from moderation.services import judging, placing

KEYS = (
    ("1", Label.DUBBING, gettext_lazy("Dubbing")),
    ("2", Label.TRANSLATION, gettext_lazy("Translation")),
    ("3", Label.OTHER, gettext_lazy("Other complaint")),
    ("4", Label.NONE, gettext_lazy("No complaint")),
)
SKIPPED, LAST = "triage_skipped", "triage_last"
MOST_SKIPPED = 500


def redirect() -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:moderation_triage"))


def show(page: Any, request: HttpRequest) -> HttpResponse:
    """A GET shows the least sure comment; a POST labels, skips or takes back, and shows the next."""
    if not page.has_label_permission(request):
        raise PermissionDenied
    if request.method == "POST":
        _take(request)
        return redirect()
    waiting = Comment.objects.to_review().exclude(purged_at__isnull=False)
    skipped = request.session.get(SKIPPED, [])
    rows = waiting.exclude(pk__in=skipped).select_related("channel", "publication__clip__edition__drama")
    comment = rows.order_by("confidence", "pk").first()
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": _("Triage"),
        "media": page.media,
        "left": waiting.count(),
        "skipped": len(skipped),
        "may_undo": bool(request.session.get(LAST)),
        "keys": KEYS,
        **(_facts(comment) if comment else {}),
    }
    return TemplateResponse(request, "moderation/admin/triage.html", context)


def _take(request: HttpRequest) -> None:
    if request.POST.get("do") == "undo":
        _undo(request)
        return
    comment = Comment.objects.filter(pk=_number(request.POST.get("comment"))).first()
    if comment is None:
        messages.warning(request, _("That comment is not there any more."))
    elif request.POST.get("do") == "skip":
        request.session[SKIPPED] = [*request.session.get(SKIPPED, []), comment.pk][-MOST_SKIPPED:]
    elif request.POST.get("label") in Label.values:
        judging.label(
            comment, label=request.POST["label"], sub_class=_kept(comment, request.POST["label"]), by=request.user
        )
        request.session[LAST] = comment.pk


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _kept(comment: Comment, label: str) -> str:
    """A person who agrees with the class keeps the machine's finer one."""
    return comment.sub_class if comment.label == label else ""


def _undo(request: HttpRequest) -> None:
    comment = Comment.objects.filter(pk=request.session.pop(LAST, 0)).first()
    if comment is None:
        messages.info(request, _("There is nothing to take back."))
        return
    try:
        judging.unlabel(comment, by=request.user)
    except ProductError as refusal:
        messages.warning(request, str(refusal))


def _facts(comment: Comment) -> dict[str, Any]:
    newest: Verdict | None = comment.verdicts.first()
    clip = comment.publication.clip if comment.publication else None
    stretches = clip.stretches() if clip else []
    spot = placing.spot_of(newest.moments if newest else [], stretches)
    return {
        "comment": comment,
        "language": languages.name(comment.language) if comment.language else "–",
        "guess": comment.get_label_display() if comment.label else "–",
        "guess_sub": showing.sub_class(comment.sub_class),
        "confidence": f"{100 * comment.confidence:.0f} %" if comment.confidence is not None else "–",
        "clip": clip,
        "place": showing.spot(spot.episode, spot.episode_ms),
        "start": max(0, (spot.clip_ms or 0) // 1000 - 1),
        "platform_url": showing.platform_url(comment.publication, spot.clip_ms) if comment.publication else "",
        "others": _around(comment),
    }


def _around(comment: Comment) -> list[Comment]:
    """What it answers to, so that a reply can be understood."""
    if not comment.parent_id:
        return []
    return list(Comment.objects.filter(channel=comment.channel_id, external_id=comment.parent_id))
