"""The bundled fonts: which file draws which character, and how wide it comes out."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from PIL import ImageFont

from catalog.footage import ffmpeg

# libass scales a font by its line height and Pillow by its em; widths are measured at one size and scaled.
MEASURING_SIZE = 200


@dataclass(frozen=True)
class Typeface:
    """One font file, by the family name it carries."""

    family: str
    file: str


LATIN = Typeface("Noto Sans", "NotoSans-Bold.ttf")
ARABIC = Typeface("Noto Sans Arabic", "NotoSansArabic-Bold.ttf")
HEBREW = Typeface("Noto Sans Hebrew", "NotoSansHebrew-Bold.ttf")
THAI = Typeface("Noto Sans Thai", "NotoSansThai-Bold.ttf")
DEVANAGARI = Typeface("Noto Sans Devanagari", "NotoSansDevanagari-Bold.ttf")
SIMPLIFIED = Typeface("Noto Sans SC", "NotoSansSC-Bold.ttf")
TRADITIONAL = Typeface("Noto Sans TC", "NotoSansTC-Bold.ttf")
JAPANESE = Typeface("Noto Sans JP", "NotoSansJP-Bold.ttf")
KOREAN = Typeface("Noto Sans KR", "NotoSansKR-Bold.ttf")

EVERY = (LATIN, ARABIC, HEBREW, THAI, DEVANAGARI, SIMPLIFIED, TRADITIONAL, JAPANESE, KOREAN)

# Han characters look different in each of these languages, so the language decides which file is asked first.
FIRST = {
    "zh": (SIMPLIFIED, TRADITIONAL),
    "zh-hant": (TRADITIONAL, SIMPLIFIED),
    "ja": (JAPANESE, TRADITIONAL),
    "ko": (KOREAN, TRADITIONAL),
    "ar": (ARABIC,),
    "fa": (ARABIC,),
    "ur": (ARABIC,),
    "he": (HEBREW,),
    "th": (THAI,),
    "hi": (DEVANAGARI,),
    "mr": (DEVANAGARI,),
    "ne": (DEVANAGARI,),
}
TRADITIONAL_REGIONS = frozenset({"hant", "tw", "hk", "mo"})
RIGHT_TO_LEFT = frozenset({"ar", "fa", "ur", "he", "ps", "ckb", "sd", "ug", "yi"})


def is_right_to_left(language: str) -> bool:
    return _subtags(language)[0] in RIGHT_TO_LEFT


def preferred(language: str) -> tuple[Typeface, ...]:
    """All typefaces, in the order in which a text of this BCP 47 language should ask them."""
    main, *others = _subtags(language)
    key = "zh-hant" if main in {"zh", "yue"} and TRADITIONAL_REGIONS & set(others) else main
    first = FIRST.get("zh" if key == "yue" else key, (LATIN,))
    return (*first, *(face for face in EVERY if face not in first))


def choose(text: str, faces: Sequence[Typeface]) -> Typeface | None:
    """The first typeface that can draw the whole of `text`, None when none can."""
    return next((face for face in faces if all(ord(char) in covered(face) for char in text)), None)


@cache
def covered(face: Typeface) -> frozenset[int]:
    """The characters the file can draw, from its format 12 character map (every bundled file has one)."""
    data = (ffmpeg.FONTS / face.file).read_bytes()
    start = _tables(data)["cmap"]
    (count,) = struct.unpack_from(">H", data, start + 2)
    offsets = [struct.unpack_from(">I", data, start + 4 + 8 * place + 4)[0] for place in range(count)]
    found = next(start + offset for offset in offsets if struct.unpack_from(">H", data, start + offset)[0] == 12)
    (groups,) = struct.unpack_from(">I", data, found + 12)
    ranges = (struct.unpack_from(">II", data, found + 16 + 12 * place) for place in range(groups))
    return frozenset(code for first, last in ranges for code in range(first, last + 1))


@cache
def line_height(face: Typeface) -> float:
    """Height of a line in ems, by the Windows metrics: what libass takes for the font size."""
    data = (ffmpeg.FONTS / face.file).read_bytes()
    tables = _tables(data)
    (units,) = struct.unpack_from(">H", data, tables["head"] + 18)
    ascent, descent = struct.unpack_from(">HH", data, tables["OS/2"] + 74)
    return float((ascent + descent) / units)


def width(text: str, face: Typeface) -> float:
    """Width in ems before joining and conjuncts make it narrower: an upper bound, found without a shaping library."""
    return float(_measure(face).getlength(text)) / MEASURING_SIZE


@cache
def _measure(face: Typeface) -> ImageFont.FreeTypeFont:
    path = str(ffmpeg.FONTS / face.file)
    return ImageFont.truetype(path, MEASURING_SIZE, layout_engine=ImageFont.Layout.BASIC)


def _tables(data: bytes) -> dict[str, int]:
    (count,) = struct.unpack_from(">H", data, 4)
    rows = (struct.unpack_from(">4sIII", data, 12 + 16 * place) for place in range(count))
    return {tag.decode("latin-1"): offset for tag, _sum, offset, _length in rows}


def _subtags(language: str) -> list[str]:
    return language.lower().replace("_", "-").split("-")
