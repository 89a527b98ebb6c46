"""The filters that these lists share."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateTimeFilter

from catalog.rules.words import Tier
from channels.models import Channel
from channels.rules import extra, publication
from channels.rules.words import PlatformName
from config.kernel import languages


class LanguageFilter(DropdownFilter):
    """By the language of the channel; offers those that a channel speaks."""

    title = _("language")
    parameter_name = "language"
    path = "channel__language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        tags = Channel.objects.order_by("language").values_list("language", flat=True).distinct()
        return sorted(((tag, f"{languages.name(tag)} ({tag})") for tag in tags), key=lambda one: one[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.path: self.value()}) if self.value() else queryset


class OwnLanguageFilter(LanguageFilter):
    path = "language"


class PlatformFilter(DropdownFilter):
    title = _("platform")
    parameter_name = "platform"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return PlatformName.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(channel__platform=self.value()) if self.value() else queryset


class TierFilter(DropdownFilter):
    title = _("tier")
    parameter_name = "tier"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Tier.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(clip__edition__drama__tier=self.value()) if self.value() else queryset


class MomentsFilter(RangeDateTimeFilter):
    """From … to … in UTC. A day without a time means its first moment, or its last; what is no date is left out."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        name = self.parameter_name
        starts, ends = self._read("from", time.min), self._read("to", time.max)
        if starts:
            queryset = queryset.filter(**{f"{name}__gte": starts})
        return queryset.filter(**{f"{name}__lte": ends}) if ends else queryset

    def _read(self, side: str, missing: time) -> datetime | None:
        day, at = (str(self.used_parameters.get(f"{self.parameter_name}_{side}_{part}") or "") for part in (0, 1))
        try:
            return datetime.combine(date.fromisoformat(day), time.fromisoformat(at) if at else missing, tzinfo=UTC)
        except ValueError:
            return None


class NeedsPersonFilter(DropdownFilter):
    """What waits for somebody: a status that asks for a person, or a follow-up that only a person can do."""

    title = _("waits for a person")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("yes", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "yes":
            return queryset
        by_hand = Q(extras__status=extra.Status.BY_HAND)
        asks = Q(status__in=[publication.Status.NEEDS_PERSON, publication.Status.FAILED])
        return queryset.filter(asks | by_hand).distinct()
