from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from catalog import ownership, panels
from catalog.admin import filters, showing
from catalog.admin.rights import RightsForm
from catalog.admin.tabling import Tabled
from catalog.models import Drama, Edition, EditionVersion, Episode, Genre, Rights
from catalog.rules import version
from catalog.services import dramas
from config.kernel.admin import actions
from config.kernel.admin.pages import HistoryPage, Page


class EpisodeInline(TabularInline):
    model = Episode
    fields = ("number", "name")
    extra = 0
    per_page = 20
    tab = True
    ordering = ("number",)


class EditionInline(TabularInline):
    model = Edition
    fields = readonly_fields = ("shown_title", "shown_language", "kind", "voice", "vendor", "state")
    extra = 0
    can_delete = False
    show_change_link = True
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        return super().get_queryset(request).select_related("vendor").prefetch_related("versions")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("localised title"))
    def shown_title(self, row: Edition) -> str:
        return showing.text(row.title)

    @admin.display(description=_("language"))
    def shown_language(self, row: Edition) -> str:
        return showing.language(row.language)

    @admin.display(description=_("newest version"))
    def state(self, row: Edition) -> str:
        newest = max(row.versions.all(), key=lambda one: one.number, default=None)
        if newest is None:
            return "–"
        return showing.badge(f"v{newest.number} {newest.get_status_display()}", showing.VERSION[newest.status])


class RightsInline(TabularInline):
    model = Rights
    form = RightsForm
    fields = ("territories", "platforms", "languages", "opens_at", "closes_at", "is_exclusive", "source")
    extra = 0
    tab = True


@admin.register(Drama)
class DramaPage(ownership.OwnRows, Tabled, HistoryPage):
    table = "dramas"
    list_display = (
        "code",
        "shown_name",
        "shown_language",
        "tier",
        "age_rating",
        "origin",
        "supplier",
        "episode_count",
        "edition_count",
        "in_use",
    )
    list_select_related = ("supplier",)
    list_filter = (
        ("tier", ChoicesDropdownFilter),
        filters.InUse,
        filters.DramaNeeds,
        filters.OriginalLanguage,
        ("origin", ChoicesDropdownFilter),
        ("age_rating", ChoicesDropdownFilter),
        ("genres", AutocompleteSelectFilter),
        ("supplier", AutocompleteSelectFilter),
    )
    search_fields = ("code", "original_name", "editions__title")
    search_help_text = _("Code, original name or any localised title")
    autocomplete_fields = ("supplier", "genres")
    readonly_fields = ("created_at", "retired_at")
    fieldsets = (
        (None, {"fields": (("code", "original_name"), ("original_language", "origin"), "genres")}),
        (_("Commercial"), {"fields": (("tier", "age_rating"), "supplier", ("created_at", "retired_at"))}),
    )
    inlines = (EpisodeInline, EditionInline, RightsInline)
    actions = ("retire", "bring_back")
    change_form_outer_before_template = "catalog/admin/drama_elsewhere.html"
    empty_hint = _("There are no dramas yet. Import a table of them, or add one by hand.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Drama]:
        released = EditionVersion.objects.filter(status=version.Status.RELEASABLE)
        return (
            super()
            .get_queryset(request)
            .annotate(
                n_episodes=showing.counted(Episode.objects.all(), by="drama"),
                n_editions=showing.counted(Edition.objects.all(), by="drama"),
                n_released=showing.counted(released, by="edition__drama"),
            )
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        drama = self.get_object(request, object_id)
        context = {} if drama is None else {"panels": panels.beneath_drama(request, drama)}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def has_delete_permission(self, request: HttpRequest, obj: Drama | None = None) -> bool:
        """A drama with history is retired; only one that nothing was made of can go."""
        return super().has_delete_permission(request, obj) and (obj is None or not obj.editions.exists())

    @admin.display(description=_("original name"), ordering="original_name")
    def shown_name(self, row: Drama) -> str:
        return showing.text(row.original_name)

    @admin.display(description=_("original language"), ordering="original_language")
    def shown_language(self, row: Drama) -> str:
        return showing.language(row.original_language)

    @admin.display(description=_("episodes"), ordering="n_episodes")
    def episode_count(self, row: Any) -> int:
        return row.n_episodes

    @admin.display(description=_("editions (releasable)"), ordering="n_editions")
    def edition_count(self, row: Any) -> str:
        return f"{row.n_editions} ({row.n_released})"

    @admin.display(description=_("in use"), boolean=True, ordering="retired_at")
    def in_use(self, row: Drama) -> bool:
        return row.retired_at is None

    @admin.action(description=_("Retire: keep out of new plans"), permissions=["change"])
    def retire(self, request: HttpRequest, rows: QuerySet[Drama]) -> None:
        actions.carry_out(request, rows, lambda row: dramas.retire(row, by=request.user))

    @admin.action(description=_("Bring back into use"), permissions=["change"])
    def bring_back(self, request: HttpRequest, rows: QuerySet[Drama]) -> None:
        actions.carry_out(request, rows, lambda row: dramas.bring_back(row, by=request.user))


@admin.register(Genre)
class GenrePage(ownership.OwnRows, Page):
    list_display = ("slug", "name", "drama_count")
    search_fields = ("slug", "name")
    prepopulated_fields = {"slug": ("name",)}
    empty_hint = _("There are no genres yet. Channels choose dramas by genre: add those you work with.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Genre]:
        through = Drama.genres.through.objects.all()
        return super().get_queryset(request).annotate(n_dramas=showing.counted(through, by="genre"))

    @admin.display(description=_("dramas"), ordering="n_dramas")
    def drama_count(self, row: Any) -> int:
        return row.n_dramas
