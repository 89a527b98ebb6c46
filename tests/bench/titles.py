"""The made-up catalog: dramas, their rights, and the editions that are ready, half ready or refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from catalog.models import Drama, Edition, EditionVersion, Episode, Genre, Partner, Rights
from tests.bench import tongues

GENRES = (
    "romance", "revenge", "werewolf", "mafia", "billionaire", "family",
    "time-travel", "fantasy", "crime", "comedy", "hospital", "royalty",
)  # fmt: skip
EVERYWHERE = ["*"]
FEW = 10


@dataclass
class Catalog:
    """What was made, so that the next maker need not read it again. `gathered` holds each drama's genres."""

    dramas: list[Drama] = field(default_factory=list)
    gathered: dict[int, set[str]] = field(default_factory=dict)
    editions: list[Edition] = field(default_factory=list)
    versions: dict[int, list[EditionVersion]] = field(default_factory=dict)
    episodes: dict[int, list[Episode]] = field(default_factory=dict)
    worldwide: set[int] = field(default_factory=set)


def make(dice: Random, *, editions: int, episodes: int, starts_at: datetime, days: int) -> Catalog:
    made = Catalog()
    genres = _genres()
    supplier = Partner.objects.get_or_create(name="Bench Supplier", defaults={"is_supplier": True})[0]
    spoken = _languages(dice, editions)
    made.dramas = Drama.objects.bulk_create(
        [_drama(dice, number, supplier) for number in range(len(spoken))], batch_size=500
    )
    _date(Drama, made.dramas, [starts_at - timedelta(days=1 + int(400 * dice.random() ** 2)) for _ in made.dramas])
    _gather(dice, made, genres)
    _episodes(made, episodes)
    _rights(dice, made, starts_at=starts_at, days=days)
    _editions(dice, made, spoken, starts_at=starts_at)
    return made


def _genres() -> dict[str, Genre]:
    return {slug: Genre.objects.get_or_create(slug=slug, defaults={"name": slug.title()})[0] for slug in GENRES}


def _languages(dice: Random, editions: int) -> list[list[str]]:
    """For each drama the languages of its editions, until there are enough of them."""
    found: list[list[str]] = []
    left = editions
    while left > 0:
        found.append(tongues.several(dice, min(left, dice.choice((1, 2, 3, 4, 5, 6, 8)))))
        left -= len(found[-1])
    return found


def _drama(dice: Random, number: int, supplier: Partner) -> Drama:
    return Drama(
        code=f"BN-{number:06d}",
        original_name=f"Bench title {number}",
        original_language="zh-Hans",
        tier=dice.choices("SABC", (5, 20, 45, 30))[0],
        age_rating=dice.choices((0, 7, 12, 16, 18), (5, 10, 45, 30, 10))[0],
        origin=dice.choices(("live", "animated", "ai"), (76, 10, 14))[0],
        supplier=supplier,
    )


def _date(model: type, rows: Iterable[object], moments: Iterable[datetime]) -> None:
    """`created_at` writes itself when a row is made; a made-up past is written after it."""
    dated = list(rows)
    for row, moment in zip(dated, moments, strict=True):
        row.created_at = moment
    model.objects.bulk_update(dated, ["created_at"], batch_size=400)


def _gather(dice: Random, made: Catalog, genres: dict[str, Genre]) -> None:
    through = Drama.genres.through
    links = []
    for drama in made.dramas:
        chosen = dice.sample(GENRES, dice.choices((1, 2, 3), (35, 45, 20))[0])
        made.gathered[drama.pk] = set(chosen)
        links += [through(drama=drama, genre=genres[slug]) for slug in sorted(chosen)]
    through.objects.bulk_create(links, batch_size=2000)
    retired = [drama.pk for number, drama in enumerate(made.dramas) if number % 97 == 96]
    Drama.objects.filter(pk__in=retired).update(retired_at=made.dramas[0].created_at)


def _episodes(made: Catalog, count: int) -> None:
    rows = [Episode(drama=drama, number=number) for drama in made.dramas for number in range(1, count + 1)]
    for row in Episode.objects.bulk_create(rows, batch_size=2000):
        made.episodes.setdefault(row.drama_id, []).append(row)


# --- rights


def _rights(dice: Random, made: Catalog, *, starts_at: datetime, days: int) -> None:
    rows: list[Rights] = []
    for drama in made.dramas:
        kind = dice.choices(("world", "countries", "opening", "closing", "gap", "closed"), (70, 12, 6, 6, 2, 4))[0]
        if kind == "world":
            made.worldwide.add(drama.pk)
        rows += _windows(dice, drama, kind, starts_at=starts_at, days=days)
    Rights.objects.bulk_create(rows, batch_size=1000)


def _windows(dice: Random, drama: Drama, kind: str, *, starts_at: datetime, days: int) -> list[Rights]:
    past, midway = starts_at - timedelta(days=200), starts_at + timedelta(hours=dice.randrange(24, days * 24 - 23))
    ends_at = starts_at + timedelta(days=days)
    soon = ends_at + timedelta(days=dice.randrange(1, 300))
    if kind == "world":
        return [_window(drama, past, None if dice.random() < 0.6 else soon)]
    if kind == "countries":
        every = sorted({country for one in tongues.SPOKEN for place in one.places for country in place.countries})
        first = sorted(dice.sample(every, len(every) * 2 // 3))
        spoken = EVERYWHERE if dice.random() < 0.7 else sorted(dice.sample([one.tag for one in tongues.SPOKEN], 8))
        return [
            _window(drama, past, None, territories=first, languages=spoken),
            _window(drama, midway, None, territories=sorted(set(every) - set(first)), platforms=["youtube"]),
        ]
    if kind == "opening":
        return [_window(drama, midway, None)]
    if kind == "closing":
        return [_window(drama, past, midway)]
    if kind == "gap":
        return [_window(drama, past, midway), _window(drama, midway + timedelta(days=3), None)]
    return [_window(drama, past, starts_at - timedelta(days=5))]


def _window(
    drama: Drama,
    opens_at: datetime,
    closes_at: datetime | None,
    *,
    territories: list[str] = EVERYWHERE,
    platforms: list[str] = EVERYWHERE,
    languages: list[str] = EVERYWHERE,
) -> Rights:
    return Rights(
        drama=drama,
        territories=territories,
        platforms=platforms,
        languages=languages,
        opens_at=opens_at,
        closes_at=closes_at,
    )


# --- editions


def _editions(dice: Random, made: Catalog, spoken: list[list[str]], *, starts_at: datetime) -> None:
    vendor = Partner.objects.get_or_create(name="Bench Vendor", defaults={"is_vendor": True})[0]
    rows = [
        _edition(dice, drama, language, vendor)
        for drama, several in zip(made.dramas, spoken, strict=True)
        for language in several
    ]
    made.editions = Edition.objects.bulk_create(rows, batch_size=500)
    born = {drama.pk: drama.created_at for drama in made.dramas}
    moments = [min(starts_at, born[row.drama_id] + timedelta(days=dice.randrange(0, 40))) for row in made.editions]
    _date(Edition, made.editions, moments)
    _versions(dice, made)


def _edition(dice: Random, drama: Drama, language: str, vendor: Partner) -> Edition:
    kind = dice.choices(("subtitled", "dubbed"), (55, 45))[0]
    return Edition(
        drama=drama,
        language=language,
        kind=kind,
        voice=dice.choice(("human", "ai")) if kind == "dubbed" else "none",
        vendor=vendor,
        title=f"{drama.original_name} ({language})",
        synopsis="",
        synthetic_media=None if dice.random() < 0.01 else drama.origin == "ai",
        made_for_kids=False,
    )


def _versions(dice: Random, made: Catalog) -> None:
    """Most are releasable; some have been delivered twice, and some have not come through QC."""
    rows = []
    for edition in made.editions:
        fate = dice.choices(("one", "two", "checking", "refused"), (90, 6, 2, 2))[0]
        states = {"one": ["releasable"], "two": ["superseded", "releasable"]}.get(fate, [fate])
        rows += [
            EditionVersion(edition=edition, number=number, status=status, delivered_at=edition.created_at)
            for number, status in enumerate(states, start=1)
        ]
    for row in EditionVersion.objects.bulk_create(rows, batch_size=1000):
        made.versions.setdefault(row.edition_id, []).append(row)
