"""How the lines of a bulk action are put back, deed by deed. The undoing is taken; each deed locks what it needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from channels.models import Approval, Batch, BatchLine, Plan, Publication, Run, UploadSession
from channels.rules import plan as plans
from channels.rules import posting, publication
from channels.rules.publication import WAITING, Status
from channels.services import former_places, standing
from config.kernel import leases, lifecycle

AT_ONCE = 500
Lines = Sequence[BatchLine]


@dataclass(frozen=True)
class Verdict:
    """Why a publication was not put back; or, with `is_back`, what came back otherwise than it was."""

    sentence: str
    is_back: bool = False


Verdicts = dict[int, Verdict]
"""Those that were put back just as they were are not in it."""


def approvals(batch: Batch, lines: Lines, *, by: Any, now: datetime) -> Verdicts:
    """The yeses of this deed count no more; what they let go out waits again, as long as it has not started."""
    why = _("the approval was undone")
    _locked(lines)
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
    return moved_on(lines, back)


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
    """They stand where they stood, if every rule still allows it and nobody has placed their clip meanwhile."""
    rows = locked_with_channels(lines)
    verdicts = moved_on(lines, [key for key, row in rows.items() if row.status == Status.CANCELLED])
    stand = [line for line in lines if line.publication_id not in verdicts]
    elsewhere = _placed_elsewhere({line.publication_id: rows[line.publication_id] for line in stand}, since=batch.at)
    verdicts |= {key: Verdict(_("Its clip was placed elsewhere meanwhile.")) for key in elsewhere}
    stand = [line for line in stand if line.publication_id not in verdicts]
    # What has failed takes no place: there is nothing to judge.
    failed = [line for line in stand if line.before["status"] == Status.FAILED]
    verdicts |= _revive(failed, by=by)
    for some in by_channel([line for line in stand if line not in failed], rows):
        verdicts |= _revive_there(some, rows, by=by, now=now)
    return verdicts


def _revive_there(lines: Lines, rows: Mapping[int, Publication], *, by: Any, now: datetime) -> Verdicts:
    """Lines of one channel: those whose places are still theirs by every rule come back."""
    times = {line.publication_id: rows[line.publication_id].due_at for line in lines}
    verdicts = late(lines, rows, times, now=now)
    stand = [line for line in lines if line.publication_id not in verdicts]
    if not stand:
        return verdicts
    for line in stand:
        row = rows[line.publication_id]
        row.status, row.due_at = line.before["status"], now + former_places.NOWHERE
    fit = former_places.fitting([rows[line.publication_id] for line in stand], times, now=now)
    verdicts |= {key: Verdict(why) for key, why in fit.refusals.items()}
    verdicts |= _revive([line for line in stand if line.publication_id in fit.outcomes], by=by)
    back = [rows[line.publication_id] for line in stand if line.publication_id not in verdicts]
    for row in back:
        row.due_at = times[row.pk]
    former_places.keep(back, fit.outcomes)
    return verdicts


def _revive(lines: Lines, *, by: Any) -> Verdicts:
    ways: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for line in lines:
        ways[line.before["status"], line.before.get("status_reason", "")].append(line.publication_id)
    verdicts: Verdicts = {}
    for (status, reason), keys in ways.items():
        for some in _chunks(keys):
            verdicts |= _revive_some(some, status=Status(status), reason=reason, by=by)
    return verdicts


def _revive_some(keys: list[int], *, status: Status, reason: str, by: Any) -> Verdicts:
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
            return {keys[0]: taken()}
        refused = (_revive_some([key], status=status, reason=reason, by=by) for key in keys)
        return {key: why for one in refused for key, why in one.items()}
    return {}


def pinned(batch: Batch, lines: Lines, *, by: Any, now: datetime) -> Verdicts:
    rows = _locked(lines)
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
    return moved_on(lines, back)


def retried(batch: Batch, lines: Lines, *, by: Any, now: datetime) -> Verdicts:
    """They have failed again, where no new try has begun."""
    rows, tries = _locked(lines), tries_of([line.publication_id for line in lines])
    back = [line for line in lines if tries.get(line.publication_id, 0) == line.after["tries"]]
    reasons: defaultdict[str, list[int]] = defaultdict(list)
    for line in back:
        if rows[line.publication_id].status == Status.APPROVED:
            reasons[line.before.get("status_reason", "")].append(line.publication_id)
    moved: list[int] = []
    for reason, keys in reasons.items():
        moved += lifecycle.advance_all(
            Publication,
            keys,
            to=Status.FAILED,
            only_from=Status.APPROVED,
            by=by,
            why=_("the new try was undone"),
            status_reason=reason,
            **leases.settled(),
        )
    return moved_on(lines, moved)


def tries_of(keys: Sequence[int]) -> dict[int, int]:
    """How many uploads of these were begun so far; those without any are left out."""
    found: dict[int, int] = {}
    for some in _chunks(keys):
        rows = UploadSession.objects.filter(publication__in=some).order_by()
        found |= dict(rows.values_list("publication").annotate(n=Count("pk")).values_list("publication", "n"))
    return found


# --- what stands in the way


def _locked(lines: Lines) -> dict[int, Publication]:
    found: dict[int, Publication] = {}
    for some in _chunks(sorted(line.publication_id for line in lines)):
        rows = Publication.objects.filter(pk__in=some).order_by("pk").select_for_update(of=("self",))
        found |= {row.pk: row for row in rows}
    return found


def locked_with_channels(lines: Lines) -> dict[int, Publication]:
    """Caps are counted: nobody else moves anything on these channels, nor on those that share their API clients."""
    keys = [line.publication_id for line in lines]
    rows = Publication.objects.filter(pk__in=keys).only("pk", "channel_id")
    return {row.pk: row for row in standing.lock(list(rows))}


def moved_on(lines: Lines, back: Collection[int]) -> Verdicts:
    """Those that no longer stand as the deed left them, each with where it stands now."""
    left = {line.publication_id for line in lines} - set(back)
    words = dict(Status.choices)
    found: Verdicts = {}
    for some in _chunks(sorted(left)):
        for key, status in Publication.objects.filter(pk__in=some).values_list("pk", "status"):
            begun = _("Its upload has begun.") if status not in {*WAITING, Status.CANCELLED} else ""
            changed = _("Somebody changed it meanwhile; it stands at “%(status)s”.") % {"status": words[status]}
            found[key] = Verdict(begun or changed)
    return found


def late(lines: Lines, rows: Mapping[int, Publication], times: Mapping[int, datetime], *, now: datetime) -> Verdicts:
    return {
        line.publication_id: Verdict(_("Its time has passed."))
        for line in lines
        if posting.is_too_late(
            times[line.publication_id], now=now, late_minutes=rows[line.publication_id].channel.late_minutes
        )
    }


def by_channel(lines: Lines, rows: Mapping[int, Publication]) -> list[list[BatchLine]]:
    """One channel after the other: the next one is judged by what the one before it has taken."""
    found: defaultdict[int, list[BatchLine]] = defaultdict(list)
    for line in lines:
        found[rows[line.publication_id].channel_id].append(line)
    return [found[channel] for channel in sorted(found)]


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


def taken() -> Verdict:
    return Verdict(_("Its time was taken by another publication meanwhile."))


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


def _chunks(keys: Iterable[int]) -> Iterator[list[int]]:
    ordered = list(keys)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]
