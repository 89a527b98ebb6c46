from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextareaWidget

from catalog import ownership
from catalog.admin import filters, frames, showing
from catalog.admin.tabling import Tabled
from catalog.models import Clip, Edition, EditionVersion
from catalog.rules import clip, version
from catalog.services import editions
from config.kernel.admin.pages import HistoryPage
from config.kernel.errors import ProductError

FILE = "episode_"
ROWS_OF_A_SMALL_BOX = 3


class VersionInline(TabularInline):
    model = EditionVersion
    fields = readonly_fields = ("number", "state", "note", "delivered_at", "delivered_by")
    extra = 0
    can_delete = False
    show_change_link = True
    tab = True
    verbose_name_plural = _("deliveries")

    def get_queryset(self, request: HttpRequest) -> QuerySet[EditionVersion]:
        return super().get_queryset(request).select_related("delivered_by", "edition__drama")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("status"))
    def state(self, row: EditionVersion) -> str:
        return showing.badge(row.get_status_display(), showing.VERSION[row.status])


class DeliveryForm(forms.Form):
    """A note and one optional file per episode of the drama."""

    note = forms.CharField(
        label=_("What changed"),
        max_length=2000,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": ROWS_OF_A_SMALL_BOX}),
        help_text=_("Kept with the version, and read by whoever checks it."),
    )

    def __init__(self, *given: Any, numbers: list[int], **options: Any) -> None:
        super().__init__(*given, **options)
        self.numbers = numbers
        for number in numbers:
            self.fields[f"{FILE}{number}"] = forms.FileField(
                label=_("Episode %(n)d") % {"n": number},
                required=False,
                widget=forms.FileInput(attrs={"accept": "video/*", "class": "ct-file"}),
            )

    @property
    def episodes(self) -> list[Any]:
        return [self[f"{FILE}{number}"] for number in self.numbers]

    def files_by_episode(self) -> dict[int, Any]:
        given = {number: self.cleaned_data.get(f"{FILE}{number}") for number in self.numbers}
        return {number: file for number, file in given.items() if file}

    def refuse(self, error: ProductError) -> None:
        """The service's sentence, at the file it speaks of where it names one."""
        number = error.facts.get("episode")
        self.add_error(f"{FILE}{number}" if number in self.numbers else None, str(error))


@admin.register(Edition)
class EditionPage(ownership.OwnRows, Tabled, HistoryPage):
    table = "editions"
    list_display = (
        "shown_title",
        "drama",
        "shown_language",
        "shown_kind",
        "vendor",
        "state",
        "ready_clips",
        "shown_cost",
        "ai_label",
    )
    list_select_related = ("drama", "vendor")
    list_filter = (
        filters.EditionState,
        filters.LanguageFilter,
        ("kind", ChoicesDropdownFilter),
        ("voice", ChoicesDropdownFilter),
        ("vendor", AutocompleteSelectFilter),
        ("drama__tier", ChoicesDropdownFilter),
        filters.AiLabel,
    )
    search_fields = ("title", "drama__code", "drama__original_name")
    search_help_text = _("Localised title, drama code or original name")
    autocomplete_fields = ("drama", "vendor")
    readonly_fields = ("created_at",)
    fieldsets = (
        (None, {"fields": ("drama", ("language", "kind", "voice"), "vendor")}),
        (_("Texts"), {"fields": ("title", "synopsis")}),
        (_("Labels"), {"fields": (("synthetic_media", "made_for_kids"),)}),
        (_("Cost"), {"fields": (("cost", "currency"), "created_at")}),
    )
    inlines = (VersionInline,)
    actions_detail = ("deliver",)
    empty_hint = _("There are no editions yet. Import a table of them, or add one: a language of a drama, by a vendor.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        newest = EditionVersion.objects.filter(edition=OuterRef("pk")).order_by("-number")
        ready = Clip.objects.filter(status=clip.Status.READY)
        return (
            super()
            .get_queryset(request)
            .annotate(
                newest_number=Subquery(newest.values("number")[:1]),
                newest_status=Subquery(newest.values("status")[:1]),
                n_ready=showing.counted(ready, by="edition"),
            )
        )

    def has_delete_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or not obj.versions.exists())

    def has_deliver_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("catalog.add_editionversion"))

    @admin.display(description=_("localised title"), ordering="title")
    def shown_title(self, row: Edition) -> str:
        return showing.text(row.title)

    @admin.display(description=_("language"), ordering="language")
    def shown_language(self, row: Edition) -> str:
        return showing.language(row.language)

    @admin.display(description=_("kind"), ordering="kind")
    def shown_kind(self, row: Edition) -> str:
        return row.get_kind_display() if row.voice == "none" else f"{row.get_kind_display()}, {row.get_voice_display()}"

    @admin.display(description=_("newest version"), ordering="newest_status")
    def state(self, row: Any) -> str:
        if row.newest_status is None:
            return "–"
        said = f"v{row.newest_number} {version.Status(row.newest_status).label}"
        return showing.badge(said, showing.VERSION[row.newest_status])

    @admin.display(description=_("clips ready"), ordering="n_ready")
    def ready_clips(self, row: Any) -> int:
        return row.n_ready

    @admin.display(description=_("cost"), ordering="cost")
    def shown_cost(self, row: Edition) -> str:
        return f"{row.cost} {row.currency}"

    @admin.display(description=_("AI label"), boolean=True, ordering="synthetic_media")
    def ai_label(self, row: Edition) -> bool | None:
        return row.synthetic_media

    @action(description=_("Deliver a new version"), url_path="deliver", permissions=["deliver"], icon="upload_file")
    def deliver(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        edition = frames.find(self, request, object_id)
        numbers = list(edition.drama.episodes.order_by("number").values_list("number", flat=True))
        form = DeliveryForm(request.POST or None, request.FILES or None, numbers=numbers)
        if request.method == "POST" and form.is_valid():
            try:
                made = editions.deliver(
                    edition, files=form.files_by_episode(), note=form.cleaned_data["note"], by=request.user
                )
            except ProductError as error:
                form.refuse(error)
            else:
                messages.success(request, _t("%(version)s is handed in and goes through QC now.") % {"version": made})
                return HttpResponseRedirect(reverse("admin:catalog_editionversion_change", args=[made.pk]))
        return frames.draw(
            self,
            request,
            "catalog/admin/deliver.html",
            title=_t("Deliver a new version of %(edition)s") % {"edition": edition},
            form=form,
            edition=edition,
            newest=editions.newest(edition),
            back=reverse("admin:catalog_edition_change", args=[edition.pk]),
        )
