from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget

from catalog import ownership
from channels.admin import showing
from channels.admin.fields import LimitsField
from channels.models import ApiClient
from channels.platforms import registry
from channels.rules.changes import Event
from config.kernel import jobs
from config.kernel.admin.pages import HistoryPage, admin


class ApiClientForm(forms.ModelForm):
    """The secret goes in and never comes out: an empty field keeps the one that is stored."""

    client_secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        strip=True,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("Kept encrypted and never shown. Leave it empty to keep the one that is stored."),
    )
    limits = LimitsField(
        label=_("Granted limits"),
        required=False,
        help_text=_("Only where the platform granted another limit than its default; one a line, “uploads: 1000”."),
    )

    class Meta:
        model = ApiClient
        fields = ("platform", "name", "client_id", "in_test_mode", "limits")

    def clean_client_secret(self) -> str:
        given: str = self.cleaned_data["client_secret"]
        if given:
            self.instance.client_secret = given
        return given

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("platform") and said.get("limits"):
            known = [one.name for one in registry.adapter(said["platform"]).buckets]
            unknown = [name for name in said["limits"] if name not in known]
            if unknown:
                sentence = gettext("There is no budget “%(unknown)s” here; there are: %(known)s.")
                self.add_error("limits", sentence % {"unknown": ", ".join(unknown), "known": ", ".join(known)})
        return said


@admin.register(ApiClient)
class ApiClientAdmin(ownership.OwnRows, HistoryPage):
    empty_hint = _("Register the product with YouTube or TikTok first, and enter the client id and secret here.")
    form = ApiClientForm
    # The form takes a secret but never reads one: what cannot be deciphered is mended on this very page.
    exclude = ("client_secret",)
    list_display = ("name", "platform", "client_id", "secret_state", "own_limits", "served", "in_test_mode")
    list_filter = (("platform", ChoicesDropdownFilter),)
    search_fields = ("name", "client_id")
    fieldsets = ((None, {"fields": (("platform", "name"), ("client_id", "client_secret"), "in_test_mode", "limits")}),)
    add_fieldsets = fieldsets

    class Media:
        css = {"all": ("channels/channels.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiClient]:
        has_secret = ExpressionWrapper(~Q(client_secret=""), output_field=BooleanField())
        return super().get_queryset(request).annotate(channel_count=Count("channels"), has_secret=has_secret)

    def get_fieldsets(self, request: HttpRequest, obj: ApiClient | None = None) -> Any:
        """Whoever may only look gets no field for the secret at all: a read-only field would print it."""
        if self.has_change_permission(request, obj) if obj else self.has_add_permission(request):
            return super().get_fieldsets(request, obj)
        return (
            (None, {"fields": (("platform", "name"), ("client_id", "secret_state"), "in_test_mode", "own_limits")}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: ApiClient | None = None) -> Any:
        return ("secret_state", "own_limits")

    def save_model(self, request: HttpRequest, obj: ApiClient, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "limits" in form.changed_data:
            jobs.remind("channels.jobs.propose_change", Event.QUOTA_LOWERED.value, obj.pk)

    @display(description=_("secret"))
    def secret_state(self, row: ApiClient) -> SafeString:
        return (
            showing.badge(gettext("stored"), "success")
            if getattr(row, "has_secret", False)
            else showing.badge(gettext("missing"), "danger")
        )

    @display(description=_("granted limits"))
    def own_limits(self, row: ApiClient) -> str:
        return ", ".join(f"{bucket}: {limit}" for bucket, limit in sorted(row.limits.items())) or gettext("defaults")

    @display(description=_("channels"), ordering="channel_count")
    def served(self, row: ApiClient) -> int:
        return int(row.channel_count)  # type: ignore[attr-defined]
