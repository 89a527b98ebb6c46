"""When we look again at what a platform accepted."""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST = timedelta(minutes=5)
YOUNG = timedelta(hours=72)
PENDING = (
    (timedelta(minutes=15), timedelta(minutes=1)),
    (timedelta(hours=6), timedelta(minutes=10)),
    (timedelta(hours=48), timedelta(hours=1)),
)
OVERDUE = timedelta(hours=1)
CONFIRM = timedelta(minutes=5)


def next_live(accepted_at: datetime, *, now: datetime) -> datetime:
    """After 5 minutes, every hour while it is young (so after 1 and 24 hours too), then daily."""
    age = now - accepted_at
    if age < FIRST:
        return accepted_at + FIRST
    step = timedelta(hours=1) if age < YOUNG else timedelta(days=1)
    return accepted_at + step * (age // step + 1)


def next_waiting(accepted_at: datetime, due_at: datetime, *, now: datetime) -> datetime:
    """For a clip that is there but not shown yet: at 5 minutes, shortly after it is due, then every few minutes."""
    if now < accepted_at + FIRST:
        return accepted_at + FIRST
    if now < due_at:
        return min(due_at + timedelta(minutes=1), now + timedelta(hours=1))
    return now + (timedelta(minutes=2) if now < due_at + OVERDUE else timedelta(hours=1))


def next_pending(accepted_at: datetime, *, now: datetime) -> datetime | None:
    """For a post whose id has not come: ever more seldom over two days. None: it will not come by itself."""
    age = now - accepted_at
    return next((now + step for until, step in PENDING if age < until), None)
