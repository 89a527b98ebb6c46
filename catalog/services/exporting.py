"""The catalog out as tables, with the columns that the import reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.errors import ImportRefused
from catalog.models import Drama, Edition, Episode, Rights
from catalog.rules import cells, tables
from catalog.services import sheets
from catalog.services.matching import MATCHERS

CHUNK = 1000

ROWS: dict[str, Callable[[], QuerySet[Any]]] = {
    "dramas": lambda: Drama.objects.select_related("supplier").prefetch_related("genres").order_by("code"),
    "editions": lambda: Edition.objects.select_related("drama", "vendor").order_by(
        "drama__code", "language", "kind", "voice"
    ),
    "episodes": lambda: Episode.objects.select_related("drama").order_by("drama__code", "number"),
    "rights": lambda: Rights.objects.select_related("drama").order_by("drama__code", "opens_at", "pk"),
}


def export(kind: str, *, to: Path) -> int:
    """Write every row of this kind to a .csv or .xlsx file, which appears complete or not at all; returns how many."""
    return sheets.write(to, _kind(kind).names, body(kind))


def stream(kind: str, *, ending: str, to: BinaryIO, rows: QuerySet[Any] | None = None) -> int:
    """Write the rows (all, unless given) to an open stream."""
    return sheets.write_to(to, ending, _kind(kind).names, body(kind, rows=rows))


def body(kind: str, *, rows: QuerySet[Any] | None = None) -> Iterator[list[str]]:
    """The cells of every row, read from the database in chunks."""
    found = ROWS[_kind(kind).name]() if rows is None else rows
    matcher = MATCHERS[kind]
    for row in found.iterator(chunk_size=CHUNK):
        yield [cells.written(matcher.current(row, column)) for column in matcher.kind.names]


def _kind(name: str) -> tables.Kind:
    if name not in tables.KINDS:
        raise ImportRefused(
            _("There is no table “%(name)s”; there are %(names)s.") % {"name": name, "names": ", ".join(tables.KINDS)}
        )
    return tables.KINDS[name]
