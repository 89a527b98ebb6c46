"""The only writer of a status: a conditional UPDATE and a history row in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, Protocol

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils.translation import gettext as _

from config.kernel import clock
from config.kernel.errors import MoveRefused
from config.kernel.models import StatusChange

Moves = Mapping[Any, Set[Any]]


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
