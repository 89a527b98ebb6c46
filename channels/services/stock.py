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
    number = 0 if clip.kind == ClipKind.HOOK else clip.last_episode
    return number, RANK.get(ClipKind(clip.kind), 1), clip.pk


def label(clip: Clip) -> str:
    """What a reason calls it, the same in every reader's language."""
    span = f"E{clip.first_episode}" + (f"–{clip.last_episode}" if clip.last_episode != clip.first_episode else "")
    hook = " ★" if clip.kind == ClipKind.HOOK else ""
    return f"{clip.edition.drama.code} {clip.edition.language} {span}{hook}"
