"""From a cut list to one file: the same cuts of the same films by the same recipe give the same bytes."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from catalog.footage import copying, ffmpeg, joining, probing
from catalog.footage.errors import FootageError
from catalog.footage.joining import Part

# Part of every content key: raise it when the same recipe would no longer give the same bytes.
RECIPE_VERSION = 1

# Nothing of the source but picture and sound, and nothing of the day or the machine, goes into the file.
PLAIN = ["-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn", "-fflags", "+bitexact", "-flags:v", "+bitexact"]
PLAIN += ["-flags:a", "+bitexact", "-movflags", "+faststart", "-f", "mp4"]


@dataclass(frozen=True)
class Shape:
    """The frame of the result. `keep` takes that of the first piece."""

    name: str
    width: int = 0
    height: int = 0

    @property
    def is_kept(self) -> bool:
        return self.name == "keep"


KEEP = Shape("keep")
VERTICAL = Shape("vertical", 1080, 1920)
WIDE = Shape("wide", 1920, 1080)


@dataclass(frozen=True)
class Piece:
    """The part of a film from `in_ms` up to, not including, `out_ms`. The source is a path or an address."""

    source: str
    in_ms: int
    out_ms: int


@dataclass(frozen=True)
class Recipe:
    """How pieces become a clip; intro and outro are whole films, '' for none."""

    kind: str
    shape: Shape = KEEP
    intro: str = ""
    outro: str = ""


@dataclass(frozen=True)
class Rendered:
    """`piece_starts_ms` says where each piece begins in the clip; `copied` that no picture was encoded anew."""

    duration_ms: int
    piece_starts_ms: tuple[int, ...]
    copied: bool


def content_key(
    pieces: Sequence[tuple[str, int, int]], recipe: Recipe, *, intro_sha256: str = "", outro_sha256: str = ""
) -> str:
    """The name of the result: equal for equal (sha256, in_ms, out_ms) and recipe, whatever the files are called."""
    said = {
        "version": RECIPE_VERSION,
        "kind": recipe.kind,
        "shape": [recipe.shape.name, recipe.shape.width, recipe.shape.height],
        "pieces": [list(piece) for piece in pieces],
        "intro": intro_sha256,
        "outro": outro_sha256,
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def render(pieces: Sequence[Piece], *, recipe: Recipe, to: Path, timeout_seconds: float | None = None) -> Rendered:
    """Write the clip to `to`, which appears complete or not at all.

    Copies the stream where one piece lies between keyframes and keeps its shape; else encodes anew, exact to the frame.
    Raises FootageError `cut_out_of_range`, `bad_recipe`, or whatever reading and encoding raise.
    """
    _check_recipe(pieces, recipe)
    parts = [_part(piece, place=place) for place, piece in enumerate(pieces, start=1)]
    limit = timeout_seconds or _patience(parts)
    unfinished = to.with_name(f".{to.name}.{uuid.uuid4().hex}.part")
    try:
        rendered = _copied(parts, recipe, unfinished, limit) or _encoded(parts, recipe, unfinished, limit)
        unfinished.replace(to)
    finally:
        unfinished.unlink(missing_ok=True)
    return rendered


def _check_recipe(pieces: Sequence[Piece], recipe: Recipe) -> None:
    if not pieces:
        raise FootageError(_("A clip needs at least one piece; the cut list is empty."), code="bad_recipe")
    shape = recipe.shape
    if not shape.is_kept and (min(shape.width, shape.height) < 2 or shape.width % 2 or shape.height % 2):
        raise FootageError(
            _("A clip of %(width)d×%(height)d cannot be encoded: width and height must be even and positive.")
            % {"width": shape.width, "height": shape.height},
            code="bad_recipe",
        )


def _part(piece: Piece, *, place: int) -> Part:
    """The piece with the facts of its film; an end less than a frame beyond the film's is taken as the film's."""
    where = {"place": place, "in": piece.in_ms, "out": piece.out_ms}
    if piece.in_ms < 0:
        raise FootageError(
            _("Piece %(place)d begins at %(in)d ms, before its film does.") % where, **_range(piece, place)
        )
    if piece.out_ms <= piece.in_ms:
        raise FootageError(
            _("Piece %(place)d ends at %(out)d ms, which is not after its beginning at %(in)d ms.") % where,
            **_range(piece, place),
        )
    facts = probing.probe(piece.source, keyframes=False)
    if piece.out_ms > facts.duration_ms + facts.frame_ms or piece.in_ms > facts.duration_ms - facts.frame_ms / 2:
        raise FootageError(
            _("Piece %(place)d asks for %(in)d to %(out)d ms, but its film is only %(length)d ms long.")
            % {**where, "length": facts.duration_ms},
            length_ms=facts.duration_ms,
            **_range(piece, place),
        )
    return Part(piece.source, facts, piece.in_ms, min(piece.out_ms, facts.duration_ms))


def _range(piece: Piece, place: int) -> dict[str, Any]:
    return {"code": "cut_out_of_range", "place": place, "in_ms": piece.in_ms, "out_ms": piece.out_ms}


def _whole(source: str) -> list[Part]:
    if not source:
        return []
    facts = probing.probe(source, keyframes=False)
    return [Part(source, facts, 0, facts.duration_ms)]


def _patience(parts: Sequence[Part]) -> float:
    """Seconds to wait for ffmpeg: ten times the length of the film, and two minutes for a busy machine."""
    return 120 + sum(part.length_ms for part in parts) / 100


def _copied(parts: Sequence[Part], recipe: Recipe, unfinished: Path, limit: float) -> Rendered | None:
    """None where a copy would not be exact."""
    if len(parts) > 1 or not recipe.shape.is_kept or recipe.intro or recipe.outro:
        return None
    args = copying.arguments(parts[0])
    if args is None:
        return None
    ffmpeg.run([*args, *PLAIN, "-y", str(unfinished)], timeout_seconds=limit)
    written = _verified(unfinished, expected_ms=parts[0].length_ms, frame_ms=parts[0].probe.frame_ms)
    return Rendered(duration_ms=written.duration_ms, piece_starts_ms=(0,), copied=True)


def _encoded(parts: Sequence[Part], recipe: Recipe, unfinished: Path, limit: float) -> Rendered:
    first, shape = parts[0].probe, recipe.shape
    before, after = _whole(recipe.intro), _whole(recipe.outro)
    joint = joining.joint(
        [*before, *parts, *after],
        width=(first.width if shape.is_kept else shape.width) // 2 * 2,
        height=(first.height if shape.is_kept else shape.height) // 2 * 2,
        frame_rate=first.frame_rate,
    )
    ffmpeg.run([*joint.arguments, *PLAIN, "-y", str(unfinished)], timeout_seconds=limit)
    written = _verified(unfinished, expected_ms=joint.duration_ms, frame_ms=first.frame_ms)
    starts = joint.starts_ms[len(before) : len(before) + len(parts)]
    return Rendered(duration_ms=written.duration_ms, piece_starts_ms=starts, copied=False)


def _verified(path: Path, *, expected_ms: int, frame_ms: float) -> probing.Probe:
    written = probing.probe(path, keyframes=False)
    if abs(written.duration_ms - expected_ms) > frame_ms:
        raise FootageError(
            _("The clip came out %(real)d ms long instead of %(expected)d ms and was thrown away.")
            % {"real": written.duration_ms, "expected": expected_ms},
            code="render_inexact",
        )
    return written
