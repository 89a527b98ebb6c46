"""Which figures there are, in groups that can be asked for by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from tests.bench.figures import Figure
from tests.bench.place import Place

CLIPS_PER_EDITION, DAYS, SEED = 3, 30, 1


@dataclass(frozen=True)
class Size:
    editions: int
    channels: int

    @property
    def clips(self) -> int:
        return self.editions * CLIPS_PER_EDITION


HOUSE = Size(5000, 300)
LARGE = Size(16_667, 500)
GROWTH = (Size(625, 38), Size(1250, 75), Size(2500, 150), HOUSE, Size(10_000, 600))


@dataclass
class Bench:
    """Remembers what was measured: two groups may ask for the same plan."""

    opens: Callable[[], AbstractContextManager[Place]]
    planned: dict[Size, dict[str, Any]] = field(default_factory=dict)

    def plan(self, size: Size) -> dict[str, Any]:
        if size not in self.planned:
            with self.opens() as place:
                build(place, size)
                self.planned[size] = place.run("plan", DAYS)
        return self.planned[size]


def build(place: Place, size: Size) -> None:
    place.run("build", size.editions, size.channels, DAYS, CLIPS_PER_EDITION, SEED)


def plan(bench: Bench) -> Iterator[Figure]:
    found = bench.plan(HOUSE)
    yield Figure("plan_seconds", round(found["seconds"], 2), "s", "< 20")
    yield Figure("plan_cpu_seconds", round(found["cpu_seconds"], 2), "s")
    yield Figure("plan_peak_rss", found["peak_mib"], "MiB", "< 1536")
    yield Figure("plan_placed", found["placed"], "clips")
    yield Figure("plan_share_of_bound", found["share"], "share", ">= 0.97")
    yield _violations("plan_violations", found)


def same(bench: Bench) -> Iterator[Figure]:
    """Planned twice, in two processes with other hash seeds: nothing may differ."""
    with bench.opens() as place:
        build(place, GROWTH[1])
        place.run("plan", DAYS)
        yield Figure("plan_again_differs", place.run("again", DAYS)["differs"], "clips", "== 0")


def large(bench: Bench) -> Iterator[Figure]:
    found = bench.plan(LARGE)
    yield Figure("plan_large_seconds", round(found["seconds"], 2), "s", "< 90")
    yield Figure("plan_large_peak_rss", found["peak_mib"], "MiB")
    yield Figure("plan_large_share_of_bound", found["share"], "share", ">= 0.97")
    yield _violations("plan_large_violations", found)


def _violations(name: str, found: dict[str, Any]) -> Figure:
    figure = Figure(name, found["violations"], "violations", "== 0")
    return (
        figure if figure.met else Figure(name, found["violations"], "violations", "== 0", "; ".join(found["examples"]))
    )


def growth(bench: Bench) -> Iterator[Figure]:
    measured = []
    for size in GROWTH:
        seconds = bench.plan(size)["seconds"]
        measured.append((math.log(size.clips), math.log(seconds)))
        yield Figure(f"plan_seconds_{size.clips}", round(seconds, 2), "s")
    yield Figure("plan_growth_exponent", round(slope(measured), 2), "power of the clips", "<= 1.5")


def slope(points: list[tuple[float, float]]) -> float:
    """Of the straight line with the least squares."""
    across = sum(x for x, _ in points) / len(points)
    along = sum(y for _, y in points) / len(points)
    return sum((x - across) * (y - along) for x, y in points) / sum((x - across) ** 2 for x, _ in points)


def replan(bench: Bench) -> Iterator[Figure]:
    with bench.opens() as place:
        build(place, HOUSE)
        place.run("plan", DAYS)
        found = place.run("replan", DAYS)
    yield Figure("replan_quota_cut_seconds", round(found["seconds"], 2), "s", "< 5")
    yield Figure("replan_apply_seconds", round(found["apply_seconds"], 2), "s")
    yield Figure("replan_changes", found["changes"], "publications", "> 0")
    yield Figure("replan_refused_lines", found["refused"], "publications", "== 0")
    yield Figure("replan_days_affected", found["affected"], "days", "> 0")
    yield Figure("replan_days_still_over", found["still_over"], "days", "== 0")
    yield Figure("replan_days_changed_outside", found["outside"], "days", "== 0")
    yield _violations("replan_violations", found)


def policies(bench: Bench) -> Iterator[Figure]:
    yield from import_module("tests.bench.policies").figures(bench.opens)


def looks(_bench: Bench) -> Iterator[Figure]:
    yield from import_module("tests.bench.fingerprints").figures()


GROUPS: dict[str, Callable[[Bench], Iterator[Figure]]] = {
    "plan": plan,
    "same": same,
    "replan": replan,
    "policies": policies,
    "growth": growth,
    "large": large,
    "looks": looks,
}
