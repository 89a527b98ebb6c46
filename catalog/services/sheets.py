"""Tables as files: CSV (UTF-8) and XLSX, row by row, in and out."""

from __future__ import annotations

import csv
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils.exceptions import InvalidFileException

from catalog.errors import ImportRefused
from catalog.rules import cells, tables

MOST_BYTES = 100 * 1024 * 1024
# An XLSX is a zip, and a zip may hold a thousand times its size. The sheet is read row by row; all else in the file
# (texts, styles) is held at once.
MOST_UNPACKED_BYTES = 512 * 1024 * 1024
MOST_HELD_BYTES = 128 * 1024 * 1024
STREAMED = "xl/worksheets/"
MOST_CELL_CHARS = 131_072
OLD_EXCEL, ZIP = b"\xd0\xcf\x11\xe0", b"PK"
DELIMITERS = (",", ";", "\t")

# What the readers of zip and XLSX raise over a damaged, locked or odd file; none of it is a fault of ours.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    EOFError,
    OSError,
    SyntaxError,  # what the XML parser raises
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RuntimeError,  # encrypted; and, as NotImplementedError, an unknown compression
)

Row = tuple[int, list[str]]


def rows(stream: BinaryIO) -> Iterator[Row]:
    """(row number as a spreadsheet shows it, cells as stripped text) of every row that is not blank.

    Told apart by content, not by name. Raises ImportRefused for what is no table.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if size > MOST_BYTES:
        raise ImportRefused(
            _("The file has %(size)d MB; %(most)d MB are the most. Split it.")
            % {"size": size // 2**20, "most": MOST_BYTES // 2**20}
        )
    start = stream.read(4)
    stream.seek(0)
    if start.startswith(OLD_EXCEL):
        raise ImportRefused(_("This is an old Excel file (.xls). Save it as .xlsx or as CSV in UTF-8."))
    found = _xlsx(stream) if start.startswith(ZIP) else _csv(stream)
    for number, line in found:
        stripped = [cells.rearmed(cell.replace("\r\n", "\n").strip()) for cell in line]
        if any(stripped):
            yield number, stripped


def write(path: Path, header: Sequence[str], body: Iterable[Sequence[str]]) -> int:
    """Write a table by the ending of its name; it appears complete or not at all. Returns the number of rows.

    Cells that a spreadsheet program would run as a formula get an apostrophe, which `rows` takes off again.
    """
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with unfinished.open("wb") as stream:
            count = write_to(stream, path.suffix, header, body)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def require_place(path: Path) -> None:
    """Raise ImportRefused, in words, where `write` could not put a table: said before long work, not after it."""
    _writer(path.suffix)
    if not path.parent.is_dir():
        raise ImportRefused(_("There is no folder “%(folder)s” to write to.") % {"folder": path.parent})
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise ImportRefused(_("“%(path)s” cannot be written.") % {"path": path})


def write_to(stream: BinaryIO, ending: str, header: Sequence[str], body: Iterable[Sequence[str]]) -> int:
    return _writer(ending)(stream, header, ([cells.disarmed(cell) for cell in row] for row in body))


def _writer(ending: str) -> Callable[[BinaryIO, Sequence[str], Iterable[Sequence[str]]], int]:
    writers = {".csv": _write_csv, ".xlsx": _write_xlsx}
    if ending.lower() not in writers:
        raise ImportRefused(_("A table is written as .csv or .xlsx, not as “%(ending)s”.") % {"ending": ending})
    return writers[ending.lower()]


def _csv(stream: BinaryIO) -> Iterator[Row]:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    number = 0
    try:
        first = text.readline()
        text.seek(0)
        delimiter = max(DELIMITERS, key=first.count)
        csv.field_size_limit(MOST_CELL_CHARS)
        # Not an enumerate: when reading fails, `number` is the last row that was read.
        for line in csv.reader(text, delimiter=delimiter, strict=True):
            number += 1
            yield number, line
    except UnicodeDecodeError as error:
        raise ImportRefused(
            _("The file is not UTF-8 (byte %(byte)s near row %(row)d). Save it as CSV in UTF-8.")
            % {"byte": f"0x{error.object[error.start]:02X}", "row": number + 1}
        ) from error
    except csv.Error as error:
        raise ImportRefused(_csv_fault(error, number + 1)) from error
    finally:
        if not text.closed:
            text.detach()


def _csv_fault(error: csv.Error, row: int) -> str:
    if "field limit" in str(error):
        return _too_long(row)
    return _("Row %(row)d is no CSV: %(reason)s.") % {"row": row, "reason": error}


def _too_long(row: int) -> str:
    return _("Row %(row)d has a cell of more than %(most)d characters.") % {"row": row, "most": MOST_CELL_CHARS}


@contextmanager
def _readable(sentence: str) -> Iterator[None]:
    """Foreign errors as ImportRefused with this sentence, which has a place for the reason."""
    try:
        yield
    except UNREADABLE as error:
        reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise ImportRefused(sentence % {"reason": reason}) from error


@contextmanager
def _workbook(stream: BinaryIO) -> Iterator[Any]:
    with _readable(_("The file cannot be read as XLSX: %(reason)s.")):
        with zipfile.ZipFile(stream) as packed:
            _require_bounded(packed.infolist())
        stream.seek(0)
        book = load_workbook(stream, read_only=True, data_only=True)
    try:
        yield book
    finally:
        book.close()


def _require_bounded(entries: Sequence[zipfile.ZipInfo]) -> None:
    """By the sizes that the zip declares: its reader gives no more of an entry than that."""
    held = sum(entry.file_size for entry in entries if not entry.filename.startswith(STREAMED))
    for size, most in ((sum(entry.file_size for entry in entries), MOST_UNPACKED_BYTES), (held, MOST_HELD_BYTES)):
        if size > most:
            raise ImportRefused(
                _("The file unpacks to %(size)d MB where %(n)d MB are the most. Split it, or save it as CSV.")
                % {"size": size // 2**20, "n": most // 2**20}
            )


def _xlsx(stream: BinaryIO) -> Iterator[Row]:
    with _workbook(stream) as book:
        if len(book.worksheets) != 1:
            raise ImportRefused(
                _("The file has %(n)d sheets (%(names)s); a file holds one table. Keep one sheet.")
                % {"n": len(book.worksheets), "names": tables.quoted(book.sheetnames)}
            )
        for number, line in enumerate(_lines(book.worksheets[0]), start=1):
            texts = _trimmed([_text(cell) for cell in line])
            if any(len(text) > MOST_CELL_CHARS for text in texts):
                raise ImportRefused(_too_long(number))
            yield number, texts


def _lines(sheet: Any) -> Iterator[Sequence[Any]]:
    with _readable(_("The sheet cannot be read: %(reason)s.")):
        sheet.reset_dimensions()
        yield from sheet.iter_rows(values_only=True)


def _trimmed(line: list[str]) -> list[str]:
    while line and not line[-1]:
        line.pop()
    return line


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return cells.written(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell)


def _write_csv(stream: BinaryIO, header: Sequence[str], body: Iterable[Sequence[str]]) -> int:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    count = 0
    for row in body:
        writer.writerow(row)
        count += 1
    text.flush()
    text.detach()
    return count


def _write_xlsx(stream: BinaryIO, header: Sequence[str], body: Iterable[Sequence[str]]) -> int:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("table")
    sheet.append(list(header))
    count = 0
    for row in body:
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", cell) for cell in row])
        count += 1
    book.save(stream)
    return count
