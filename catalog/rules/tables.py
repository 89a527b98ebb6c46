"""The tables that come in and go out: which columns they have, and which row is which."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from catalog.rules import cells
from catalog.rules.words import ANY, EditionKind, Origin, Tier, Voice

MOST_SHOWN = 60


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


EVERYTHING = (ANY,)

DRAMAS = Kind(
    "dramas",
    "drama",
    (
        Column("code", cells.code, is_needed=True),
        Column("original_name", cells.text(200), is_needed=True),
        Column("original_language", cells.tag, is_needed=True),
        Column("genres", cells.several(cells.slug), empty=()),
        Column("tier", cells.choice(Tier.values), is_needed=True),
        Column("age_rating", cells.age, is_needed=True),
        Column("origin", cells.choice(Origin.values), is_needed=True),
        Column("supplier", cells.text(200), is_needed=True),
    ),
    key=("code",),
)
EDITIONS = Kind(
    "editions",
    "edition",
    (
        Column("drama", cells.code, is_needed=True),
        Column("language", cells.tag, is_needed=True),
        Column("kind", cells.choice(EditionKind.values), is_needed=True),
        Column("voice", cells.choice(Voice.values), empty=str(Voice.NONE)),
        Column("vendor", cells.text(200)),
        Column("title", cells.text(200), is_needed=True),
        Column("synopsis", cells.text(20_000)),
        Column("cost", cells.amount, empty=Decimal("0.00")),
        Column("currency", cells.currency, empty="USD"),
        Column("synthetic_media", cells.yes_or_no, empty=None),
        Column("made_for_kids", cells.yes_or_no, empty=None),
    ),
    key=("drama", "language", "kind", "voice"),
)
EPISODES = Kind(
    "episodes",
    "episode",
    (
        Column("drama", cells.code, is_needed=True),
        Column("number", cells.number, is_needed=True),
        Column("name", cells.text(200)),
    ),
    key=("drama", "number"),
)
RIGHTS = Kind(
    "rights",
    "rights",
    (
        Column("drama", cells.code, is_needed=True),
        Column("territories", cells.several(cells.territory, or_any=True), is_needed=True),
        Column("platforms", cells.several(cells.slug, or_any=True), empty=EVERYTHING),
        Column("languages", cells.several(cells.tag, or_any=True), empty=EVERYTHING),
        Column("opens", cells.moment, is_needed=True),
        Column("closes", cells.moment, empty=None),
        Column("exclusive", cells.yes_or_no, empty=False),
        Column("source", cells.text(200)),
    ),
    key=("drama", "territories", "platforms", "languages", "opens"),
)
KINDS = {kind.name: kind for kind in (DRAMAS, EDITIONS, EPISODES, RIGHTS)}


def kind_of(header: Sequence[str]) -> Kind:
    """The kind whose columns these are. Raises Refused naming every column that is unknown, missing or there twice."""
    names = [name.strip().casefold() for name in header]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise cells.Refused(_("The column %(names)s is there twice.") % {"names": quoted(twice)})
    kind = max(KINDS.values(), key=lambda one: (len(set(names) & set(one.names)), len(set(names) & set(one.needed))))
    if len(set(names) & set(kind.names)) < 2:
        raise cells.Refused(
            _("The first row does not name the columns of dramas, editions, episodes or rights; it says %(names)s.")
            % {"names": quoted(names[:8])}
        )
    faults = [*_unknown(names, kind), *_missing(names, kind)]
    if faults:
        raise cells.Refused(" ".join([_("This looks like a table of %(kind)s.") % {"kind": kind.name}, *faults]))
    return kind


def read_row(kind: Kind, row: Mapping[str, str]) -> dict[str, Any]:
    """The values of one row, for the columns the file has. Raises Refused with one sentence for every bad cell."""
    values, faults = {}, []
    for column in kind.columns:
        if column.name not in row:
            continue
        try:
            values[column.name] = _read_cell(column, row[column.name])
        except cells.Refused as refusal:
            shown = row[column.name][:MOST_SHOWN]
            faults.append(
                _("column “%(column)s”, “%(value)s”: %(reason)s")
                % {"column": column.name, "value": shown, "reason": refusal}
            )
    if faults:
        raise cells.Refused("; ".join(faults))
    return values


def check_edition(values: Mapping[str, Any]) -> None:
    if (values["kind"] == EditionKind.DUBBED) == (values["voice"] == Voice.NONE):
        raise cells.Refused(
            _("column “voice”, “%(value)s”: a dubbed edition has a human or an ai voice, no other edition has one")
            % {"value": values["voice"]}
        )


def check_rights(values: Mapping[str, Any]) -> None:
    if values.get("closes") is not None and values["closes"] <= values["opens"]:
        raise cells.Refused(
            _("column “closes”, “%(value)s”: the window closes before it opens")
            % {"value": values["closes"].isoformat()}
        )


def quoted(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


def _read_cell(column: Column, cell: str) -> Any:
    if cells.CONTROL.search(cell):
        raise cells.Refused(_("it has a control character that no text has"))
    if cell:
        return column.read(cell)
    if column.is_needed:
        raise cells.Refused(_("it is empty"))
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
