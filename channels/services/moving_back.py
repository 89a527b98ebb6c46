"""How a bulk move is taken back: times, pins, and the yeses to what has stayed the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from channels.models import Approval, Batch, BatchLine, Publication
from channels.rules import posting
from channels.rules.publication import WAITING, Status
from channels.services import approving, former_places, moving
from channels.services.putting_back import (
    Lines,
    Verdict,
    Verdicts,
    by_channel,
    late,
    locked_with_channels,
    moved_on,
    taken,
    write_history,
)
from config.kernel import lifecycle


def moved(batch: Batch, lines: Lines, *, by: Any, now: datetime) -> Verdicts:
    """They have their former times again, and the approvals that the move had ended, as far as these were given to
    what they still are.
    """
    rows = locked_with_channels(lines)
    stand = [line for line in lines if _stands_as_moved(rows[line.publication_id], line)]
    verdicts = moved_on(lines, [line.publication_id for line in stand])
    verdicts |= _kept_there(stand, rows, now=now)
    for some in by_channel([line for line in stand if line.publication_id not in verdicts], rows):
        verdicts |= _move_back(some, rows, by=by, now=now)
    return verdicts


def _stands_as_moved(row: Publication, line: BatchLine) -> bool:
    if row.status not in WAITING or row.status != line.after["status"] or row.due_at != _after(line):
        return False
    lapsed = line.after.get("lapsed", [])
    return not lapsed or not row.approvals.filter(lapsed_at=None).exists()


def _kept_there(lines: Lines, rows: Mapping[int, Publication], *, now: datetime) -> Verdicts:
    """What is held, and what a worker has in its hands, stays where it is, as with a move by hand."""
    verdicts: Verdicts = {}
    for row in (rows[line.publication_id] for line in lines):
        if row.lease_until and row.lease_until > now:
            verdicts[row.pk] = Verdict(_("Its upload has begun."))
        elif row.hold is not None:
            told = _("It is held back (%(why)s); its time stays until the hold is lifted.") % {"why": row.hold.why}
            verdicts[row.pk] = Verdict(told)
    return verdicts


def _move_back(lines: Lines, rows: Mapping[int, Publication], *, by: Any, now: datetime) -> Verdicts:
    """Lines of one channel, judged as they stand together. Where the database refuses one, they go one by one."""
    times = {line.publication_id: _before(line) for line in lines}
    verdicts = late(lines, rows, times, now=now)
    stand = [line for line in lines if line.publication_id not in verdicts]
    if not stand:
        return verdicts
    fit = former_places.fitting([rows[line.publication_id] for line in stand], times, now=now)
    verdicts |= {key: Verdict(why) for key, why in fit.refusals.items()}
    back = [line for line in stand if line.publication_id in fit.outcomes]
    try:
        with transaction.atomic():
            _step_aside(back, rows)
            written = [_write_back(rows[line.publication_id], line, by=by) for line in back]
            former_places.keep([rows[line.publication_id] for line in back], fit.outcomes)
    except IntegrityError:
        if len(back) == 1:
            return verdicts | {back[0].publication_id: taken()}
        for line in back:
            verdicts |= _move_back([line], rows, by=by, now=now)
        return verdicts
    for verdict in written:
        verdicts |= verdict
    return verdicts


def _step_aside(lines: Lines, rows: Mapping[int, Publication]) -> None:
    """A slot holds one: who stands where another comes back to leaves first."""
    wanted = {_before(line) for line in lines}
    for row in (rows[line.publication_id] for line in lines):
        if row.due_at in wanted:
            Publication.objects.filter(pk=row.pk).update(due_at=moving.PARKED + timedelta(seconds=row.pk))


def _write_back(row: Publication, line: BatchLine, *, by: Any) -> Verdicts:
    due_at, why = _before(line), _("the move was undone")
    upload_at = posting.upload_at(row.channel.platform, due_at)
    columns = {"due_at": due_at, "upload_at": upload_at, "is_pinned": line.before["is_pinned"]}
    columns |= {"reasons": line.before["reasons"]} if "reasons" in line.before else {}
    Publication.objects.filter(pk=row.pk).update(**columns, next_try_at=None)
    is_same = approving.words_of(row) == line.after.get("words")
    if is_same:
        _approve_again(row, line, by=by, why=why)
        Publication.objects.filter(pk=row.pk).update(status_reason=line.before.get("status_reason", ""))
    write_history([row.pk], by=by, why=why)
    if is_same or not line.after.get("lapsed"):
        return {}
    told = _("It has its time again and waits for a new approval: its words were changed after the former one.")
    Publication.objects.filter(pk=row.pk).update(status_reason=told[:500])
    return {row.pk: Verdict(told, is_back=True)}


def _approve_again(row: Publication, line: BatchLine, *, by: Any, why: str) -> None:
    """The yeses that the move has ended count again."""
    Approval.objects.filter(pk__in=line.after.get("lapsed", [])).update(lapsed_at=None)
    if line.before["status"] != line.after["status"]:
        approved = {"approved_by_id": line.before["approved_by"], "approved_at": line.before["approved_at"]}
        lifecycle.advance_all(
            Publication, [row.pk], to=Status.APPROVED, only_from=Status.PROPOSED, by=by, why=why, **approved
        )


def _before(line: BatchLine) -> datetime:
    return _moment(line.before["due_at"])


def _after(line: BatchLine) -> datetime:
    return _moment(line.after["due_at"])


def _moment(text: str) -> datetime:
    found = parse_datetime(text)
    if found is None:
        raise ValueError(f"not a moment: {text}")
    return found
