"""The made-up clips: ready, waiting or too long, cut from masters so that what is outdated can be told."""

from __future__ import annotations

import hashlib
from random import Random

from catalog.models import Clip, Edition, EditionVersion, Master, Segment
from tests.bench.titles import Catalog

TALL, WIDE, TINY = (1080, 1920), (1920, 1080), (320, 568)
GIB = 1024**3


def make(dice: Random, catalog: Catalog, *, per_edition: int) -> dict[int, list[Clip]]:
    """The clips of each edition, in the order of their episodes."""
    masters = _masters(dice, catalog, per_edition)
    rows = [
        _clip(dice, edition, catalog.versions[edition.pk][0], place, per_edition=per_edition)
        for edition in catalog.editions
        for place in range(per_edition)
    ]
    found: dict[int, list[Clip]] = {}
    for row in Clip.objects.bulk_create(rows, batch_size=500):
        found.setdefault(row.edition_id, []).append(row)
    Segment.objects.bulk_create(
        [
            Segment(clip=row, position=0, master=masters[row.version_id, row.first_episode], in_ms=0, out_ms=60_000)
            for row in rows
        ],
        batch_size=2000,
    )
    return found


def _masters(dice: Random, catalog: Catalog, per_edition: int) -> dict[tuple[int, int], Master]:
    """Of every version; a second version has the file of the first, or a new one where the vendor mended it."""
    rows = []
    for edition in catalog.editions:
        for episode in catalog.episodes[edition.drama_id][:per_edition]:
            name = f"{edition.pk}/{episode.number}"
            for version in catalog.versions[edition.pk]:
                mended = version.number > 1 and dice.random() < 0.3
                rows.append(_master(version, episode.pk, _digest(f"{name}/2" if mended else name)))
                rows[-1].number = episode.number
    made = Master.objects.bulk_create(rows, batch_size=500)
    return {(row.version_id, row.number): row for row in made}


def _master(version: EditionVersion, episode: int, digest: str) -> Master:
    return Master(
        version=version,
        episode_id=episode,
        file=f"masters/{digest[:12]}.mp4",
        sha256=digest,
        size_bytes=40_000_000,
        duration_ms=120_000,
        width=1080,
        height=1920,
        frame_rate=25,
        video_codec="h264",
        audio_codec="aac",
    )


def _clip(dice: Random, edition: Edition, version: EditionVersion, place: int, *, per_edition: int) -> Clip:
    is_last = place == per_edition - 1 and per_edition > 2 and dice.random() < 0.5
    kind = "hook" if place == 0 else "compilation" if is_last else "episode"
    seconds = dice.randrange(480, 1300) if kind == "compilation" else dice.randrange(30, 180)
    digest = _digest(f"{edition.pk}/{version.number}/{place}")
    width, height = dice.choices((TALL, WIDE, TINY), (90, 9, 1))[0]
    return Clip(
        edition=edition,
        version=version,
        kind=kind,
        shape="16:9" if (width, height) == WIDE else "9:16",
        first_episode=1 if kind != "episode" else place,
        last_episode=max(place, 1),
        content_key=digest,
        status="waiting" if dice.random() < 0.03 else "ready",
        file=f"clips/{digest[:2]}/{digest}.mp4",
        sha256=digest,
        size_bytes=5 * GIB if dice.random() < 0.002 else seconds * 600_000,
        duration_ms=seconds * 1000,
        width=width,
        height=height,
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
