from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RangeDateTimeFilter

from catalog import ownership, panels
from catalog.admin import alike, filters, showing
from catalog.models import Clip, Edition, Partner
from catalog.rules import gates
from catalog.services import clips
from config.kernel.admin import actions
from config.kernel.admin.pages import ReadOnlyPage, StatusHistory


@admin.register(Clip)
class ClipPage(ownership.OwnRows, ReadOnlyPage):
    """A finished piece: it plays here, and its cut list says where every second comes from."""

    list_display = (
        "picture",
        "shown_title",
        "shown_drama",
        "shown_language",
        "kind",
        "shown_episodes",
        "length",
        "state",
        "reason",
        "created",
    )
    list_display_links = ("picture", "shown_title")
    list_select_related = ("edition__drama",)
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        ("shape", ChoicesDropdownFilter),
        filters.OfEdition,
        ("edition__drama__tier", ChoicesDropdownFilter),
        ("edition", AutocompleteSelectFilter),
        ("created_at", RangeDateTimeFilter),
    )
    search_fields = ("edition__title", "edition__drama__code", "edition__drama__original_name", "sha256")
    search_help_text = _("Title, drama code or checksum")
    ordering = ("-pk",)
    fields = (
        ("edition_page", "version_page"),
        ("kind", "shape", "shown_episodes"),
        ("state", "reason"),
        ("length", "size_of_picture", "weight"),
        ("mends", "mended_by"),
        ("sha256", "content_key"),
        ("attempts", "next_try_at", "created_at"),
    )
    readonly_fields = (
        *("edition_page", "version_page", "kind", "shape", "shown_episodes", "state", "reason", "length"),
        *("size_of_picture", "weight", "mends", "mended_by", "sha256", "content_key"),
        *("attempts", "next_try_at", "created_at"),
    )
    inlines = (StatusHistory,)
    actions = ("cut_again", "retire")
    change_form_outer_before_template = "catalog/admin/clip_player.html"
    empty_hint = _("There are no clips yet. They are planned and cut by themselves once an edition passes QC.")

    class Media:
        css = {"all": ("catalog/catalog.css",)}
        js = ("catalog/player.js",)

    def rows_of(self, rows: QuerySet[Clip], partner: Partner) -> QuerySet[Clip]:
        return rows.filter(edition__in=Edition.objects.visible_to(partner))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        clip = self.get_object(request, object_id)
        context = {} if clip is None else _beside(request, clip)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def has_cut_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("catalog.change_clip"))

    @admin.action(description=_("Cut again (failed clips)"), permissions=["cut"])
    def cut_again(self, request: HttpRequest, rows: QuerySet[Clip]) -> None:
        actions.carry_out(request, rows, lambda row: clips.again(row, by=request.user))

    @admin.action(description=_("Retire: keep out of further use"), permissions=["cut"])
    def retire(self, request: HttpRequest, rows: QuerySet[Clip]) -> None:
        actions.carry_out(request, rows, lambda row: clips.retire(row, by=request.user))

    @admin.display(description="")
    def picture(self, row: Clip) -> str:
        if not row.thumbnail:
            return format_html('<span class="{}"></span>', "ct-thumb")
        return format_html('<img class="ct-thumb" src="{}" alt="" loading="lazy">', showing.media(row.thumbnail))

    @admin.display(description=_("localised title"), ordering="edition__title")
    def shown_title(self, row: Clip) -> str:
        return showing.text(row.edition.title)

    @admin.display(description=_("drama"), ordering="edition__drama__code")
    def shown_drama(self, row: Clip) -> str:
        return row.edition.drama.code

    @admin.display(description=_("language"), ordering="edition__language")
    def shown_language(self, row: Clip) -> str:
        return showing.language(row.edition.language)

    @admin.display(description=_("episodes"), ordering="first_episode")
    def shown_episodes(self, row: Clip) -> str:
        return showing.episodes(row)

    @admin.display(description=_("length"), ordering="duration_ms")
    def length(self, row: Clip) -> str:
        return showing.length(row.duration_ms)

    @admin.display(description=_("status"), ordering="status")
    def state(self, row: Clip) -> str:
        return showing.badge(row.get_status_display(), showing.CLIP[row.status])

    @admin.display(description=_("created at"), ordering="created_at")
    def created(self, row: Clip) -> str:
        return showing.moment(row.created_at)

    @admin.display(description=_("edition"))
    def edition_page(self, row: Clip) -> str:
        return showing.page(row.edition)

    @admin.display(description=_("first cut from"))
    def version_page(self, row: Clip) -> str:
        return showing.page(row.version)

    @admin.display(description=_("picture"))
    def size_of_picture(self, row: Clip) -> str:
        return f"{row.width}×{row.height}" if row.width else "–"

    @admin.display(description=_("size"))
    def weight(self, row: Clip) -> str:
        return showing.size(row.size_bytes) if row.size_bytes else "–"

    @admin.display(description=_("mends"))
    def mends(self, row: Clip) -> str:
        return showing.page(row.supersedes)

    @admin.display(description=_("mended by"))
    def mended_by(self, row: Clip) -> str:
        return showing.page(row.successors.order_by("-pk").first())


def _beside(request: HttpRequest, clip: Clip) -> dict[str, Any]:
    rows = clip.segments.select_related("master__episode", "master__version__edition__drama").order_by("position")
    lines = [
        {
            "starts": gates.clock_face(row.starts_ms),
            "second": f"{row.starts_ms / 1000:g}",
            "episode": row.master.episode.number,
            "part": f"{gates.clock_face(row.in_ms)}–{gates.clock_face(row.out_ms)}",
            "master": showing.page(row.master, at_ms=row.in_ms),
        }
        for row in rows
    ]
    return {
        "source": showing.media(clip.file),
        "poster": showing.media(clip.thumbnail),
        "cut_list": lines,
        "panels": [*filter(None, [alike.panel(request, clip)]), *panels.beneath_clip(request, clip)],
    }
