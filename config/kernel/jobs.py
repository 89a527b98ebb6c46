"""The bell. A job is a dotted path and ids; the database row it speaks of is the truth.

Enqueue inside the transaction that makes the work real. With the database broker the bell commits
with the row; with Redis or SQS it is rung on commit. A bell that is lost costs one sweep.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from config.kernel import clock
from config.kernel.models import Bell, Routine

log = logging.getLogger("dramaport.jobs")

# On a fast clock a minute passes in a blink: no routine is rung more often than this, in real seconds.
CLOSEST_SECONDS = 2
# A reminder not answered for so long (real seconds) was lost with its broker or its worker.
REMINDER_SECONDS = 600
# Nor is it rung again while the last bell may still wait in the queue: a slow machine would drown in bells. After so
# many real seconds the bell counts as lost.
PATIENCE_SECONDS = 10


@dataclass(frozen=True)
class Every:
    path: str
    span: timedelta


_routines: dict[str, Every] = {}


def enqueue(path: str, *ids: Any) -> None:
    """Ring the bell for one job. Rolls back with the transaction it stands in."""
    from django_q.tasks import async_task

    if "orm" in settings.Q_CLUSTER:
        async_task(path, *ids)
    else:
        transaction.on_commit(lambda: async_task(path, *ids))


def remind(path: str, *ids: Any) -> bool:
    """Ring for a sweep, unless the same reminder still waits for a worker: a slow or stopped worker must not
    find the same row a thousand times. False when it waits. A reminder that was lost is rung again later.
    """
    now = clock.now()
    job = f"{path}({','.join(str(one) for one in ids)})"
    with transaction.atomic():
        lost = Bell.objects.filter(job=job, rung_at__lt=now - timedelta(seconds=REMINDER_SECONDS * clock.rate()))
        if not lost.update(rung_at=now) and not Bell.objects.get_or_create(job=job, defaults={"rung_at": now})[1]:
            return False
        enqueue("config.kernel.jobs.answer", job, path, *ids)
    return True


def answer(job: str, path: str, *ids: Any) -> Any:
    """What a reminder calls: take the bell down first, so that whatever comes due meanwhile may ring again."""
    Bell.objects.filter(job=job).delete()
    return resolve(path)(*ids)


def routine(path: str, *, every: timedelta) -> None:
    """Declare that the job at `path` is done again and again; called from an app's ready()."""
    _routines[path] = Every(path, every)


def declared() -> dict[str, Every]:
    return dict(_routines)


def lay_out() -> None:
    """Give every declared routine its row and drop the rows of routines that are no more."""
    now = clock.now()
    for path in _routines:
        Routine.objects.get_or_create(name=path, defaults={"next_at": now})
    Routine.objects.exclude(name__in=_routines).delete()


def tick() -> int:
    """Ring for every routine that is due. Two tickers at once ring each routine once. Returns how many rang."""
    now = clock.now()
    soonest = timedelta(seconds=CLOSEST_SECONDS * clock.rate())
    rung = 0
    for row in Routine.objects.due(now):
        every = _routines.get(row.name)
        if every is None or _may_still_wait(row, now):
            continue
        with transaction.atomic():
            mine = Routine.objects.filter(pk=row.pk, next_at=row.next_at).update(
                next_at=now + max(every.span, soonest), rung_at=now
            )
            if mine:
                enqueue("config.kernel.jobs.perform", row.name)
                rung += 1
    return rung


def _may_still_wait(row: Routine, now: datetime) -> bool:
    """Whether it was rung a moment ago and has not ended since."""
    if row.rung_at is None or (row.ended_at is not None and row.ended_at >= row.rung_at):
        return False
    return now - row.rung_at < timedelta(seconds=PATIENCE_SECONDS * clock.rate())


def perform(path: str) -> str:
    """Run one routine and keep how it went, so that the board can say so."""
    try:
        result = str(import_string(path)() or "")
    except Exception as error:
        _settle(path, result=f"{type(error).__name__}: {error}", failed=True)
        raise
    _settle(path, result=result, failed=False)
    return result


def _settle(path: str, *, result: str, failed: bool) -> None:
    Routine.objects.filter(name=path).update(ended_at=clock.now(), result=result[:300], failed=failed)


def resolve(path: str) -> Callable[..., Any]:
    found: Callable[..., Any] = import_string(path)
    return found
