"""The filters that these lists share."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

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
