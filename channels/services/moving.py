"""What a person changes in a plan by hand: another time, two times exchanged, pinned there, or not at all.

Any minute may be chosen, not only a posting time: a person may know of an event that the posting rules do not. All
other rules hold as they do for the planner, and a refusal names every one that is broken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from channels.models import Publication, UploadSession
from channels.rules import posting, reasons, why_here
from channels.rules.eligibility import Stopper
from channels.rules.moving import SAMENESS
from channels.rules.preflight import Outcome
from channels.rules.publication import WAITING, Status
from channels.rules.upload import LIVE
from channels.rules.words import Stage
from channels.services import approving, preflight, sessions, standing
from channels.services.rechecking import Recheck
from channels.services.surroundings import Surroundings
from config.kernel import clock, leases, lifecycle
from config.kernel.errors import Invalid, MoveRefused

COUNTED_ALIKE = frozenset({"policy_lookalikes_channel", "policy_lookalikes_language"})
FARTHEST = timedelta(days=730)
PARKED = datetime(1970, 1, 1, tzinfo=UTC)
WRITTEN = ["due_at", "upload_at", "is_pinned", "next_try_at", "status_reason", "reasons"]


@dataclass(frozen=True)
class Wish:
    """A publication and the time that it shall have."""

    row: Publication
    due_at: datetime


def cancel(publication: Publication, *, by: Any, why: str) -> bool:
    """It does not go out. A worker that was about to start on it loses its claim."""
    with transaction.atomic():
        moved = lifecycle.advance(
            publication, to=Status.CANCELLED, by=by, why=why, status_reason=why[:500], **leases.settled()
        )
        session = sessions.live(publication) if moved else None
        if session:
            sessions.dead(session, why=why)
    return moved


def cancel_all(
    keys: Iterable[int], *, by: Any, why: str, only_from: Status | None = None, only_if: Q | None = None
) -> list[int]:
    """As `cancel`, for many at once; those that may not be cancelled any more are left out of what is returned."""
    with transaction.atomic():
        gone = lifecycle.advance_all(
            Publication,
            keys,
            to=Status.CANCELLED,
            by=by,
            why=why,
            only_from=only_from,
            only_if=only_if,
            status_reason=why[:500],
            **leases.settled(),
        )
        for session in UploadSession.objects.filter(publication__in=gone, status__in=LIVE):
            sessions.dead(session, why=why)
    return gone


def move(publication: Publication, *, due_at: datetime, by: Any) -> bool:
    """Give it another time and pin it there. Raises Invalid with the rule that forbids it; False when it is there."""
    publication.refresh_from_db()
    if publication.due_at == due_at:
        return False
    try:
        with transaction.atomic():
            [row] = standing.lock([publication])
            _carry_out([Wish(row, due_at)], by=by)
    except IntegrityError as error:
        raise Invalid(_("The slot at %(at)s UTC is taken.") % {"at": f"{due_at:%Y-%m-%d %H:%M}"}) from error
    publication.refresh_from_db()
    return True


def swap(first: Publication, second: Publication, *, by: Any) -> bool:
    """Each takes the other's time, on its own channel, and both are pinned; both or neither.

    Raises Invalid with every rule that either would break; False when they have one time already.
    """
    if first.pk == second.pk:
        raise Invalid(_("Two different publications are needed."))
    try:
        with transaction.atomic():
            one, other = standing.lock([first, second])
            if one.due_at == other.due_at:
                return False
            _carry_out([Wish(one, other.due_at), Wish(other, one.due_at)], by=by)
    except IntegrityError as error:
        raise Invalid(_("One of the two slots was taken meanwhile.")) from error
    first.refresh_from_db()
    second.refresh_from_db()
    return True


def pin(publication: Publication, *, by: Any) -> bool:
    """Keep it where it is, whatever is planned anew. False when it was pinned already."""
    return _set_pin(publication, is_pinned=True, by=by)


def unpin(publication: Publication, *, by: Any) -> bool:
    """Leave its time to the planner again. False when it was not pinned."""
    return _set_pin(publication, is_pinned=False, by=by)


def _set_pin(publication: Publication, *, is_pinned: bool, by: Any) -> bool:
    with transaction.atomic():
        row = Publication.objects.select_for_update().get(pk=publication.pk)
        changed: bool = row.is_pinned != is_pinned
        if changed:
            _check_waits(row, now=clock.now())
            row.is_pinned = is_pinned
            _save(row, ["is_pinned"], by=by)
    publication.refresh_from_db()
    return changed


def _carry_out(wishes: Sequence[Wish], *, by: Any) -> None:
    """Judge all of them as they would stand together, then write all. The rows and their channels are locked."""
    now = clock.now()
    judged = check(wishes, now=now)
    for wish in wishes[1:]:
        # Times are exchanged one row after the other, and a slot holds one: the others step aside first.
        Publication.objects.filter(pk=wish.row.pk).update(due_at=PARKED + timedelta(seconds=wish.row.pk))
    for wish in wishes:
        row = wish.row
        was = approving.substance(row)
        row.due_at, row.upload_at = wish.due_at, posting.upload_at(row.channel.platform, wish.due_at)
        row.is_pinned, row.next_try_at, row.status_reason = True, None, ""
        row.reasons = why_here.moved_by_hand(row.reasons, by=by, at=now)
        _save(row, WRITTEN, by=by)
        approving.changed(row, was=was, by=by)
        preflight.record(row, judged[row.pk], stage=Stage.PLANNED)


def check(wishes: Sequence[Wish], *, now: datetime) -> dict[int, list[Outcome]]:
    """How the rules come out where all of these stand at their new times. Raises Invalid or MoveRefused, and writes
    nothing, where one of them may not.
    """
    for wish in wishes:
        _check_waits(wish.row, now=now)
        _check_time(wish.due_at, now=now)
    return _judge(wishes, {wish.row.pk: wish.due_at for wish in wishes}, now=now)


def _check_waits(row: Publication, *, now: datetime) -> None:
    if row.status not in WAITING or (row.lease_until and row.lease_until > now):
        raise MoveRefused(_("%(what)s is on its way already.") % {"what": row}, row=row.pk)
    if row.hold is not None:
        raise MoveRefused(
            _("%(what)s is held back (%(why)s); its time stays until the hold is lifted.")
            % {"what": row, "why": row.hold.why},
            row=row.pk,
        )


def _check_time(due_at: datetime, *, now: datetime) -> None:
    if due_at <= now:
        raise Invalid(_("%(at)s UTC has passed.") % {"at": f"{due_at.astimezone(UTC):%Y-%m-%d %H:%M}"})
    check_near(due_at, now=now)


def _judge(wishes: Sequence[Wish], times: dict[int, datetime], *, now: datetime) -> dict[int, list[Outcome]]:
    """How the rules come out at the new times. Raises Invalid, and writes nothing down, when one forbids them."""
    rows = [wish.row for wish in wishes]
    around = Surroundings(rows, times, now=now)
    judged = Recheck(rows).outcomes(rows, times)
    for row in rows:
        refused = refusals(judged[row.pk], around.stoppers(row, times))
        if refused:
            about = "" if len(rows) == 1 else f"{row}: "
            raise Invalid(
                about + " ".join(_ended(text) for _rule, text in refused), rules=[rule for rule, _text in refused]
            )
    return judged


def refusals(outcomes: Sequence[Outcome], stoppers: Sequence[Stopper]) -> list[tuple[str, str]]:
    """Each broken rule with its sentence. Where the look-alikes are named, a pack has not to count them again."""
    names_alike = any(one.rule == SAMENESS for one in stoppers)
    told = [one for one in outcomes if not one.passed and not (names_alike and one.reason.get("code") in COUNTED_ALIKE)]
    found = [(one.rule, f"{one.rule}: {reasons.sentence(one.evidence)}") for one in told]
    return found + [(one.rule, one.sentence) for one in stoppers]


def _ended(text: str) -> str:
    """A sentence that others may follow."""
    return text if text.endswith((".", "。", "!", "?")) else f"{text}."


def _save(row: Publication, fields: list[str], *, by: Any) -> None:
    row._history_user = by if getattr(by, "pk", None) else None  # type: ignore[attr-defined]
    row.save(update_fields=fields)


def check_near(moment: datetime, *, now: datetime) -> None:
    if moment > now + FARTHEST:
        raise Invalid(
            _("%(at)s UTC is too far away; nothing is planned more than two years ahead.")
            % {"at": f"{moment:%Y-%m-%d %H:%M}"}
        )


def is_posting_time(publication: Publication, moment: datetime) -> bool:
    """Whether its channel's posting rules name this very minute."""
    return moment in standing.posting_times(publication.channel, moment, moment + timedelta(minutes=1))
