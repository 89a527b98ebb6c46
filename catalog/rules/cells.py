"""What one cell of a table may say: text into a value and back.

A reader takes a cell that is not empty and gives its value, or raises Refused with a sentence; whoever called it adds
the row and the column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from babel.numbers import list_currencies
from django.utils.translation import gettext as _

from catalog.rules.words import ANY, AgeRating
from config.kernel import languages

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,30}")
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,40}")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
YES, NO = frozenset({"yes", "true", "1", "y"}), frozenset({"no", "false", "0", "n"})


class Refused(ValueError):
    """One cell, or one row, says what cannot be taken."""


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
