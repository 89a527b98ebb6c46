"""Which lines of a change no longer stand, and what becomes of drafts whose lines do not."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from channels.models import Plan, PlanChange, Publication
from channels.rules.plan import Change, Kind, Status
from channels.rules.publication import WAITING
from channels.rules.publication import Status as Stage_of
from config.kernel import clock

MOVABLE = WAITING | {Stage_of.FAILED}


def not_as_it_was(row: Publication, line: PlanChange) -> str:
    """Why this line's publication is not what the change was made for; '' when it is."""
    if row.status not in MOVABLE or (row.lease_until and row.lease_until > clock.now()):
        return _("It is “%(status)s” by now.") % {"status": row.get_status_display()}
    if row.due_at != line.from_at or row.channel_id != line.channel_id or row.clip_id != line.clip_id:
        return _("It was changed since this was proposed.")
    if row.hold_id is not None:
        return _("It is held back; its time stays until the hold is lifted.")
    return ""


def time_has_passed(line: PlanChange) -> str:
    is_over = line.to_at is not None and line.to_at <= clock.now()
    return _("Its new time has passed.") if is_over else ""


def stale(plan: Plan) -> dict[int, str]:
    """Line → why it could not be applied now, of those that are not yet decided. Nothing is written."""
    told: dict[int, str] = {}
    for line in plan.changes.filter(applied=None).select_related("publication"):
        why = time_has_passed(line)
        if not why and line.publication is not None and line.kind != Change.ADDED:
            why = not_as_it_was(line.publication, line)
        if why:
            told[line.pk] = why
    return told


def drafts() -> list[tuple[Plan, bool]]:
    """Drafts of changes with lines that no longer stand, and whether none of theirs does. Begun ones are left alone."""
    decided = PlanChange.objects.filter(plan=OuterRef("pk"), applied__isnull=False)
    rows: Any = Plan.objects.filter(~Exists(decided), kind=Kind.CHANGE, status=Status.DRAFT).free(clock.now())
    found = []
    for plan in rows.order_by("pk"):
        told = stale(plan)
        if told:
            found.append((plan, len(told) == plan.changes.count()))
    return found
