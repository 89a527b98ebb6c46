from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    DropdownFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import display

from catalog import ownership
from channels.admin import filters, showing
from channels.models import QuotaEntry, QuotaWindow
from config.kernel import clock
from config.kernel.admin.pages import ReadOnlyPage, admin, link


class WindowFilter(DropdownFilter):
    title = _("time")
    parameter_name = "time"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("now", _("open now")), ("spent", _("open now, nothing left"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[QuotaWindow]) -> QuerySet[QuotaWindow]:
        now = clock.now()
        if self.value() in {"now", "spent"}:
            queryset = queryset.filter(opens_at__lte=now, closes_at__gt=now)
        return queryset.filter(spent__gte=F("limit")) if self.value() == "spent" else queryset


class BucketFilter(DropdownFilter):
    title = _("bucket")
    parameter_name = "bucket"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        names = QuotaWindow.objects.order_by("bucket").values_list("bucket", flat=True).distinct()
        return [(name, name) for name in names]

    def queryset(self, request: HttpRequest, queryset: QuerySet[QuotaWindow]) -> QuerySet[QuotaWindow]:
        return queryset.filter(bucket=self.value()) if self.value() else queryset


@admin.register(QuotaWindow)
class QuotaWindowAdmin(ownership.OwnRows, ReadOnlyPage):
    empty_hint = _("Nothing was spent yet. A line appears with the first call to a platform.")
    list_display = ("bucket", "used", "left_over", "client_name", "channel_link", "window", "ledger")
    list_filter = (
        WindowFilter,
        BucketFilter,
        ("api_client", RelatedDropdownFilter),
        ("channel", AutocompleteSelectFilter),
        ("opens_at", filters.MomentsFilter),
    )
    search_fields = ("bucket", "api_client__name", "channel__name")
    list_select_related = ("api_client", "channel")
    fields = (("bucket", "used"), ("client_name", "channel_link"), ("window", "ledger"))
    readonly_fields = ("used", "client_name", "channel_link", "window", "ledger")

    class Media:
        css = {"all": ("channels/channels.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuotaWindow]:
        return super().get_queryset(request).defer("api_client__client_secret")

    @display(description=_("used"))
    def used(self, row: QuotaWindow) -> SafeString:
        return showing.bar(row.spent, row.limit, tone=showing.quota_tone(row.spent, row.limit))

    @display(description=_("left"))
    def left_over(self, row: QuotaWindow) -> int:
        return row.left

    @display(description=_("API client"), ordering="api_client__name")
    def client_name(self, row: QuotaWindow) -> SafeString | str:
        return showing.page_of(row.api_client)

    @display(description=_("channel"), ordering="channel__name")
    def channel_link(self, row: QuotaWindow) -> SafeString | str:
        return showing.page_of(row.channel)

    @display(description=_("from – to (UTC)"), ordering="opens_at")
    def window(self, row: QuotaWindow) -> SafeString:
        opens, closes = showing.clock_face(row.opens_at, "UTC"), showing.clock_face(row.closes_at, "UTC")
        return format_html('<span class="dp-tight">{} – {}</span>', opens, closes[5:])

    @display(description=_("ledger"))
    def ledger(self, row: QuotaWindow) -> SafeString:
        return link(f"{reverse('admin:channels_quotaentry_changelist')}?window__id__exact={row.pk}", gettext("entries"))


@admin.register(QuotaEntry)
class QuotaEntryAdmin(ownership.OwnRows, ReadOnlyPage):
    empty_hint = _("The ledger is empty: no platform was called yet.")
    list_display = ("moment", "amount", "bucket", "verb", "purpose", "channel_link", "operation")
    list_filter = (
        ("purpose", ChoicesDropdownFilter),
        ("window__api_client", RelatedDropdownFilter),
        ("channel", AutocompleteSelectFilter),
        ("at", filters.MomentsFilter),
    )
    search_fields = ("operation", "verb")
    list_select_related = ("window__api_client", "channel")
    fields = (("moment", "units"), ("window", "channel_link"), ("verb", "purpose"), "operation")
    readonly_fields = ("moment", "channel_link")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup == "window__id__exact" or super().lookup_allowed(lookup, value, request)

    class Media:
        css = {"all": ("channels/channels.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuotaEntry]:
        return super().get_queryset(request).defer("window__api_client__client_secret")

    @display(description=_("at"), ordering="at")
    def moment(self, row: QuotaEntry) -> str:
        return showing.at_utc(row.at)

    @display(description=_("units"), ordering="units")
    def amount(self, row: QuotaEntry) -> SafeString | int:
        if row.units >= 0:
            return row.units
        return format_html("{} {}", row.units, showing.badge(gettext("given back"), "info"))

    @display(description=_("bucket"), ordering="window__bucket")
    def bucket(self, row: QuotaEntry) -> str:
        return f"{row.window.api_client} · {row.window.bucket}"

    @display(description=_("channel"), ordering="channel__name")
    def channel_link(self, row: QuotaEntry) -> SafeString | str:
        return showing.page_of(row.channel)
