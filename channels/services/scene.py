"""Everything a plan is made from, read once: rows become the values that the rules fill from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from catalog.models import Clip, Edition
from catalog.rules import clip as clip_rules
from catalog.rules.words import ClipKind
from channels.models import Channel, Publication, QuotaWindow, Run
from channels.platforms import registry
from channels.platforms.base import Bucket
from channels.rules import eligibility, filling, posting, quota, slots, value
from channels.rules.eligibility import ChannelFacts, EditionFacts, Stopper, Window
from channels.rules.plan import RunStatus
from channels.rules.publication import HOLDING, SLOT_TAKEN, WAITING
from channels.services import facts
from config.kernel import clock, languages

MOST_STOPPERS = 3
RANK = {ClipKind.HOOK: 0, ClipKind.EPISODE: 1, ClipKind.COMPILATION: 2}


@dataclass
class Scene:
    """The problem to be filled, and what was left out before it came to that."""

    window: Window
    channels: dict[int, Channel]
    channel_facts: dict[int, ChannelFacts]
    editions: dict[int, Edition] = field(default_factory=dict)
    edition_facts: dict[int, EditionFacts] = field(default_factory=dict)
    rights: dict[int, list[eligibility.RightsFacts]] = field(default_factory=dict)
    clips: dict[int, Clip] = field(default_factory=dict)
    outdated: dict[int, str] = field(default_factory=dict)
    pairs: list[filling.Pair] = field(default_factory=list)
    left: list[filling.Left] = field(default_factory=list)
    releasing: frozenset[int] = frozenset()

    def problem(self) -> filling.Problem:
        lanes = _lanes(self)
        return filling.Problem(tuple(self.pairs), tuple(lanes), tuple(_budgets(self)))


def read(window: Window, channels: Iterable[Channel], *, releasing: Collection[int] = ()) -> Scene:
    """Everything a plan of these channels is made from. Publications in `releasing` are read as if they were not
    there: their slots, their clips and their share of the quota are free.
    """
    rows = {channel.pk: channel for channel in sorted(channels, key=lambda row: row.pk)}
    given = {key: facts.of_channel(row) for key, row in rows.items()}
    scene = Scene(window, rows, given, releasing=frozenset(releasing))
    _read_catalog(scene)
    _pair_up(scene)
    return scene


# --- the catalog


def _read_catalog(scene: Scene) -> None:
    editions = Edition.objects.filter(drama__retired_at=None)
    versions = facts.releasable_versions(editions.values("pk"))
    for row in editions.select_related("drama").prefetch_related("drama__genres").order_by("pk"):
        scene.editions[row.pk] = row
        scene.edition_facts[row.pk] = facts.of_edition(row, is_releasable=row.pk in versions)
    scene.rights = facts.rights_of(editions.values("drama"))
    clips = Clip.objects.filter(status__in=[clip_rules.Status.READY, clip_rules.Status.WAITING], edition__in=editions)
    rows = list(clips.order_by("pk"))
    for start in range(0, len(rows), 5000):
        some = rows[start : start + 5000]
        scene.outdated |= facts.outdated_clips(some, versions)
    for clip in rows:
        clip.edition = scene.editions[clip.edition_id]
        scene.clips[clip.pk] = clip


# --- which edition may run where


def _pair_up(scene: Scene) -> None:
    history = _History(scene.channels, scene.releasing)
    of_edition: dict[int, list[Clip]] = defaultdict(list)
    for clip in scene.clips.values():
        if clip.pk not in scene.outdated:
            of_edition[clip.edition_id].append(clip)
    for key, edition in scene.edition_facts.items():
        _pair_edition(scene, edition, of_edition[key], history)


def _pair_edition(scene: Scene, edition: EditionFacts, clips: list[Clip], history: _History) -> None:
    """Its pairs with every channel that may have it; where there is none, what stopped it at the nearest."""
    refused: list[tuple[int, list[Stopper]]] = []
    found = False
    for key, channel in scene.channel_facts.items():
        if not languages.covers(edition.language, channel.language):
            continue
        rights = scene.rights.get(edition.drama, [])
        stoppers = eligibility.stoppers(edition, channel, rights, scene.window)
        if stoppers:
            refused.append((key, stoppers))
            continue
        found = True
        if history.may_run(edition.key, key):
            scene.pairs.append(_pair(scene, edition, channel, clips, history))
    if not found:
        scene.left += _why_nowhere(edition, refused)


def _why_nowhere(edition: EditionFacts, refused: list[tuple[int, list[Stopper]]]) -> list[filling.Left]:
    if not refused:
        sentence = eligibility.no_channel(edition)
        return [filling.Left(edition.key, None, None, eligibility.LANGUAGE, sentence)]
    channel, stoppers = min(refused, key=lambda one: (len(one[1]), one[0]))
    return [
        filling.Left(edition.key, channel, None, stopper.rule, stopper.sentence) for stopper in stoppers[:MOST_STOPPERS]
    ]


def _pair(
    scene: Scene, edition: EditionFacts, channel: ChannelFacts, clips: list[Clip], history: _History
) -> filling.Pair:
    rights = scene.rights.get(edition.drama, [])
    is_running = history.is_running(edition.key, channel.key)
    worth = value.of_pair(
        edition,
        channel,
        closes_at=eligibility.closes_at(edition, channel, rights, scene.window.starts_at),
        is_running=is_running,
        now=scene.window.starts_at,
    )
    items = []
    for clip in clips:
        if clip.pk in history.used[channel.key] or clip.supersedes_id in history.used[channel.key]:
            continue
        stopper = eligibility.length_stopper(clip.duration_ms, channel)
        if stopper:
            scene.left.append(filling.Left(edition.key, channel.key, clip.pk, stopper.rule, stopper.sentence))
        else:
            items.append(_item(clip))
    return filling.Pair(
        edition=edition.key,
        drama=edition.drama,
        channel=channel.key,
        platform=channel.platform,
        value=worth.points,
        reasons=worth.reasons,
        spans=eligibility.open_spans(edition, channel, rights, scene.window),
        clips=tuple(sorted(items, key=lambda item: item.order)),
        is_running=is_running,
        not_before=history.last_due.get((channel.key, edition.key)),
    )


def _item(clip: Clip) -> filling.ClipItem:
    """A hook opens a run, an episode goes by its number, a compilation follows the last episode it has."""
    rank = RANK.get(ClipKind(clip.kind), 1)
    number = 0 if clip.kind == ClipKind.HOOK else clip.last_episode
    return filling.ClipItem(
        key=clip.pk, label=str(clip), order=(number, rank, clip.pk), is_ready=clip.status == clip_rules.Status.READY
    )


class _History:
    """What the channels have had already, and what runs there."""

    def __init__(self, channels: Iterable[int], releasing: frozenset[int]) -> None:
        keys = list(channels)
        self.used: dict[int, set[int | None]] = defaultdict(set)
        self.last_due: dict[tuple[int, int], datetime] = {}
        held = Publication.objects.filter(channel__in=keys, status__in=HOLDING)
        for key, channel, clip, edition, due_at in held.order_by("due_at").values_list(
            "pk", "channel_id", "clip_id", "clip__edition_id", "due_at"
        ):
            if key in releasing:
                continue
            self.used[channel].add(clip)
            self.last_due[channel, edition] = due_at
        for clips in self.used.values():
            clips.discard(None)
        self._runs: dict[tuple[int, int], str] = {}
        self._elsewhere: dict[tuple[int, str], set[int]] = defaultdict(set)
        running = Run.objects.select_related("channel").exclude(channel__status="retired")
        for run in running:
            self._runs[run.edition_id, run.channel_id] = run.status
            if run.status in {RunStatus.ACTIVE, RunStatus.PROPOSED}:
                self._elsewhere[run.edition_id, run.channel.platform].add(run.channel_id)
        self._platforms = dict(Channel.objects.filter(pk__in=keys).values_list("pk", "platform"))

    def is_running(self, edition: int, channel: int) -> bool:
        return self._runs.get((edition, channel)) in {RunStatus.ACTIVE, RunStatus.PROPOSED}

    def may_run(self, edition: int, channel: int) -> bool:
        """Not where a person ended or paused the run, and not beside a run on another channel of the platform."""
        status = self._runs.get((edition, channel))
        if status in {RunStatus.ENDED, RunStatus.PAUSED}:
            return False
        others = self._elsewhere[edition, self._platforms[channel]] - {channel}
        return status is not None or not others


# --- slots and budgets


def _lanes(scene: Scene) -> list[filling.Lane]:
    taken: dict[int, list[filling.Taken]] = defaultdict(list)
    margin = timedelta(days=2)
    near = Publication.objects.filter(
        channel__in=list(scene.channels),
        status__in=SLOT_TAKEN,
        due_at__gte=scene.window.starts_at - margin,
        due_at__lte=scene.window.ends_at + margin,
    )
    occupied: set[tuple[int, datetime]] = set()
    for key, channel, drama, due_at, replaces in near.values_list(
        "pk", "channel_id", "clip__edition__drama_id", "due_at", "replaces_id"
    ):
        if key in scene.releasing:
            continue
        taken[channel].append(filling.Taken(due_at, drama))
        if replaces is None:
            occupied.add((channel, due_at))
    return [_lane(scene.window, row, taken[key], occupied) for key, row in scene.channels.items()]


def _lane(
    window: Window, channel: Channel, taken: list[filling.Taken], occupied: set[tuple[int, datetime]]
) -> filling.Lane:
    hours = [slots.Hours(tuple(rule.weekdays), tuple(rule.times)) for rule in channel.rules.all() if rule.is_on]
    free = slots.between(hours, channel.time_zone, window.starts_at, window.ends_at)
    account = _upload_bucket(channel, scope="account")
    way = posting.POSTING[channel.platform]
    return filling.Lane(
        channel=channel.pk,
        name=channel.name,
        zone=channel.time_zone,
        slots=tuple(slot for slot in free if (channel.pk, slot) not in occupied),
        daily_cap=channel.daily_cap,
        gap=timedelta(hours=channel.drama_gap_hours),
        client=channel.api_client_id,
        taken=tuple(sorted(taken, key=lambda one: (one.at, one.drama))),
        account_cap=_granted(channel, account) if account else way.daily_posts,
        upload_lead=posting.LEAD if way.uploads_ahead else timedelta(0),
    )


def _upload_bucket(channel: Channel, *, scope: str) -> Bucket | None:
    """The daily budget of this scope that an upload is paid from, if the platform has one."""
    adapter = registry.adapter(channel.platform)
    paid = {price.bucket for price in adapter.prices("open_session")}
    found = (one for one in adapter.buckets if one.name in paid and one.scope == scope and one.window == quota.DAY)
    return next(found, None)


def _granted(channel: Channel, bucket: Bucket) -> int:
    return quota.granted(channel.api_client.limits, bucket.name, bucket.default_limit)


def _budgets(scene: Scene) -> list[filling.Budget]:
    by_client: dict[int, Channel] = {}
    for channel in scene.channels.values():
        by_client.setdefault(channel.api_client_id, channel)
    found = []
    for client, channel in sorted(by_client.items()):
        bucket = _upload_bucket(channel, scope="app")
        if bucket:
            found.append(
                filling.Budget(
                    client=client,
                    name=channel.api_client.name,
                    per_day=_granted(channel, bucket),
                    zone=bucket.zone,
                    promised=_promised(client, bucket, scene.releasing),
                )
            )
    return found


def _promised(client: int, bucket: Bucket, releasing: frozenset[int]) -> Counter[date]:
    """By day: what waits for its upload, and what today's window has spent."""
    zone, now = ZoneInfo(bucket.zone), clock.now()
    waiting = Publication.objects.filter(channel__api_client=client, status__in=WAITING)
    promised: Counter[date] = Counter(
        max(moment, now).astimezone(zone).date()
        for key, moment in waiting.values_list("pk", "upload_at")
        if key not in releasing
    )
    present = QuotaWindow.objects.filter(
        api_client=client, channel=None, bucket=bucket.name, opens_at__lte=now, closes_at__gt=now
    )
    promised[now.astimezone(zone).date()] += sum(present.values_list("spent", flat=True))
    return promised


def active(channels: Sequence[Channel] | None) -> list[Channel]:
    """The channels to plan for: those given, or all that are active; with what the rules ask of them."""
    rows = Channel.objects.active() if channels is None else Channel.objects.filter(pk__in=[row.pk for row in channels])
    rows = rows.select_related("api_client").defer("api_client__client_secret")
    return list(rows.prefetch_related("rules", "genres").order_by("pk"))
