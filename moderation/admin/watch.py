from __future__ import annotations

from typing import Any

from django.contrib import admin as django_admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RangeDateTimeFilter
from unfold.decorators import display

from catalog import ownership
from config.kernel import clock
from config.kernel.admin import actions
from config.kernel.admin.pages import ReadOnlyPage, admin, ago, link
from moderation.admin import filters, showing
from moderation.models import HarvestRun, Watch
from moderation.services import harvesting


@admin.register(Watch)
class WatchPage(ownership.OwnRows, ReadOnlyPage):
    empty_hint = _("No channel is watched yet. Connect one, and its comments are read from then on.")
    list_display = ("channel", "platform", "lag", "next_look", "newest", "runs", "why_not")
    list_filter = (filters.LagFilter, "channel__platform")
    search_fields = ("channel__name",)
    list_select_related = ("channel",)
    ordering = (F("looked_at").asc(nulls_first=True),)
    actions = ("try_again",)
    fields = readonly_fields = ("channel", "lag", "next_at", "seen_until", "looked_at", "why_not", "runs")

    class Media:
        css = {"all": ("moderation/moderation.css",)}

    def has_label_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("moderation.label_comment") and ownership.partner_of(request) is None

    @django_admin.action(description=_("Try again now"), permissions=["label"])
    def try_again(self, request: HttpRequest, rows: QuerySet[Watch]) -> None:
        actions.carry_out(request, rows, harvesting.hasten)

    @display(description=_("platform"), ordering="channel__platform")
    def platform(self, row: Watch) -> str:
        return row.channel.get_platform_display()

    @display(description=_("lag"), ordering="looked_at")
    def lag(self, row: Watch) -> SafeString | str:
        if row.looked_at is None:
            return showing.badge(_("never read"), "warning")
        is_late = clock.now() - row.looked_at > harvesting.late()
        return showing.badge(ago(row.looked_at), "danger") if is_late else ago(row.looked_at)

    @display(description=_("next look"), ordering="next_at")
    def next_look(self, row: Watch) -> SafeString:
        return showing.tight(f"{row.next_at:%m-%d %H:%M} UTC")

    @display(description=_("newest comment"), ordering="seen_until")
    def newest(self, row: Watch) -> str:
        return ago(row.seen_until)

    @display(description=_("why not"))
    def why_not(self, row: Watch) -> str:
        return harvesting.why_not(row) or "–"

    @display(description=_("readings"))
    def runs(self, row: Watch) -> SafeString:
        address = showing.url_of("moderation_harvestrun_changelist")
        return link(f"{address}?channel__id__exact={row.channel_id}", str(_("harvests")))


@admin.register(HarvestRun)
class HarvestRunPage(ownership.OwnRows, ReadOnlyPage):
    empty_hint = _("No reading was made yet.")
    list_display = ("channel", "window_at", "seen", "new", "calls", "seconds", "trouble")
    list_filter = (("channel", AutocompleteSelectFilter), ("window_at", RangeDateTimeFilter))
    list_select_related = ("channel",)
    ordering = ("-window_at",)

    @display(description=_("took"))
    def seconds(self, row: HarvestRun) -> str:
        return f"{(row.ended_at - row.started_at).total_seconds():.0f} s" if row.ended_at else "–"
