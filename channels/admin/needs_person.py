"""One page with everything that waits for a person, the dearest and the oldest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from catalog.rules.words import Tier
from channels.admin import connecting, showing
from channels.admin import publication_questions as questions
from channels.models import Channel, Extra, Publication
from channels.rules import channel as channel_life
from channels.rules import extra as extra_life
from channels.rules import publication as publication_life
from config.kernel.admin.pages import ago
from config.kernel.models import StatusChange

MOST = 200
RANK = {tier: place for place, tier in enumerate(Tier.values)}


@dataclass(frozen=True)
class Step:
    text: str
    url: str
    is_first: bool = False


@dataclass(frozen=True)
class Matter:
    """One thing that waits: what it is, for how long, why, and what a person can do."""

    tier: str
    since: datetime | None
    label: SafeString
    what: SafeString | str
    where: SafeString | str
    why: str
    steps: list[Step] = field(default_factory=list)

    @property
    def age(self) -> str:
        return ago(self.since)

    @property
    def rank(self) -> tuple[int, float]:
        return RANK.get(self.tier, len(RANK)), self.since.timestamp() if self.since else 0.0


def page(desk: Any, request: HttpRequest) -> HttpResponse:
    found = sorted([*_publications(request), *_extras(request), *_channels(request)], key=lambda one: one.rank)
    context = {
        **desk.admin_site.each_context(request),
        "opts": desk.opts,
        "title": _("Needs a person"),
        "matters": found[:MOST],
        "more": max(0, len(found) - MOST),
        "media": desk.media,
    }
    return TemplateResponse(request, "channels/admin/needs_person.html", context)


def _publications(request: HttpRequest) -> Iterable[Matter]:
    waits = [publication_life.Status.NEEDS_PERSON, publication_life.Status.FAILED]
    rows = Publication.objects.filter(status__in=waits).select_related("channel", "clip__edition__drama")
    for row in _oldest(rows, "clip__edition__drama__tier"):
        yield Matter(
            tier=row.clip.edition.drama.tier,
            since=row.since,
            label=showing.badge(row.get_status_display(), showing.PUBLICATION[row.status]),
            what=showing.page_of(row, row.title or str(row.clip)),
            where=showing.page_of(row.channel),
            why=row.status_reason,
            steps=_steps_of_publication(request, row),
        )


def _steps_of_publication(request: HttpRequest, row: Publication) -> list[Step]:
    texts = {
        "it_is_there": _("It is there…"),
        "send_again": _("Send again…"),
        "retry": _("Try again…"),
        "cancel": _("Cancel…"),
    }
    names = [
        name
        for name in texts
        if row.status in questions.DEEDS[name].statuses and request.user.has_perm(questions.DEEDS[name].right)
    ]
    return [
        Step(texts[name], reverse(f"admin:channels_publication_{name}", args=[row.pk]), is_first=place == 0)
        for place, name in enumerate(names)
    ]


def _extras(request: HttpRequest) -> Iterable[Matter]:
    rows = Extra.objects.filter(status=extra_life.Status.BY_HAND).select_related(
        "publication__channel", "publication__clip__edition__drama"
    )
    may = request.user.has_perm("channels.withdraw_publication")
    for row in _oldest(rows, "publication__clip__edition__drama__tier"):
        publication = row.publication
        steps = [Step(_("Done by hand…"), reverse("admin:channels_extra_done", args=[row.pk]), is_first=True)]
        if publication.url:
            steps.insert(0, Step(_("Open at the platform"), publication.url))
        yield Matter(
            tier=publication.clip.edition.drama.tier,
            since=row.since,
            label=showing.badge(row.get_kind_display(), "warning"),
            what=showing.page_of(publication, publication.title or str(publication.clip)),
            where=showing.page_of(publication.channel),
            why=row.reason,
            steps=steps if may else [],
        )


def _channels(request: HttpRequest) -> Iterable[Matter]:
    rows = Channel.objects.filter(status=channel_life.Status.DISCONNECTED).prefetch_related("grants")
    may = request.user.has_perm("channels.connect_channel")
    for row in rows.annotate(since=_since(Channel)).order_by("since")[:MOST]:
        yield Matter(
            tier=min(row.tiers, key=lambda tier: RANK.get(tier, len(RANK)), default=""),
            since=row.since,
            label=showing.badge(row.get_status_display(), showing.CHANNEL[row.status]),
            what=showing.page_of(row),
            where=row.get_platform_display(),
            why=row.status_reason,
            steps=[Step(*one, is_first=True) for one in connecting.roads(row)] if may else [],
        )


def _oldest(rows: QuerySet[Any], tier: str) -> Iterable[Any]:
    """The first rows by tier and age: S comes before A, and both before what is younger."""
    rank = models.Case(*(models.When(**{tier: name}, then=place) for name, place in RANK.items()), default=len(RANK))
    return rows.annotate(since=_since(rows.model), rank=rank).order_by("rank", "since", "pk")[:MOST]


def _since(model: type[models.Model]) -> Subquery:
    """When the row came to stand where it stands."""
    kind = ContentType.objects.get_for_model(model)
    moves = StatusChange.objects.filter(content_type=kind, object_id=OuterRef("pk")).order_by("-pk")
    return Subquery(moves.values("at")[:1])
