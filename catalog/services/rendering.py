"""From a clip's cut list to its stored film and thumbnail. Talks to ffmpeg and the storage, and changes no row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from catalog.errors import CutRefused
from catalog.footage import cutting, probing, thumbnails
from catalog.models import Clip, Segment
from catalog.models.clip import storage_key, thumbnail_key
from catalog.rules.words import Shape
from catalog.services import files

SHAPES = {Shape.KEEP: cutting.KEEP, Shape.VERTICAL: cutting.VERTICAL, Shape.WIDE: cutting.WIDE}
SETTLING_SECONDS = 20


@dataclass(frozen=True)
class Made:
    """A finished clip and where its pieces begin."""

    file: str
    thumbnail: str
    checksum: probing.Checksum
    duration_ms: int
    width: int
    height: int
    starts_ms: tuple[int, ...]


def lease_seconds(segments: list[Segment]) -> int:
    """Long enough to encode at half speed, and short enough that a killed worker's clip is soon taken up again."""
    film_seconds = sum(row.out_ms - row.in_ms for row in segments) // 1000
    return min(int(settings.JOB_SECONDS), 90 + 2 * film_seconds)


def recipe_of(clip: Clip, *, intro: str = "", outro: str = "") -> cutting.Recipe:
    """The recipe for the renderer; `intro` and `outro` are paths or addresses."""
    return cutting.Recipe(kind=clip.kind, shape=SHAPES[Shape(clip.shape)], intro=intro, outro=outro)


def make(clip: Clip, segments: list[Segment]) -> Made:
    """Render the clip and its thumbnail into the storage, or take the file of a clip with this very content.

    Changes no row. Raises FootageError, CutRefused, FileLost or OSError.
    """
    with files.workbench() as folder:
        twin = Clip.objects.ready().filter(content_key=clip.content_key).exclude(pk=clip.pk).first()
        if twin is not None:
            return _same_as(twin, clip, folder)
        return _rendered(clip, segments, folder)


def _same_as(twin: Clip, clip: Clip, folder: Path) -> Made:
    """Another edition has this very content: its file is used, only the title on the thumbnail is this clip's own."""
    with files.local_path(twin.file) as source:
        picture = _thumbnail(clip, source, duration_ms=twin.duration_ms, folder=folder)
    return Made(
        file=str(twin.file.name),
        thumbnail=picture,
        checksum=probing.Checksum(twin.sha256, twin.size_bytes),
        duration_ms=twin.duration_ms,
        width=twin.width,
        height=twin.height,
        starts_ms=tuple(twin.segments.order_by("position").values_list("starts_ms", flat=True)),
    )


def _rendered(clip: Clip, segments: list[Segment], folder: Path) -> Made:
    if not segments:
        raise CutRefused(_("The cut list of %(clip)s is empty.") % {"clip": clip}, clip=clip.pk)
    film = folder / "clip.mp4"
    pieces = [cutting.Piece(files.address(str(row.master.file.name)), row.in_ms, row.out_ms) for row in segments]
    recipe = recipe_of(clip, **{end: _trailer(clip, end) for end in ("intro", "outro")})
    limit = max(30, lease_seconds(segments) - SETTLING_SECONDS)
    rendered = cutting.render(pieces, recipe=recipe, to=film, timeout_seconds=limit)
    facts = probing.probe(film, keyframes=False)
    with film.open("rb") as stream:
        checksum = probing.checksum(stream)
        name = files.publish(stream, key=storage_key(clip, ""), storage=clip.file.storage)
    picture = _thumbnail(clip, str(film), duration_ms=rendered.duration_ms, folder=folder)
    return Made(
        file=name,
        thumbnail=picture,
        checksum=checksum,
        duration_ms=rendered.duration_ms,
        width=facts.width,
        height=facts.height,
        starts_ms=rendered.piece_starts_ms,
    )


def _trailer(clip: Clip, end: str) -> str:
    name = clip.recipe.get(end, "")
    return files.address(name) if name else ""


def _thumbnail(clip: Clip, source: str, *, duration_ms: int, folder: Path) -> str:
    """A frame from the first third, with the localised title in its own script."""
    picture = folder / "thumbnail.jpg"
    thumbnails.draw(
        source,
        at_ms=duration_ms // 3,
        title=clip.edition.title,
        language=clip.edition.language,
        to=picture,
    )
    with picture.open("rb") as stream:
        return files.publish(stream, key=thumbnail_key(clip, ""), storage=clip.thumbnail.storage)
