"""Carrying a change out: each line judged again, channel by channel, so that a kill between two of them loses nothing.

A line whose publication moved on, was changed by hand, or would now break a rule is refused with a sentence. Lines that
need each other's places are written together. The yeses to what is moved stay: it is the same clip on the same channel,
and whoever applies the change says yes to its new time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_update_with_history

from channels.models import Plan, PlanChange, Preflight, Publication
from channels.rules import posting, reasons
from channels.rules.plan import Change, Kind, Status
from channels.rules.preflight import Outcome
from channels.rules.publication import Status as Stage_of
from channels.rules.words import Stage
from channels.services import approving, elsewhere, moving, preflight, rehoming, staleness, standing
from channels.services.rechecking import Recheck
from channels.services.surroundings import Surroundings
from config.kernel import clock, leases, lifecycle
from config.kernel.errors import Invalid, MoveRefused, NotAllowed, ProductError

LEASE_SECONDS = 120
AT_ONCE = 500
WRITTEN = ["due_at", "upload_at", "next_try_at", "status_reason"]


@dataclass(frozen=True)
class Applied:
    """How the lines of a change came out. `is_done` False: somebody else is applying it."""

    moved: int = 0
    dropped: int = 0
    added: int = 0
    refused: int = 0
    is_done: bool = True


def apply(plan: Plan, *, by: Any) -> Applied:
    """Apply what is not yet decided. Raises MoveRefused for what is no draft of a change."""
    _check(plan, by)
    if not leases.claim(plan, seconds=LEASE_SECONDS, status=Status.DRAFT):
        return Applied(is_done=False)
    try:
        _decide_all(plan, by=by)
        with transaction.atomic():
            _finish(plan, by=by)
    finally:
        leases.release(plan)
    return outcome(plan)


def _finish(plan: Plan, *, by: Any) -> None:
    """A change of which nothing could be applied is no approved one: everything stays as it is planned."""
    if_ours = {"lease_token": plan.lease_token}
    if plan.changes.filter(applied=True).exists():
        lifecycle.advance(plan, to=Status.APPROVED, by=by, only_if=if_ours, **leases.settled())
        return
    why = _("None of its lines could be applied.")
    lifecycle.advance(plan, to=Status.DISCARDED, by=by, why=why, only_if=if_ours, status_reason=why, **leases.settled())


def outcome(plan: Plan) -> Applied:
    counted: Counter[tuple[str, bool | None]] = Counter(plan.changes.order_by().values_list("kind", "applied"))
    return Applied(
        moved=counted[Change.MOVED, True],
        dropped=counted[Change.DROPPED, True],
        added=counted[Change.ADDED, True],
        refused=sum(n for (_kind, applied), n in counted.items() if applied is False),
    )


def _check(plan: Plan, by: Any) -> None:
    if getattr(by, "pk", None) is None:
        raise NotAllowed(_("A person has to apply a change."))
    plan.refresh_from_db()
    if plan.kind != Kind.CHANGE or plan.status != Status.DRAFT:
        raise MoveRefused(
            _("This change is “%(status)s”; only a draft is applied.") % {"status": plan.get_status_display()},
            row=plan.pk,
        )


def _decide_all(plan: Plan, *, by: Any) -> None:
    """First the runs that go to another channel, then what gives places free, the moves, and what is added. A channel's
    moves may wait for another's, for a client's day or so: rounds go on as long as one of them still finds a place.
    """
    for lines in rehoming.runs(plan):
        leases.renew(plan, seconds=LEASE_SECONDS)
        _rehome(plan, lines, by=by)
    for channel in _channels(plan, Change.DROPPED):
        leases.renew(plan, seconds=LEASE_SECONDS)
        _drop(plan, channel, by=by)
    progressing = True
    while progressing:
        progressing = False
        for channel in _channels(plan, Change.MOVED):
            leases.renew(plan, seconds=LEASE_SECONDS)
            progressing |= _move(plan, channel, by=by)
    for channel in _channels(plan, Change.ADDED):
        leases.renew(plan, seconds=LEASE_SECONDS)
        _add(plan, channel, by=by)
    plan.changes.filter(applied=None).update(applied=False)


def _channels(plan: Plan, kind: Change) -> list[int]:
    rows = plan.changes.filter(kind=kind, applied=None).order_by("channel").values_list("channel", flat=True)
    return list(rows.distinct())


def _open(plan: Plan, kind: Change, channel: int) -> list[PlanChange]:
    rows = plan.changes.filter(kind=kind, channel=channel, applied=None).order_by("from_at", "pk")
    return list(rows.select_related("publication__channel", "clip__edition", "channel", "plan"))


def _settle(lines: Iterable[PlanChange]) -> None:
    """A line with a refusal is refused, every other one is applied."""
    decided = list(lines)
    for line in decided:
        line.applied, line.refusal = not line.refusal, line.refusal[:300]
    PlanChange.objects.bulk_update(decided, ["applied", "refusal"], batch_size=AT_ONCE)


# --- to another channel


def _rehome(plan: Plan, lines: list[PlanChange], *, by: Any) -> None:
    with transaction.atomic():
        rehoming.carry_out(lines, by=by, why=lambda line: _why(plan, line), judge=_judge_new)
        _settle(lines)


# --- dropped


def _drop(plan: Plan, channel: int, *, by: Any) -> None:
    with transaction.atomic():
        lines = _open(plan, Change.DROPPED, channel)
        rows = {row.pk: row for row in standing.lock([one.publication for one in lines if one.publication])}
        together: dict[str, list[int]] = defaultdict(list)
        for line in lines:
            row = rows[line.publication_id or 0]
            line.refusal = staleness.not_as_it_was(row, line)
            if not line.refusal:
                together[_why(plan, line)].append(row.pk)
        for why, keys in together.items():
            moving.cancel_all(keys, by=by, why=why)
        _settle(lines)


def _why(plan: Plan, line: PlanChange) -> str:
    return (" ".join(reasons.sentences(line.reasons)) or str(plan))[:500]


# --- moved


def _move(plan: Plan, channel: int, *, by: Any) -> bool:
    """Move what may move on this channel now. True when something did; what is refused stays open, with its reason,
    because another channel's move may still make room.
    """
    try:
        with transaction.atomic():
            lines = _open(plan, Change.MOVED, channel)
            rows = {row.pk: row for row in standing.lock([one.publication for one in lines if one.publication])}
            wishes = _as_they_were(lines, rows)
            judged = _those_that_fit(wishes, rows)
            _write(plan, [line for line in wishes if line.pk in judged], rows, judged, by=by)
            return bool(judged)
    except IntegrityError:
        plan.changes.filter(kind=Change.MOVED, channel=channel, applied=None).update(
            refusal=_("Its new time was taken meanwhile.")
        )
        return False


def _as_they_were(lines: Iterable[PlanChange], rows: dict[int, Publication]) -> list[PlanChange]:
    kept, refused = [], []
    for line in lines:
        refusal = staleness.not_as_it_was(rows[line.publication_id or 0], line)
        refusal = refusal or staleness.time_has_passed(line)
        if refusal:
            line.refusal = refusal
            refused.append(line)
        else:
            kept.append(line)
    _settle(refused)
    return kept


def _those_that_fit(wishes: list[PlanChange], rows: dict[int, Publication]) -> dict[int, list[Outcome]]:
    """The lines that break no rule when all of them come true together, with their checks.

    A line that breaks one is taken out, and the others are judged again without it.
    """
    left = list(wishes)
    if not left:
        return {}
    rechecked, around = _read(wishes, rows)
    while True:
        times = {line.publication_id: line.to_at for line in left}
        judged = rechecked.outcomes([rows[line.publication_id or 0] for line in left], times)  # type: ignore[arg-type]
        refused = []
        for line in left:
            key = line.publication_id or 0
            told = moving.refusals(judged[key], around.stoppers(rows[key], times))  # type: ignore[arg-type]
            if told:
                refused.append(line)
                line.refusal = " ".join(text for _rule, text in told)[:300]
        if not refused:
            return {line.pk: judged[line.publication_id or 0] for line in left}
        PlanChange.objects.bulk_update(refused, ["refusal"])
        left = [line for line in left if line not in refused]


def _read(lines: list[PlanChange], rows: dict[int, Publication]) -> tuple[Recheck, Surroundings]:
    moved = [rows[line.publication_id or 0] for line in lines]
    times = {line.publication_id or 0: line.to_at for line in lines}
    return Recheck(moved), Surroundings(moved, times, now=clock.now())  # type: ignore[arg-type]


def _write(
    plan: Plan,
    lines: list[PlanChange],
    rows: dict[int, Publication],
    judged: dict[int, list[Outcome]],
    *,
    by: Any,
) -> None:
    _step_aside(lines, rows)
    for line in lines:
        _place(plan, rows[line.publication_id or 0], line, by=by)
    moved = [rows[line.publication_id or 0] for line in lines]
    bulk_update_with_history(moved, Publication, WRITTEN, batch_size=AT_ONCE)
    approving.join_all(moved, by=by)
    Preflight.objects.bulk_create(
        preflight.row_of(rows[line.publication_id or 0], judged[line.pk], stage=Stage.PLANNED) for line in lines
    )
    for line in lines:
        line.refusal = ""
    _settle(lines)


def _step_aside(lines: list[PlanChange], rows: dict[int, Publication]) -> None:
    """Times are handed on along a run, and a slot holds one: who stands where another goes leaves first."""
    wanted = {line.to_at for line in lines}
    for row in (rows[line.publication_id or 0] for line in lines):
        if row.due_at in wanted:
            Publication.objects.filter(pk=row.pk).update(due_at=moving.PARKED + timedelta(seconds=row.pk))


def _place(plan: Plan, row: Publication, line: PlanChange, *, by: Any) -> None:
    """Whoever asked for the change is the author of the new day; what the product proposed by itself has none. The
    reason names who applied it.
    """
    if row.status == Stage_of.FAILED:
        lifecycle.advance(row, to=Stage_of.APPROVED, only_from=Stage_of.FAILED, by=by, why=_why(plan, line))
    row.due_at = line.to_at  # type: ignore[assignment]
    row.upload_at = posting.upload_at(row.channel.platform, row.due_at)
    row.next_try_at, row.status_reason = None, ""
    row._history_user = plan.made_by  # type: ignore[attr-defined]
    row._change_reason = _("change %(plan)d, applied by %(who)s") % {"plan": plan.pk, "who": by}  # type: ignore[attr-defined]


# --- added


def _add(plan: Plan, channel: int, *, by: Any) -> None:
    for line in _open(plan, Change.ADDED, channel):
        try:
            with transaction.atomic():
                row = elsewhere.create(line)
                _judge_new(row)
                line.publication = row
                line.refusal = ""
                line.save(update_fields=["publication"])
                _settle([line])
        except ProductError as refusal:
            _refuse(line, str(refusal))
        except IntegrityError:
            _refuse(line, _("Its time was taken, or the clip is on the channel already."))


def _refuse(line: PlanChange, why: str) -> None:
    line.refusal = why
    _settle([line])


def _judge_new(row: Publication) -> None:
    [locked] = standing.lock([row])
    outcomes = preflight.outcomes(locked, stage=Stage.PLANNED)
    told = [reasons.sentence(one.evidence) for one in outcomes if not one.passed]
    times = {locked.pk: locked.due_at}
    told += [one.sentence for one in Surroundings([locked], times, now=clock.now()).stoppers(locked, times)]
    if told:
        raise Invalid(" ".join(told), row=row.pk)
    preflight.record(locked, outcomes, stage=Stage.PLANNED)
