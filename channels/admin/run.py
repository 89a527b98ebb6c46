from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from catalog import ownership
from channels.admin import filters, showing
from channels.models import Run
from channels.rules import publication, reasons
from config.kernel.admin.pages import ReadOnlyPage, StatusHistory, admin, link


@admin.register(Run)
class RunAdmin(ownership.OwnRows, ReadOnlyPage):
    empty_hint = _("No edition runs on a channel yet. A plan decides which does.")
    list_display = ("name", "channel_link", "edition_link", "status_label", "progress", "since")
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("channel", AutocompleteSelectFilter),
        filters.PlatformFilter,
        filters.LanguageFilter,
    )
    search_fields = ("channel__name", "edition__title", "edition__drama__code")
    list_select_related = ("channel", "edition__drama")
    fields = (("channel_link", "edition_link"), ("status_label", "progress"), "why_here", "since")
    readonly_fields = ("channel_link", "edition_link", "status_label", "progress", "why_here", "since")
    inlines = (StatusHistory,)

    class Media:
        css = {"all": ("channels/channels.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        live = Count("publications", filter=Q(publications__status=publication.Status.PUBLISHED))
        placed = Count("publications", filter=~Q(publications__status=publication.Status.CANCELLED))
        return super().get_queryset(request).annotate(live_count=live, placed_count=placed)

    @display(description=_("drama"), ordering="edition__drama__code")
    def name(self, row: Run) -> SafeString:
        return showing.titled(f"{row.edition.drama.code} {row.edition.title}")

    @display(description=_("channel"), ordering="channel__name")
    def channel_link(self, row: Run) -> SafeString | str:
        return showing.page_of(row.channel)

    @display(description=_("edition"))
    def edition_link(self, row: Run) -> SafeString | str:
        return showing.page_of(row.edition)

    @display(description=_("status"), ordering="status")
    def status_label(self, row: Run) -> SafeString:
        return showing.badge(row.get_status_display(), showing.RUN.get(row.status, ""))

    @display(description=_("live of placed"))
    def progress(self, row: Run) -> SafeString:
        query = f"?q={row.edition.drama.code}&channel__id__exact={row.channel_id}"
        bar = showing.bar(row.live_count, row.placed_count)  # type: ignore[attr-defined]
        return link(reverse("admin:channels_publication_changelist") + query, bar)

    @display(description=_("created at"), ordering="created_at")
    def since(self, row: Run) -> str:
        return showing.at_utc(row.created_at)

    @display(description=_("why here"))
    def why_here(self, row: Run) -> SafeString | str:
        return format_html_join("", "<div>{}</div>", ((one,) for one in reasons.sentences(row.reasons))) or "–"
