"""Tables as files: CSV (UTF-8) and XLSX, row by row, in and out."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
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
MOST_UNPACKED_BYTES = 1024 * 1024 * 1024
MOST_CELL_CHARS = 131_072
OLD_EXCEL, ZIP = b"\xd0\xcf\x11\xe0", b"PK"
DELIMITERS = (",", ";", "\t")

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


def write_to(stream: BinaryIO, ending: str, header: Sequence[str], body: Iterable[Sequence[str]]) -> int:
    writers = {".csv": _write_csv, ".xlsx": _write_xlsx}
    if ending.lower() not in writers:
        raise ImportRefused(_("A table is written as .csv or .xlsx, not as “%(ending)s”.") % {"ending": ending})
    return writers[ending.lower()](stream, header, ([cells.disarmed(cell) for cell in row] for row in body))


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
        return _("Row %(row)d has a cell of more than %(most)d characters.") % {"row": row, "most": MOST_CELL_CHARS}
    return _("Row %(row)d is no CSV: %(reason)s.") % {"row": row, "reason": error}


@contextmanager
def _workbook(stream: BinaryIO) -> Iterator[Any]:
    try:
        with zipfile.ZipFile(stream) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
        if unpacked > MOST_UNPACKED_BYTES:
            raise ImportRefused(_("The file unpacks to more than %(n)d MB.") % {"n": MOST_UNPACKED_BYTES // 2**20})
        stream.seek(0)
        book = load_workbook(stream, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, SyntaxError) as error:
        raise ImportRefused(_("The file cannot be read as XLSX: %(reason)s.") % {"reason": error}) from error
    try:
        yield book
    finally:
        book.close()


def _xlsx(stream: BinaryIO) -> Iterator[Row]:
    with _workbook(stream) as book:
        if len(book.worksheets) != 1:
            raise ImportRefused(
                _("The file has %(n)d sheets (%(names)s); a file holds one table. Keep one sheet.")
                % {"n": len(book.worksheets), "names": tables.quoted(book.sheetnames)}
            )
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        try:
            for number, line in enumerate(sheet.iter_rows(values_only=True), start=1):
                yield number, _trimmed([_text(cell) for cell in line])
        except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
            raise ImportRefused(_("The sheet cannot be read: %(reason)s.") % {"reason": error}) from error


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
