"""What a plan is made from and what comes out, as values. All points are whole hundredths: the same sums everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from channels.rules.eligibility import Window

Reason = Mapping[str, Any]
"""A code with its facts; `rules/reasons.py` makes words of it when somebody reads it."""


@dataclass(frozen=True)
class ClipItem:
    """`is_ready` False: it is still being cut, and holds back what comes after it.

    `picture` and `whole` name the family of clips that look alike, and that look and sound alike; 0: it stands alone.
    """

    key: int
    label: str
    order: tuple[int, int, int]
    is_ready: bool = True
    picture: int = 0
    whole: int = 0


@dataclass(frozen=True)
class Pair:
    """An edition that may run on a channel, with the clips that have not been there yet.

    `points` is what each placed clip is worth before its hour. `spans` is when the rights are open in every country.
    `not_before`: its earlier clips are planned up to here, and episodes go out in order. `not_after`: `later` stands
    here, which comes after them; clips between others that stand are a pair of their own.
    """

    edition: int
    drama: int
    channel: int
    platform: str
    points: int
    reasons: tuple[Reason, ...]
    spans: tuple[Window, ...]
    clips: tuple[ClipItem, ...]
    is_running: bool = False
    not_before: datetime | None = None
    not_after: datetime | None = None
    later: str = ""


@dataclass(frozen=True)
class Slot:
    """`points`: what the hour adds (the audience's best hours, and the sooner the better)."""

    at: datetime
    points: int = 0


@dataclass(frozen=True)
class Taken:
    """What stands on a channel already, whoever planned it."""

    at: datetime
    drama: int
    picture: int = 0
    whole: int = 0


@dataclass(frozen=True)
class Lane:
    """A channel's free slots and its limits. `account_cap`: what the platform lets one account post in any 24 hours."""

    channel: int
    name: str
    zone: str
    slots: tuple[Slot, ...]
    daily_cap: int
    gap: timedelta
    client: int
    platform: str = ""
    language: str = ""
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
class Sameness:
    """How often clips that look and sound alike (the same `whole`) may be shown within `days`: on all channels of one
    language and platform together, and on one channel. The same picture with another voice does not count.
    """

    days: int = 14
    most_per_language: int = 2
    most_per_channel: int = 1


@dataclass(frozen=True)
class Problem:
    pairs: tuple[Pair, ...]
    lanes: tuple[Lane, ...]
    budgets: tuple[Budget, ...] = ()
    sameness: Sameness = Sameness()
    channels_per_edition: int = 1
    """On how many channels of one platform an edition may run: the same clips on many are what platforms punish."""
    now: datetime | None = None
    """None: no slot is so near that its upload should have begun already."""

    def upload_at(self, lane: Lane, at: datetime) -> datetime:
        """When a clip that is shown at `at` is uploaded, and so which day of the client's budget pays for it."""
        ahead = at - lane.upload_lead
        return ahead if self.now is None else max(ahead, self.now)


@dataclass(frozen=True)
class Placed:
    edition: int
    channel: int
    clip: int
    at: datetime
    points: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Left:
    """What was not placed: the rule that stopped it with its facts, and the smallest change that would place it."""

    edition: int
    channel: int | None
    clip: int | None
    rule: str
    facts: Reason
    remedy: Reason | None = None


@dataclass(frozen=True)
class Filled:
    """`bound` None: it was not asked for. No lawful plan of the problem scores more than the bound."""

    runs: tuple[Pair, ...]
    placed: tuple[Placed, ...]
    left: tuple[Left, ...]
    score: int = 0
    bound: int | None = None
