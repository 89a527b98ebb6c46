from __future__ import annotations

import json
import math

import pytest

from tests.bench import groups
from tests.bench.figures import Figure, guarded


@pytest.mark.parametrize(
    ("value", "target", "met"),
    [(19.9, "< 20", True), (20, "< 20", False), (0, "== 0", True), (0.97, ">= 0.97", True), (None, "< 20", False)],
)
def test_a_figure_is_met_when_its_value_keeps_its_target(value, target, met):
    assert json.loads(Figure("name", value, "s", target).line())["met"] is met


def test_a_figure_that_cannot_be_had_is_told_as_not_met_and_hides_none_before_it():
    def broken():
        yield Figure("first", 1, "s")
        raise RuntimeError("no such planner")

    first, second = guarded("plan", broken)
    assert first.met
    assert (second.name, second.met, second.value) == ("plan", False, None)
    assert "no such planner" in second.line()


def test_the_exponent_is_that_of_the_power_law():
    points = [(math.log(n), math.log(3 * n**1.3)) for n in (10, 100, 1000)]
    assert round(groups.slope(points), 6) == 1.3
