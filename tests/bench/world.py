"""A made-up house at full size, the same for the same seed: what the planner is measured on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from tests.bench import accounts, cuts, likes, past, titles

# Thirty days from here hold the change of the clock in Sydney, Cairo, Madrid, Santiago's neighbours and New York.
STARTS_AT = datetime(2026, 10, 3, tzinfo=UTC)
BEFORE = timedelta(hours=6)


@dataclass(frozen=True)
class Span:
    """The days to be planned. `now` is the moment at which the plan is made: hold the clock there."""

    starts_at: datetime
    ends_at: datetime

    @property
    def now(self) -> datetime:
        return self.starts_at - BEFORE


def span(*, days: int = 30) -> Span:
    return Span(STARTS_AT, STARTS_AT + timedelta(days=days))


def make(
    *, editions: int = 5000, clips_per_edition: int = 3, channels: int = 300, days: int = 30, seed: int = 1
) -> Span:
    """Fill an empty database. Languages differ: some have slots enough for their titles, some far too few."""
    planned = span(days=days)
    catalog = titles.make(
        Random(f"{seed} titles"), editions=editions, episodes=clips_per_edition, starts_at=planned.starts_at, days=days
    )
    clips = cuts.make(Random(f"{seed} cuts"), catalog, per_edition=clips_per_edition)
    likes.make(Random(f"{seed} likes"), catalog, clips, now=planned.now)
    made = accounts.make(Random(f"{seed} accounts"), channels=channels)
    past.Past(Random(f"{seed} past"), catalog, clips, made, now=planned.now).write()
    return planned
