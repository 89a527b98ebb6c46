"""A run that goes to another channel goes whole or not at all: nothing is taken away before all of it has its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from channels.models import Plan, PlanChange
from channels.rules.plan import Change
from channels.services import elsewhere, moving, staleness, standing
from config.kernel.errors import Invalid, ProductError

CODE = "change_elsewhere"
Judge = Callable[[Any], None]


def is_part(line: PlanChange) -> bool:
    """Whether it takes a clip away from its channel, or adds it to another, for a run that moves there."""
    return any(isinstance(one, dict) and one.get("code") == CODE for one in line.reasons)


def runs(plan: Plan) -> list[list[PlanChange]]:
    """What is not yet decided, run by run: what goes and what comes, in order."""
    rows = plan.changes.filter(applied=None, kind__in=[Change.DROPPED, Change.ADDED]).order_by("from_at", "to_at", "pk")
    found: dict[int, list[PlanChange]] = defaultdict(list)
    for line in rows.select_related("publication__channel", "clip__edition", "channel", "plan"):
        if is_part(line):
            found[line.clip.edition_id].append(line)
    return [found[edition] for edition in sorted(found)]


def carry_out(lines: list[PlanChange], *, by: Any, why: Callable[[PlanChange], str], judge: Judge) -> None:
    """Sets the refusal of every line; none has one when the run has moved. `judge` raises for what breaks a rule."""
    try:
        with transaction.atomic():
            _take_away(lines, by=by, why=why)
            for line in lines:
                if line.kind == Change.ADDED:
                    _add(line, judge=judge)
    except ProductError as refusal:
        _refuse(lines, str(refusal))
    except IntegrityError:
        _refuse(lines, _("Its time was taken, or the clip is on the channel already."))


def _take_away(lines: list[PlanChange], *, by: Any, why: Callable[[PlanChange], str]) -> None:
    going = [line for line in lines if line.kind == Change.DROPPED]
    rows = {row.pk: row for row in standing.lock([line.publication for line in going if line.publication])}
    for line in going:
        row = rows[line.publication_id or 0]
        if refusal := staleness.not_as_it_was(row, line):
            raise Invalid(f"{line.clip}: {refusal}", row=row.pk)
    for line in going:
        if not moving.cancel_all([line.publication_id or 0], by=by, why=why(line)):
            raise Invalid(f"{line.clip}: " + _("It was changed since this was proposed."))


def _add(line: PlanChange, *, judge: Judge) -> None:
    try:
        row = elsewhere.create(line)
        judge(row)
    except ProductError as refusal:
        raise Invalid(f"{line.clip}: {refusal}") from refusal
    line.publication, line.refusal = row, ""
    line.save(update_fields=["publication"])


def _refuse(lines: list[PlanChange], why: str) -> None:
    """What was added was taken back with the transaction."""
    for line in lines:
        if line.kind == Change.ADDED:
            line.publication = None
        line.refusal = _("The run goes whole or not at all. %(why)s") % {"why": why}
