"""The numbers of one plan, counted by the database: a plan of any size is summed up in a handful of queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import formats
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from catalog.models import Drama
from channels.admin import showing
from channels.models import Channel, NotPlaced, Plan, Publication
from channels.rules import publication, reasons, slots
from channels.rules.words import PlatformName
from config.kernel import languages

OVERLAPS = 60
TONES = ((0.0, ""), (0.5, "is-some"), (0.85, "is-much"), (1.0, "is-full"))


@dataclass(frozen=True)
class Tally:
    code: str
    label: str
    count: int
    colour: str = ""


@dataclass(frozen=True)
class Fill:
    """How many of a channel's posting times in the plan's days are used. `full_until`: a day, or ""."""

    channel: Channel
    placed: int
    slots: int
    full_until: str = ""
    could: int | None = None
    """How many clips it could have had; None where the plan did not keep that."""

    @property
    def share(self) -> float:
        return self.placed / self.slots if self.slots else 1.0

    @property
    def lacks_clips(self) -> bool:
        return self.could is not None and self.could < self.slots


@dataclass(frozen=True)
class Cover:
    """What a language, or a niche in it, has in this plan. `editions` None: not counted."""

    language: str
    genre: str
    channels: int
    editions: int | None
    placed: int
    slots: int

    def by_share(self) -> tuple[float, str, str]:
        return self.placed / self.slots if self.slots else 1.0, self.language, self.genre


@dataclass(frozen=True)
class Overlap:
    drama: SafeString | str
    platform: str
    language: str
    channels: str


@dataclass(frozen=True)
class DayOfBudget:
    """What one of the platform's days gives away of a budget."""

    day: date
    promised: int
    planned: int
    limit: int

    @property
    def share(self) -> float:
        return (self.promised + self.planned) / self.limit if self.limit else 2.0

    @property
    def tone(self) -> str:
        return next((name for most, name in TONES if self.share <= most), "is-over")

    @property
    def words(self) -> str:
        return _("%(day)s: %(planned)d planned, %(promised)d promised before, of %(limit)d") % {
            "day": self.day.isoformat(),
            "planned": self.planned,
            "promised": self.promised,
            "limit": self.limit,
        }


@dataclass(frozen=True)
class Strip:
    """The days of one budget, and its fullest one in words."""

    owner: str
    bucket: str
    days: tuple[DayOfBudget, ...]

    @property
    def fullest(self) -> DayOfBudget:
        return max(self.days, key=lambda one: (one.share, one.day))

    @property
    def words(self) -> str:
        one = self.fullest
        return _("fullest day %(day)s: %(used)d of %(limit)d") % {
            "day": f"{one.day:%m-%d}",
            "used": one.promised + one.planned,
            "limit": one.limit,
        }


@dataclass(frozen=True)
class Line:
    """One publication in the table of a plan, ready to be shown."""

    time: str
    title: SafeString | str
    clip: str
    points: str
    reasons: list[str]
    status: SafeString


def statuses(plan: Plan) -> list[Tally]:
    counts = dict(_of(plan).values_list("status").annotate(n=Count("pk")))
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
    return [Tally(rule, rule_name(rule), count) for rule, count in counted]


def fill(plan: Plan) -> list[Fill]:
    """Every channel that was planned for, the emptiest first; one without any posting time stands last."""
    known = {one["channel"]: one for one in plan.summary.get("fill", [])}
    placed = dict(_standing(plan).values_list("channel").annotate(n=Count("pk")))
    channels = Channel.objects.filter(pk__in=[*known, *placed]).prefetch_related("rules", "genres")
    found = [_fill(one, plan, placed.get(one.pk, 0), known.get(one.pk, {})) for one in channels]
    return sorted(found, key=lambda one: (one.share, one.channel.name))


def _fill(channel: Channel, plan: Plan, placed: int, known: dict[str, Any]) -> Fill:
    free = known.get("slots")
    slots_there = _slots(channel, plan.starts_at, plan.ends_at) if free is None else free
    full_until = str(known.get("full_until") or "")[:10]
    is_full = placed * 5 >= slots_there * 4 and full_until > f"{plan.starts_at:%Y-%m-%d}"
    return Fill(channel, placed, slots_there, full_until if is_full else "", known.get("could"))


def _slots(channel: Channel, starts_at: datetime, ends_at: datetime) -> int:
    hours = [slots.Hours(tuple(rule.weekdays), tuple(rule.times)) for rule in channel.rules.all() if rule.is_on]
    zone = showing.zone_of(channel.time_zone)
    days = Counter(slot.astimezone(zone).date() for slot in slots.between(hours, str(zone), starts_at, ends_at))
    return sum(min(count, channel.daily_cap) for count in days.values())


def coverage(plan: Plan, fills: Iterable[Fill]) -> tuple[list[Cover], list[Cover]]:
    """By language, and by language and niche: how many channels there are and how much of them is used."""
    editions = dict(_standing(plan).values_list("channel__language").annotate(n=Count("clip__edition", distinct=True)))
    by_language: dict[str, list[Fill]] = defaultdict(list)
    by_niche: dict[tuple[str, str], list[Fill]] = defaultdict(list)
    for one in fills:
        by_language[one.channel.language].append(one)
        for genre in one.channel.genres.all():
            by_niche[one.channel.language, genre.name].append(one)
    whole = [_cover(tag, "", some, editions.get(tag, 0)) for tag, some in by_language.items()]
    niches = [_cover(tag, genre, some, None) for (tag, genre), some in by_niche.items()]
    return sorted(whole, key=Cover.by_share), sorted(niches, key=Cover.by_share)


def _cover(tag: str, genre: str, some: list[Fill], editions: int | None) -> Cover:
    return Cover(
        language=languages.name(tag),
        genre=genre,
        channels=len(some),
        editions=editions,
        placed=sum(one.placed for one in some),
        slots=sum(one.slots for one in some),
    )


def overlaps(plan: Plan) -> list[Overlap]:
    """Titles that this plan shows on two or more channels of one platform and language, the most channels first."""
    place = ("clip__edition__drama", "channel__platform", "channel__language")
    counted = (
        _standing(plan)
        .values_list(*place)
        .annotate(n=Count("channel", distinct=True))
        .filter(n__gt=1)
        .order_by("-n", *place)[:OVERLAPS]
    )
    found = [(drama, platform, tag) for drama, platform, tag, _n in counted]
    dramas = Drama.objects.in_bulk({drama for drama, _platform, _tag in found})
    shown = _standing(plan).filter(clip__edition__drama__in=list(dramas)).values_list(*place, "channel__name")
    names: dict[tuple[int, str, str], list[str]] = defaultdict(list)
    for drama, platform, tag, name in shown.distinct():
        names[drama, platform, tag].append(name)
    return [
        Overlap(
            drama=showing.page_of(dramas[drama]),
            platform=str(PlatformName(platform).label),
            language=languages.name(tag),
            channels=", ".join(sorted(names[drama, platform, tag])),
        )
        for drama, platform, tag in found
    ]


def strips(plan: Plan) -> list[Strip]:
    """One line for each budget of each API client: what each day of the platform takes, promised before and planned."""
    by_budget: dict[tuple[str, str], list[DayOfBudget]] = defaultdict(list)
    for one in plan.summary.get("quota", []):
        day = DayOfBudget(date.fromisoformat(one["day"]), one["promised"], one["planned"], one["limit"])
        by_budget[one["client"], one["bucket"]].append(day)
    first = min((one.day for days in by_budget.values() for one in days), default=None)
    last = max((one.day for days in by_budget.values() for one in days), default=None)
    found = [
        Strip(owner, bucket, _every_day(days, first, last))
        for (owner, bucket), days in by_budget.items()
        if any(one.promised + one.planned for one in days)
    ]
    return sorted(found, key=lambda one: (-one.fullest.share, one.owner, one.bucket))


def _every_day(days: list[DayOfBudget], first: date | None, last: date | None) -> tuple[DayOfBudget, ...]:
    """The same days in every strip, so that they can be compared; on those that are not told nothing is used."""
    known = {one.day: one for one in days}
    span = (last - first).days + 1 if first and last else 0
    every = [first + timedelta(days=n) for n in range(span)] if first else []
    return tuple(known.get(day) or DayOfBudget(day, 0, 0, days[0].limit) for day in every)


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
                points=_points(row),
                reasons=reasons.sentences(row.reasons),
                status=showing.badge(row.get_status_display(), showing.PUBLICATION.get(row.status, "")),
            )
        )
    return [(channel, day, lines) for (_pk, day), (channel, lines) in groups.items()]


def _points(row: Publication) -> str:
    """What the planner gave for it, in points; "" where a person put it there."""
    given = [one["points"] for one in row.reasons if isinstance(one, dict) and isinstance(one.get("points"), int)]
    return _("%(points)s points") % {"points": formats.number_format(sum(given) / 100, 1)} if given else ""


def channel_of(plan: Plan, key: str) -> Channel | None:
    """The channel that the page is narrowed to; None for all."""
    return Channel.objects.filter(pk=int(key), publications__plan=plan).first() if is_key(key) else None


def is_key(text: str) -> bool:
    return text.isdecimal() and len(text) < 19


def rule_name(rule: str) -> str:
    return rule.replace("_", " ")


def _of(plan: Plan) -> QuerySet[Publication]:
    return Publication.objects.filter(plan=plan).order_by()


def _standing(plan: Plan) -> QuerySet[Publication]:
    return _of(plan).exclude(status=publication.Status.CANCELLED)
