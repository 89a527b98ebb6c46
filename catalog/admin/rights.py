from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.widgets import UnfoldAdminTextInputWidget

from catalog import ownership, signals
from catalog.admin import filters, showing
from catalog.admin.tabling import Tabled
from catalog.models import Rights
from catalog.rules import cells
from config.kernel import clock
from config.kernel.admin.pages import HistoryPage


class EntriesField(forms.CharField):
    """A list typed with commas: “MX, ES”, or “*” for all."""

    def __init__(self, read: Any, **options: Any) -> None:
        self.each = cells.several(read, or_any=True)
        super().__init__(widget=UnfoldAdminTextInputWidget(), **options)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        if isinstance(value, list):
            return value
        try:
            return list(self.each(str(value or "")))
        except cells.Refused as refusal:
            raise ValidationError(_t("“%(value)s”: %(reason)s") % {"value": value, "reason": refusal}) from refusal

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Another order or spelling of the same entries is no change."""
        try:
            return sorted(initial or []) != sorted(self.to_python(data))
        except ValidationError:
            return True


class RightsForm(forms.ModelForm):
    territories = EntriesField(cells.territory, label=_("Countries"), initial="*", help_text=_("MX, ES – or * for all"))
    platforms = EntriesField(
        cells.slug, label=_("Platforms"), initial="*", help_text=_("youtube, tiktok – or * for all")
    )
    languages = EntriesField(cells.tag, label=_("Languages"), initial="*", help_text=_("es, pt-BR – or * for all"))

    class Meta:
        model = Rights
        fields = (
            "drama",
            "territories",
            "platforms",
            "languages",
            "opens_at",
            "closes_at",
            "is_exclusive",
            "source",
        )


@admin.register(Rights)
class RightsPage(ownership.OwnRows, Tabled, HistoryPage):
    table = "rights"
    form = RightsForm
    list_display = (
        "drama",
        "shown_territories",
        "shown_platforms",
        "shown_languages",
        "opens",
        "closes",
        "state",
        "is_exclusive",
        "source",
    )
    list_select_related = ("drama",)
    list_filter = (filters.WindowState, "is_exclusive", ("drama", AutocompleteSelectFilter))
    search_fields = ("drama__code", "drama__original_name", "source")
    search_help_text = _("Drama or contract")
    autocomplete_fields = ("drama",)
    fieldsets = (
        (None, {"fields": ("drama", "territories", "platforms", "languages")}),
        (_("Window"), {"fields": ("opens_at", "closes_at", ("is_exclusive", "source"))}),
    )
    empty_hint = _(
        "There are no rights yet, so nothing may be published. Import a table of windows, or add one to a drama."
    )

    def save_model(self, request: HttpRequest, obj: Rights, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        before = form.initial.get("drama") if change else None
        signals.rights_changed.send(Rights, dramas=sorted({obj.drama_id, before or obj.drama_id}))

    def delete_model(self, request: HttpRequest, obj: Rights) -> None:
        super().delete_model(request, obj)
        signals.rights_changed.send(Rights, dramas=[obj.drama_id])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Rights]) -> None:
        dramas = sorted(set(queryset.order_by().values_list("drama", flat=True)))
        super().delete_queryset(request, queryset)
        signals.rights_changed.send(Rights, dramas=dramas)

    @admin.display(description=_("opens"), ordering="opens_at")
    def opens(self, row: Rights) -> str:
        return showing.moment(row.opens_at)

    @admin.display(description=_("closes"), ordering="closes_at")
    def closes(self, row: Rights) -> str:
        return showing.moment(row.closes_at)

    @admin.display(description=_("countries"))
    def shown_territories(self, row: Rights) -> str:
        return _few(row.territories)

    @admin.display(description=_("platforms"))
    def shown_platforms(self, row: Rights) -> str:
        return _few(row.platforms)

    @admin.display(description=_("languages"))
    def shown_languages(self, row: Rights) -> str:
        return _few(row.languages)

    @admin.display(description=_("window"))
    def state(self, row: Rights) -> str:
        now = clock.now()
        if row.opens_at > now:
            return showing.badge(_("not open yet"), "info")
        if row.closes_at is not None and row.closes_at <= now:
            return showing.badge(_("closed"), "danger")
        return showing.badge(_("open"), "success")


def _few(values: list[str]) -> str:
    """The first six; a world-wide list without “*” would fill the page."""
    shown = ", ".join(_t("all") if value == "*" else value for value in values[:6])
    return f"{shown} +{len(values) - 6}" if len(values) > 6 else shown
