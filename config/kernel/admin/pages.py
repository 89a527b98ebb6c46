"""The base of every page in the admin: large tables stay fast, statuses and histories stay read-only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import GenericTabularInline, ModelAdmin

from config.kernel import clock
from config.kernel.models import StatusChange


class Page(ModelAdmin):
    """A list and a form for one noun, at any size. `empty_hint` says what to do next while the list is empty."""

    empty_hint: Any = ""
    show_full_result_count = False
    list_per_page = 50
    compressed_fields = True
    warn_unsaved_form = True
    list_filter_submit = True
    list_fullwidth = True


class ReadOnlyPage(Page):
    """A record of what happened: seen by those who may, changed by nobody."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class HistoryPage(SimpleHistoryAdmin, Page):
    """A page whose rows keep their former versions, to be read only.

    Putting one back would write past the services and the table of moves, so it is refused, not just hidden.
    """

    def revert_disabled(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return True

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        self._demand_row(request, object_id)
        answer: HttpResponse = super().history_view(request, object_id, extra_context)
        return answer

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied(_("What was is only read; change the row on its own page."))
        self._demand_row(request, object_id)
        answer: HttpResponse = super().history_form_view(request, object_id, version_id, extra_context)
        return answer

    def _demand_row(self, request: HttpRequest, object_id: str) -> None:
        """Former versions are read past the page's own rows: whoever does not see the row sees none of them."""
        if self.get_object(request, unquote(object_id)) is None:
            raise Http404


class StatusHistory(GenericTabularInline):
    """The moves of one row, newest first, under its form."""

    model = StatusChange
    verbose_name_plural = _("what happened")
    fields = readonly_fields = ("at", "from_status", "to_status", "by", "why")
    extra = 0
    can_delete = False
    tab = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def ago(moment: Any) -> str:
    """How long before (or after) the product's now, in words a table has room for."""
    if moment is None:
        return "–"
    seconds = int((clock.now() - moment).total_seconds())
    sign, seconds = ("" if seconds >= 0 else "+"), abs(seconds)
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size:
            return f"{sign}{seconds // size} {unit}"
    return f"{sign}{seconds} s"


def link(url: str, text: str) -> SafeString:
    return format_html(
        '<a class="text-primary-600 dark:text-primary-500 hover:underline" href="{}">{}</a>',
        url,
        text,
    )


__all__ = ["HistoryPage", "Page", "ReadOnlyPage", "StatusHistory", "admin", "ago", "link"]
