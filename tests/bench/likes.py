"""Which of the made-up clips look alike: copies in one language, and the same pictures with other voices."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from random import Random

from catalog.models import Clip, Fingerprint, FingerprintBook
from catalog.services import lookalikes
from tests.bench.titles import Catalog

SHARE = 0.06


def make(dice: Random, catalog: Catalog, clips: dict[int, list[Clip]], *, now: datetime) -> None:
    """Fingerprints as if they had been taken: the hashes are empty, the families are what the planner asks for."""
    languages = {edition.pk: edition.language for edition in catalog.editions}
    rows = [clip for several in clips.values() for clip in several if clip.status == "ready"]
    pictures, wholes = _pictures(clips), _copies(dice, rows, languages)
    Fingerprint.objects.bulk_create(
        [
            Fingerprint(
                clip=row,
                version=lookalikes.VERSION,
                serial=serial,
                picture_family=wholes.get(row.pk) or pictures.get(row.pk, 0),
                whole_family=wholes.get(row.pk, 0),
                made_at=now,
            )
            for serial, row in enumerate(rows, start=1)
        ],
        batch_size=1000,
    )
    FingerprintBook.objects.update_or_create(pk=1, defaults={"serial": len(rows)})


def _pictures(clips: dict[int, list[Clip]]) -> dict[int, int]:
    """The same place of the same drama in another language shows the same pictures."""
    families: dict[tuple[int, int], list[int]] = defaultdict(list)
    for several in clips.values():
        for place, clip in enumerate(several):
            if clip.status == "ready":
                families[clip.edition.drama_id, place].append(clip.pk)
    return {key: min(keys) for keys in families.values() if len(keys) > 1 for key in keys}


def _copies(dice: Random, rows: list[Clip], languages: dict[int, str]) -> dict[int, int]:
    """Clips that are another one once more, in threes to sixes of one language."""
    by_language: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if dice.random() < SHARE:
            by_language[languages[row.edition_id]].append(row.pk)
    found: dict[int, int] = {}
    for keys in by_language.values():
        dice.shuffle(keys)
        while keys:
            some, keys = keys[:6], keys[6:]
            found |= dict.fromkeys(some, min(some)) if len(some) > 1 else {}
    return found
