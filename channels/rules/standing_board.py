"""What stands on channels, counted, so that one more place can be judged at once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from channels.rules.alike import Families, Group
from channels.rules.moving import DAY, fullest
from channels.rules.planner.problem import Budget, Lane, Reason, Sameness
from channels.rules.policies.rulebook import Caps

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Standing:
    """`whole`: the family of clips that look and sound like its own; 0: it stands alone."""

    key: int
    channel: int
    drama: int
    uploads: bool = True
    whole: int = 0


@dataclass(frozen=True)
class FullDay:
    """A day with more than it takes: who stands there, how many others count, and what is to be said of it."""

    members: Sequence[Any]
    others: int
    limit: int
    reason: Reason


@lru_cache(maxsize=100_000)
def day_of(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


class Board:
    """`lanes` hold every posting time of their channel, taken or not. `at`: where each publication stands.

    `paces`: what the policy packs allow a channel. `families` also counts what stands on channels without a lane.
    """

    def __init__(
        self,
        lanes: Iterable[Lane],
        budgets: Iterable[Budget],
        *,
        now: datetime,
        sameness: Sameness | None = None,
        paces: Mapping[int, Caps] | None = None,
    ) -> None:
        self.now = now
        self.paces = paces or {}
        self.families = Families(sameness or Sameness())
        self.lanes = {lane.channel: lane for lane in lanes}
        self.budgets = {budget.client: budget for budget in budgets}
        self.slots = {lane.channel: [slot.at for slot in lane.slots] for lane in self.lanes.values()}
        self.at: dict[int, datetime] = {}
        self._rows: dict[int, Standing] = {}
        self._taken: set[tuple[int, datetime]] = set()
        self._days: Counter[tuple[int, date]] = Counter()
        self._posted: dict[int, list[datetime]] = defaultdict(list)
        self._shown: dict[tuple[int, int], list[datetime]] = defaultdict(list)
        self._clients: Counter[tuple[int, date]] = Counter()

    def slots_between(self, channel: int, after: datetime | None, before: datetime | None) -> list[datetime]:
        """The posting times strictly between the two, in order."""
        slots = self.slots[channel]
        start = bisect_right(slots, after) if after else 0
        return slots[start : bisect_left(slots, before) if before else len(slots)]

    # --- placing

    def add(self, one: Standing, at: datetime) -> None:
        self.at[one.key], self._rows[one.key] = at, one
        self._taken.add((one.channel, at))
        insort(self._posted[one.channel], at)
        self._shown[one.channel, one.drama].append(at)
        self.families.add(one.whole, at, channel=one.channel, group=self._group(one))
        self._count(one, at, 1)

    def remove(self, key: int) -> None:
        """Take it away; nothing happens when it does not stand here."""
        if key not in self.at:
            return
        one, at = self._rows.pop(key), self.at.pop(key)
        self._taken.discard((one.channel, at))
        posted = self._posted[one.channel]
        del posted[bisect_left(posted, at)]
        self._shown[one.channel, one.drama].remove(at)
        self.families.remove(one.whole, at, channel=one.channel, group=self._group(one))
        self._count(one, at, -1)

    def _group(self, one: Standing) -> Group:
        lane = self.lanes[one.channel]
        return lane.language, lane.platform

    def _count(self, one: Standing, at: datetime, step: int) -> None:
        lane = self.lanes[one.channel]
        self._days[one.channel, day_of(at, lane.zone)] += step
        day = self._upload_day(lane, at)
        if day and one.uploads:
            self._clients[lane.client, day] += step

    def _upload_day(self, lane: Lane, at: datetime) -> date | None:
        budget = self.budgets.get(lane.client)
        return day_of(max(at - lane.upload_lead, self.now), budget.zone) if budget else None

    # --- judging

    def stopper(self, one: Standing, at: datetime) -> str:
        """The rule that keeps it from standing there; '' when it may."""
        lane = self.lanes[one.channel]
        if (one.channel, at) in self._taken:
            return "slot_taken"
        if self._days[one.channel, day_of(at, lane.zone)] >= lane.daily_cap:
            return "daily_cap"
        if lane.account_cap is not None and self._fullest(one.channel, at, DAY) > lane.account_cap:
            return "account_cap"
        if any(abs(at - other) < lane.gap for other in self._shown[one.channel, one.drama]):
            return "drama_gap"
        budget, day = self.budgets.get(lane.client), self._upload_day(lane, at)
        if budget and day and self._clients[lane.client, day] + budget.promised.get(day, 0) >= budget.per_day:
            return "client_budget"
        if one.whole and self.families.is_full(one.whole, at, channel=one.channel, group=self._group(one)):
            return "sameness"
        if one.channel in self.paces and self._is_too_fast(one.channel, at):
            return "pace"
        return ""

    def _is_too_fast(self, channel: int, at: datetime) -> bool:
        """Whether one more post would be more than the policy packs allow in a day or an hour, or nearer."""
        pace = self.paces[channel]
        return (
            bool(self._near(channel, at, pace.gap))
            or (pace.most_per_day is not None and self._fullest(channel, at, DAY) > pace.most_per_day)
            or (pace.most_per_hour is not None and self._fullest(channel, at, HOUR) > pace.most_per_hour)
        )

    def _fullest(self, channel: int, at: datetime, span: timedelta) -> int:
        return fullest(self._near(channel, at, span), at, span)

    def _near(self, channel: int, at: datetime, span: timedelta) -> list[datetime]:
        posted = self._posted[channel]
        return posted[bisect_right(posted, at - span) : bisect_left(posted, at + span)]

    # --- days that hold too much; `rows` are what stands, with `channel`, `at` and `uploads`

    def budget_days(self, rows: Iterable[Any]) -> Iterator[FullDay]:
        """The last day first."""
        found: dict[tuple[int, date], list[Any]] = defaultdict(list)
        for one in rows:
            lane = self.lanes[one.channel]
            day = self._upload_day(lane, one.at) if one.uploads else None
            if day:
                found[lane.client, day].append(one)
        for (client, day), members in sorted(found.items(), key=lambda item: (item[0][1], item[0][0]), reverse=True):
            budget = self.budgets[client]
            others = budget.promised.get(day, 0)
            if len(members) + others > budget.per_day:
                facts = {"client": budget.name, "day": day.isoformat(), "planned": len(members) + others}
                yield FullDay(
                    members, others, budget.per_day, {"code": "change_budget", "limit": budget.per_day, **facts}
                )

    def channel_days(self, rows: Iterable[Any]) -> Iterator[FullDay]:
        found: dict[tuple[int, date], list[Any]] = defaultdict(list)
        for one in rows:
            found[one.channel, day_of(one.at, self.lanes[one.channel].zone)].append(one)
        for (channel, day), members in sorted(found.items(), key=lambda item: (item[0][1], item[0][0]), reverse=True):
            lane = self.lanes[channel]
            if len(members) > lane.daily_cap:
                facts = {"channel": lane.name, "day": day.isoformat(), "planned": len(members)}
                yield FullDay(
                    members, 0, lane.daily_cap, {"code": "change_daily_cap", "limit": lane.daily_cap, **facts}
                )

    def account_days(self, rows: Iterable[Any]) -> Iterator[FullDay]:
        """Every stretch of 24 hours that begins with a post and holds more than the account may post."""
        found: dict[int, list[Any]] = defaultdict(list)
        for one in rows:
            if self.lanes[one.channel].account_cap is not None:
                found[one.channel].append(one)
        for channel, members in sorted(found.items()):
            lane = self.lanes[channel]
            members.sort(key=lambda one: one.at)
            for start in range(len(members) - 1, -1, -1):
                inside = [one for one in members[start:] if one.at < members[start].at + DAY]
                if len(inside) > (lane.account_cap or 0):
                    reason = {"code": "change_account_cap", "channel": lane.name, "limit": lane.account_cap}
                    yield FullDay(inside, 0, lane.account_cap or 0, reason)
