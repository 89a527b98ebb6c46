"""From runs that are allowed to a dated plan. Greedy and deterministic; a solver may take this file's place.

Stage one gives each edition its channel, stage two each slot its clip, in the order of time. The order of what
comes in never matters: everything is sorted by value and key first.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from channels.rules.eligibility import Window

ORDER, RIGHTS, GAP, DAILY_CAP, ACCOUNT_CAP = "order", "rights", "drama_gap", "daily_cap", "account_cap"
BUDGET, NO_SLOT, FULL = "client_budget", "no_slot", "channel_full"
LOAD_POINTS = 15.0
DAY = timedelta(hours=24)
MOST_LOAD = 2.0


@dataclass(frozen=True)
class ClipItem:
    """`is_ready` False: it is still being cut, and holds back what comes after it."""

    key: int
    label: str
    order: tuple[int, int, int]
    is_ready: bool = True


@dataclass(frozen=True)
class Pair:
    """An edition that may run on a channel, with the clips that have not been there yet.

    `not_before`: its earlier clips are planned up to here, and episodes go out in order.
    """

    edition: int
    drama: int
    channel: int
    platform: str
    value: float
    reasons: tuple[str, ...]
    spans: tuple[Window, ...]
    clips: tuple[ClipItem, ...]
    is_running: bool = False
    not_before: datetime | None = None


@dataclass(frozen=True)
class Taken:
    """What stands on a channel already, whoever planned it."""

    at: datetime
    drama: int


@dataclass(frozen=True)
class Lane:
    """A channel's free slots and its limits. `account_cap`: what the platform lets one account post in any 24 hours."""

    channel: int
    name: str
    zone: str
    slots: tuple[datetime, ...]
    daily_cap: int
    gap: timedelta
    client: int
    taken: tuple[Taken, ...] = ()
    account_cap: int | None = None
    upload_lead: timedelta = timedelta(0)


@dataclass(frozen=True)
class Budget:
    """Uploads that an API client is granted in a day of `zone`, less what is promised already."""

    client: int
    name: str
    per_day: int
    zone: str
    promised: Mapping[date, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    pairs: tuple[Pair, ...]
    lanes: tuple[Lane, ...]
    budgets: tuple[Budget, ...] = ()
    channels_per_edition: int = 1
    """On how many channels of one platform an edition may run: the same clips on many are what platforms punish."""


@dataclass(frozen=True)
class Placed:
    edition: int
    channel: int
    clip: int
    at: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Left:
    edition: int
    channel: int | None
    clip: int | None
    rule: str
    sentence: str


@dataclass(frozen=True)
class Filled:
    runs: tuple[Pair, ...]
    placed: tuple[Placed, ...]
    left: tuple[Left, ...]


def fill(problem: Problem) -> Filled:
    runs, left = choose_runs(problem)
    board = _Board(problem, runs)
    board.fill()
    unplaced = [one for run in runs for one in board.explain(run)]
    placed = sorted(board.placed, key=lambda one: (one.at, one.channel))
    return Filled(tuple(runs), tuple(placed), (*left, *unplaced))


# --- stage one: which edition runs where


def choose_runs(problem: Problem) -> tuple[list[Pair], list[Left]]:
    """Runs that go on first; then each edition, best first, takes the channel that suits it and has room."""
    lanes = {lane.channel: lane for lane in problem.lanes}
    offers: dict[tuple[int, str], list[Pair]] = defaultdict(list)
    for pair in problem.pairs:
        if pair.channel in lanes and pair.clips:
            offers[pair.edition, pair.platform].append(pair)
    load: Counter[int] = Counter()
    runs: list[Pair] = []
    left: list[Left] = []
    best_first = sorted(offers.items(), key=lambda item: (-max(pair.value for pair in item[1]), item[0]))
    for (edition, _platform), pairs in best_first:
        chosen = _choose(pairs, load, lanes, most=problem.channels_per_edition)
        for pair in chosen:
            load[pair.channel] += len(pair.clips)
        runs += chosen
        if not chosen:
            left.append(_all_full(edition, pairs, load, lanes))
    return runs, left


def _choose(pairs: list[Pair], load: Counter[int], lanes: Mapping[int, Lane], *, most: int) -> list[Pair]:
    chosen = sorted((pair for pair in pairs if pair.is_running), key=lambda pair: pair.channel)
    rest = [pair for pair in pairs if not pair.is_running and _load(pair, load, lanes) < MOST_LOAD]
    rest.sort(key=lambda pair: (LOAD_POINTS * _load(pair, load, lanes) - pair.value, pair.channel))
    return [*chosen, *rest][: max(most, len(chosen))]


def _load(pair: Pair, load: Counter[int], lanes: Mapping[int, Lane]) -> float:
    """Promised clips per free slot."""
    slots = len(lanes[pair.channel].slots)
    return load[pair.channel] / slots if slots else MOST_LOAD


def _all_full(edition: int, pairs: list[Pair], load: Counter[int], lanes: Mapping[int, Lane]) -> Left:
    nearest = min(pairs, key=lambda pair: (_load(pair, load, lanes), pair.channel))
    lane = lanes[nearest.channel]
    sentence = _("%(channel)s has %(slots)d free slots and %(clips)d clips that go before it.") % {
        "channel": lane.name,
        "slots": len(lane.slots),
        "clips": load[nearest.channel],
    }
    return Left(edition, nearest.channel, nearest.clips[0].key, FULL, sentence)


# --- stage two: which clip goes out when


class _Board:
    """The slots being filled, and why each run did not get more of them."""

    def __init__(self, problem: Problem, runs: Iterable[Pair]) -> None:
        self.lanes = {lane.channel: lane for lane in problem.lanes}
        self.budgets = {budget.client: budget for budget in problem.budgets}
        self.runs: dict[int, list[Pair]] = defaultdict(list)
        for run in sorted(runs, key=lambda run: (-run.value, run.edition)):
            self.runs[run.channel].append(run)
        self.waiting = {self._key(run): sorted(run.clips, key=lambda clip: clip.order) for run in runs}
        self.stopped: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
        self.placed: list[Placed] = []
        self.shown: dict[tuple[int, int], list[datetime]] = defaultdict(list)
        self.per_day: Counter[tuple[int, date]] = Counter()
        self.posted: dict[int, list[datetime]] = defaultdict(list)
        self.per_client_day: Counter[tuple[int, date]] = Counter()
        for lane in self.lanes.values():
            for taken in lane.taken:
                self._count(lane, taken.at, taken.drama)
        for budget in self.budgets.values():
            for day, promised in budget.promised.items():
                self.per_client_day[budget.client, day] += promised

    @staticmethod
    def _key(run: Pair) -> tuple[int, int]:
        return run.edition, run.channel

    def _count(self, lane: Lane, at: datetime, drama: int) -> None:
        self.per_day[lane.channel, _day(at, lane.zone)] += 1
        insort(self.posted[lane.channel], at)
        self.shown[lane.channel, drama].append(at)

    def fill(self) -> None:
        slots = sorted((slot, lane.channel) for lane in self.lanes.values() for slot in lane.slots)
        for slot, channel in slots:
            self._fill_one(self.lanes[channel], slot)

    def _fill_one(self, lane: Lane, slot: datetime) -> None:
        full = self._lane_stopper(lane, slot)
        for run in self.runs[lane.channel]:
            rule = full or self._run_stopper(lane, run, slot)
            if not rule:
                self._place(lane, run, slot)
                return
            if self.waiting[self._key(run)]:
                self.stopped[self._key(run)][rule] += 1

    def _lane_stopper(self, lane: Lane, slot: datetime) -> str:
        if self.per_day[lane.channel, _day(slot, lane.zone)] >= lane.daily_cap:
            return DAILY_CAP
        if lane.account_cap is not None and fullest_day(self.posted[lane.channel], slot) > lane.account_cap:
            return ACCOUNT_CAP
        budget = self.budgets.get(lane.client)
        if budget and self.per_client_day[lane.client, _day(slot - lane.upload_lead, budget.zone)] >= budget.per_day:
            return BUDGET
        return ""

    def _run_stopper(self, lane: Lane, run: Pair, slot: datetime) -> str:
        clips = self.waiting[self._key(run)]
        if not clips:
            return NO_SLOT
        if not clips[0].is_ready or (run.not_before and slot <= run.not_before):
            return ORDER
        if not any(span.starts_at <= slot < span.ends_at for span in run.spans):
            return RIGHTS
        if any(abs(slot - other) < lane.gap for other in self.shown[lane.channel, run.drama]):
            return GAP
        return ""

    def _place(self, lane: Lane, run: Pair, slot: datetime) -> None:
        clip = self.waiting[self._key(run)].pop(0)
        self._count(lane, slot, run.drama)
        budget = self.budgets.get(lane.client)
        if budget:
            self.per_client_day[lane.client, _day(slot - lane.upload_lead, budget.zone)] += 1
        number = self.per_day[lane.channel, _day(slot, lane.zone)]
        local = slot.astimezone(ZoneInfo(lane.zone))
        reasons = (
            *run.reasons,
            _("%(clip)s is the next of its run; slot %(time)s %(zone)s, number %(n)d of at most %(cap)d that day.")
            % {"clip": clip.label, "time": f"{local:%H:%M}", "zone": lane.zone, "n": number, "cap": lane.daily_cap},
        )
        self.placed.append(Placed(run.edition, run.channel, clip.key, slot, reasons))

    # --- why not

    def explain(self, run: Pair) -> list[Left]:
        """One line for what is left of a run: the rule that stopped it most often, with numbers."""
        clips = self.waiting[self._key(run)]
        if not clips:
            return []
        counted = self.stopped[self._key(run)]
        rule = ORDER if not clips[0].is_ready else max(sorted(counted), key=lambda name: counted[name], default=NO_SLOT)
        lane = self.lanes[run.channel]
        facts = {
            "clip": clips[0].label,
            "more": len(clips) - 1,
            "channel": lane.name,
            "slots": len(lane.slots),
            "times": counted[rule],
            "hours": round(lane.gap.total_seconds() / 3600),
            "cap": lane.daily_cap,
            "account": lane.account_cap or 0,
            "budget": self.budgets[lane.client].per_day if lane.client in self.budgets else 0,
            "until": f"{lane.slots[-1]:%Y-%m-%d %H:%M}" if lane.slots else "–",
        }
        return [Left(run.edition, run.channel, clips[0].key, rule, _SENTENCES[rule]() % facts)]


_SENTENCES = {
    ORDER: lambda: _("%(clip)s is not cut yet, or an earlier one goes out later. Waiting behind it: %(more)d."),
    RIGHTS: lambda: _(
        "%(clip)s: at %(times)d free slots of %(channel)s the rights are not open. Waiting behind it: %(more)d."
    ),
    GAP: lambda: _(
        "%(clip)s: %(channel)s keeps %(hours)d hours between clips of one drama. Waiting behind it: %(more)d."
    ),
    DAILY_CAP: lambda: _("%(clip)s: %(channel)s posts at most %(cap)d a day. Waiting behind it: %(more)d."),
    ACCOUNT_CAP: lambda: _(
        "%(clip)s: the platform takes %(account)d posts a day from one account. Waiting behind it: %(more)d."
    ),
    BUDGET: lambda: _("%(clip)s: the API client may upload %(budget)d a day. Waiting behind it: %(more)d."),
    NO_SLOT: lambda: _(
        "%(clip)s: the %(slots)d free slots of %(channel)s are full until %(until)s. Waiting behind it: %(more)d."
    ),
}


def fullest_day(posted: Sequence[datetime], slot: datetime) -> int:
    """How many posts the fullest 24 hours around `slot` would hold with one more at `slot`. `posted` is in order."""
    near = posted[bisect_right(posted, slot - DAY) : bisect_left(posted, slot + DAY)]
    times = sorted([*near, slot])
    return max(bisect_left(times, start + DAY) - number for number, start in enumerate(times) if start <= slot)


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
