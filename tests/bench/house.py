"""One step of a measurement in a process of its own, so that its memory is its own: `python -m tests.bench.house STEP`.

Works in the database that the environment names, and says what it found as one line of JSON.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from channels.models import Plan, Publication  # noqa: E402
from config.kernel import clock  # noqa: E402
from tests.bench import world  # noqa: E402
from tests.checker import laws, likenesses, reading  # noqa: E402

MIB = 1024


def build(editions: int, channels: int, days: int, clips_per_edition: int, seed: int) -> dict[str, Any]:
    call_command("migrate", verbosity=0)
    start = time.perf_counter()
    world.make(editions=editions, channels=channels, days=days, clips_per_edition=clips_per_edition, seed=seed)
    return {"seconds": time.perf_counter() - start}


def plan(days: int) -> dict[str, Any]:
    """Make the plan as an operator would, then have it judged by those who did not make it."""
    from channels.services import planning

    span = world.span(days=days)
    before = reading.publications()
    with clock.at(span.now):
        start = time.perf_counter()
        made = planning.make(starts_at=span.starts_at, ends_at=span.ends_at)
        seconds = time.perf_counter() - start
    said: dict[str, Any] = {"seconds": seconds, "peak_mib": _peak_mib(), "placed": made.publications.count()}
    said |= {"score": made.score, "bound": made.bound, "share": _share(made)}
    return said | _judge(span, [made], before)


def again(days: int) -> dict[str, Any]:
    """The same rows, planned once more from nothing: what is proposed is discarded, and the plan must be the same."""
    from channels.services import planning

    first = _proposed()
    span = world.span(days=days)
    with clock.at(span.now):
        planning.discard(Plan.objects.get())
        planning.make(starts_at=span.starts_at, ends_at=span.ends_at)
    return {"differs": len(first ^ _proposed())}


def _proposed() -> set[tuple[int, int, datetime]]:
    rows = Publication.objects.filter(status="proposed").exclude(plan=None)
    return set(rows.values_list("channel_id", "clip_id", "due_at"))


def hold(count: int) -> dict[str, Any]:
    """Hold so many waiting publications back at once, and let them go again."""
    from channels.services import holding

    waiting = Publication.objects.filter(status__in=["proposed", "approved"], hold=None).order_by("pk")
    keys = list(waiting.values_list("pk", flat=True)[:count])
    with clock.at(world.span(days=30).now):
        start = time.perf_counter()
        made = holding.hold("items", items=keys, why="bench", by=None)
        held = time.perf_counter() - start
        count_held = Publication.objects.filter(hold=made).count()
        start = time.perf_counter()
        holding.lift(made, by=None)
        lifted = time.perf_counter() - start
    return {"seconds": held, "held": count_held, "undo_seconds": lifted, "left": made.items.count()}


def _share(made: Plan) -> float | None:
    return round(made.score / made.bound, 5) if made.bound and made.score is not None else None


def _judge(span: world.Span, plans: list[Plan], before: Any) -> dict[str, Any]:
    judged = reading.world(
        now=span.now,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        plans=plans,
        before=before,
        families=likenesses.families(),
    )
    found = laws.violations(judged)
    return {"violations": len(found), "examples": [f"{one.rule}: {one.why}" for one in found[:5]]}


def _peak_mib() -> float:
    """Of this process and of whatever it started."""
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return round(sum(resource.getrusage(one).ru_maxrss for one in both) / MIB, 1)


STEPS: dict[str, Callable[..., dict[str, Any]]] = {"build": build, "plan": plan, "again": again, "hold": hold}


def main(arguments: list[str]) -> int:
    step, *numbers = arguments
    sys.stdout.write(f"{json.dumps(STEPS[step](*map(int, numbers)))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
