"""The numbers of one plan, counted by the database: a plan of any size is summed up in a handful of queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils.safestring import SafeString

from channels.admin import showing
from channels.models import ApiClient, Channel, NotPlaced, Plan, Publication
from channels.platforms import registry
from channels.platforms.base import Bucket
from channels.rules import publication, quota, reasons, slots


@dataclass(frozen=True)
class Tally:
    code: str
    label: str
    count: int
    colour: str = ""


@dataclass(frozen=True)
class Fill:
    """How many of a channel's posting times in the plan's days are used."""

    channel: Channel
    placed: int
    slots: int

    @property
    def share(self) -> float:
        return self.placed / self.slots if self.slots else 1.0


@dataclass(frozen=True)
class DayOfBudget:
    """What this plan takes on one of the platform's days: from an API client, or from its fullest account."""

    day: date
    owner: str
    bucket: str
    uploads: int
    limit: int

    @property
    def is_too_much(self) -> bool:
        return self.uploads > self.limit


@dataclass(frozen=True)
class Line:
    """One publication in the table of a plan, ready to be shown."""

    time: str
    title: SafeString | str
    clip: str
    reasons: str
    status: SafeString


def statuses(plan: Plan) -> list[Tally]:
    counts = dict(_of(plan).order_by().values_list("status").annotate(n=Count("pk")))
    return [
        Tally(status.value, str(status.label), counts[status], showing.PUBLICATION.get(status, ""))
        for status in publication.Status
        if counts.get(status)
    ]


def rules(plan: Plan) -> list[Tally]:
    """Which rule left out how many, most first; the sentence is one example of it."""
    counted = (
        NotPlaced.objects.filter(plan=plan)
        .order_by()
        .values_list("rule")
        .annotate(n=Count("pk"))
        .order_by("-n", "rule")
    )
    return [Tally(rule, rule.replace("_", " "), count) for rule, count in counted]


def fill(plan: Plan) -> list[Fill]:
    """Every channel of the plan, the emptiest first."""
    placed = dict(
        _of(plan).exclude(status=publication.Status.CANCELLED).order_by().values_list("channel").annotate(n=Count("pk"))
    )
    channels = Channel.objects.filter(pk__in=list(placed)).prefetch_related("rules")
    found = [Fill(one, placed[one.pk], _slots(one, plan.starts_at, plan.ends_at)) for one in channels]
    return sorted(found, key=lambda one: (one.share, one.channel.name))


def _slots(channel: Channel, starts_at: datetime, ends_at: datetime) -> int:
    hours = [slots.Hours(tuple(rule.weekdays), tuple(rule.times)) for rule in channel.rules.all() if rule.is_on]
    zone = showing.zone_of(channel.time_zone)
    days = Counter(slot.astimezone(zone).date() for slot in slots.between(hours, str(zone), starts_at, ends_at))
    return sum(min(count, channel.daily_cap) for count in days.values())


def forecast(plan: Plan) -> list[DayOfBudget]:
    """Uploads by budget and platform day, in order of days. Of budgets that each account has, the fullest is shown."""
    return sorted(
        (one for platform, bucket in _day_budgets() for one in _forecast_of(plan, platform, bucket)),
        key=lambda one: (one.day, one.owner),
    )


def _day_budgets() -> Iterable[tuple[str, Bucket]]:
    """The budget of a day that an upload is paid from, on each platform that has one."""
    for key, platform in registry.PLATFORMS.items():
        paid = {price.bucket for price in platform.prices("open_session")}
        yield from ((key, bucket) for bucket in platform.buckets if bucket.name in paid and bucket.window == quota.DAY)


def _forecast_of(plan: Plan, platform: str, bucket: Bucket) -> Iterable[DayOfBudget]:
    counted = (
        _of(plan)
        .filter(channel__platform=platform)
        .exclude(status=publication.Status.CANCELLED)
        .order_by()
        .annotate(day=TruncDate("upload_at", tzinfo=ZoneInfo(bucket.zone)))
    )
    clients = {client.pk: client for client in ApiClient.objects.filter(platform=platform)}
    if bucket.scope == "app":
        for client, day, uploads in counted.values_list("channel__api_client", "day").annotate(n=Count("pk")):
            limit = quota.granted(clients[client].limits, bucket.name, bucket.default_limit)
            yield DayOfBudget(day, clients[client].name, bucket.name, uploads, limit)
        return
    fullest: dict[date, tuple[int, str]] = {}
    for name, day, uploads in counted.values_list("channel__name", "day").annotate(n=Count("pk")):
        fullest[day] = max(fullest.get(day, (0, "")), (uploads, name))
    for day, (uploads, name) in fullest.items():
        yield DayOfBudget(day, name, bucket.name, uploads, bucket.default_limit)


def days(rows: Iterable[Publication]) -> list[tuple[Channel, str, list[Line]]]:
    """Rows in the order given, gathered under their channel and its local day."""
    groups: dict[tuple[int, str], tuple[Channel, list[Line]]] = {}
    for row in rows:
        day, time = showing.clock_face(row.due_at, row.channel.time_zone).split(" ")
        groups.setdefault((row.channel_id, day), (row.channel, []))[1].append(
            Line(
                time=time,
                title=showing.page_of(row, row.title or str(row.clip)),
                clip=str(row.clip),
                reasons=" ".join(reasons.sentences(row.reasons)),
                status=showing.badge(row.get_status_display(), showing.PUBLICATION.get(row.status, "")),
            )
        )
    return [(channel, day, lines) for (_pk, day), (channel, lines) in groups.items()]


def _of(plan: Plan) -> QuerySet[Publication]:
    return Publication.objects.filter(plan=plan)
