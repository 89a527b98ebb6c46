from __future__ import annotations

import random

import pytest

from moderation.rules import proof
from moderation.rules.proof import Counts, compare
from moderation.rules.words import Outcome


@pytest.mark.parametrize(
    ("successes", "trials", "chance", "expected"),
    [(0, 3, 0.5, 0.125), (1, 3, 0.5, 0.5), (3, 3, 0.5, 1.0), (0, 50, 200 / 220, 0.0), (2, 10, 0.1, 0.92980917)],
)
def test_the_lower_tail_is_the_binomial_one(successes, trials, chance, expected):
    assert proof.at_most(successes, trials, chance) == pytest.approx(expected, abs=1e-7)


def test_the_two_tails_share_one_term():
    both = proof.at_most(4, 20, 0.3) + proof.at_least(4, 20, 0.3)
    assert both == pytest.approx(1 + proof.at_most(4, 20, 0.3) - proof.at_most(3, 20, 0.3))


@pytest.mark.parametrize(
    ("counts", "look", "expected"),
    [
        (Counts(50, 200, 0, 20), 1, Outcome.FIXED),
        (Counts(10, 40, 0, 20), 1, Outcome.FIXED),
        (Counts(50, 200, 1, 30), 2, Outcome.FIXED),
        (Counts(50, 200, 8, 30), 2, Outcome.NOT_FIXED),
        (Counts(50, 200, 3, 20), 1, Outcome.UNDECIDED),
        (Counts(3, 200, 0, 20), 1, Outcome.UNDECIDED),
        (Counts(0, 0, 0, 20), 1, Outcome.UNDECIDED),
        (Counts(500, 2000, 300, 2000), 1, Outcome.NOT_FIXED),
    ],
)
def test_what_the_numbers_say(counts, look, expected):
    assert compare(counts, look=look).outcome == expected


def test_any_number_of_looks_errs_with_five_in_a_hundred_at_most():
    assert sum(proof.alpha_of(look) for look in range(1, 1000)) < 0.05


def test_the_next_look_needs_half_as_much_again():
    assert [proof.exposure_needed(last) for last in (None, 20, 30, 100)] == [20, 30, 45, 150]


def outcome_of(generator: random.Random, *, before: float, after: float, comments: int, most: int = 400) -> Outcome:
    """One ticket's life under watch: comments come one by one, looks are taken as the rule says."""
    complaints_before = sum(generator.random() < before for _n in range(comments))
    complaints_after, last, look = 0, None, 1
    for seen in range(1, most + 1):
        complaints_after += generator.random() < after
        if seen >= proof.exposure_needed(last):
            found = compare(Counts(complaints_before, comments, complaints_after, seen), look=look)
            if found.outcome != Outcome.UNDECIDED:
                return found.outcome
            last, look = seen, look + 1
    return Outcome.UNDECIDED


@pytest.mark.parametrize(
    ("before", "ratio", "wrong"),
    [
        (0.25, 1.0, Outcome.FIXED),
        (0.10, 1.0, Outcome.FIXED),
        (0.25, 0.3, Outcome.NOT_FIXED),
        (0.25, 0.0, Outcome.NOT_FIXED),
    ],
)
def test_wrong_answers_stay_under_five_in_a_hundred_however_often_one_looks(before, ratio, wrong):
    generator = random.Random(20260302)
    found = [outcome_of(generator, before=before, after=before * ratio, comments=80) for _n in range(400)]
    assert found.count(wrong) / len(found) < 0.05


def test_a_real_fix_is_proven_soon():
    generator = random.Random(7)
    found = [outcome_of(generator, before=0.25, after=0.02, comments=80, most=45) for _n in range(300)]
    assert found.count(Outcome.FIXED) / len(found) > 0.8


def test_a_fix_that_changed_nothing_is_found_out():
    generator = random.Random(8)
    found = [outcome_of(generator, before=0.25, after=0.25, comments=80, most=100) for _n in range(300)]
    assert found.count(Outcome.NOT_FIXED) / len(found) > 0.8
