from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display

from catalog import ownership
from channels.admin import asking, batch_news, filters, showing
from channels.models import Batch, BatchLine
from channels.rules import batch as rules
from channels.rules.approval import COUNTED, Answer
from channels.rules.batch import Deed
from channels.rules.publication import Status
from channels.services import batches
from config.kernel import clock
from config.kernel.admin.pages import ReadOnlyPage, admin

ROWS = 60
COLOURS = {
    Deed.APPROVE: "success",
    Deed.CANCEL: "danger",
    Deed.MOVE: "info",
    Deed.HOLD: "warning",
    Deed.TAKE_DOWN: "danger",
}


@admin.register(Batch)
class BatchAdmin(ownership.OwnRows, ReadOnlyPage):
    """Who did what to how many publications, when, and whether it was taken back."""

    empty_hint = _("Nothing was done in bulk yet. Choose publications in their list, or approve a plan.")
    list_display = ("what", "when", "who", "count", "plan_link", "why", "undone")
    list_filter = (
        ("deed", ChoicesDropdownFilter),
        ("by", AutocompleteSelectFilter),
        ("at", filters.MomentsFilter),
    )
    list_select_related = ("by", "undone_by", "plan")
    actions_detail = ("undo",)

    class Media:
        css = {"all": ("channels/channels.css", "channels/approval.css")}

    @display(description=_("what was done"), ordering="deed")
    def what(self, row: Batch) -> SafeString:
        return showing.badge(row.get_deed_display(), COLOURS.get(Deed(row.deed), ""))

    @display(description=_("at"), ordering="at")
    def when(self, row: Batch) -> str:
        return showing.at_utc(row.at)

    @display(description=_("by"), ordering="by")
    def who(self, row: Batch) -> str:
        return str(row.by or "–")

    @display(description=_("plan"))
    def plan_link(self, row: Batch) -> SafeString | str:
        return showing.page_of(row.plan)

    @display(description=_("undo"), ordering="undone_at")
    def undone(self, row: Batch) -> SafeString | str:
        return _undo_words(row)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = asking.find(self, request, object_id)
        asking.demand(request, "channels.view_batch")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(row),
            "media": self.media,
            **_reading(request, row),
        }
        return TemplateResponse(request, "channels/admin/batch.html", context)

    @action(description=_("Undo…"), url_path="undo", icon="undo")
    def undo(self, request: HttpRequest, object_id: int) -> HttpResponse:
        row = asking.find(self, request, object_id)
        asking.demand(request, batch_news.RIGHTS.get(row.deed, batch_news.USUAL_RIGHT))
        back = reverse("admin:channels_batch_change", args=[row.pk])
        return asking.of_one(self, request, row, _undoing(request, row), back=back)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """The page has its own button, with the minutes that are left."""
        return []


def _undo_words(row: Batch) -> str:
    if row.undone_at:
        facts = {"who": row.undone_by or "–", "at": showing.at_utc(row.undone_at)}
        return gettext("undone by %(who)s, %(at)s") % facts
    left = rules.minutes_left(row.at, now=clock.now())
    if row.deed == Deed.TAKE_DOWN:
        return gettext("cannot be undone")
    if not left or row.deed in rules.LASTING:
        return "–"
    return ngettext("%(n)d minute left", "%(n)d minutes left", left) % {"n": left}


def _undoing(request: HttpRequest, row: Batch) -> asking.Question:
    sentence = _(
        "Each publication is put back as it was, where it still stands as this left it. "
        "What somebody changed since, and what has begun to go out, stays."
    )
    return asking.Question(
        title=_("Undo this bulk action"),
        sentence=sentence,
        button=_("Undo"),
        do=lambda one, said: None,
        do_all=lambda keys, said: batch_news.told(request, batches.undo(row, by=request.user)),
    )


def _reading(request: HttpRequest, row: Batch) -> dict[str, Any]:
    lines = row.lines.select_related("publication__channel", "publication__clip__edition__drama").order_by("pk")
    leaf = Paginator(lines, ROWS).get_page(request.GET.get("page"))
    return {
        "batch": row,
        "deed": showing.badge(row.get_deed_display(), COLOURS.get(Deed(row.deed), "")),
        "when": showing.at_utc(row.at),
        "plan_link": showing.page_of(row.plan) if row.plan_id else "",
        "undo_words": _undo_words(row),
        "is_final": row.deed == Deed.TAKE_DOWN,
        "may_undo": batch_news.may_undo(row, request),
        "figures": _figures(row),
        "leaf": leaf,
        "lines": [_line(one) for one in leaf.object_list],
    }


def _figures(row: Batch) -> list[tuple[int, str]]:
    """How many were done and refused, and how many of them were put back."""
    asked = row.lines.count()
    found = [(row.count, gettext("done")), (asked - row.count, gettext("refused"))]
    if row.undone_at:
        found.append((row.lines.filter(undone=True).count(), gettext("put back")))
        found.append((row.lines.filter(undone=False).count(), gettext("not put back")))
    return [one for one in found if one[0] or one[1] == gettext("done")]


def _line(one: BatchLine) -> dict[str, Any]:
    return {
        "publication": showing.page_of(one.publication, one.publication.title or str(one.publication.clip)),
        "clip": str(one.publication.clip),
        "channel": showing.page_of(one.publication.channel),
        "before": _words(one.before),
        "after": _words(one.after),
        "now": showing.badge(one.publication.get_status_display(), showing.PUBLICATION.get(one.publication.status, "")),
        "undone": one.refusal or (gettext("put back") if one.undone else ""),
    }


def _words(facts: dict[str, Any]) -> str:
    """How a publication stood, in words: what the deed was about and no more."""
    answer = facts.get("answer")
    if answer in Answer.values and Answer(answer) not in COUNTED | {Answer.ELSEWHERE}:
        return gettext("refused: %(why)s") % {"why": Answer(answer).label}
    if answer == Answer.WAITS:
        return str(Answer.WAITS.label)
    if facts.get("wish") == Deed.TAKE_DOWN:
        return gettext("asked to be taken down")
    parts = [str(Status(facts["status"]).label)] if facts.get("status") in Status.values else []
    if facts.get("due_at"):
        parts.append(f"{facts['due_at'][:16].replace('T', ' ')} UTC")
    if "is_pinned" in facts:
        parts.append(gettext("pinned") if facts["is_pinned"] else gettext("not pinned"))
    return " · ".join(parts)
