"""The tables that come in and go out: which columns they have, what a cell may say, and which row is which.

A cell arrives as text and leaves as a value. What cannot be read raises Refused with a sentence; the caller adds the
row, and `read_row` the column.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from babel.numbers import list_currencies
from django.utils.translation import gettext as _

from catalog.rules.words import ANY, AgeRating, EditionKind, Origin, Tier, Voice
from config.kernel import languages

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,30}")
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,40}")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
YES, NO = frozenset({"yes", "true", "1", "y"}), frozenset({"no", "false", "0", "n"})
MOST_SHOWN = 60


class Refused(ValueError):
    """One cell, or one row, says what cannot be taken."""


@dataclass(frozen=True)
class Column:
    """`read` turns a non-empty cell into a value; `empty` is the value of an empty one, unless `is_needed`."""

    name: str
    read: Callable[[str], Any]
    is_needed: bool = False
    empty: Any = ""


@dataclass(frozen=True)
class Kind:
    """A table of one noun. `key` names the columns that tell one row from another."""

    name: str
    model: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def needed(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.is_needed)


def text(most: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if len(cell) > most:
            raise Refused(
                _("it has %(length)d characters, %(most)d are the most") % {"length": len(cell), "most": most}
            )
        return cell

    return read


def choice(values: Sequence[str]) -> Callable[[str], str]:
    def read(cell: str) -> str:
        found = next((value for value in values if value.casefold() == cell.casefold()), None)
        if found is None:
            raise Refused(_("it is none of %(values)s") % {"values": ", ".join(values)})
        return found

    return read


def code(cell: str) -> str:
    if not CODE.fullmatch(cell):
        raise Refused(_("a code has capital letters, digits and hyphens, such as DR-0001"))
    return cell


def tag(cell: str) -> str:
    try:
        return languages.standard(cell)
    except ValueError:
        raise Refused(_("it is no language tag (BCP 47), such as es, pt-BR or zh-Hans")) from None


def territory(cell: str) -> str:
    if cell.upper() not in languages.territories():
        raise Refused(_("“%(value)s” is no country code (ISO 3166), such as MX or ID") % {"value": cell})
    return cell.upper()


def slug(cell: str) -> str:
    if not SLUG.fullmatch(cell):
        raise Refused(_("“%(value)s” is no code of letters, digits and hyphens") % {"value": cell})
    return cell.lower()


def number(cell: str) -> int:
    if not cell.isascii() or not cell.isdigit() or not 1 <= int(cell[:12]) <= 100_000 or len(cell) > 6:
        raise Refused(_("it is no whole number from 1 to 100000"))
    return int(cell)


def age(cell: str) -> int:
    ages = [str(value) for value in AgeRating.values]
    return int(choice(ages)(cell.removesuffix("+")))


def amount(cell: str) -> Decimal:
    try:
        value = Decimal(cell)
    except InvalidOperation:
        raise Refused(_("it is no amount, such as 1200.50")) from None
    if not value.is_finite() or value < 0 or value >= 10**12 or value != round(value, 2):
        raise Refused(_("an amount is not negative and has at most two decimals, such as 1200.50"))
    return round(value, 2)


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


def currency(cell: str) -> str:
    if cell.upper() not in _currencies():
        raise Refused(_("it is no currency code (ISO 4217), such as USD"))
    return cell.upper()


def yes_or_no(cell: str) -> bool:
    if cell.casefold() in YES:
        return True
    if cell.casefold() in NO:
        return False
    raise Refused(_("it is neither yes nor no"))


def moment(cell: str) -> datetime:
    try:
        found = datetime.fromisoformat(cell)
    except ValueError:
        raise Refused(_("it is no date, such as 2026-03-01 or 2026-03-01T18:00+08:00")) from None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise Refused(_("it lies too far from our time")) from None


def several(read: Callable[[str], str], *, or_any: bool = False) -> Callable[[str], tuple[str, ...]]:
    """Entries between semicolons or commas, each once, in order of the alphabet; `*` for all where that is allowed."""

    def each(cell: str) -> tuple[str, ...]:
        entries = [entry.strip() for entry in re.split("[;,]", cell)]
        values = {ANY if or_any and entry == ANY else read(entry) for entry in entries if entry}
        if not values:
            raise Refused(_("it has no entry"))
        if ANY in values and len(values) > 1:
            raise Refused(_("“*” stands for all and stands alone"))
        return tuple(sorted(values))

    return each


EVERYTHING = (ANY,)

DRAMAS = Kind(
    "dramas",
    "drama",
    (
        Column("code", code, is_needed=True),
        Column("original_name", text(200), is_needed=True),
        Column("original_language", tag, is_needed=True),
        Column("genres", several(slug), empty=()),
        Column("tier", choice(Tier.values), is_needed=True),
        Column("age_rating", age, is_needed=True),
        Column("origin", choice(Origin.values), is_needed=True),
        Column("supplier", text(200), is_needed=True),
    ),
    key=("code",),
)
EDITIONS = Kind(
    "editions",
    "edition",
    (
        Column("drama", code, is_needed=True),
        Column("language", tag, is_needed=True),
        Column("kind", choice(EditionKind.values), is_needed=True),
        Column("voice", choice(Voice.values), empty=str(Voice.NONE)),
        Column("vendor", text(200)),
        Column("title", text(200), is_needed=True),
        Column("synopsis", text(20_000)),
        Column("cost", amount, empty=Decimal("0.00")),
        Column("currency", currency, empty="USD"),
        Column("synthetic_media", yes_or_no, empty=None),
        Column("made_for_kids", yes_or_no, empty=False),
    ),
    key=("drama", "language", "kind", "voice"),
)
EPISODES = Kind(
    "episodes",
    "episode",
    (
        Column("drama", code, is_needed=True),
        Column("number", number, is_needed=True),
        Column("name", text(200)),
    ),
    key=("drama", "number"),
)
RIGHTS = Kind(
    "rights",
    "rights",
    (
        Column("drama", code, is_needed=True),
        Column("territories", several(territory, or_any=True), is_needed=True),
        Column("platforms", several(slug, or_any=True), empty=EVERYTHING),
        Column("languages", several(tag, or_any=True), empty=EVERYTHING),
        Column("opens", moment, is_needed=True),
        Column("closes", moment, empty=None),
        Column("exclusive", yes_or_no, empty=False),
        Column("source", text(200)),
    ),
    key=("drama", "territories", "platforms", "languages", "opens"),
)
KINDS = {kind.name: kind for kind in (DRAMAS, EDITIONS, EPISODES, RIGHTS)}


def kind_of(header: Sequence[str]) -> Kind:
    """The kind whose columns these are. Raises Refused naming every column that is unknown, missing or there twice."""
    names = [name.strip().casefold() for name in header]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise Refused(_("The column %(names)s is there twice.") % {"names": quoted(twice)})
    kind = max(KINDS.values(), key=lambda one: (len(set(names) & set(one.names)), len(set(names) & set(one.needed))))
    if len(set(names) & set(kind.names)) < 2:
        raise Refused(
            _("The first row does not name the columns of dramas, editions, episodes or rights; it says %(names)s.")
            % {"names": quoted(names[:8])}
        )
    faults = [*_unknown(names, kind), *_missing(names, kind)]
    if faults:
        raise Refused(" ".join([_("This looks like a table of %(kind)s.") % {"kind": kind.name}, *faults]))
    return kind


def read_row(kind: Kind, cells: Mapping[str, str]) -> dict[str, Any]:
    """The values of one row, for the columns the file has. Raises Refused with one sentence for every bad cell."""
    values, faults = {}, []
    for column in kind.columns:
        if column.name not in cells:
            continue
        try:
            values[column.name] = _read_cell(column, cells[column.name])
        except Refused as refusal:
            shown = cells[column.name][:MOST_SHOWN]
            faults.append(
                _("column “%(column)s”, “%(value)s”: %(reason)s")
                % {"column": column.name, "value": shown, "reason": refusal}
            )
    if faults:
        raise Refused("; ".join(faults))
    return values


def check_edition(values: Mapping[str, Any]) -> None:
    if (values["kind"] == EditionKind.DUBBED) == (values["voice"] == Voice.NONE):
        raise Refused(
            _("column “voice”, “%(value)s”: a dubbed edition has a human or an ai voice, no other edition has one")
            % {"value": values["voice"]}
        )


def check_rights(values: Mapping[str, Any]) -> None:
    if values.get("closes") is not None and values["closes"] <= values["opens"]:
        raise Refused(
            _("column “closes”, “%(value)s”: the window closes before it opens")
            % {"value": values["closes"].isoformat()}
        )


def written(value: Any) -> str:
    """A value as its cell: what `read_row` reads back as the same value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, tuple | list):
        return "; ".join(sorted(value))
    return str(value)


# A spreadsheet program takes a cell that begins so for a formula, and runs it.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def disarmed(cell: str) -> str:
    """The cell with an apostrophe before what a spreadsheet program would run."""
    return f"'{cell}" if cell.lstrip("'").startswith(DANGEROUS) else cell


def rearmed(cell: str) -> str:
    """What was there before `disarmed`."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(DANGEROUS) else cell


def quoted(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


def _read_cell(column: Column, cell: str) -> Any:
    if CONTROL.search(cell):
        raise Refused(_("it has a control character that no text has"))
    if cell:
        return column.read(cell)
    if column.is_needed:
        raise Refused(_("it is empty"))
    return column.empty


def _unknown(names: Sequence[str], kind: Kind) -> list[str]:
    faults = []
    for name in names:
        if name in kind.names:
            continue
        near = difflib.get_close_matches(name, kind.names, n=1)
        if not name:
            faults.append(_("A column has no name."))
        elif near:
            faults.append(
                _("Unknown column “%(name)s”; perhaps “%(near)s” is meant.") % {"name": name, "near": near[0]}
            )
        else:
            faults.append(_("Unknown column “%(name)s”.") % {"name": name})
    return faults


def _missing(names: Sequence[str], kind: Kind) -> list[str]:
    missing = [name for name in kind.needed if name not in names]
    return [_("Missing: %(names)s.") % {"names": quoted(missing)}] if missing else []
