"""One deed on many publications, with the list of them, and its undoing while it is young.

A line is put back only where its publication still stands as the deed left it: what somebody touched since, what has
started, and what has lost its place is refused with a sentence. There is no undoing of an undo.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from channels.models import Batch, BatchLine, Plan
from channels.rules.batch import Deed
from channels.services import moving_back, putting_back
from channels.services.putting_back import Verdict, Verdicts
from config.kernel import clock
from config.kernel.errors import Invalid

AT_ONCE = 1000
AS_IT_WAS = Verdict("", is_back=True)


@dataclass(frozen=True)
class Line:
    """One publication of a deed. `is_done` False: it was asked for and refused, and there is nothing to put back."""

    publication: int
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    is_done: bool = True


@dataclass(frozen=True)
class Undone:
    """`remarked`: put back, but not quite as they were; the list says how."""

    put_back: int
    refused: int
    remarked: int = 0


PUT_BACK: Mapping[str, Callable[..., Verdicts]] = {
    Deed.APPROVE: putting_back.approvals,
    Deed.CANCEL: putting_back.cancelled,
    Deed.MOVE: moving_back.moved,
    Deed.PIN: putting_back.pinned,
    Deed.RETRY: putting_back.retried,
}


def record(
    deed: Deed, *, lines: Iterable[Line], by: Any, at: datetime | None = None, plan: Plan | None = None, why: str = ""
) -> Batch:
    """Keep the list of what was done to which publications; call it in the transaction of the deed itself."""
    kept = list(lines)
    with transaction.atomic():
        batch = Batch.objects.create(
            deed=deed,
            at=at or clock.now(),
            by=by if getattr(by, "pk", None) else None,
            plan=plan,
            why=why[:500],
            count=sum(one.is_done for one in kept),
        )
        BatchLine.objects.bulk_create(
            [
                BatchLine(
                    batch=batch,
                    publication_id=one.publication,
                    before=one.before,
                    after={**one.after, "done": one.is_done},
                )
                for one in kept
            ],
            batch_size=AT_ONCE,
        )
    return batch


def undo(batch: Batch, *, by: Any) -> Undone:
    """Put back what still stands as this bulk action left it. Raises Invalid when it is too late, or was done before.

    Two who press at once: one undoes, the other is told. A worker that claims a publication at the same moment either
    starts before, and the line is refused, or finds that it has nothing to start.
    """
    with transaction.atomic():
        now = clock.now()
        _begin(batch, by=by, now=now)
        lines = [one for one in batch.lines.order_by("pk") if one.after.get("done")]
        verdicts = PUT_BACK[batch.deed](batch, lines, by=by, now=now)
        _write_down(batch, {line.pk: verdicts.get(line.publication_id, AS_IT_WAS) for line in lines})
    batch.refresh_from_db()
    remarked = sum(one.is_back for one in verdicts.values())
    refused = len(verdicts) - remarked
    return Undone(len(lines) - refused, refused, remarked)


def _write_down(batch: Batch, said: dict[int, Verdict]) -> None:
    """Of each line whether it was put back, in as many updates as there are sentences."""
    alike: defaultdict[Verdict, list[int]] = defaultdict(list)
    for key, verdict in said.items():
        alike[verdict].append(key)
    for verdict, keys in alike.items():
        for start in range(0, len(keys), AT_ONCE):
            some = batch.lines.filter(pk__in=keys[start : start + AT_ONCE])
            some.update(undone=verdict.is_back, refusal=verdict.sentence[:300])


def _begin(batch: Batch, *, by: Any, now: datetime) -> None:
    """Take the undoing of this batch; there is only one."""
    batch.refresh_from_db()
    if batch.deed == Deed.TAKE_DOWN:
        raise Invalid(_("A take-down cannot be undone: what viewers lost does not come back."), row=batch.pk)
    if batch.deed not in PUT_BACK:
        raise Invalid(_("This is not undone here; a hold is lifted on its own page."), row=batch.pk)
    if batch.undone_at is None and not batch.can_be_undone(now):
        raise Invalid(_("More than ten minutes have passed; this can no longer be undone at once."), row=batch.pk)
    person = by if getattr(by, "pk", None) else None
    if not Batch.objects.filter(pk=batch.pk, undone_at=None).update(undone_at=now, undone_by=person):
        batch.refresh_from_db()
        raise Invalid(
            _("%(who)s has undone this already, at %(at)s UTC.")
            % {"who": batch.undone_by or "–", "at": f"{batch.undone_at:%Y-%m-%d %H:%M}"},
            row=batch.pk,
        )
