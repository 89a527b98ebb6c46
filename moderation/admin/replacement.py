from __future__ import annotations

from typing import Any

from django.contrib import admin as django_admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from catalog import ownership
from config.kernel.admin import actions
from config.kernel.admin.pages import ReadOnlyPage, StatusHistory, admin, link
from moderation.admin import showing
from moderation.models import Replacement
from moderation.services import replacing


@admin.register(Replacement)
class ReplacementPage(ownership.OwnRows, ReadOnlyPage):
    empty_hint = _(
        "Nothing was replaced yet. When a studio delivers a fix, the uploads made from the bad masters stand here."
    )
    owner = "ticket__vendor"
    list_display = ("old_title", "channel", "ticket_link", "status_badge", "reason", "new_link", "done_at")
    list_filter = (("status", ChoicesDropdownFilter), ("old__channel", AutocompleteSelectFilter))
    search_fields = ("=ticket__pk", "old__title", "old__clip__edition__drama__code")
    list_select_related = ("ticket", "old__channel", "old__clip__edition__drama", "new")
    actions = ("try_again", "mark_done")
    fields = readonly_fields = ("ticket_link", "status_badge", "reason", "old_link", "channel", "new_link", "done_at")
    inlines = (StatusHistory,)

    class Media:
        css = {"all": ("moderation/moderation.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(*self.list_select_related)

    def has_settle_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("channels.settle_publication") and ownership.partner_of(request) is None

    @django_admin.action(description=_("Try again"), permissions=["settle"])
    def try_again(self, request: HttpRequest, rows: QuerySet[Replacement]) -> None:
        actions.carry_out(request, rows, lambda row: replacing.retry(row, by=request.user))

    @django_admin.action(description=_("Mark as done by hand"), permissions=["settle"])
    def mark_done(self, request: HttpRequest, rows: QuerySet[Replacement]) -> None:
        why = _t("settled by %(person)s") % {"person": request.user}
        actions.carry_out(request, rows, lambda row: replacing.settle(row, by=request.user, why=why))

    @display(description=_("old publication"))
    def old_title(self, row: Replacement) -> SafeString | str:
        return showing.words(row.old.title or str(row.old.clip))

    @display(description=_("channel"), ordering="old__channel__name")
    def channel(self, row: Replacement) -> str:
        return str(row.old.channel)

    @display(description=_("ticket"), ordering="ticket")
    def ticket_link(self, row: Replacement) -> SafeString:
        return showing.tight(link(showing.url_of("moderation_ticket_change", row.ticket_id), str(row.ticket)))

    @display(description=_("status"), ordering="status")
    def status_badge(self, row: Replacement) -> SafeString:
        return showing.badge(row.get_status_display(), showing.REPLACEMENT.get(row.status, ""))

    @display(description=_("old publication"))
    def old_link(self, row: Replacement) -> SafeString:
        return link(showing.url_of("channels_publication_change", row.old_id), row.old.title)

    @display(description=_("new publication"))
    def new_link(self, row: Replacement) -> SafeString | str:
        if row.new is None:
            return "–"
        return link(showing.url_of("channels_publication_change", row.new_id), row.new.get_status_display())
