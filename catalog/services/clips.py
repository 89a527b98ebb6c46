"""Clips: planned as rows by the recipes, cut once per content, never rendered twice."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from catalog import signals
from catalog.errors import CutRefused
from catalog.footage import cutting, probing
from catalog.footage.errors import FootageError
from catalog.models import Clip, EditionVersion, Master, Segment
from catalog.rules import clip as life
from catalog.rules import recipes
from catalog.rules.words import Shape
from catalog.services import files, rendering
from config.kernel import clock, jobs, leases, lifecycle, news
from config.kernel.errors import MoveRefused

log = logging.getLogger("dramaport.catalog")

MOST_ATTEMPTS = 3
# Another try on the same bytes ends the same way.
HOPELESS = frozenset({"cut_out_of_range", "bad_recipe", "no_video", "no_audio", "script_unsupported"})
FAILURES = (FootageError, CutRefused, files.FileLost, OSError)
SWEPT_AT_ONCE = 50

Trailers = dict[str, str]


@dataclass(frozen=True)
class Planned:
    """One clip that the recipes make of a version, with the name of its content."""

    cut: recipes.Cut
    content_key: str
    masters: tuple[Master, ...]
    intro: str
    outro: str

    @property
    def place(self) -> tuple[str, str, int, int]:
        """What it is, whatever the bytes: clips of one place mend one another."""
        return (
            str(self.cut.recipe.kind),
            str(self.cut.recipe.shape),
            self.cut.first_episode,
            self.cut.last_episode,
        )


def plan(version: EditionVersion, *, trailers: Trailers | None = None) -> list[Clip]:
    """The clips of this version, as rows; new ones wait to be cut and the bell is rung for them.

    A clip whose content the edition has already is the row that is there. A new clip of a known place mends the
    newest one of that place. Called again, it makes nothing new.
    """
    wanted = planned(version, trailers=trailers)
    with transaction.atomic():
        known = {row.content_key: row for row in version.edition.clips.all()}
        mended = _newest_by_place(version)
        for one in wanted:
            if one.content_key not in known:
                known[one.content_key] = _create(version, one, mends=mended.get(one.place))
                jobs.enqueue("catalog.jobs.cut_clip", known[one.content_key].pk)
    return [known[one.content_key] for one in wanted]


def planned(version: EditionVersion, *, trailers: Trailers | None = None) -> list[Planned]:
    """What the recipes make of this version, without touching any row."""
    masters = {row.episode.number: row for row in version.masters.select_related("episode")}
    lengths = {number: row.duration_ms for number, row in masters.items()}
    there = stored_trailers() if trailers is None else trailers
    return [_planned(cut, masters, there) for cut in recipes.cuts(lengths)]


def stored_trailers() -> Trailers:
    """The checksum of every intro and outro that a recipe names and the storage has."""
    names = {name for recipe in recipes.RECIPES for name in (recipe.intro, recipe.outro) if name}
    found = {}
    for name in sorted(names):
        if default_storage.exists(name):
            with default_storage.open(name) as stream:
                found[name] = probing.checksum(cast(BinaryIO, stream)).sha256
    return found


def cut(clip_pk: int) -> str:
    """Render one waiting clip and make it ready; a sentence says how it went.

    Rung twice, the second finds it held or done. A failure is tried again after a pause, three times in all; then the
    clip is FAILED with the reason.
    """
    clip = Clip.objects.select_related("edition__drama").get(pk=clip_pk)
    segments = list(clip.segments.select_related("master__episode").order_by("position"))
    if not leases.claim(clip, seconds=rendering.lease_seconds(segments), status=life.Status.WAITING):
        return _("%(clip)s is held or done already") % {"clip": clip}
    if clip.attempts > MOST_ATTEMPTS:
        return _fail(clip, clip.reason or _("the process ended in the middle of it, again and again"))
    try:
        made = rendering.make(clip, segments)
    except FAILURES as error:
        return _failed(clip, error)
    return _settle(clip, segments, made)


def sweep() -> str:
    """Ring for clips that wait, were dropped by a killed worker, or whose pause is over; the longest waiting first."""
    waiting = Clip.objects.to_cut().free(clock.now())
    keys = list(waiting.order_by("created_at").values_list("pk", flat=True)[:SWEPT_AT_ONCE])
    for key in keys:
        jobs.remind("catalog.jobs.cut_clip", key)
    return _("%(n)d clips to cut") % {"n": len(keys)} if keys else _("nothing due")


def _settle(clip: Clip, segments: list[Segment], made: rendering.Made) -> str:
    changes: dict[str, Any] = {
        **leases.settled(),
        "file": made.file,
        "thumbnail": made.thumbnail,
        "sha256": made.checksum.sha256,
        "size_bytes": made.checksum.size_bytes,
        "duration_ms": made.duration_ms,
        "width": made.width,
        "height": made.height,
        "reason": "",
    }
    try:
        with transaction.atomic():
            moved = lifecycle.advance(
                clip, to=life.Status.READY, why=_("cut"), only_if={"lease_token": clip.lease_token}, **changes
            )
            if moved:
                _set_starts(segments, made.starts_ms)
                signals.clip_ready.send(Clip, clip=clip)
    except MoveRefused:
        return _("%(clip)s was taken over by another worker") % {"clip": clip}
    return _("%(clip)s is ready") % {"clip": clip}


def _set_starts(segments: list[Segment], starts_ms: tuple[int, ...]) -> None:
    for row, starts in zip(segments, starts_ms, strict=True):
        row.starts_ms = starts
    Segment.objects.bulk_update(segments, ["starts_ms"])


def _failed(clip: Clip, error: Exception) -> str:
    reason = str(error)[:500]
    log.warning("cutting clip %s failed (attempt %s): %s", clip.pk, clip.attempts, reason)
    if getattr(error, "code", "") in HOPELESS or clip.attempts >= MOST_ATTEMPTS:
        return _fail(clip, reason)
    again_at = clock.now() + leases.backoff(clip.attempts)
    if not leases.release(clip, again_at=again_at, reason=reason):
        return _("%(clip)s was taken over by another worker") % {"clip": clip}
    return _("%(clip)s failed and is tried again at %(at)s: %(reason)s") % {
        "clip": clip,
        "at": f"{again_at:%H:%M:%S}",
        "reason": reason,
    }


def _fail(clip: Clip, reason: str) -> str:
    freed = {"lease_token": None, "lease_until": None, "next_try_at": None, "reason": reason}
    try:
        lifecycle.advance(clip, to=life.Status.FAILED, why=reason, only_if={"lease_token": clip.lease_token}, **freed)
    except MoveRefused:
        return _("%(clip)s was taken over by another worker") % {"clip": clip}
    news.tell(
        "clip_failed", _("%(clip)s could not be cut: %(reason)s") % {"clip": clip, "reason": reason}, level="error"
    )
    return _("%(clip)s failed: %(reason)s") % {"clip": clip, "reason": reason}


def again(clip: Clip, *, by: object) -> bool:
    """Cut a failed clip once more. False when it waits already."""
    with transaction.atomic():
        moved = lifecycle.advance(
            clip, to=life.Status.WAITING, by=by, why=_("cut again"), attempts=0, next_try_at=None, reason=""
        )
        if moved:
            jobs.enqueue("catalog.jobs.cut_clip", clip.pk)
    return moved


def retire(clip: Clip, *, by: object) -> bool:
    """Keep a clip out of all further use; its file and history stay. False when it is retired already."""
    return lifecycle.advance(clip, to=life.Status.RETIRED, by=by, why=_("retired"))


def _planned(cut: recipes.Cut, masters: dict[int, Master], there: Trailers) -> Planned:
    recipe = cut.recipe
    intro = recipe.intro if recipe.intro in there else ""
    outro = recipe.outro if recipe.outro in there else ""
    key = cutting.content_key(
        [(masters[take.episode].sha256, take.in_ms, take.out_ms) for take in cut.takes],
        cutting.Recipe(kind=str(recipe.kind), shape=rendering.SHAPES[Shape(recipe.shape)], intro=intro, outro=outro),
        intro_sha256=there.get(intro, ""),
        outro_sha256=there.get(outro, ""),
    )
    return Planned(cut, key, tuple(masters[take.episode] for take in cut.takes), intro, outro)


def _newest_by_place(version: EditionVersion) -> dict[tuple[str, str, int, int], Clip]:
    rows = version.edition.clips.order_by("pk")
    return {(row.kind, row.shape, row.first_episode, row.last_episode): row for row in rows}


def _create(version: EditionVersion, one: Planned, *, mends: Clip | None) -> Clip:
    kind, shape, first, last = one.place
    clip = Clip.objects.create(
        edition=version.edition,
        version=version,
        kind=kind,
        shape=shape,
        first_episode=first,
        last_episode=last,
        recipe=recipes.as_stored(one.cut.recipe, intro=one.intro, outro=one.outro),
        content_key=one.content_key,
        supersedes=mends,
    )
    Segment.objects.bulk_create(_segments(clip, one.cut.takes, one.masters))
    return clip


def _segments(clip: Clip, takes: Sequence[recipes.Take], masters: Iterable[Master]) -> list[Segment]:
    """The cut list. Where each piece starts is set anew by the cut, which knows the length of the intro."""
    segments, starts = [], 0
    for position, (take, master) in enumerate(zip(takes, masters, strict=True)):
        segments.append(
            Segment(
                clip=clip,
                position=position,
                master=master,
                in_ms=take.in_ms,
                out_ms=take.out_ms,
                starts_ms=starts,
            )
        )
        starts += take.out_ms - take.in_ms
    return segments
