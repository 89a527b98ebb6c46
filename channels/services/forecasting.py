"""What a plan takes from each budget on each of the platform's days, and which follow-ups there is room for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from channels.models import Channel, Extra, Publication, QuotaWindow
from channels.platforms import registry
from channels.platforms.base import Bucket
from channels.rules import extra, posting, quota
from channels.rules.extra import Kind
from channels.rules.planner.problem import Placed, Problem
from channels.rules.publication import WAITING
from channels.services import lanes
from channels.services.scene import Scene
from config.kernel import clock

WATCH_CALLS, LOOKS = 24, 5
"""Kept free of the same budget: a call an hour for each channel's comments, and five looks at each new upload."""


@dataclass
class Pool:
    """A budget of a client that follow-ups share with watching and looking."""

    client: int
    name: str
    bucket: Bucket
    limit: int
    promised: Counter[date] = field(default_factory=Counter)
    uploads: Counter[date] = field(default_factory=Counter)
    planned: Counter[date] = field(default_factory=Counter)
    watching: int = 0
    per_upload: int = 0

    def day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.bucket.zone)).date()

    def reserved(self, day: date) -> int:
        """What watching and looking need, as far as the grant reaches after what is promised."""
        need = self.watching + self.per_upload * self.uploads[day]
        return min(need, max(0, self.limit - self.promised[day]))

    def left(self, day: date) -> int:
        return self.limit - self.promised[day] - self.reserved(day) - self.planned[day]


@dataclass(frozen=True)
class Forecast:
    """`extras`: for each placed clip, by channel and clip, the follow-ups that its platform day has room for."""

    extras: Mapping[tuple[int, int], list[str]]
    quota: list[dict[str, Any]]


def of(scene: Scene, problem: Problem, placed: Sequence[Placed]) -> Forecast:
    """The most valuable clips get their follow-ups first; none is wanted that the grant would not pay."""
    pools = _pools(scene)
    for one in placed:
        for pool in pools.get(scene.channels[one.channel].api_client_id, ()):
            pool.uploads[pool.day(_upload_at(scene, one))] += 1
    extras = {
        (one.channel, one.clip): _affordable(scene, one, pools)
        for one in sorted(placed, key=lambda one: (-one.points, one.at, one.channel))
    }
    rows = [*_uploads(problem, placed), *_posts(scene, placed), *_shared(pools)]
    return Forecast(extras, sorted(rows, key=lambda row: (row["day"], row["bucket"], row["client"])))


def _upload_at(scene: Scene, one: Placed) -> datetime:
    return max(posting.upload_at(scene.channels[one.channel].platform, one.at), clock.now())


def _affordable(scene: Scene, one: Placed, pools: Mapping[int, list[Pool]]) -> list[str]:
    channel, found = scene.channels[one.channel], []
    shared = {pool.bucket.name: pool for pool in pools.get(channel.api_client_id, ())}
    moment = _upload_at(scene, one)
    for kind in _offered(channel.platform, has_thumbnail=bool(scene.clips[one.clip].thumbnail)):
        costs = [(shared[name], units) for name, units in _costs(channel.platform, kind).items() if name in shared]
        if all(pool.left(pool.day(moment)) >= units for pool, units in costs):
            for pool, units in costs:
                pool.planned[pool.day(moment)] += units
            found.append(kind.value)
    return found


def _offered(platform: str, *, has_thumbnail: bool) -> list[Kind]:
    sets = posting.POSTING[platform].sets_thumbnail and has_thumbnail
    return [kind for kind in extra.VERBS if kind != Kind.THUMBNAIL or sets]


def _costs(platform: str, kind: Kind) -> dict[str, int]:
    return {price.bucket: price.units for price in registry.adapter(platform).prices(extra.VERBS[kind])}


# --- the budgets that follow-ups share


def _pools(scene: Scene) -> dict[int, list[Pool]]:
    """By client: each daily budget of the app that a follow-up is paid from, with what is promised of it already."""
    clients = lanes.clients_of(scene.channels.values())
    channels = Counter(
        Channel.objects.watched().filter(api_client__in=list(clients)).values_list("api_client_id", flat=True)
    )
    found = {key: [_pool(row, bucket, channels[key]) for bucket in _paying(row)] for key, row in clients.items()}
    _add_spent(found)
    _add_waiting(found, scene.releasing)
    return found


def _paying(channel: Channel) -> list[Bucket]:
    paid = {name for kind in extra.VERBS for name in _costs(channel.platform, kind)}
    buckets = registry.adapter(channel.platform).buckets
    return [one for one in buckets if one.name in paid and one.scope == "app" and one.window == quota.DAY]


def _pool(channel: Channel, bucket: Bucket, channels: int) -> Pool:
    prices = registry.adapter(channel.platform).prices
    watch = sum(price.units for price in prices("comments_page") if price.bucket == bucket.name)
    look = sum(price.units for price in prices("look") if price.bucket == bucket.name)
    return Pool(
        client=channel.api_client_id,
        name=channel.api_client.name,
        bucket=bucket,
        limit=lanes.granted(channel, bucket),
        watching=WATCH_CALLS * watch * channels,
        per_upload=LOOKS * look,
    )


def _add_spent(pools: Mapping[int, list[Pool]]) -> None:
    now = clock.now()
    rows = QuotaWindow.objects.filter(
        api_client__in=list(pools), channel=None, opens_at__lte=now, closes_at__gt=now
    ).order_by()
    spent = {(client, name): units for client, name, units in rows.values_list("api_client_id", "bucket", "spent")}
    for pool in _each(pools):
        pool.promised[pool.day(now)] += spent.get((pool.client, pool.bucket.name), 0)


def _add_waiting(pools: Mapping[int, list[Pool]], releasing: frozenset[int]) -> None:
    """Uploads that wait with the follow-ups planned for them, and follow-ups that wait themselves."""
    now = clock.now()
    waiting = Publication.objects.filter(channel__api_client__in=list(pools), status__in=WAITING).order_by()
    columns = ("pk", "channel__api_client_id", "channel__platform", "upload_at", "wanted_extras", "clip__thumbnail")
    for key, client, platform, moment, wanted, thumbnail in waiting.values_list(*columns):
        if key in releasing:
            continue
        kinds = _offered(platform, has_thumbnail=bool(thumbnail))
        kept = [kind for kind in kinds if wanted is None or kind.value in wanted]
        for pool in pools[client]:
            day = pool.day(max(moment, now))
            pool.uploads[day] += 1
            pool.promised[day] += sum(_costs(platform, kind).get(pool.bucket.name, 0) for kind in kept)
    pending = Extra.objects.filter(
        publication__channel__api_client__in=list(pools), status=extra.Status.WAITING, kind__in=list(extra.VERBS)
    ).order_by()
    for client, platform, kind in pending.values_list(
        "publication__channel__api_client_id", "publication__channel__platform", "kind"
    ):
        for pool in pools[client]:
            pool.promised[pool.day(now)] += _costs(platform, Kind(kind)).get(pool.bucket.name, 0)


def _each(pools: Mapping[int, list[Pool]]) -> Iterable[Pool]:
    return (pool for several in pools.values() for pool in several)


# --- the rows


def _uploads(problem: Problem, placed: Sequence[Placed]) -> Iterable[dict[str, Any]]:
    lane_of = {lane.channel: lane for lane in problem.lanes}
    for budget in problem.budgets:
        zone = ZoneInfo(budget.zone)
        days = Counter(
            problem.upload_at(lane_of[one.channel], one.at).astimezone(zone).date()
            for one in placed
            if lane_of[one.channel].client == budget.client
        )
        for day in {*days, *budget.promised}:
            yield _row(budget.name, "uploads", day, budget.promised.get(day, 0), days[day], budget.per_day)


def _posts(scene: Scene, placed: Sequence[Placed]) -> Iterable[dict[str, Any]]:
    """Of budgets that each account has, the fullest account of the day."""
    days: dict[tuple[str, str, date], Counter[int]] = defaultdict(Counter)
    had: Counter[tuple[int, date]] = Counter()
    buckets = {key: lanes.upload_bucket(row, scope="account") for key, row in scene.channels.items()}
    for key, rows in scene.ground.standing.items():
        bucket = buckets.get(key)
        if bucket:
            had.update((key, one.at.astimezone(ZoneInfo(bucket.zone)).date()) for one in rows)
    for one in placed:
        bucket = buckets[one.channel]
        if bucket:
            day = one.at.astimezone(ZoneInfo(bucket.zone)).date()
            days[scene.channels[one.channel].platform, bucket.name, day][one.channel] += 1
    for (_platform, name, day), counts in days.items():
        channel = min(counts, key=lambda key: (-counts[key] - had[key, day], key))
        row, bucket = scene.channels[channel], buckets[channel]
        if bucket:
            yield _row(row.name, name, day, had[channel, day], counts[channel], lanes.granted(row, bucket))


def _shared(pools: Mapping[int, list[Pool]]) -> Iterable[dict[str, Any]]:
    for pool in _each(pools):
        for day in {*pool.planned, *pool.promised, *pool.uploads}:
            row = _row(pool.name, pool.bucket.name, day, pool.promised[day], pool.planned[day], pool.limit)
            yield {**row, "reserved": pool.reserved(day)}


def _row(client: str, bucket: str, day: date, promised: int, planned: int, limit: int) -> dict[str, Any]:
    return {
        "client": client,
        "bucket": bucket,
        "day": day.isoformat(),
        "promised": promised,
        "planned": planned,
        "limit": limit,
    }
