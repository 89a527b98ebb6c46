"""A plan of the made-up house, judged by who did not make it."""

from __future__ import annotations

import pytest

from channels.services import planning
from config.kernel import clock
from tests.bench import world
from tests.checker import judge, likenesses, reading

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", [1, 2])
def test_a_plan_of_the_made_up_house_breaks_no_law(seed):
    span = world.make(editions=150, channels=16, days=6, seed=seed)
    before = reading.publications()
    with clock.at(span.now):
        plan = planning.make(starts_at=span.starts_at, ends_at=span.ends_at)
    judged = reading.world(
        now=span.now,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        plans=[plan],
        before=before,
        families=likenesses.families(),
    )
    assert plan.publications.count() > 50
    assert judge.violations(judged) == []
