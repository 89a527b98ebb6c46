"""The filters of this app's lists."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from catalog.models import Edition
from config.kernel import clock, languages
from moderation.models import Comment
from moderation.rules import ticket as life


class TicketLanguageFilter(DropdownFilter):
    title = _("language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        tags = Edition.objects.filter(versions__tickets__isnull=False).order_by("language")
        return [(tag, languages.name(tag)) for tag in tags.values_list("language", flat=True).distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(version__edition__language=self.value()) if self.value() else queryset


class CommentLanguageFilter(DropdownFilter):
    title = _("language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        tags = Comment.objects.exclude(language="").order_by("language").values_list("language", flat=True).distinct()
        return [(tag, languages.name(tag)) for tag in tags]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(language=self.value()) if self.value() else queryset


class OverdueFilter(DropdownFilter):
    title = _("time")
    parameter_name = "time"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("unsolved", _("unsolved")), ("overdue", _("overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "overdue":
            return queryset.filter(status__in=life.UNSOLVED, due_at__lt=clock.now())
        return queryset.filter(status__in=life.UNSOLVED) if self.value() == "unsolved" else queryset


class LagFilter(DropdownFilter):
    title = _("reading")
    parameter_name = "reading"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("trouble", _("with trouble")), ("never", _("never read"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "trouble":
            return queryset.exclude(Q(trouble="") & Q(channel__status__in=["active", "paused", "stopped"]))
        return queryset.filter(looked_at=None) if self.value() == "never" else queryset
