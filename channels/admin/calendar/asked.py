"""What the calendar is asked to show, read from its address and written back into one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict

from catalog.rules.words import Tier
from channels.models import Channel, Publication
from channels.rules import calendar
from channels.rules.calendar import By, Clock, State, View
from channels.rules.publication import Status
from channels.rules.words import PlatformName
from config.kernel import clock, languages, zones

ZONE = "calendar_zone"
TEXTS = ("platform", "language", "status", "tier", "genre", "q", "d")
NUMBERS = ("plan", "channel", "drama")
FLAGS = ("problems", "pinned")
STATUSES = {*Status.values, State.HELD.value}
FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)
MOST_OPEN = 20


@dataclass(frozen=True)
class Asked:
    """`zone` is the reader's own; `clock` says whether it counts, or each channel's."""

    view: str
    by: str
    on: date
    clock: str
    zone: str
    filters: dict[str, str] = field(default_factory=dict)
    page: int = 1
    open: frozenset[int] = frozenset()

    def get(self, name: str) -> str:
        return self.filters.get(name, "")

    @property
    def is_by_drama(self) -> bool:
        return self.by == By.DRAMA and self.view != View.HEAT

    @property
    def is_mine(self) -> bool:
        return self.clock == Clock.MINE

    @property
    def days(self) -> list[date]:
        return calendar.days(self.view, self.on)

    def zone_of(self, channel_zone: str) -> str:
        """The zone in which a publication of such a channel is put into days and hours."""
        return self.zone if self.is_mine or not zones.is_zone(channel_zone) else channel_zone

    def address(self, **changes: Any) -> str:
        """The query of this calendar with something changed. Another page or day closes what was opened."""
        kept = {name: changes.pop(name) for name in list(changes) if name in {*TEXTS, *NUMBERS, *FLAGS}}
        asked = replace(self, **({"page": 1, "open": frozenset()} | changes))
        query = QueryDict(mutable=True)
        query.update({"view": asked.view, "by": asked.by, "on": asked.on.isoformat(), "clock": asked.clock})
        for name, value in {**self.filters, **kept}.items():
            if value:
                query[name] = str(value)
        if asked.page > 1:
            query["page"] = str(asked.page)
        if asked.open:
            query["open"] = ",".join(map(str, sorted(asked.open)))
        return f"?{query.urlencode()}"


def read(request: HttpRequest) -> Asked:
    """What the address says; whatever it says wrongly is left out. A zone that is named stays for the session."""
    said = request.GET
    if zones.is_zone(said.get("tz", "")):
        request.session[ZONE] = said["tz"]
    zone = str(request.session.get(ZONE, settings.TIME_ZONE))
    return Asked(
        view=_one_of(said.get("view"), View.values, View.WEEK),
        by=_one_of(said.get("by"), By.values, By.CHANNEL),
        on=_day(said.get("on")) or clock.today(zone),
        clock=_one_of(said.get("clock"), Clock.values, Clock.CHANNEL),
        zone=zone,
        filters=_filters(said),
        page=_number(said.get("page")) or 1,
        open=numbers(said.get("open", "")),
    )


def _filters(said: QueryDict) -> dict[str, str]:
    known = {"platform": PlatformName.values, "tier": Tier.values, "status": STATUSES}
    found = {name: said.get(name, "").replace("\0", "").strip()[:100] for name in TEXTS}
    for name, values in known.items():
        found[name] = found[name] if found[name] in values else ""
    if found["language"] and not languages.is_valid(found["language"]):
        found["language"] = ""
    found |= {name: str(_number(said.get(name)) or "") for name in NUMBERS}
    found |= {name: "1" if said.get(name) == "1" else "" for name in FLAGS}
    return {name: value for name, value in found.items() if value}


def _one_of(said: str | None, values: list[str], usual: str) -> str:
    return said if said in values else str(usual)


def _day(said: str | None) -> date | None:
    try:
        day = date.fromisoformat(said or "")
    except ValueError:
        return None
    return day if FIRST <= day < LAST else None


def _number(said: str | None) -> int:
    return int(said) if said and said.isascii() and said.isdecimal() and len(said) < 19 else 0


def numbers(said: str) -> frozenset[int]:
    return frozenset([key for one in said.split(",")[:MOST_OPEN] if (key := _number(one))])


# --- as queries


def channels(asked: Asked) -> QuerySet[Channel]:
    """The channels that the filters about channels leave; retired ones only if they are asked for by name."""
    rows = Channel.objects.exclude(status="retired")
    if asked.get("channel"):
        rows = Channel.objects.filter(pk=asked.get("channel"))
    if asked.get("platform"):
        rows = rows.filter(platform=asked.get("platform"))
    if asked.get("language") and not asked.is_by_drama:
        rows = rows.filter(language=asked.get("language"))
    if asked.get("q"):
        rows = rows.filter(Q(name__icontains=asked.get("q")) | Q(handle__icontains=asked.get("q")))
    return rows


def is_narrow(asked: Asked) -> bool:
    """Whether a filter about publications is set: then rows without any of them are left out."""
    return any(asked.get(name) for name in ("status", "tier", "genre", "plan", "drama", "d", *FLAGS))


def publications(asked: Asked) -> QuerySet[Publication]:
    """What the filters leave, at any time. What was cancelled stays out unless it is asked for."""
    rows = Publication.objects.order_by()
    if asked.get("status") == State.HELD:
        rows = rows.filter(hold__isnull=False, status__in=[Status.PROPOSED, Status.APPROVED])
    elif asked.get("status"):
        rows = rows.filter(status=asked.get("status"))
    else:
        rows = rows.exclude(status=Status.CANCELLED)
    exact = {
        "tier": "clip__edition__drama__tier",
        "drama": "clip__edition__drama",
        "plan": "plan",
    }
    rows = rows.filter(**{path: asked.get(name) for name, path in exact.items() if asked.get(name)})
    if asked.get("genre"):
        rows = rows.filter(clip__edition__drama__genres__slug=asked.get("genre"))
    if asked.get("language") and asked.is_by_drama:
        rows = rows.filter(clip__edition__language=asked.get("language"))
    if asked.get("d"):
        rows = rows.filter(_drama_like(asked.get("d")))
    if asked.get("problems"):
        rows = rows.filter(Q(status__in=calendar.TROUBLED) | Q(hold__isnull=False))
    return rows.filter(is_pinned=True) if asked.get("pinned") else rows


def _drama_like(said: str) -> Q:
    drama = "clip__edition__drama"
    return (
        Q(**{f"{drama}__code__istartswith": said})
        | Q(**{f"{drama}__original_name__icontains": said})
        | Q(clip__edition__title__icontains=said)
    )
