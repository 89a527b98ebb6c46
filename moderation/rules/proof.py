"""Did the complaints stop? Two complaint rates compared by an exact test that may be repeated.

Complaints are counted events with comments as exposure. Given their total, the number after the fix follows a
binomial law whose chance depends only on the ratio of the two rates; so no rate has to be estimated first.

Two questions are asked at every look, each with the error that is still to be spent:

* *no better* (ratio 1): so few complaints after the fix are improbable → the fix is proven;
* *as good as hoped* (ratio 0.3): so many are improbable → the fix did not hold.

Look k may err with probability 0.05 / (k (k + 1)); over any number of looks that adds up to 0.05. Looks are taken
at growing exposure only, so that little error is spent on looking at almost the same data again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from moderation.rules.words import Outcome

ALPHA = 0.05
HOPED_RATIO = 0.3
FIRST_LOOK = 20
GROWTH = 1.5


@dataclass(frozen=True)
class Counts:
    """Complaints of the ticket's class among viewers' comments, on the old and on the new uploads."""

    complaints_before: int
    comments_before: int
    complaints_after: int
    comments_after: int

    @property
    def rate_before(self) -> float | None:
        return self.complaints_before / self.comments_before if self.comments_before else None

    @property
    def rate_after(self) -> float | None:
        return self.complaints_after / self.comments_after if self.comments_after else None


@dataclass(frozen=True)
class Found:
    outcome: Outcome
    p_fixed: float
    p_not_fixed: float
    alpha: float


def exposure_needed(last_exposure: int | None) -> int:
    """How many comments after the fix the next look needs; `last_exposure` is that of the look before, if any."""
    if last_exposure is None:
        return FIRST_LOOK
    return max(FIRST_LOOK, math.ceil(last_exposure * GROWTH))


def alpha_of(look: int) -> float:
    """The error that look 1, 2, 3 … may spend on each question."""
    return ALPHA / (look * (look + 1))


def compare(counts: Counts, *, look: int) -> Found:
    """What look number `look` finds. Without a complaint before or a comment on either side nothing is decided."""
    alpha = alpha_of(look)
    total = counts.complaints_before + counts.complaints_after
    if not counts.complaints_before or not counts.comments_before or not counts.comments_after:
        return Found(Outcome.UNDECIDED, 1.0, 1.0, alpha)
    p_fixed = at_most(counts.complaints_after, total, _chance(counts, 1.0))
    p_not_fixed = at_least(counts.complaints_after, total, _chance(counts, HOPED_RATIO))
    if p_not_fixed <= alpha:
        return Found(Outcome.NOT_FIXED, p_fixed, p_not_fixed, alpha)
    outcome = Outcome.FIXED if p_fixed <= alpha else Outcome.UNDECIDED
    return Found(outcome, p_fixed, p_not_fixed, alpha)


def _chance(counts: Counts, ratio: float) -> float:
    """The chance of a complaint to fall after the fix, if the rate there is `ratio` times the rate before."""
    after = counts.comments_after * ratio
    return after / (after + counts.comments_before)


def at_most(successes: int, trials: int, chance: float) -> float:
    """P(X ≤ successes) of a binomial."""
    return min(1.0, math.fsum(_mass(number, trials, chance) for number in range(successes + 1)))


def at_least(successes: int, trials: int, chance: float) -> float:
    """P(X ≥ successes) of a binomial."""
    return min(1.0, math.fsum(_mass(number, trials, chance) for number in range(successes, trials + 1)))


def _mass(number: int, trials: int, chance: float) -> float:
    if chance in (0.0, 1.0):
        return float(number == trials * chance)
    ways = math.lgamma(trials + 1) - math.lgamma(number + 1) - math.lgamma(trials - number + 1)
    return math.exp(ways + number * math.log(chance) + (trials - number) * math.log1p(-chance))


def interval(successes: int, trials: int, *, z: float = 1.96) -> tuple[float, float]:
    """Where the true rate lies with about 95 % confidence (Wilson); for the eye, the decision does not use it."""
    if not trials:
        return 0.0, 1.0
    rate, spread = successes / trials, z * z / trials
    centre = (rate + spread / 2) / (1 + spread)
    half = z * math.sqrt(rate * (1 - rate) / trials + spread / (4 * trials)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)
