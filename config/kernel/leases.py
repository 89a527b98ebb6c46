"""Claim, do, settle: one worker holds a row for a while by a conditional UPDATE.

A model takes part by inheriting `Leased`. The token tells two holders apart: whoever lost the lease
finds out at the next renewal or when settling, and stops.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from config.kernel import clock
from config.kernel.errors import LostClaim


class LeasedQuerySet(models.QuerySet[Any]):
    def free(self, now: datetime) -> Self:
        """Rows that nobody holds and whose pause is over."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lte=now)).filter(
            Q(next_try_at=None) | Q(next_try_at__lte=now)
        )

    def dropped(self, now: datetime) -> Self:
        """Rows whose holder went silent: the lease ran out and was never given back."""
        return self.filter(lease_until__lte=now)


class Leased(models.Model):
    """A row that one worker at a time works on."""

    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(_("held until"), null=True, editable=False)
    attempts = models.PositiveIntegerField(_("attempts"), default=0, editable=False)
    next_try_at = models.DateTimeField(_("next try at"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True


def claim(row: Any, *, seconds: int, **must_be: Any) -> bool:
    """Take the row for `seconds` real seconds if it is free and still as `must_be` says; counts the attempt.

    False means that another worker holds it or that it moved on. On success the row is read afresh.
    """
    now = clock.now()
    token = uuid.uuid4()
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    ready = Q(next_try_at=None) | Q(next_try_at__lte=now)
    taken = (
        type(row)
        ._default_manager.filter(free, ready, pk=row.pk, **must_be)
        .update(
            lease_token=token,
            lease_until=now + _span(seconds),
            attempts=F("attempts") + 1,
            next_try_at=None,
        )
    )
    if taken:
        row.refresh_from_db()
    return bool(taken)


def renew(row: Any, *, seconds: int, **changes: Any) -> None:
    """Hold on for `seconds` more and store `changes` with it. Raises LostClaim when another worker took over."""
    until = clock.now() + _span(seconds)
    kept = (
        type(row)._default_manager.filter(pk=row.pk, lease_token=row.lease_token).update(lease_until=until, **changes)
    )
    if not kept:
        raise LostClaim(_t("Another worker took over %(what)s.") % {"what": row}, row=row.pk)
    row.lease_until = until
    for name, value in changes.items():
        setattr(row, name, value)


def release(row: Any, *, again_at: datetime | None = None, **changes: Any) -> bool:
    """Give the row back, to be tried again at `again_at` if given. False when it was no longer ours."""
    given = (
        type(row)
        ._default_manager.filter(pk=row.pk, lease_token=row.lease_token)
        .update(lease_token=None, lease_until=None, next_try_at=again_at, **changes)
    )
    if given:
        row.refresh_from_db()
    return bool(given)


def settled() -> dict[str, Any]:
    """The columns of a row that nobody holds any more, to be set along with the last move."""
    return {
        "lease_token": None,
        "lease_until": None,
        "next_try_at": None,
        "attempts": 0,
    }


def _span(seconds: int) -> timedelta:
    """A lease protects against dead processes, so its length is real time even on a fast clock."""
    return timedelta(seconds=seconds * clock.rate())


def backoff(attempts: int, *, first_seconds: int = 30, most_seconds: int = 3600) -> timedelta:
    """A pause that doubles with every attempt, without jitter so that tests and people can foresee it."""
    return timedelta(seconds=min(most_seconds, first_seconds * 2 ** max(0, attempts - 1)))
