"""What stands around some publications and the times they are wished for, read once for all of them."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from channels.models import Channel, Publication, QuotaWindow
from channels.platforms.base import Bucket
from channels.rules import alike as alike_rules
from channels.rules import moving, posting, quota
from channels.rules.alike import Alike, Place
from channels.rules.eligibility import Stopper, Window
from channels.rules.moving import Limits, Stand
from channels.rules.planner.problem import Sameness
from channels.rules.publication import SLOT_TAKEN, WAITING
from channels.services import alike, facts, lanes, policies, standing, stock
from channels.services.alike import Shown

Times = Mapping[int, datetime]
"""Publication → the time that it shall have; all of them come true together."""


@dataclass
class _Client:
    """The daily budget that a client's uploads are paid from, and when they wait for it, in order."""

    bucket: Bucket
    waiting: list[datetime]
    spent: dict[datetime, int] = field(default_factory=dict)


class Surroundings:
    """`rows` are locked with their channels. The number of queries depends on how many channels and clients they have,
    not on how many rows they are. Nothing may be written between reading and judging.
    """

    def __init__(
        self, rows: Sequence[Publication], times: Times, *, now: datetime, also: Sequence[datetime] = ()
    ) -> None:
        """`also`: other times that any of the rows may be judged at."""
        self.rows = {row.pk: row for row in rows}
        self.now = now
        self.channels = {row.channel_id: row.channel for row in rows}
        self.limits = {key: standing.limits_of(row) for key, row in self.channels.items()}
        self.stands = {key: self._read_stands(key, times, also) for key in self.channels}
        self.clients = self._read_clients()
        self._read_alike([*times.values(), *also])

    def stoppers(self, row: Publication, times: Times) -> list[Stopper]:
        """Every rule about times that `row` would break at its own of `times`."""
        due_at = times[row.pk]
        limits = self.limits[row.channel_id]
        beside = [self.rows[key] for key in times if key != row.pk and self.rows[key].channel_id == row.channel_id]
        others = [one for one in self._around(row, due_at, limits) if one.key not in times]
        others += [stand_of(one, at=times[one.pk]) for one in beside]
        leaving = [row.due_at, *(one.due_at for one in beside)]
        found = moving.stoppers(stand_of(row, at=due_at), others, limits, leaving=leaving)
        more = (self._alike_stopper(row, times), self._budget_stopper(row, times))
        return [*found, *(one for one in more if one)]

    # --- the channel

    def _read_stands(self, channel: int, times: Times, also: Sequence[datetime]) -> list[Stand]:
        own = [row for row in self.rows.values() if row.channel_id == channel]
        moments = [*(times[row.pk] for row in own), *also]
        widest = self._widest(self.limits[channel])
        near = Q(due_at__gte=min(moments) - widest, due_at__lte=max(moments) + widest)
        runs = Q(clip__edition__in={row.clip.edition_id for row in own})
        rows = Publication.objects.filter(near | runs, channel=channel, status__in=standing.IN_ORDER)
        return [stand_of(one, at=one.due_at) for one in rows.select_related("clip__edition__drama").order_by("pk")]

    def _widest(self, limits: Limits) -> timedelta:
        return max(limits.gap, standing.WIDEST)

    def _around(self, row: Publication, due_at: datetime, limits: Limits) -> list[Stand]:
        """What stands near the new time, and the rest of its run wherever it stands."""
        widest, edition = self._widest(limits), row.clip.edition_id
        return [one for one in self.stands[row.channel_id] if abs(one.at - due_at) <= widest or one.edition == edition]

    # --- look-alikes

    def _read_alike(self, moments: Sequence[datetime]) -> None:
        self.families = policies.families({row.clip_id for row in self.rows.values()})
        self.shown: dict[int, list[Shown]] = defaultdict(list)
        self.labels: dict[int, tuple[str, str]] = {}
        if not self.families:
            return
        window = Window(min(moments), max(moments))
        limits = policies.limits([facts.of_channel(row) for row in self.channels.values()], window)
        self.sameness = {key: limits.of(key).sameness or Sameness() for key in self.channels}
        span = timedelta(days=max(one.days for one in self.sameness.values()))
        wholes = set(self.families.values())
        found = alike.shown(wholes, self.channels.values(), since=window.starts_at - span, until=window.ends_at + span)
        for one in found:
            self.shown[one.whole].append(one)
        self.labels = _labels(one.key for one in found)

    def _alike_stopper(self, row: Publication, times: Times) -> Stopper | None:
        whole = self.families.get(row.clip_id, 0)
        if not whole:
            return None
        channel = row.channel
        group = (channel.language, channel.platform)
        near = [
            self._alike(one.key, one.channel, times.get(one.key, one.at))
            for one in self.shown[whole]
            if one.group == group and one.key not in {row.pk, row.replaces_id}
        ]
        known = {row.pk, *(one.key for one in near)}
        near += [
            Alike(key, str(other.clip), other.channel_id, other.channel.name, times[key])
            for key, other in self.rows.items()
            if key in times and key not in known and self._is_alike(other, whole, group)
        ]
        place = Place(channel.pk, channel.name, channel.time_zone, channel.language, channel.platform)
        return alike_rules.stopper(times[row.pk], near, place, self.sameness[channel.pk])

    def _is_alike(self, other: Publication, whole: int, group: tuple[str, str]) -> bool:
        return self.families.get(other.clip_id) == whole and (other.channel.language, other.channel.platform) == group

    def _alike(self, key: int, channel: int, at: datetime) -> Alike:
        label, name = self.labels[key]
        return Alike(key, label, channel, name, at)

    # --- the client's uploads a day

    def _read_clients(self) -> dict[int, _Client]:
        found = {}
        for key, channel in lanes.clients_of(self.channels.values()).items():
            bucket = lanes.upload_bucket(channel, scope="app")
            if bucket is not None:
                waiting = Publication.objects.filter(channel__api_client=key, status__in=WAITING)
                moments = waiting.exclude(pk__in=list(self.rows)).order_by("upload_at")
                found[key] = _Client(bucket, list(moments.values_list("upload_at", flat=True)))
        return found

    def _budget_stopper(self, row: Publication, times: Times) -> Stopper | None:
        """None when the day has room, and when the deed leaves it as full as it was."""
        client = self.clients.get(row.channel.api_client_id)
        if client is None:
            return None
        upload_at = max(posting.upload_at(row.channel.platform, times[row.pk]), self.now)
        span = quota.span(client.bucket.window, client.bucket.zone, upload_at)
        fellows = [one for one in self.rows.values() if one.channel.api_client_id == row.channel.api_client_id]
        moved = [one for one in fellows if one.pk in times]
        leaving = sum(self._lands(one, one.due_at, span) for one in moved if one.status in WAITING)
        coming = sum(self._lands(one, times[one.pk], span) for one in moved)
        if coming <= leaving:
            return None
        staying = [one for one in fellows if one.pk not in times and one.status in WAITING]
        others = self._promised(row.channel, client, span, staying) + coming - 1
        day = upload_at.astimezone(ZoneInfo(client.bucket.zone)).date().isoformat()
        name, limit = row.channel.api_client.name, lanes.granted(row.channel, client.bucket)
        return moving.budget_stopper(client=name, day=day, others=others, limit=limit)

    def _promised(self, channel: Channel, client: _Client, span: quota.Span, staying: Sequence[Publication]) -> int:
        """Uploads that this day of the client holds already: what waits for it, and of today what is spent."""
        is_to_come = span.opens_at > self.now
        first = bisect_left(client.waiting, span.opens_at) if is_to_come else 0
        waiting = bisect_left(client.waiting, span.closes_at) - first
        waiting += sum(self._lands(one, one.due_at, span) for one in staying)
        return waiting + (0 if is_to_come else self._spent(channel, client, span))

    def _spent(self, channel: Channel, client: _Client, span: quota.Span) -> int:
        if span.opens_at not in client.spent:
            rows = QuotaWindow.objects.filter(
                api_client=channel.api_client_id, channel=None, bucket=client.bucket.name, opens_at=span.opens_at
            )
            client.spent[span.opens_at] = sum(rows.values_list("spent", flat=True))
        return client.spent[span.opens_at]

    def _lands(self, row: Publication, due_at: datetime, span: quota.Span) -> bool:
        return span.opens_at <= max(posting.upload_at(row.channel.platform, due_at), self.now) < span.closes_at


def stand_of(row: Publication, *, at: datetime) -> Stand:
    return Stand(
        key=row.pk,
        label=str(row.clip),
        at=at,
        drama=row.clip.edition.drama_id,
        edition=row.clip.edition_id,
        order=stock.order(row.clip),
        takes_slot=row.status in SLOT_TAKEN,
        is_replacement=row.replaces_id is not None,
    )


def _labels(keys: Any) -> dict[int, tuple[str, str]]:
    rows = Publication.objects.filter(pk__in=list(keys)).select_related("clip__edition__drama", "channel")
    return {row.pk: (str(row.clip), row.channel.name) for row in rows}
