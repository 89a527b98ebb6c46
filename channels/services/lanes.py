"""The channels' free posting times and what stands on them already, and the uploads that the API clients have left."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from channels.models import Channel, Publication, QuotaWindow
from channels.platforms import registry
from channels.platforms.base import Bucket
from channels.rules import posting, quota, slots, value
from channels.rules.eligibility import Window
from channels.rules.planner.problem import Budget, Lane, Sameness, Slot, Taken
from channels.rules.policies.rulebook import Caps
from channels.rules.publication import SLOT_TAKEN, WAITING
from channels.rules.value import Room
from channels.services.policies import Limits
from config.kernel import clock


@dataclass(frozen=True)
class Standing:
    """A publication that keeps its place, whoever planned it."""

    key: int
    channel: int
    clip: int
    drama: int
    at: datetime
    is_replacement: bool


@dataclass
class Ground:
    """`standing`: what is near the planned days, on these channels and on those that share their languages or quota."""

    window: Window
    channels: Mapping[int, Channel]
    standing: dict[int, list[Standing]]
    free: dict[int, list[datetime]]
    releasing: frozenset[int]
    limits: Limits
    zones: Mapping[str, ZoneInfo]
    """Held, since Python forgets all but a few zones that nobody holds, and reads them from disk again and again."""

    def room(self, channel: int) -> Room:
        inside = sum(self.window.starts_at <= one.at < self.window.ends_at for one in self.standing.get(channel, ()))
        return Room(len(self.free[channel]), inside)

    def came_since(self) -> int:
        """How many publications have been placed or moved near these days since this was read."""
        then = {(one.key, one.at) for rows in self.standing.values() for one in rows}
        present = _standing(
            self.window, self.channels.values(), releasing=self.releasing, sameness=self.limits.sameness
        )
        return len({(one.key, one.at) for rows in present.values() for one in rows} - then)


def read(window: Window, channels: Mapping[int, Channel], *, releasing: Collection[int], limits: Limits) -> Ground:
    kept_out = frozenset(releasing)
    zones = {row.time_zone: ZoneInfo(row.time_zone) for row in channels.values()}
    standing = _standing(window, channels.values(), releasing=kept_out, sameness=limits.sameness)
    free = {key: free_times(window, row, standing.get(key, ()), limits.of(key)) for key, row in channels.items()}
    return Ground(window, channels, standing, free, kept_out, limits, zones)


def _standing(
    window: Window, channels: Iterable[Channel], *, releasing: frozenset[int], sameness: Sameness
) -> dict[int, list[Standing]]:
    """As far around the window as any rule looks: the widest gap, the platform's day, the days of sameness."""
    rows = list(channels)
    widest = max((row.drama_gap_hours for row in rows), default=0)
    margin = max(timedelta(hours=widest), timedelta(days=sameness.days), timedelta(hours=24))
    languages, clients = {row.language for row in rows}, {row.api_client_id for row in rows}
    near = Publication.objects.filter(
        Q(channel__language__in=languages) | Q(channel__api_client__in=clients),
        status__in=SLOT_TAKEN,
        due_at__gte=window.starts_at - margin,
        due_at__lte=window.ends_at + margin,
    )
    columns = ("pk", "channel_id", "clip_id", "clip__edition__drama_id", "due_at", "replaces_id")
    found: dict[int, list[Standing]] = defaultdict(list)
    for key, channel, clip, drama, at, replaces in near.order_by("due_at", "pk").values_list(*columns):
        if key not in releasing:
            found[channel].append(Standing(key, channel, clip, drama, at, replaces is not None))
    return found


def free_times(window: Window, channel: Channel, standing: Iterable[Standing], caps: Caps) -> list[datetime]:
    """Its posting times that nothing stands in, each far enough from all others for the policy packs in force."""
    hours = [slots.Hours(tuple(rule.weekdays), tuple(rule.times)) for rule in channel.rules.all() if rule.is_on]
    rows = list(standing)
    occupied = {one.at for one in rows if not one.is_replacement}
    moments = slots.between(hours, channel.time_zone, window.starts_at, window.ends_at)
    free = [moment for moment in moments if moment not in occupied]
    if not caps.gap and caps.most_per_hour is None:
        return free
    return slots.thinned(free, beside=[one.at for one in rows], gap=caps.gap, most_per_hour=caps.most_per_hour)


# --- lanes


def lanes(ground: Ground, *, families: Mapping[int, tuple[int, int]]) -> list[Lane]:
    """A lane for each channel of the plan, and one without slots for each other channel whose clips count as alike."""
    own = [lane_of(ground, row, _taken(ground, key, families)) for key, row in ground.channels.items()]
    others = {key for key in ground.standing if key not in ground.channels}
    alike = {key: [one for one in _taken(ground, key, families) if one.whole] for key in sorted(others)}
    wanted = {key: taken for key, taken in alike.items() if taken}
    rows = Channel.objects.filter(pk__in=list(wanted)).select_related("api_client").prefetch_related("rules")
    return [*own, *(_bystander(row, wanted[row.pk]) for row in (rows.order_by("pk") if families else ()))]


def clear(window: Window, channel: Channel, *, limits: Limits | None = None) -> Lane:
    """The channel's lane as if nothing stood on it."""
    caps = limits or Limits(Sameness(), {})
    free = free_times(window, channel, (), caps.of(channel.pk))
    ground = Ground(window, {channel.pk: channel}, {}, {channel.pk: free}, frozenset(), caps, {})
    return lane_of(ground, channel, [])


def _taken(ground: Ground, channel: int, families: Mapping[int, tuple[int, int]]) -> list[Taken]:
    found = (Taken(one.at, one.drama, *families.get(one.clip, (0, 0))) for one in ground.standing.get(channel, ()))
    return sorted(found, key=lambda one: (one.at, one.drama))


def lane_of(ground: Ground, channel: Channel, taken: list[Taken]) -> Lane:
    way = posting.POSTING[channel.platform]
    valued = value.of_slots(
        ground.free[channel.pk],
        best_hours=channel.best_hours,
        zone=channel.time_zone,
        starts_at=ground.window.starts_at,
    )
    return Lane(
        channel=channel.pk,
        name=channel.name,
        zone=channel.time_zone,
        slots=tuple(Slot(at, points) for at, points in valued),
        daily_cap=channel.daily_cap,
        gap=timedelta(hours=channel.drama_gap_hours),
        client=channel.api_client_id,
        platform=channel.platform,
        language=channel.language,
        taken=tuple(taken),
        account_cap=_account_cap(channel, ground.limits.of(channel.pk)),
        upload_lead=posting.LEAD if way.uploads_ahead else timedelta(0),
    )


def _account_cap(channel: Channel, caps: Caps) -> int | None:
    """What the platform lets the account post in any 24 hours, and what the policy packs do; the smaller counts."""
    bucket = upload_bucket(channel, scope="account")
    platform = granted(channel, bucket) if bucket else posting.POSTING[channel.platform].daily_posts
    return min((one for one in (platform, caps.most_per_day) if one is not None), default=None)


def _bystander(channel: Channel, taken: list[Taken]) -> Lane:
    return Lane(
        channel=channel.pk,
        name=channel.name,
        zone=channel.time_zone,
        slots=(),
        daily_cap=channel.daily_cap,
        gap=timedelta(hours=channel.drama_gap_hours),
        client=channel.api_client_id,
        platform=channel.platform,
        language=channel.language,
        taken=tuple(taken),
    )


def upload_bucket(channel: Channel, *, scope: str) -> Bucket | None:
    """The daily budget of this scope that an upload is paid from, if the platform has one."""
    adapter = registry.adapter(channel.platform)
    paid = {price.bucket for price in adapter.prices("open_session")}
    found = (one for one in adapter.buckets if one.name in paid and one.scope == scope and one.window == quota.DAY)
    return next(found, None)


def granted(channel: Channel, bucket: Bucket) -> int:
    return quota.granted(channel.api_client.limits, bucket.name, bucket.default_limit)


# --- budgets


def clients_of(channels: Iterable[Channel]) -> dict[int, Channel]:
    """Each API client by one of its channels, in the order of their keys."""
    found: dict[int, Channel] = {}
    for channel in channels:
        found.setdefault(channel.api_client_id, channel)
    return dict(sorted(found.items()))


def budgets(channels: Iterable[Channel], *, releasing: Collection[int]) -> list[Budget]:
    clients = clients_of(channels)
    buckets = {key: bucket for key, row in clients.items() if (bucket := upload_bucket(row, scope="app"))}
    promised = _promised(buckets, releasing=frozenset(releasing))
    return [
        Budget(
            client=key,
            name=clients[key].api_client.name,
            per_day=granted(clients[key], bucket),
            zone=bucket.zone,
            promised=promised[key],
        )
        for key, bucket in buckets.items()
    ]


def _promised(buckets: Mapping[int, Bucket], *, releasing: frozenset[int]) -> dict[int, Counter[date]]:
    """By client and day: what waits for its upload, and what today's window has spent."""
    now = clock.now()
    zones = {key: ZoneInfo(bucket.zone) for key, bucket in buckets.items()}
    promised: dict[int, Counter[date]] = {key: Counter() for key in buckets}
    waiting = Publication.objects.filter(channel__api_client__in=list(buckets), status__in=WAITING).order_by()
    for key, client, moment in waiting.values_list("pk", "channel__api_client_id", "upload_at"):
        if key not in releasing:
            promised[client][max(moment, now).astimezone(zones[client]).date()] += 1
    present = QuotaWindow.objects.filter(
        api_client__in=list(buckets), channel=None, opens_at__lte=now, closes_at__gt=now
    ).order_by()
    for client, name, spent in present.values_list("api_client_id", "bucket", "spent"):
        if name == buckets[client].name:
            promised[client][now.astimezone(zones[client]).date()] += spent
    return promised
