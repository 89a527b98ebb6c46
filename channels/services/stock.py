"""What there is to plan: every edition and clip of the active dramas, with the rights, read at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import QuerySet

from catalog.models import Clip, Edition
from catalog.rules import clip as clip_rules
from catalog.rules.words import ClipKind
from channels.rules.eligibility import EditionFacts, RightsFacts
from channels.services import facts

IN_SCOPE = [clip_rules.Status.READY, clip_rules.Status.WAITING, clip_rules.Status.FAILED]
RANK = {ClipKind.HOOK: 0, ClipKind.EPISODE: 1, ClipKind.COMPILATION: 2}


@dataclass
class Stock:
    """`outdated`: clip → the code of why it may not go out. `of_edition`: its clips in the order they go out."""

    editions: dict[int, Edition] = field(default_factory=dict)
    edition_facts: dict[int, EditionFacts] = field(default_factory=dict)
    rights: dict[int, list[RightsFacts]] = field(default_factory=dict)
    clips: dict[int, Clip] = field(default_factory=dict)
    of_edition: dict[int, list[Clip]] = field(default_factory=lambda: defaultdict(list))
    outdated: dict[int, str] = field(default_factory=dict)

    def usable(self, edition: int) -> list[Clip]:
        """The clips of an edition that are cut, or being cut, and show what it is now."""
        return [
            clip
            for clip in self.of_edition.get(edition, ())
            if clip.status != clip_rules.Status.FAILED and clip.pk not in self.outdated
        ]


def read() -> Stock:
    """The same number of queries whatever the size."""
    stock = Stock()
    editions = Edition.objects.filter(drama__retired_at=None)
    versions = facts.releasable_versions(editions.values("pk"))
    for row in editions.select_related("drama").prefetch_related("drama__genres").order_by("pk"):
        stock.editions[row.pk] = row
        stock.edition_facts[row.pk] = facts.of_edition(row, is_releasable=row.pk in versions)
    stock.rights = facts.rights_of(editions.values("drama"))
    _read_clips(stock, Clip.objects.filter(status__in=IN_SCOPE, edition__in=editions.values("pk")), versions)
    return stock


def _read_clips(stock: Stock, query: QuerySet[Clip], versions: dict[int, int]) -> None:
    rows = list(query.defer("recipe").order_by("pk"))
    for clip in rows:
        clip.edition = stock.editions[clip.edition_id]
        stock.clips[clip.pk] = clip
        stock.of_edition[clip.edition_id].append(clip)
    for clips in stock.of_edition.values():
        clips.sort(key=order)
    stock.outdated = facts.why_outdated(rows, query, versions)


def order(clip: Clip) -> tuple[int, int, int]:
    """A hook opens a run, an episode goes by its number, a compilation follows the last episode it has."""
    return place(clip.kind, clip.last_episode, clip.pk)


def place(kind: str, last_episode: int, key: int) -> tuple[int, int, int]:
    return (0 if kind == ClipKind.HOOK else last_episode), RANK.get(ClipKind(kind), 1), key


def label(clip: Clip) -> str:
    """What a reason calls it, the same in every reader's language."""
    return f"{clip.edition.drama.code} {clip.edition.language} {span(clip.kind, clip.first_episode, clip.last_episode)}"


def span(kind: str, first_episode: int, last_episode: int) -> str:
    """Which of its run it is."""
    until = f"–{last_episode}" if last_episode != first_episode else ""
    return f"E{first_episode}{until}{' ★' if kind == ClipKind.HOOK else ''}"
