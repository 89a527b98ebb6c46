"""Tables into the catalog: judged row by row first, then saved whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from itertools import islice
from typing import Any, BinaryIO

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.errors import ImportRefused
from catalog.rules import cells, tables
from catalog.services import files, sheets
from catalog.services.matching import MATCHERS, Matcher

MOST_ROWS = 200_000
CHUNK = 500
# Where an upload waits between the dry run and the confirmation.
WAITING_ROOM = "imports"
KEPT_FOR = timedelta(days=1)


class Result(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Outcome:
    """What becomes of one row of the file; `sentence` says what changes, or why it is refused."""

    row: int
    result: Result
    name: str
    sentence: str = ""


@dataclass
class Report:
    """The whole file row by row. `is_saved` tells a dry run from the real thing."""

    kind: str
    outcomes: list[Outcome] = field(default_factory=list)
    is_saved: bool = False

    def count(self, result: Result) -> int:
        return sum(1 for one in self.outcomes if one.result == result)

    def of(self, result: Result) -> list[Outcome]:
        return [one for one in self.outcomes if one.result == result]

    @property
    def summary(self) -> str:
        counts = {str(result): self.count(result) for result in Result}
        return _(
            "%(kind)s: %(created)d created, %(changed)d changed, %(unchanged)d unchanged, %(refused)d refused."
        ) % {"kind": self.kind, **counts}


def run(stream: BinaryIO, *, apply: bool = False, skip_refused: bool = False, by: Any = None) -> Report:
    """Judge every row of the file and, with `apply`, save. Without it nothing is written: a dry run.

    A refused row stops the saving of all, unless `skip_refused`. Run again, the same file changes nothing. Raises
    ImportRefused, with nothing saved, when the file as a whole cannot be taken.
    """
    found = sheets.rows(stream)
    _number, header = next(found, (0, None))
    if header is None:
        raise ImportRefused(_("The file is empty: its first row must name the columns."))
    try:
        kind = tables.kind_of(header)
    except cells.Refused as refusal:
        raise ImportRefused(str(refusal)) from refusal
    names = [name.casefold() for name in header]
    matcher = MATCHERS[kind.name](names)
    report = Report(kind.name)
    seen: dict[Any, int] = {}
    while chunk := list(islice(found, CHUNK)):
        report.outcomes.extend(_judge(matcher, chunk, names, seen))
        if len(report.outcomes) > MOST_ROWS:
            raise ImportRefused(_("The file has more than %(n)d rows. Split it.") % {"n": MOST_ROWS})
    if apply and (skip_refused or not report.count(Result.REFUSED)):
        _save(matcher, report, by=by)
    return report


def _judge(matcher: Matcher, chunk: Iterable[sheets.Row], names: list[str], seen: dict[Any, int]) -> Iterator[Outcome]:
    """The outcomes of some rows, in their order, with two or three queries for all of them."""
    read = [_read(matcher, number, line, names, seen) for number, line in chunk]
    matcher.gather([values for _row, values, _fault in read if values is not None])
    for number, values, fault in read:
        if values is None:
            yield Outcome(number, Result.REFUSED, "", fault)
        else:
            yield _decide(matcher, number, values)


def _read(
    matcher: Matcher, number: int, line: list[str], names: list[str], seen: dict[Any, int]
) -> tuple[int, dict[str, Any] | None, str]:
    extra = [cell for cell in line[len(names) :] if cell]
    if extra:
        return number, None, _("it has more cells than there are columns: %(cells)s") % {"cells": tables.quoted(extra)}
    row = dict(zip(names, line + [""] * (len(names) - len(line)), strict=False))
    try:
        values = matcher.complete(tables.read_row(matcher.kind, row))
    except cells.Refused as refusal:
        return number, None, str(refusal)
    first = seen.setdefault(matcher.key(values), number)
    if first != number:
        key = ", ".join(matcher.kind.key)
        return number, None, _("the same %(key)s as in row %(row)d") % {"key": key, "row": first}
    return number, values, ""


def _decide(matcher: Matcher, number: int, values: dict[str, Any]) -> Outcome:
    name = " ".join(cells.written(part) for part in matcher.key(values))
    row = matcher.found.get(matcher.key(values))
    try:
        if row is None:
            matcher.create(values)
            return Outcome(number, Result.CREATED, name)
        changes = matcher.differences(row, values)
        if not changes:
            return Outcome(number, Result.UNCHANGED, name)
        matcher.change(row, values)
    except cells.Refused as refusal:
        return Outcome(number, Result.REFUSED, name, str(refusal))
    said = "; ".join(f"{column}: “{_short(before)}” → “{_short(after)}”" for column, (before, after) in changes.items())
    return Outcome(number, Result.CHANGED, name, said)


def _short(value: Any) -> str:
    text = cells.written(value)
    return text if len(text) <= tables.MOST_SHOWN else f"{text[: tables.MOST_SHOWN]}…"


def _save(matcher: Matcher, report: Report, *, by: Any) -> None:
    try:
        with transaction.atomic():
            matcher.save(by=by if getattr(by, "pk", None) else None, why=_("imported"))
    except IntegrityError as error:
        raise ImportRefused(
            _("Somebody changed the same rows while the file was read; nothing was saved. Run it again.")
        ) from error
    report.is_saved = True


def lines(report: Report) -> Iterator[list[str]]:
    """The report as a table: row, result, name, sentence."""
    for one in report.outcomes:
        yield [str(one.row), str(one.result), one.name, one.sentence]


def clear_waiting_room() -> str:
    """Remove uploads that nobody confirmed for a day (of the storage's own time)."""
    try:
        _folders, names = default_storage.listdir(WAITING_ROOM)
    except FileNotFoundError:
        return _("nothing to clear")
    limit = timezone.now() - KEPT_FOR
    old = [name for name in names if default_storage.get_modified_time(f"{WAITING_ROOM}/{name}") < limit]
    for name in old:
        files.discard(f"{WAITING_ROOM}/{name}")
    return _("%(n)d abandoned uploads removed") % {"n": len(old)}
