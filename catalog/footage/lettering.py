"""Text for burning into pictures: cleaned, sized, wrapped, and written as a libass script.

libass, inside our ffmpeg, joins Arabic, stacks Thai and Devanagari and orders mixed directions with what it carries
itself, so a machine without fonts and without a bidi library draws what any other draws.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalog.footage import typefaces, wrapping
from catalog.footage.errors import FootageError
from catalog.footage.typefaces import Typeface

ELLIPSIS = "…"
LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"
WORD_JOINER = "\u2060"

# libass alignments, as on a number pad.
BOTTOM_LEFT, BOTTOM_CENTRE, BOTTOM_RIGHT, TOP_LEFT, TOP_CENTRE, TOP_RIGHT = 1, 2, 3, 7, 8, 9

HEADER = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
WrapStyle: 2
ScaledBorderAndShadow: yes
YCbCr Matrix: None

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BackColour, Bold, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Title,Noto Sans,40,&H00FFFFFF,&H00000000,&H80000000,1,1,2,1,7,0,0,0,-1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


@dataclass(frozen=True)
class Fitted:
    """A text as lines that fit, the size of its em in pixels, and the distance from line to line."""

    lines: tuple[str, ...]
    size: int
    pitch: int
    language: str


def fit(text: str, *, language: str, box_width: int, largest: int, smallest: int, most_lines: int = 3) -> Fitted:
    """The largest lettering that fits; a text too long for the smallest ends in an ellipsis.

    Raises FootageError `script_unsupported` when no bundled font can draw one of its letters.
    """
    faces = typefaces.preferred(language)
    pieces = wrapping.clusters(clean(text, faces=faces))
    if not pieces:
        return _fitted((), largest, language, faces)
    widths = [_width(piece, faces) for piece in pieces]
    # A word is broken inside only when no size spares it.
    for dearest in (wrapping.BEFORE_SYLLABLE, wrapping.INSIDE_WORD):
        for size in range(largest, smallest - 1, -2):
            limit = box_width / size
            lines = wrapping.wrapped(pieces, widths, limit=limit, most_lines=most_lines, dearest=dearest)
            if lines is not None:
                return _fitted(lines, size, language, faces)
    lines = _shortened(pieces, widths, limit=box_width / smallest, most_lines=most_lines)
    return _fitted(lines, smallest, language, faces)


def clean(text: str, *, faces: Sequence[Typeface]) -> str:
    """One line in composed form, without control characters and without ornaments that no font holds."""
    composed = unicodedata.normalize("NFC", text)
    printable = "".join(char for char in composed if char.isspace() or _is_printable(char))
    drawable = "".join(char for char in printable if char.isspace() or _is_drawable(char, faces))
    return " ".join(drawable.split())


def document(lines: Sequence[str], *, width: int, height: int) -> str:
    """The whole script from its dialogue lines."""
    return HEADER.format(width=width, height=height) + "\n".join(lines) + "\n"


def dialogues(
    fitted: Fitted, *, x: int, y: int, alignment: int, begin_ms: int = 0, end_ms: int = 35_999_000, outline: float = 2
) -> list[str]:
    """One dialogue a line, the block resting on `y` (bottom alignments) or hanging from it (top alignments)."""
    count = len(fitted.lines)
    hangs = alignment in {TOP_LEFT, TOP_CENTRE, TOP_RIGHT}
    written = []
    for place, line in enumerate(fitted.lines):
        shift = place if hangs else place - count + 1
        tags = f"\\an{alignment}\\pos({x},{y + shift * fitted.pitch})\\bord{outline:g}\\shad{outline / 2:g}"
        body = _marked(line, fitted)
        written.append(f"Dialogue: 1,{_clock(begin_ms)},{_clock(end_ms)},Title,,0,0,0,,{{{tags}}}{body}")
    return written


def drawing(shape: str, *, tags: str, begin_ms: int, end_ms: int) -> str:
    """One dialogue that draws a shape (libass drawing commands) beneath all lettering."""
    return f"Dialogue: 0,{_clock(begin_ms)},{_clock(end_ms)},Title,,0,0,0,,{{{tags}}}{shape}"


def side(language: str, *, left: int, right: int) -> tuple[int, int]:
    """(x, bottom alignment) at which a text of this language begins."""
    return (right, BOTTOM_RIGHT) if typefaces.is_right_to_left(language) else (left, BOTTOM_LEFT)


def runs(line: str, faces: Sequence[Typeface]) -> list[tuple[Typeface, str]]:
    """The line in stretches of one typeface; a space or a sign stays with its neighbour when that can draw it."""
    found: list[tuple[Typeface, str]] = []
    for piece in wrapping.clusters(line):
        if found and not piece[0].isalpha() and typefaces.choose(piece, found[-1][:1]):
            face = found[-1][0]
        else:
            face = typefaces.choose(piece, faces) or faces[0]
        if found and found[-1][0] == face:
            found[-1] = (face, found[-1][1] + piece)
        else:
            found.append((face, piece))
    return found


def _fitted(lines: Sequence[str], size: int, language: str, faces: Sequence[Typeface]) -> Fitted:
    tallest = max((typefaces.line_height(face) for line in lines for face, _text in runs(line, faces)), default=1.2)
    return Fitted(tuple(lines), size, round(size * min(1.45, max(1.15, tallest * 0.85))), language)


def _shortened(pieces: Sequence[str], widths: Sequence[float], *, limit: float, most_lines: int) -> list[str]:
    """As much of the beginning as fits with an ellipsis behind it; at least nothing but the ellipsis."""
    dot_width = typefaces.width(ELLIPSIS, typefaces.LATIN)
    fits, fails = 0, len(pieces)
    best = [ELLIPSIS]
    while fails - fits > 1:
        middle = (fits + fails) // 2
        kept = list(pieces[:middle])
        kept[-1] = (kept[-1] if kept[-1] != " " else "") + ELLIPSIS
        lengths = [*widths[: middle - 1], widths[middle - 1] + dot_width]
        lines = wrapping.wrapped(kept, lengths, limit=limit, most_lines=most_lines)
        if lines is None:
            fails = middle
        else:
            fits, best = middle, lines
    return best


def _marked(line: str, fitted: Fitted) -> str:
    """The line with its fonts, its sizes and its direction spelled out."""
    mark = RIGHT_TO_LEFT_MARK if typefaces.is_right_to_left(fitted.language) else LEFT_TO_RIGHT_MARK
    parts = []
    for place, (face, text) in enumerate(runs(line, typefaces.preferred(fitted.language))):
        size = fitted.size * typefaces.line_height(face)
        escaped = text.replace("\\", "\\" + WORD_JOINER).replace("{", "\\{").replace("}", "\\}")
        parts.append(f"{{\\fn{face.family}\\fs{size:.1f}}}{mark if not place else ''}{escaped}")
    return "".join(parts)


def _width(piece: str, faces: Sequence[Typeface]) -> float:
    return typefaces.width(piece, typefaces.choose(piece, faces) or faces[0])


def _is_printable(char: str) -> bool:
    """Joiners stay, they shape letters; other invisible controls (also of direction) go."""
    return char in wrapping.JOINERS or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def _is_drawable(char: str, faces: Sequence[Typeface]) -> bool:
    """False for an ornament nobody misses. A letter, a mark or a digit that cannot be drawn is an error."""
    if char in wrapping.JOINERS or typefaces.choose(char, faces):
        return True
    if unicodedata.category(char)[0] in "LN" or unicodedata.category(char) == "Mc":
        raise FootageError(
            _("No bundled font can draw “%(char)s” (U+%(code)04X, %(name)s).")
            % {"char": char, "code": ord(char), "name": unicodedata.name(char, "?")},
            code="script_unsupported",
            char=char,
        )
    return False


def _clock(at_ms: int) -> str:
    seconds, rest = divmod(at_ms, 1000)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest // 10:02d}"
