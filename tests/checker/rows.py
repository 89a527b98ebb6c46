"""What the checker judges, as plain values: nothing here knows the planner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta


@dataclass(frozen=True)
class ClientRow:
    """`uploads` and `units`: what the platform grants a day; None where it sets no such limit."""

    key: int
    name: str
    zone: str
    uploads: int | None
    units: int | None


@dataclass(frozen=True)
class ChannelRow:
    """`posts` is what one account may post in any 24 hours. `slots`, where given, stands for the posting times."""

    key: int
    name: str
    platform: str
    client: int
    language: str
    countries: tuple[str, ...]
    zone: str
    daily_cap: int
    gap: timedelta
    rules: tuple[tuple[tuple[int, ...], tuple[str, ...]], ...] = ()
    also_takes: tuple[str, ...] = ()
    genres: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset("SABC")
    most_age: int = 18
    takes_ai: bool = True
    is_active: bool = True
    may_be_long: bool = False
    posts: int | None = None
    slots: frozenset[datetime] | None = None


@dataclass(frozen=True)
class EditionRow:
    key: int
    drama: int
    language: str
    tier: str = "A"
    age: int = 0
    origin: str = "live"
    genres: frozenset[str] = frozenset({"romance"})
    is_released: bool = True
    ai_answered: bool = True
    is_retired: bool = False


@dataclass(frozen=True)
class ClipRow:
    """`whole`: the family of clips that look and sound the same; 0: it has none."""

    key: int
    edition: int
    kind: str
    first: int
    last: int
    status: str = "ready"
    duration_ms: int = 60_000
    size_bytes: int = 10_000_000
    width: int = 1080
    height: int = 1920
    is_outdated: bool = False
    supersedes: int | None = None
    whole: int = 0


@dataclass(frozen=True)
class RightsRow:
    """ "*" stands for all. `closes_at` None: it never closes."""

    drama: int
    territories: tuple[str, ...]
    platforms: tuple[str, ...]
    languages: tuple[str, ...]
    opens_at: datetime
    closes_at: datetime | None = None


@dataclass(frozen=True)
class RunRow:
    edition: int
    channel: int
    status: str


@dataclass(frozen=True)
class ItemRow:
    """One publication. `is_new`: the plan that is judged put it there. `extras`: follow-ups it is to pay units for."""

    key: int
    channel: int
    clip: int
    due_at: datetime
    upload_at: datetime
    status: str = "proposed"
    is_new: bool = True
    is_pinned: bool = False
    replaces: int | None = None
    extras: tuple[str, ...] = ()


@dataclass(frozen=True)
class Likeness:
    """How often clips of one family may be shown within `days`: on the channels of one language of a platform
    together, and on one channel. `platform` empty: on each."""

    days: int = 14
    per_language: int = 2
    per_channel: int = 1
    platform: str = ""


@dataclass(frozen=True)
class Pace:
    """What a policy pack lets one channel of its platform, countries and languages post; empty stands for all."""

    platform: str = ""
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    per_day: int | None = None
    per_hour: int | None = None
    gap: timedelta = timedelta(0)


@dataclass(frozen=True)
class World:
    """`before` holds every publication as it stood before the plan was made. `spent` is by client and platform day."""

    now: datetime
    starts_at: datetime
    ends_at: datetime
    clients: Mapping[int, ClientRow]
    channels: Mapping[int, ChannelRow]
    editions: Mapping[int, EditionRow]
    clips: Mapping[int, ClipRow]
    rights: tuple[RightsRow, ...]
    items: tuple[ItemRow, ...]
    runs: tuple[RunRow, ...] = ()
    before: tuple[ItemRow, ...] = ()
    spent: Mapping[tuple[int, date], int] = field(default_factory=dict)
    likeness: tuple[Likeness, ...] = (Likeness(),)
    paces: tuple[Pace, ...] = ()


@dataclass(frozen=True)
class Violation:
    rule: str
    item: int
    why: str
