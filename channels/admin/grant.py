from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from catalog import ownership
from channels.admin import connecting, filters, showing
from channels.models import Grant
from config.kernel import clock
from config.kernel.admin.pages import ReadOnlyPage, admin, ago


class _Cells:
    """What may be shown of a connection: its ages and ends, never a token."""

    @display(description=_("state"))
    def state(self, row: Grant) -> SafeString:
        return connecting.state(row)

    @display(description=_("token age"))
    def token_age(self, row: Grant) -> str:
        return ago(row.refreshed_at or row.obtained_at)

    @display(description=_("token ends"), ordering="expires_at")
    def token_ends(self, row: Grant) -> str:
        return ago(row.expires_at)

    @display(description=_("connection ends"), ordering="refresh_expires_at")
    def connection_ends(self, row: Grant) -> str:
        return showing.at_utc(row.refresh_expires_at)


class GrantsOfChannel(_Cells, TabularInline):
    model = Grant
    fields = readonly_fields = (
        "family",
        "account_id",
        "state",
        "token_age",
        "token_ends",
        "connection_ends",
        "trouble",
    )
    extra = 0
    can_delete = False
    tab = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TroubleFilter(DropdownFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("trouble", _("in trouble")), ("ended", _("ended")), ("living", _("living"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Grant]) -> QuerySet[Grant]:
        if self.value() == "trouble":
            return queryset.exclude(trouble="")
        if self.value() == "ended":
            return queryset.exclude(revoked_at=None) | queryset.filter(refresh_expires_at__lte=clock.now())
        return queryset.filter(revoked_at=None) if self.value() == "living" else queryset


@admin.register(Grant)
class GrantAdmin(ownership.OwnRows, _Cells, ReadOnlyPage):
    empty_hint = _("No account is connected yet. Open a channel and choose “Connect account”.")
    list_display = (
        "channel_link",
        "family",
        "account_id",
        "state",
        "token_age",
        "token_ends",
        "connection_ends",
        "trouble",
    )
    list_filter = (
        TroubleFilter,
        filters.PlatformFilter,
        ("family", ChoicesDropdownFilter),
        ("channel", AutocompleteSelectFilter),
    )
    search_fields = ("channel__name", "account_id")
    list_select_related = ("channel",)
    ordering = ("expires_at",)
    fields = (
        ("channel", "family"), ("account_id", "state"), ("obtained_at", "refreshed_at"),
        ("expires_at", "refresh_expires_at"), ("revoked_at", "trouble"), "scopes",
    )  # fmt: skip
    readonly_fields = ("state",)

    class Media:
        css = {"all": ("channels/channels.css",)}

    @display(description=_("channel"), ordering="channel__name")
    def channel_link(self, row: Grant) -> SafeString | str:
        return showing.page_of(row.channel)
