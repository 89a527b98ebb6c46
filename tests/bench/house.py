"""One step of a measurement in a process of its own, so that its memory is its own: `python -m tests.bench.house STEP`.

Works in the database that the environment names, and says what it found as one line of JSON.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402

from channels.models import ApiClient, Plan, Publication  # noqa: E402
from channels.rules import posting  # noqa: E402
from config.kernel import clock  # noqa: E402
from tests.bench import world  # noqa: E402
from tests.checker import judge, likenesses, reading  # noqa: E402

MIB = 1024
PACIFIC = ZoneInfo("America/Los_Angeles")


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
        start, worked = time.perf_counter(), time.process_time()
        made = planning.make(starts_at=span.starts_at, ends_at=span.ends_at)
        seconds, worked = time.perf_counter() - start, time.process_time() - worked
    said: dict[str, Any] = {
        "seconds": seconds,
        "cpu_seconds": worked,
        "peak_mib": _peak_mib(),
        "placed": made.publications.count(),
    }
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


def replan(days: int) -> dict[str, Any]:
    """One API client is granted less, so that about a third of its days have too much: what changes, and where."""
    from channels.rules.changes import Event
    from channels.services import replanning
    from channels.services.causes import Cause

    span, before = world.span(days=days), reading.publications()
    client = ApiClient.objects.get(name="YouTube audited")
    counted = _uploads_by_day(client)
    limit = sorted(counted.values())[len(counted) * 2 // 3]
    ApiClient.objects.filter(pk=client.pk).update(limits=client.limits | {"uploads": limit})
    over = {day for day, count in counted.items() if count > limit}
    with clock.at(span.now):
        start = time.perf_counter()
        change = replanning.propose(Cause(Event.QUOTA_LOWERED, client.pk))
        seconds = time.perf_counter() - start
        assert change is not None, "nothing was to be changed"
        lines = list(change.changes.select_related("channel"))
        outside = {_upload_day(line.from_at) for line in lines} - over
        strangers = [line.pk for line in lines if line.channel.api_client_id != client.pk]
        start = time.perf_counter()
        done = replanning.apply(change, by=get_user_model().objects.create_superuser("bench"))
        applied = time.perf_counter() - start
    said = {"seconds": seconds, "apply_seconds": applied, "changes": len(lines), "affected": len(over)}
    said |= {"outside": len(outside) + len(strangers), "refused": done.refused}
    after = _uploads_by_day(client)
    said["still_over"] = sum(count > limit for count in after.values())
    return said | _judge(
        world.Span(span.now, span.ends_at + replanning.BEYOND), list(Plan.objects.all()), before, now=span.now
    )


def _uploads_by_day(client: ApiClient) -> Counter[date]:
    """What waits for its upload, by the platform's day."""
    waiting = Publication.objects.filter(channel__api_client=client, status__in=["proposed", "approved"])
    return Counter(at.astimezone(PACIFIC).date() for at in waiting.values_list("upload_at", flat=True))


def _upload_day(due_at: datetime | None) -> date | None:
    return (due_at - posting.LEAD).astimezone(PACIFIC).date() if due_at else None


def _share(made: Plan) -> float | None:
    return round(made.score / made.bound, 5) if made.bound and made.score is not None else None


def _judge(span: world.Span, plans: list[Plan], before: Any, *, now: datetime | None = None) -> dict[str, Any]:
    judged = reading.world(
        now=now or span.now,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        plans=plans,
        before=before,
        families=likenesses.families(),
    )
    found = judge.violations(judged)
    return {"violations": len(found), "examples": [f"{one.rule}: {one.why}" for one in found[:5]]}


def _peak_mib() -> float:
    """Of this process and of whatever it started."""
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return round(sum(resource.getrusage(one).ru_maxrss for one in both) / MIB, 1)


STEPS: dict[str, Callable[..., dict[str, Any]]] = {"build": build, "plan": plan, "again": again, "replan": replan}


def main(arguments: list[str]) -> int:
    step, *numbers = arguments
    sys.stdout.write(f"{json.dumps(STEPS[step](*map(int, numbers)))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
