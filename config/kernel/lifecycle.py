"""The only writer of a status: a conditional UPDATE and a history row in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any, Protocol

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils.translation import gettext as _

from config.kernel import clock
from config.kernel.errors import MoveRefused
from config.kernel.models import StatusChange

Moves = Mapping[Any, Set[Any]]
AT_ONCE = 1000


class HasMoves(Protocol):
    MOVES: Moves


def advance(
    row: Any,
    *,
    to: Any,
    by: Any = None,
    why: str = "",
    only_from: Any = None,
    only_if: dict[str, Any] | None = None,
    **changes: Any,
) -> bool:
    """Move `row` to the status `to`, set `changes` with it and write down who and why.

    `row`'s model carries its table of moves as `MOVES`; `only_from` narrows it to one start, where a verb
    means just that one. `only_if` adds conditions to the UPDATE (a lease token, for one). Returns False,
    changing nothing, when the row already stands at `to`. Raises MoveRefused when it stands where there is
    no such move or when `only_if` no longer holds.
    """
    model = type(row)
    allowed = [start for start, ends in model.MOVES.items() if to in ends and only_from in (None, start)]
    with transaction.atomic():
        before = _lock(model, row)
        if before == to:
            row.refresh_from_db()
            return False
        moved = model._default_manager.filter(pk=row.pk, status=before, status__in=allowed, **(only_if or {})).update(
            status=to, **changes
        )
        if not moved:
            raise MoveRefused(
                _("%(what)s stands at “%(before)s” and cannot become “%(to)s”.")
                % {"what": row, "before": before, "to": to},
                row=row.pk,
            )
        _write_down(model, row, before=before, to=to, by=by, why=why)
    row.refresh_from_db()
    return True


def advance_all(
    model: Any,
    keys: Iterable[int],
    *,
    to: Any,
    by: Any = None,
    why: str = "",
    only_from: Any = None,
    only_if: models.Q | None = None,
    moves: Moves | None = None,
    **changes: Any,
) -> list[int]:
    """Move many rows of one model as `advance` moves one; returns the keys of those that moved.

    What stands elsewhere, stands there already, or does not meet `only_if`, is left as it is: with many rows that is
    an answer and no error. All of them move, each with its history row, or none does. `moves` stands in for the
    model's own table, for a way that no other verb may take.
    """
    table = model.MOVES if moves is None else moves
    allowed = {str(start) for start, ends in table.items() if to in ends and only_from in (None, start)}
    ordered, moved = sorted(set(keys)), []
    with transaction.atomic():
        for start in range(0, len(ordered), AT_ONCE):
            rows = model._default_manager.filter(only_if or models.Q(), pk__in=ordered[start : start + AT_ONCE])
            moved += _advance_some(model, rows.filter(status__in=allowed), to=to, by=by, why=why, changes=changes)
    return moved


def _advance_some(
    model: Any, rows: models.QuerySet[Any], *, to: Any, by: Any, why: str, changes: dict[str, Any]
) -> list[int]:
    """In the order of the keys, so that two of these at once wait for each other and never block each other."""
    locked = rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", "status")
    before = {key: status for key, status in locked if status != str(to)}
    stand = model._default_manager.filter(pk__in=list(before), status__in=set(before.values()))
    if stand.update(status=to, **changes) != len(before):
        raise MoveRefused(_("Some of these rows were moved by somebody else meanwhile; nothing was changed."))
    _write_all_down(model, before, to=to, by=by, why=why)
    return list(before)


def _write_all_down(model: Any, before: dict[int, str], *, to: Any, by: Any, why: str) -> None:
    kind, now = ContentType.objects.get_for_model(model), clock.now()
    person = by if getattr(by, "pk", None) else None
    StatusChange.objects.bulk_create(
        [
            StatusChange(
                content_type=kind,
                object_id=key,
                from_status=status,
                to_status=str(to),
                at=now,
                by=person,
                why=str(why)[:500],
            )
            for key, status in before.items()
        ]
    )


def _lock(model: type[models.Model], row: models.Model) -> str:
    standing: str = model._default_manager.select_for_update().values_list("status", flat=True).get(pk=row.pk)
    return standing


def _write_down(
    model: type[models.Model],
    row: models.Model,
    *,
    before: str,
    to: str,
    by: Any,
    why: str,
) -> None:
    StatusChange.objects.create(
        content_type=ContentType.objects.get_for_model(model),
        object_id=row.pk,
        from_status=before,
        to_status=str(to),
        at=clock.now(),
        by=by if getattr(by, "pk", None) else None,
        why=str(why)[:500],
    )


def history(row: models.Model) -> models.QuerySet[StatusChange]:
    """Every move of this row, newest first."""
    kind = ContentType.objects.get_for_model(type(row))
    return StatusChange.objects.filter(content_type=kind, object_id=row.pk).select_related("by")
