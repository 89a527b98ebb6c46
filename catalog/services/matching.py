"""How a row of a table finds its row in the database: bulk look-ups for a chunk, then a judgement row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from catalog import signals
from catalog.models import Drama, Edition, Episode, Genre, Partner, Rights
from catalog.rules import cells, tables

Values = dict[str, Any]
Key = tuple[Any, ...]
BATCH = 500


class Matcher:
    """One kind's way into the database. `fields` maps a column to its model field; the key columns never change.

    `gather` looks up what a chunk of rows speaks of; `resolve` turns a row's values into field values or refuses;
    `save` writes what was collected, in bulk.
    """

    kind: ClassVar[tables.Kind]
    model: ClassVar[type[models.Model]]
    fields: ClassVar[Mapping[str, str]]

    def __init__(self, columns: Iterable[str]) -> None:
        self.columns = frozenset(columns)
        self.found: dict[Key, Any] = {}
        self.created: list[Any] = []
        self.changed: list[Any] = []

    def gather(self, chunk: Sequence[Values]) -> None:
        raise NotImplementedError

    def resolve(self, values: Values) -> Values:
        raise NotImplementedError

    def key(self, values: Values) -> Key:
        return tuple(values[name] for name in self.kind.key)

    def complete(self, values: Values) -> Values:
        """The values with those of absent key columns filled in; refuses what contradicts itself."""
        for column in self.kind.columns:
            if column.name in self.kind.key:
                values.setdefault(column.name, column.empty)
        return values

    @classmethod
    def current(cls, row: Any, column: str) -> Any:
        """What the database has for this column, in the form that a cell is read to."""
        return getattr(row, cls.fields[column])

    def differences(self, row: Any, values: Values) -> dict[str, tuple[Any, Any]]:
        found = {}
        for column, value in values.items():
            if column not in self.kind.key and self.current(row, column) != value:
                found[column] = (self.current(row, column), value)
        return found

    def create(self, values: Values) -> Any:
        row = self.model(**self.resolve(values))
        self.created.append(row)
        return row

    def change(self, row: Any, values: Values) -> None:
        for name, value in self.resolve(values).items():
            setattr(row, name, value)
        self.changed.append(row)

    def save(self, *, by: Any, why: str) -> None:
        """Write everything that was collected; the caller holds the transaction."""
        plain = {one.name for one in self.model._meta.concrete_fields}
        names = sorted({self.fields[name] for name in self.columns - set(self.kind.key)} & plain)
        if hasattr(self.model, "history"):
            told = {"default_user": by, "default_change_reason": why, "batch_size": BATCH}
            bulk_create_with_history(self.created, self.model, **told)
            bulk_update_with_history(self.changed, self.model, names, **told)
        else:
            manager = self.model._default_manager
            manager.bulk_create(self.created, batch_size=BATCH)
            if names:
                manager.bulk_update(self.changed, names, batch_size=BATCH)


class DramaMatcher(Matcher):
    kind = tables.DRAMAS
    model = Drama
    fields = {name: name for name in tables.DRAMAS.names}

    def __init__(self, columns: Iterable[str]) -> None:
        super().__init__(columns)
        self.suppliers = {row.name: row for row in Partner.objects.filter(is_supplier=True)}
        self.genres = {row.slug: row for row in Genre.objects.all()}
        self.genres_of: dict[str, tuple[str, ...]] = {}

    def gather(self, chunk: Sequence[Values]) -> None:
        rows = Drama.objects.filter(code__in={values["code"] for values in chunk})
        self.found = {(row.code,): row for row in rows.select_related("supplier").prefetch_related("genres")}

    def resolve(self, values: Values) -> Values:
        unknown = [name for name in values.get("genres", ()) if name not in self.genres]
        if unknown:
            raise cells.Refused(_no_such("genres", tables.quoted(unknown), _("genre")))
        if values["supplier"] not in self.suppliers:
            raise cells.Refused(_no_such("supplier", tables.quoted([values["supplier"]]), _("supplier")))
        if "genres" in values:
            self.genres_of[values["code"]] = values["genres"]
        plain = {name: value for name, value in values.items() if name != "genres"}
        return {**plain, "supplier": self.suppliers[values["supplier"]]}

    @classmethod
    def current(cls, row: Any, column: str) -> Any:
        if column == "genres":
            return tuple(sorted(genre.slug for genre in row.genres.all()))
        return row.supplier.name if column == "supplier" else super().current(row, column)

    def save(self, *, by: Any, why: str) -> None:
        super().save(by=by, why=why)
        keys = {row.code: row.pk for row in (*self.created, *self.changed) if row.code in self.genres_of}
        through = Drama.genres.through
        for start in range(0, len(keys), BATCH):
            through.objects.filter(drama_id__in=list(keys.values())[start : start + BATCH]).delete()
        pairs = (
            through(drama_id=key, genre_id=self.genres[slug].pk)
            for code, key in keys.items()
            for slug in self.genres_of[code]
        )
        through.objects.bulk_create(list(pairs), batch_size=BATCH)


class OfDrama(Matcher):
    """A matcher whose rows name their drama by its code."""

    def __init__(self, columns: Iterable[str]) -> None:
        super().__init__(columns)
        self.dramas: dict[str, Drama] = {}

    def gather(self, chunk: Sequence[Values]) -> None:
        codes = {values["drama"] for values in chunk}
        self.dramas = {row.code: row for row in Drama.objects.filter(code__in=codes)}
        self.found = {}
        rows: Iterable[Any] = self.model._default_manager.filter(drama__code__in=codes).select_related("drama")
        for row in self.related(rows):
            self.found[self.key_of(row)] = row

    def related(self, rows: Any) -> Any:
        return rows

    def key_of(self, row: Any) -> Key:
        return tuple(self.current(row, name) for name in self.kind.key)

    @classmethod
    def current(cls, row: Any, column: str) -> Any:
        return row.drama.code if column == "drama" else super().current(row, column)

    def resolve(self, values: Values) -> Values:
        if values["drama"] not in self.dramas:
            raise cells.Refused(_no_such("drama", tables.quoted([values["drama"]]), _("drama")))
        return {**{self.fields[name]: value for name, value in values.items()}, "drama": self.dramas[values["drama"]]}


class EditionMatcher(OfDrama):
    kind = tables.EDITIONS
    model = Edition
    fields = {name: name for name in tables.EDITIONS.names}

    def __init__(self, columns: Iterable[str]) -> None:
        super().__init__(columns)
        self.vendors: dict[str, Partner] = {row.name: row for row in Partner.objects.filter(is_vendor=True)}

    def complete(self, values: Values) -> Values:
        super().complete(values)
        tables.check_edition(values)
        return values

    def related(self, rows: Any) -> Any:
        return rows.select_related("drama", "vendor")

    @classmethod
    def current(cls, row: Any, column: str) -> Any:
        if column == "vendor":
            return row.vendor.name if row.vendor else ""
        if column == "synopsis":
            return row.synopsis.replace("\r\n", "\n")
        return super().current(row, column)

    def resolve(self, values: Values) -> Values:
        resolved = super().resolve(values)
        name = values.get("vendor", "")
        if name and name not in self.vendors:
            raise cells.Refused(_no_such("vendor", tables.quoted([name]), _("vendor")))
        if "vendor" in values:
            resolved["vendor"] = self.vendors.get(name)
        return resolved


class EpisodeMatcher(OfDrama):
    kind = tables.EPISODES
    model = Episode
    fields = {name: name for name in tables.EPISODES.names}


class RightsMatcher(OfDrama):
    kind = tables.RIGHTS
    model = Rights
    fields = {
        "drama": "drama",
        "territories": "territories",
        "platforms": "platforms",
        "languages": "languages",
        "opens": "opens_at",
        "closes": "closes_at",
        "exclusive": "is_exclusive",
        "source": "source",
    }
    LISTS = ("territories", "platforms", "languages")

    def complete(self, values: Values) -> Values:
        super().complete(values)
        tables.check_rights(values)
        return values

    @classmethod
    def current(cls, row: Any, column: str) -> Any:
        value = super().current(row, column)
        return tuple(sorted(value)) if column in cls.LISTS else value

    def resolve(self, values: Values) -> Values:
        resolved = super().resolve(values)
        return {**resolved, **{name: list(resolved[name]) for name in self.LISTS}}

    def save(self, *, by: Any, why: str) -> None:
        super().save(by=by, why=why)
        dramas = sorted({row.drama_id for row in (*self.created, *self.changed)})
        if dramas:
            signals.rights_changed.send(Rights, dramas=dramas)


MATCHERS: dict[str, type[Matcher]] = {
    one.kind.name: one for one in (DramaMatcher, EditionMatcher, EpisodeMatcher, RightsMatcher)
}


def _no_such(column: str, shown: str, what: str) -> str:
    return _("column “%(column)s”, %(value)s: there is no such %(what)s; add it first") % {
        "column": column,
        "value": shown,
        "what": what,
    }
