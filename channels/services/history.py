"""What channels have had already, and what runs where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from channels.models import Publication, Run
from channels.rules.channel import Status as ChannelStatus
from channels.rules.eligibility import ChannelFacts
from channels.rules.plan import RunStatus
from channels.rules.planner.gaps import Had
from channels.rules.publication import HOLDING, Status
from channels.services import stock

SHOWN = frozenset({Status.PUBLISHED, Status.WITHDRAWN})
GOING = frozenset({RunStatus.ACTIVE, RunStatus.PROPOSED})
STOPPED = {RunStatus.ENDED: "run_ended", RunStatus.PAUSED: "run_paused"}


class History:
    """`anywhere`: clips that some channel has or had; `used`: by channel and edition; `had`: with their places."""

    def __init__(self, channels: Iterable[ChannelFacts], releasing: Collection[int]) -> None:
        self.platforms = {channel.key: channel.platform for channel in channels}
        self.anywhere: set[int] = set()
        self.used: dict[tuple[int, int], set[int]] = defaultdict(set)
        self.had: dict[tuple[int, int], list[Had]] = defaultdict(list)
        self._read_publications(frozenset(releasing))
        self.names: dict[int, str] = {}
        self._runs: dict[tuple[int, int], str] = {}
        self._going: dict[tuple[int, str], set[int]] = defaultdict(set)
        self._read_runs()

    def _read_publications(self, releasing: frozenset[int]) -> None:
        held = Publication.objects.filter(status__in=HOLDING, clip__edition__drama__retired_at=None)
        columns = ("pk", "channel_id", "clip_id", "clip__edition_id", "status", "replaces_id", "due_at")
        of_clip = ("clip__kind", "clip__first_episode", "clip__last_episode")
        rows = held.order_by("due_at", "pk").values_list(*columns, *of_clip)
        for key, channel, clip, edition, status, replaces, due_at, *named in rows.iterator(5000):
            if key not in releasing:
                self.anywhere.add(clip)
                if channel in self.platforms:
                    self.used[channel, edition].add(clip)
                    if status != Status.REJECTED:
                        had = _had(clip, *named, due_at=due_at, status=status, is_replacement=replaces is not None)
                        self.had[channel, edition].append(had)

    def _read_runs(self) -> None:
        rows = Run.objects.filter(edition__drama__retired_at=None).exclude(channel__status=ChannelStatus.RETIRED)
        columns = ("edition_id", "channel_id", "status", "channel__platform", "channel__name")
        for edition, channel, status, platform, name in rows.order_by("pk").values_list(*columns):
            self._runs[edition, channel] = status
            self.names[channel] = name
            if status in GOING:
                self._going[edition, platform].add(channel)

    def is_running(self, edition: int, channel: int) -> bool:
        return self._runs.get((edition, channel)) in GOING

    def going(self, edition: int, platform: str) -> frozenset[int]:
        """The channels of a platform on which the edition runs."""
        return frozenset(self._going.get((edition, platform), ()))

    def barred(self, edition: int, channel: int) -> dict[str, str] | None:
        """Why it may not start or go on there: a person stopped the run, or it runs elsewhere on the platform."""
        status = self._runs.get((edition, channel))
        if status in STOPPED:
            return {"code": STOPPED[RunStatus(status)], "channel": self.names[channel]}
        others = self.going(edition, self.platforms[channel]) - {channel}
        if status is None and others:
            return {"code": "runs_elsewhere", "channel": self.names[min(others)]}
        return None


def _had(clip: int, kind: str, first: int, last: int, *, due_at: datetime, status: str, is_replacement: bool) -> Had:
    return Had(stock.place(kind, last, clip), stock.span(kind, first, last), due_at, status in SHOWN, is_replacement)
