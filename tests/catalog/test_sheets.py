"""Workbooks that are damaged, locked, odd or far too large: always a sentence, never a crash."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from catalog.errors import ImportRefused
from catalog.services import sheets

SHEET, STYLES = "xl/worksheets/sheet1.xml", "xl/styles.xml"
CENTRAL = b"PK\x01\x02"


def workbook(first: str = "DR-0001") -> bytes:
    book = Workbook()
    book.active.append(["code", "original_name"])
    for number in range(500):
        book.active.append([first if number == 0 else f"DR-{number:04d}", f"name {number * 7919 % 1000}"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows(content: bytes) -> int:
    return sum(1 for _row in sheets.rows(io.BytesIO(content)))


def damaged(content: bytes, *, part: str) -> bytes:
    """The compressed bytes of one part, overwritten in their middle."""
    entry = zipfile.ZipFile(io.BytesIO(content)).getinfo(part)
    start = entry.header_offset + 30 + len(part) + entry.compress_size // 3
    broken = bytearray(content)
    broken[start : start + 40] = b"\xff" * 40
    return bytes(broken)


def marked(content: bytes, *, offset: int, value: int) -> bytes:
    """A field of every entry of the central directory set to `value`."""
    broken, place = bytearray(content), content.find(CENTRAL)
    while place >= 0:
        struct.pack_into("<H", broken, place + offset, value)
        place = content.find(CENTRAL, place + 4)
    return bytes(broken)


def rewritten(content: bytes, *, part: str, change: Callable[[bytes], bytes]) -> bytes:
    source, out = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in source.namelist():
            packed.writestr(name, change(source.read(name)) if name == part else source.read(name))
    return out.getvalue()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda good: damaged(good, part=SHEET), "The sheet cannot be read"),
        (lambda good: damaged(good, part=STYLES), "cannot be read as XLSX"),
        (lambda good: marked(good, offset=8, value=1), "encrypted"),
        (lambda good: marked(good, offset=10, value=99), "compression"),
        (
            lambda good: rewritten(good, part=STYLES, change=lambda xml: xml.replace(b'sz val="11"', b'sz val="big"')),
            "cannot be read as XLSX",
        ),
        (lambda good: good[: len(good) // 2], "cannot be read as XLSX"),
    ],
    ids=["damaged sheet", "damaged styles", "encrypted", "unknown compression", "odd styles", "cut off"],
)
def test_a_workbook_that_cannot_be_read_is_refused_with_the_reason(spoil, sentence):
    good = workbook()
    assert rows(good) == 501
    with pytest.raises(ImportRefused, match=sentence):
        rows(spoil(good))


def test_a_cell_of_a_workbook_is_no_longer_than_one_of_a_csv():
    long = b"x" * (sheets.MOST_CELL_CHARS + 1)
    assert rows(workbook("placeholder")) == 501
    content = rewritten(workbook("placeholder"), part=SHEET, change=lambda xml: xml.replace(b"placeholder", long))
    with pytest.raises(ImportRefused, match="Row 2 has a cell of more than"):
        rows(content)


@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml"])
def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(part, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_HELD_BYTES", 1_000_000)
    monkeypatch.setattr(sheets, "MOST_UNPACKED_BYTES", 3_000_000)
    monkeypatch.setattr(sheets, "load_workbook", lambda *_given, **_more: pytest.fail("it was read"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(part, b" " * (4_000_000 if part == SHEET else 2_000_000))
    assert len(out.getvalue()) < 10_000
    with pytest.raises(ImportRefused, match="unpacks to"):
        rows(out.getvalue())
