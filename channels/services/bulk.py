"""One deed on many publications: cancelled, moved by a span, pinned, tried again, taken down.

Each is kept with its list, and all but the last can be undone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from channels.models import Batch, Publication, UploadSession
from channels.rules import upload
from channels.rules.batch import MOST_MOVED, Deed
from channels.rules.publication import ON_PLATFORM, WAITING, Status
from channels.services import approving, batches, moving, putting_back, sessions, standing, withdrawing
from config.kernel import clock, leases, lifecycle
from config.kernel.errors import Invalid, ProductError

AT_ONCE = 1000
CANCELLABLE = frozenset({Status.PROPOSED, Status.APPROVED, Status.FAILED})


@dataclass(frozen=True)
class Outcome:
    """What a bulk action came to. `refused` counts sentences; `batch` is None where nothing was done."""

    done: int
    skipped: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    batch: Batch | None = None


def cancel(keys: Iterable[int], *, by: Any, why: str) -> Outcome:
    """They do not go out. A worker that was about to start on one loses its claim."""
    with transaction.atomic():
        rows = _locked(keys)
        fit = {row.pk: row for row in rows if row.status in CANCELLABLE}
        moved = lifecycle.advance_all(
            Publication, fit, to=Status.CANCELLED, by=by, why=why, status_reason=why[:500], **leases.settled()
        )
        _end_sessions(moved, why=why)
        lines = [
            batches.Line(
                key,
                before={"status": fit[key].status, "status_reason": fit[key].status_reason},
                after={"status": Status.CANCELLED.value},
            )
            for key in moved
        ]
        batch = batches.record(Deed.CANCEL, lines=lines, by=by, why=why) if lines else None
    already = sum(row.status == Status.CANCELLED for row in rows)
    refused = _stand_elsewhere(row for row in rows if row.status not in {*CANCELLABLE, Status.CANCELLED})
    return Outcome(len(moved), already, refused, batch)


def _end_sessions(keys: list[int], *, why: str) -> None:
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        for session in UploadSession.objects.filter(publication__in=some, status__in=upload.LIVE):
            sessions.dead(session, why=why)


def move(keys: Iterable[int], *, by: Any, span: timedelta) -> Outcome:
    """Move each by this span and pin it there. Every rule judges every move; one that is refused stays where it is."""
    chosen = set(keys)
    if len(chosen) > MOST_MOVED:
        raise Invalid(
            _("At most %(most)d publications are moved at once; these are %(n)d. Choose fewer, or plan them anew.")
            % {"most": MOST_MOVED, "n": len(chosen)}
        )
    if not span:
        raise Invalid(_("Say by how much they are to be moved."))
    lines: list[batches.Line] = []
    refused: Counter[str] = Counter()
    with transaction.atomic():
        # All locks first and in one order: two of these at once wait for each other, and neither overwrites the other.
        rows = standing.lock(list(Publication.objects.filter(pk__in=chosen).only("pk", "channel_id")))
        # Ahead of the others goes the one that finds its new place free.
        for row in sorted(rows, key=lambda row: (row.due_at, row.pk), reverse=span > timedelta(0)):
            before = _stood(row)
            try:
                moving.move(row, due_at=row.due_at + span, by=by)
            except ProductError as error:
                refused[f"{row}: {error}"] += 1
                continue
            after = {**_stood(row), "lapsed": _lapsed(row, before), "words": approving.words_of(row)}
            lines.append(batches.Line(row.pk, before=before, after=after))
        batch = batches.record(Deed.MOVE, lines=lines, by=by) if lines else None
    return Outcome(len(lines), 0, refused, batch)


def _stood(row: Publication) -> dict[str, Any]:
    return {
        "status": str(row.status),
        "status_reason": row.status_reason,
        "due_at": row.due_at.isoformat(),
        "is_pinned": row.is_pinned,
        "reasons": row.reasons,
        "approved_by": row.approved_by_id,
        "approved_at": row.approved_at.isoformat() if row.approved_at else None,
        "yeses": list(row.approvals.filter(lapsed_at=None).values_list("pk", flat=True)),
    }


def _lapsed(row: Publication, before: dict[str, Any]) -> list[int]:
    """The yeses that this move has ended."""
    return list(row.approvals.filter(pk__in=before["yeses"], lapsed_at__isnull=False).values_list("pk", flat=True))


def pin(keys: Iterable[int], *, by: Any, is_pinned: bool = True) -> Outcome:
    """A pinned one stays where it is whatever is planned anew around it."""
    with transaction.atomic():
        rows = _locked(keys)
        fit = [row.pk for row in rows if row.status in WAITING and row.is_pinned is not is_pinned]
        for start in range(0, len(fit), AT_ONCE):
            some = Publication.objects.filter(pk__in=fit[start : start + AT_ONCE], status__in=WAITING)
            some.update(is_pinned=is_pinned)
        putting_back.write_history(fit, by=by, why=_("pinned") if is_pinned else _("unpinned"))
        lines = [batches.Line(key, before={"is_pinned": not is_pinned}, after={"is_pinned": is_pinned}) for key in fit]
        batch = batches.record(Deed.PIN, lines=lines, by=by) if lines else None
    waiting = sum(row.status in WAITING for row in rows)
    refused = _stand_elsewhere(row for row in rows if row.status not in WAITING)
    return Outcome(len(fit), waiting - len(fit), refused, batch)


def retry(keys: Iterable[int], *, by: Any, why: str) -> Outcome:
    """What has failed gets another try: it was checked that it is not at the platform."""
    with transaction.atomic():
        now = clock.now()
        rows = _locked(keys)
        failed = {row.pk: row for row in rows if row.status == Status.FAILED}
        moved = _try_again(list(failed), by=by, why=why)
        approving.ring(moved, now=now)
        tries = putting_back.tries_of(moved)
        lines = [
            batches.Line(
                key,
                before={"status": Status.FAILED.value, "status_reason": failed[key].status_reason},
                after={"status": Status.APPROVED.value, "tries": tries.get(key, 0)},
            )
            for key in moved
        ]
        batch = batches.record(Deed.RETRY, lines=lines, by=by, why=why) if lines else None
    refused = _stand_elsewhere(row for row in rows if row.status != Status.FAILED)
    if len(moved) < len(failed):
        refused[_("Its time was taken by another publication meanwhile; move that one first.")] = len(failed) - len(
            moved
        )
    return Outcome(len(moved), 0, refused, batch)


def _try_again(keys: list[int], *, by: Any, why: str) -> list[int]:
    """What has failed takes no slot, and another may stand there by now: the database tells, one row at a time."""
    try:
        with transaction.atomic():
            return lifecycle.advance_all(
                Publication,
                keys,
                to=Status.APPROVED,
                only_from=Status.FAILED,
                by=by,
                why=why,
                status_reason="",
                **leases.settled(),
            )
    except IntegrityError:
        if len(keys) == 1:
            return []
        return [moved for key in keys for moved in _try_again([key], by=by, why=why)]


def take_down(keys: Iterable[int], *, by: Any, why: str) -> Outcome:
    """Ask for each to be taken down from its platform. Nothing brings back what viewers lose by it."""
    with transaction.atomic():
        rows = _locked(keys)
        there = [row for row in rows if row.status in ON_PLATFORM]
        asked = [row for row in there if withdrawing.withdraw(row, by=by, why=why)]
        lines = [
            batches.Line(row.pk, before={"status": str(row.status)}, after={"wish": Deed.TAKE_DOWN.value})
            for row in asked
        ]
        batch = batches.record(Deed.TAKE_DOWN, lines=lines, by=by, why=why) if lines else None
    already = len(there) - len(asked) + sum(row.status == Status.WITHDRAWN for row in rows)
    refused = _stand_elsewhere(row for row in rows if row.status not in {*ON_PLATFORM, Status.WITHDRAWN})
    return Outcome(len(asked), already, refused, batch)


def _locked(keys: Iterable[int]) -> list[Publication]:
    """How these publications stand, in the order of their keys; locked until the transaction that is open ends."""
    ordered = sorted(set(keys))
    found: list[Publication] = []
    with transaction.atomic():
        for start in range(0, len(ordered), AT_ONCE):
            rows = Publication.objects.filter(pk__in=ordered[start : start + AT_ONCE]).order_by("pk")
            found += rows.select_for_update(of=("self",)).only("status", "status_reason", "is_pinned")
    return found


def _stand_elsewhere(rows: Iterable[Publication]) -> Counter[str]:
    """One sentence for each status, not for each row: fifteen thousand lines would tell nobody anything."""
    return Counter(
        _("It stands at “%(status)s”; this cannot be done there.") % {"status": row.get_status_display()}
        for row in rows
    )
