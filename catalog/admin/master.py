from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RangeDateTimeFilter

from catalog import ownership
from catalog.admin import showing
from catalog.models import Clip, Master
from catalog.services import lineage
from config.kernel.admin.pages import ReadOnlyPage

MOST_CLIPS = 100


@admin.register(Master)
class MasterPage(ownership.OwnRows, ReadOnlyPage):
    """One delivered film: its picture, its facts, and every clip that shows it."""

    list_display = ("shown", "episode_number", "length", "picture", "frame_rate", "sound", "weight", "created")
    list_filter = (
        ("version__edition__vendor", AutocompleteSelectFilter),
        "video_codec",
        ("created_at", RangeDateTimeFilter),
    )
    search_fields = ("version__edition__drama__code", "version__edition__title", "sha256")
    search_help_text = _("Drama, title or checksum")
    ordering = ("-pk",)
    fields = (
        "version_page",
        ("episode_number", "origin"),
        ("length", "picture", "frame_rate"),
        ("video_codec", "sound", "weight"),
        "sha256",
        "created_at",
    )
    readonly_fields = (
        "version_page",
        "episode_number",
        "origin",
        "length",
        "picture",
        "frame_rate",
        "video_codec",
        "sound",
        "weight",
        "sha256",
        "created_at",
    )
    change_form_outer_before_template = "catalog/admin/master_player.html"
    empty_hint = _("No film was delivered yet. Open an edition and choose “Deliver a new version”.")

    class Media:
        css = {"all": ("catalog/catalog.css",)}
        js = ("catalog/player.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Master]:
        rows = super().get_queryset(request)
        return rows.select_related("version__edition__drama", "episode", "carried_from__version__edition__drama")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        master = self.get_object(request, object_id)
        context = {} if master is None else {"source": showing.media(master.file), "made": _made_from(master)}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    @admin.display(description=_("master"), ordering="version__edition__drama__code")
    def shown(self, row: Master) -> str:
        return str(row)

    @admin.display(description=_("created at"), ordering="created_at")
    def created(self, row: Master) -> str:
        return showing.moment(row.created_at)

    @admin.display(description=_("edition version"))
    def version_page(self, row: Master) -> str:
        return showing.page(row.version)

    @admin.display(description=_("episode"), ordering="episode__number")
    def episode_number(self, row: Master) -> int:
        return row.episode.number

    @admin.display(description=_("carried over from"))
    def origin(self, row: Master) -> str:
        return showing.page(row.carried_from)

    @admin.display(description=_("length"), ordering="duration_ms")
    def length(self, row: Master) -> str:
        return showing.length(row.duration_ms)

    @admin.display(description=_("picture"), ordering="height")
    def picture(self, row: Master) -> str:
        return f"{row.width}×{row.height}"

    @admin.display(description=_("sound"))
    def sound(self, row: Master) -> str:
        return f"{row.audio_codec} {row.audio_channels}×{row.audio_rate} Hz" if row.audio_codec else "–"

    @admin.display(description=_("size"), ordering="size_bytes")
    def weight(self, row: Master) -> str:
        return showing.size(row.size_bytes)


def _made_from(master: Master) -> list[tuple[Clip, str, str]]:
    """(clip, which episodes, which part of this master) of every clip that shows its bytes, newest first."""
    clips = lineage.clips_from(master).select_related("edition__drama", "version").order_by("-pk")[:MOST_CLIPS]
    found = []
    for clip in clips.prefetch_related("segments__master"):
        parts = [row for row in clip.segments.all() if row.master.sha256 == master.sha256]
        shown = ", ".join(
            f"{showing.length(row.in_ms) if row.in_ms else '0:00'}–{showing.length(row.out_ms)}" for row in parts
        )
        found.append((clip, showing.episodes(clip), shown))
    return found
