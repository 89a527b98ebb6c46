"""How the lines of a bulk action are put back, deed by deed. The rows are locked, and the undoing is taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from channels.models import Approval, Batch, BatchLine, Plan, Publication, Run
from channels.rules import batch as rules
from channels.rules import plan as plans
from channels.rules import posting, publication
from channels.rules.publication import SLOT_TAKEN, WAITING, Status
from config.kernel import leases, lifecycle

AT_ONCE = 500
Lines = Sequence[BatchLine]
Verdicts = dict[int, str]
"""Of each publication why it was not put back; those that were put back are not in it."""


def approvals(batch: Batch, lines: Lines, *, by: Any, now: datetime) -> Verdicts:
    """The yeses of this deed count no more; what they let go out waits again, as long as it has not started."""
    why = _("the approval was undone")
    let_go = _keys(lines, answer="approved")
    moved = lifecycle.advance_all(
        Publication,
        let_go,
        to=Status.PROPOSED,
        moves=publication.UNDO,
        only_from=Status.APPROVED,
        only_if=Q(approved_at=batch.at, approved_by=batch.by),
        by=by,
        why=why,
        approved_by=None,
        approved_at=None,
        **leases.settled(),
    )
    back = {*moved, *_still_waiting(batch, _keys(lines, answer="waits"))}
    Approval.objects.filter(batch=batch, lapsed_at=None, publication__in=back).update(lapsed_at=now)
    _stop_runs(moved, by=by, why=why)
    if batch.plan_id and back:
        lifecycle.advance_all(Plan, [batch.plan_id], to=plans.Status.DRAFT, moves=plans.UNDO, by=by, why=why)
    return _moved_on(lines, back)


def _keys(lines: Lines, *, answer: str) -> list[int]:
    return [line.publication_id for line in lines if line.after.get("answer") == answer]


def _still_waiting(batch: Batch, keys: Sequence[int]) -> set[int]:
    """Those that still wait for a second person, with this deed's yes in force."""
    found: set[int] = set()
    for some in _chunks(keys):
        rows = Approval.objects.filter(batch=batch, lapsed_at=None, publication__in=some)
        found |= set(rows.filter(publication__status=Status.PROPOSED).values_list("publication_id", flat=True))
    return found


def _stop_runs(keys: Sequence[int], *, by: Any, why: str) -> None:
    """A run of which nothing is approved any more is a proposal again."""
    for some in _chunks(keys):
        approved = Publication.objects.exclude(status__in=[Status.PROPOSED, Status.CANCELLED])
        runs = Run.objects.filter(publications__in=some, status=plans.RunStatus.ACTIVE).exclude(
            Exists(approved.filter(run=OuterRef("pk")))
        )
        lifecycle.advance_all(
            Run,
            runs.values_list("pk", flat=True),
            to=plans.RunStatus.PROPOSED,
            moves=plans.RUN_UNDO,
            by=by,
            why=why,
        )


def cancelled(batch: Batch, lines: Lines, *, by: Any, now: datetime) -> Verdicts:
    """They stand where they stood, if their time has not passed and nobody has taken slot or clip meanwhile."""
    rows = _rows(lines)
    verdicts = _moved_on(lines, [key for key, row in rows.items() if row.status == Status.CANCELLED])
    rows = {key: row for key, row in rows.items() if key not in verdicts}
    verdicts |= _lost_places({key: row.due_at for key, row in rows.items()}, rows, since=batch.at, now=now)
    ways: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for line in lines:
        if line.publication_id not in verdicts:
            ways[line.before["status"], line.before.get("status_reason", "")].append(line.publication_id)
    for (status, reason), keys in ways.items():
        for some in _chunks(keys):
            verdicts |= _revive(some, status=Status(status), reason=reason, by=by)
    return verdicts


def _revive(keys: list[int], *, status: Status, reason: str, by: Any) -> Verdicts:
    """The constraints of the database have the last word: where one row breaks them, the others go one by one."""
    try:
        with transaction.atomic():
            lifecycle.advance_all(
                Publication,
                keys,
                to=status,
                only_from=Status.CANCELLED,
                moves=publication.UNDO,
                by=by,
                why=_("the cancellation was undone"),
                status_reason=reason,
                **leases.settled(),
            )
    except IntegrityError:
        if len(keys) == 1:
            return {keys[0]: _place_words("slot")}
        refused = (_revive([key], status=status, reason=reason, by=by) for key in keys)
        return {key: why for one in refused for key, why in one.items()}
    return {}


def moved(batch: Batch, lines: Lines, *, by: Any, now: datetime) -> Verdicts:
    """They have their former times again, and the approvals that the move had ended."""
    rows = _rows(lines)
    stand = [line for line in lines if _stands_as_moved(rows[line.publication_id], line)]
    verdicts = _moved_on(lines, [line.publication_id for line in stand])
    # In the order in which each finds the place that the one before it has left.
    for line in sorted(stand, key=_before, reverse=_before(stand[0]) > _after(stand[0]) if stand else False):
        row = rows[line.publication_id]
        verdicts |= _lost_places({row.pk: _before(line)}, {row.pk: row}, since=batch.at, now=now)
        if row.pk not in verdicts:
            verdicts |= _move_back(row, line, by=by)
    return verdicts


def _stands_as_moved(row: Publication, line: BatchLine) -> bool:
    if row.status not in WAITING or row.status != line.after["status"] or row.due_at != _after(line):
        return False
    lapsed = line.after.get("lapsed", [])
    return not lapsed or not row.approvals.filter(lapsed_at=None).exists()


def _move_back(row: Publication, line: BatchLine, *, by: Any) -> Verdicts:
    due_at, why = _before(line), _("the move was undone")
    try:
        with transaction.atomic():
            upload_at = posting.upload_at(row.channel.platform, due_at)
            columns = {"due_at": due_at, "upload_at": upload_at, "is_pinned": line.before["is_pinned"]}
            Publication.objects.filter(pk=row.pk).update(**columns, next_try_at=None)
            Approval.objects.filter(pk__in=line.after.get("lapsed", [])).update(lapsed_at=None)
            if line.before["status"] != line.after["status"]:
                approved = {"approved_by_id": line.before["approved_by"], "approved_at": line.before["approved_at"]}
                lifecycle.advance_all(
                    Publication, [row.pk], to=Status.APPROVED, only_from=Status.PROPOSED, by=by, why=why, **approved
                )
            Publication.objects.filter(pk=row.pk).update(status_reason=line.before.get("status_reason", ""))
            write_history([row.pk], by=by, why=why)
    except IntegrityError:
        return {row.pk: _place_words("slot")}
    return {}


def pinned(batch: Batch, lines: Lines, *, by: Any, now: datetime) -> Verdicts:
    rows = _rows(lines)
    back = [
        line.publication_id
        for line in lines
        if rows[line.publication_id].status in WAITING
        and rows[line.publication_id].is_pinned == line.after["is_pinned"]
    ]
    was = {line.publication_id: bool(line.before["is_pinned"]) for line in lines}
    for value in (True, False):
        keys = [key for key in back if was[key] is value]
        for some in _chunks(keys):
            Publication.objects.filter(pk__in=some).update(is_pinned=value)
        write_history(keys, by=by, why=_("undone"))
    return _moved_on(lines, back)


# --- what stands in the way


def _rows(lines: Lines) -> dict[int, Publication]:
    found: dict[int, Publication] = {}
    for some in _chunks([line.publication_id for line in lines]):
        rows = Publication.objects.filter(pk__in=some).select_related("channel", "clip__edition")
        found |= {row.pk: row for row in rows}
    return found


def _moved_on(lines: Lines, back: Collection[int]) -> Verdicts:
    """Those that no longer stand as the deed left them, each with where it stands now."""
    left = {line.publication_id for line in lines} - set(back)
    words = dict(Status.choices)
    found: Verdicts = {}
    for some in _chunks(sorted(left)):
        for key, status in Publication.objects.filter(pk__in=some).values_list("pk", "status"):
            begun = _("Its upload has begun.") if status not in {*WAITING, Status.CANCELLED} else ""
            found[key] = begun or _("Somebody changed it meanwhile; it stands at “%(status)s”.") % {
                "status": words[status]
            }
    return found


def _lost_places(
    wanted: dict[int, datetime], rows: dict[int, Publication], *, since: datetime, now: datetime
) -> Verdicts:
    """Which of these cannot have the time that is wanted for them, and why."""
    taken = _taken(wanted, rows)
    elsewhere = _placed_elsewhere(rows, since=since)
    verdicts: Verdicts = {}
    for key in sorted(wanted, key=lambda key: (wanted[key], key)):
        row, channel = rows[key], rows[key].channel
        place = rules.Place(wanted[key], row.clip.edition.drama_id, is_slot=row.replaces_id is None)
        lane = rules.Lane(channel.time_zone, timedelta(hours=channel.drama_gap_hours), channel.daily_cap)
        late = posting.is_too_late(wanted[key], now=now, late_minutes=channel.late_minutes)
        why = "late" if late else "clip" if key in elsewhere else rules.stopper(place, taken[channel.pk], lane)
        if why:
            verdicts[key] = _place_words(why)
        else:
            taken[channel.pk].append(place)
    return verdicts


def _taken(wanted: dict[int, datetime], rows: dict[int, Publication]) -> defaultdict[int, list[rules.Place]]:
    """What stands on these channels near these times, apart from these publications themselves."""
    found: defaultdict[int, list[rules.Place]] = defaultdict(list)
    if not wanted:
        return found
    near = timedelta(days=2)
    others = Publication.objects.filter(
        channel__in={row.channel_id for row in rows.values()},
        status__in=SLOT_TAKEN,
        due_at__range=(min(wanted.values()) - near, max(wanted.values()) + near),
    )
    for key, channel, due_at, drama, replaces in others.values_list(
        "pk", "channel_id", "due_at", "clip__edition__drama_id", "replaces_id"
    ):
        if key not in wanted:
            found[channel].append(rules.Place(due_at, drama, is_slot=replaces is None))
    return found


def _placed_elsewhere(rows: dict[int, Publication], *, since: datetime) -> set[int]:
    """Those whose clip has a place on the same channel again, or whose clip a plan made since has placed anywhere."""
    of_clip: defaultdict[int, list[Publication]] = defaultdict(list)
    for row in rows.values():
        of_clip[row.clip_id].append(row)
    found: set[int] = set()
    for some in _chunks(sorted(of_clip)):
        others = Publication.objects.filter(clip__in=some).exclude(status=Status.CANCELLED)
        for key, channel, clip, made_at in others.values_list("pk", "channel_id", "clip_id", "plan__made_at"):
            if key not in rows:
                is_new = made_at is not None and made_at >= since
                found |= {row.pk for row in of_clip[clip] if is_new or row.channel_id == channel}
    return found


def _place_words(code: str) -> str:
    words = {
        "late": _("Its time has passed."),
        "clip": _("Its clip was placed elsewhere meanwhile."),
        "slot": _("Its time was taken by another publication meanwhile."),
        "gap": _("Another clip of the same drama stands too close to its time now."),
        "cap": _("The channel's day is full now."),
    }
    return words[code]


# --- small things


def write_history(keys: Sequence[int], *, by: Any, why: str) -> None:
    """A former version of each of these rows, after a change that passed `save` by."""
    for some in _chunks(keys):
        Publication.history.bulk_history_create(
            list(Publication.objects.filter(pk__in=some)),
            update=True,
            batch_size=AT_ONCE,
            default_user=by if getattr(by, "pk", None) else None,
            default_change_reason=why[:100],
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


def _chunks(keys: Iterable[int]) -> Iterator[list[int]]:
    ordered = list(keys)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]
