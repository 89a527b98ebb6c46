"""The questions that operators ask of the catalog's lists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.models import Drama, Edition, EditionVersion, Rights
from catalog.rules import version
from config.kernel import clock, languages

SOON = timedelta(days=14)


class InUse(admin.SimpleListFilter):
    title = _("in use")
    parameter_name = "in_use"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("in use")), ("no", _("retired"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(retired_at__isnull=self.value() == "yes")


class DramaNeeds(admin.SimpleListFilter):
    """What keeps a drama from being shown."""

    title = _("what is missing")
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("rights", _("no open rights")), ("edition", _("no releasable edition"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        released = EditionVersion.objects.filter(edition__drama=OuterRef("pk"), status=version.Status.RELEASABLE)
        lacks = {
            "rights": lambda: ~Exists(Rights.objects.open_at(clock.now()).filter(drama=OuterRef("pk"))),
            "edition": lambda: ~Exists(released),
        }
        chosen = lacks.get(str(self.value()))
        return queryset.filter(chosen()) if chosen else queryset


class LanguageFilter(admin.SimpleListFilter):
    """The languages that there are editions in, by name. `path` leads from the listed row to its edition."""

    title = _("language")
    parameter_name = "language"
    path = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        tags = Edition.objects.order_by("language").values_list("language", flat=True).distinct()
        return sorted(((tag, f"{languages.name(tag)} ({tag})") for tag in tags), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.path}language": self.value()}) if self.value() else queryset


class OfEdition(LanguageFilter):
    path = "edition__"


class OriginalLanguage(LanguageFilter):
    title = _("original language")
    parameter_name = "original"
    path = "original_"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        tags = Drama.objects.order_by("original_language").values_list("original_language", flat=True).distinct()
        return [(tag, f"{languages.name(tag)} ({tag})") for tag in tags]


class EditionState(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("releasable", _("releasable")),
            ("checking", _("a version in QC")),
            ("refused", _("the newest version failed QC")),
            ("empty", _("nothing delivered yet")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        own = EditionVersion.objects.filter(edition=OuterRef("pk"))
        asked = {
            "releasable": lambda: queryset.filter(Exists(own.filter(status=version.Status.RELEASABLE))),
            "checking": lambda: queryset.filter(Exists(own.filter(status=version.Status.CHECKING))),
            "refused": lambda: queryset.filter(newest_status=version.Status.REFUSED),
            "empty": lambda: queryset.filter(~Exists(own)),
        }
        chosen = asked.get(str(self.value()))
        return chosen() if chosen else queryset


class AiLabel(admin.SimpleListFilter):
    title = _("AI label")
    parameter_name = "ai"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("must be labelled")), ("no", _("needs no label")), ("open", _("not answered yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        answers: dict[str | None, bool | None] = {"yes": True, "no": False, "open": None}
        return queryset.filter(synthetic_media=answers[self.value()]) if self.value() in answers else queryset


class WindowState(admin.SimpleListFilter):
    title = _("window")
    parameter_name = "window"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("open", _("open now")),
            ("closing", _("closing within 14 days")),
            ("future", _("not open yet")),
            ("closed", _("closed")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = clock.now()
        asked = {
            "open": lambda: queryset.open_at(now),
            "closing": lambda: queryset.open_at(now).filter(closes_at__lte=now + SOON),
            "future": lambda: queryset.filter(opens_at__gt=now),
            "closed": lambda: queryset.filter(closes_at__lte=now),
        }
        chosen = asked.get(str(self.value()))
        return chosen() if chosen else queryset
