"""Whether publications may have their former times again, judged by every rule as a move by hand is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from channels.models import Preflight, Publication
from channels.rules.preflight import Outcome
from channels.rules.words import Stage
from channels.services import moving, preflight
from channels.services.rechecking import Recheck
from channels.services.surroundings import Surroundings, Times

NOWHERE = timedelta(days=36_500)
"""So far ahead is put, while it is judged, what has no place now: no cap then counts a day that it would leave."""


@dataclass
class Fitting:
    """Of each publication that may stand at its time how the rules came out; of each other why it may not."""

    outcomes: dict[int, list[Outcome]] = field(default_factory=dict)
    refusals: dict[int, str] = field(default_factory=dict)


def fitting(rows: Sequence[Publication], times: Times, *, now: datetime) -> Fitting:
    """Those of these rows of one channel that break no rule when all of them have their times again.

    The rows are locked with their channels, and stand in memory as they shall stand again but for their times. What
    breaks a rule by itself is taken out first, and the rest judged again; of those that stand in each other's way
    only, the last one goes. What they share is read once.
    """
    found = Fitting()
    rechecked, around = Recheck(rows), Surroundings(rows, times, now=now)
    left = sorted(rows, key=lambda row: (times[row.pk], row.pk))
    while left:
        wanted = {row.pk: times[row.pk] for row in left}
        outcomes = rechecked.outcomes(left, wanted)
        told = {row.pk: _told(row, outcomes[row.pk], around, wanted) for row in left}
        broken = [row for row in left if told[row.pk]]
        if not broken:
            found.outcomes = outcomes
            break
        alone = [row for row in broken if _breaks_alone(row, outcomes[row.pk], around, times)]
        gone = {row.pk for row in alone or broken[-1:]}
        found.refusals |= {key: told[key] for key in gone}
        left = [row for row in left if row.pk not in gone]
    return found


def keep(rows: Sequence[Publication], outcomes: Mapping[int, list[Outcome]]) -> None:
    """Write down how the rules came out for those that stand at their former times again."""
    found = [preflight.row_of(row, outcomes[row.pk], stage=Stage.PLANNED) for row in rows]
    Preflight.objects.bulk_create(found, batch_size=500)


def _told(row: Publication, outcomes: list[Outcome], around: Surroundings, wanted: Times) -> str:
    return " ".join(text for _rule, text in moving.refusals(outcomes, around.stoppers(row, wanted)))


def _breaks_alone(row: Publication, outcomes: list[Outcome], around: Surroundings, times: Times) -> bool:
    """Whether it may not stand there even if nothing but itself comes back. Packs may count the others: they do not
    tell.
    """
    of_the_house = any(not one.passed and not one.pack for one in outcomes)
    return of_the_house or bool(around.stoppers(row, {row.pk: times[row.pk]}))
