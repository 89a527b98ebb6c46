"""What a policy pack would do to everything that is queued, worked out before it is switched on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from channels.models import PolicyPack, Publication
from channels.rules.policies.around import Around, Neighbour
from channels.rules.policies.items import Item, Verdict
from channels.rules.policies.rulebook import Rulebook
from channels.rules.policies.words import KindName
from channels.rules.publication import WAITING, Status
from channels.services import policies
from config.kernel import clock

EXAMPLES = 12
COLUMNS = (
    "pk", "clip_id", "channel_id", "clip__edition__drama_id", "channel__platform", "channel__language",
    "channel__countries", "due_at", "channel__time_zone", "title", "description", "tags", "uuid",
    "clip__duration_ms", "clip__edition__drama__tier", "clip__edition__drama__origin", "clip__edition__voice",
    "clip__edition__synthetic_media", "synthetic_media", "made_for_kids", "clip__thumbnail", "replaces_id",
    "hold_id", "status", "approved_by_id", "channel__name",
)  # fmt: skip


@dataclass(frozen=True)
class Queued:
    """One publication that waits: as the rules see it, and what its row says of it besides."""

    key: int
    item: Item
    is_held: bool
    channel_name: str


@dataclass(frozen=True)
class Example:
    key: int
    title: str
    channel: str
    due_at: datetime
    reasons: tuple[Mapping[str, Any], ...]
    is_new: bool


@dataclass(frozen=True)
class Tally:
    """`before`: how many the version in force finds. `key`: a rule's name, or a channel's."""

    key: Any
    name: str
    count: int
    before: int = 0


@dataclass(frozen=True)
class Preview:
    """`held`: the publications that would be held now. `already`: those that fail too, and are held anyway.

    `fresh` of `held` pass under the version in force; `freed` fail under that and would pass under this.
    """

    queued: int
    concerned: int
    held: tuple[int, ...]
    already: int
    warned: int
    fresh: int
    freed: int
    rules: tuple[Tally, ...] = ()
    warnings: tuple[Tally, ...] = ()
    channels: tuple[Tally, ...] = ()
    examples: tuple[Example, ...] = field(default=(), repr=False)


def preview(pack: PolicyPack) -> Preview:
    """What it would hold of all that is proposed or approved and has not started, beside the version in force."""
    rows = queue()
    trial, present = policies.book(instead=pack, only=pack.code), policies.book(only=pack.code)
    around = _around(rows, trial, present)
    return _sum_up(rows, _in_order(rows, trial, around), _in_order(rows, present, around))


def judge_all(rows: Iterable[Queued], book: Rulebook) -> dict[int, list[Verdict]]:
    """publication → how every rule of the book comes out for it."""
    listed = list(rows)
    return _in_order(listed, book, _around(listed, book))


def _in_order(rows: list[Queued], book: Rulebook, around: Around) -> dict[int, list[Verdict]]:
    """Each in its turn: one that would be held does not go out, and so is not one too many for the next."""
    around.let_all_go()
    found: dict[int, list[Verdict]] = {}
    for row in sorted(rows, key=lambda row: (row.item.due_at, row.item.channel, row.item.clip)):
        found[row.key] = book.judge(row.item, around)
        if any(one.holds for one in found[row.key]):
            around.stop(row.item)
    return found


def queue(only: Q | None = None) -> list[Queued]:
    """Everything that waits: proposed or approved, and no worker has it. In order of its time."""
    now = clock.now()
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    rows = Publication.objects.filter(free, status__in=WAITING).filter(only or Q()).order_by("due_at", "pk")
    lines = list(rows.values_list(*COLUMNS))
    people = _people(lines)
    alike = policies.families({line[1] for line in lines})
    return [_queued(line, people, alike) for line in lines]


def _queued(line: tuple[Any, ...], people: Mapping[int, int], alike: Mapping[int, int]) -> Queued:
    told = dict(zip(COLUMNS, line, strict=True))
    item = Item(
        clip=told["clip_id"],
        channel=told["channel_id"],
        drama=told["clip__edition__drama_id"],
        platform=told["channel__platform"],
        language=told["channel__language"],
        countries=tuple(told["channel__countries"]),
        due_at=told["due_at"],
        day=policies.local_day(told["due_at"], told["channel__time_zone"]),
        title=told["title"],
        description=told["description"],
        tags=tuple(told["tags"]),
        marker=Publication(uuid=told["uuid"]).marker,
        duration_ms=told["clip__duration_ms"],
        tier=told["clip__edition__drama__tier"],
        origin=told["clip__edition__drama__origin"],
        voice=told["clip__edition__voice"],
        must_label=told["clip__edition__synthetic_media"],
        synthetic_media=told["synthetic_media"],
        made_for_kids=told["made_for_kids"],
        has_thumbnail=bool(told["clip__thumbnail"]),
        people=people.get(told["pk"]),
        whole=alike.get(told["clip_id"], 0),
        replaces=told["replaces_id"] or 0,
    )
    return Queued(told["pk"], item, told["hold_id"] is not None, told["channel__name"])


def _people(lines: Iterable[tuple[Any, ...]]) -> dict[int, int]:
    """How many approved each approved one; of what is only proposed nobody is asked yet."""
    place, approver = COLUMNS.index("status"), COLUMNS.index("approved_by_id")
    approved = {line[0]: line[approver] for line in lines if line[place] == Status.APPROVED}
    return policies.count_people(approved)


def _around(rows: list[Queued], *books: Rulebook) -> Around:
    """What else stands on the channels of these, and what looks like them elsewhere; each of them too."""
    if not rows or not any(book.needs_others for book in books):
        return Around()
    span = max(book.farthest(KindName.TEMPLATE, KindName.CADENCE, KindName.SAMENESS) for book in books)
    first, last = rows[0].item.due_at - span, rows[-1].item.due_at
    others = Publication.objects.filter(
        channel__in={row.item.channel for row in rows}, due_at__gt=first, due_at__lte=last
    )
    alike = {row.item.clip: row.item.whole for row in rows if row.item.whole}
    if alike:
        languages = {row.item.language for row in rows if row.item.whole}
        others = Publication.objects.filter(
            Q(channel__in={row.item.channel for row in rows}) | Q(channel__language__in=languages),
            due_at__gt=first,
            due_at__lte=last,
        )
        alike |= policies.families(set(others.values_list("clip_id", flat=True)))
    mine = {row.key for row in rows}
    found: list[Neighbour] = [_neighbour(row) for row in rows]
    found += [one for one in policies.neighbours(others, alike) if one.key not in mine]
    return Around(found)


def _neighbour(row: Queued) -> Neighbour:
    item = row.item
    return Neighbour(
        key=row.key,
        channel=item.channel,
        clip=item.clip,
        drama=item.drama,
        platform=item.platform,
        language=item.language,
        at=item.due_at,
        title=item.title,
        description=item.description,
        whole=item.whole,
    )


def _sum_up(rows: list[Queued], new: dict[int, list[Verdict]], old: dict[int, list[Verdict]]) -> Preview:
    fails = [row for row in rows if any(one.holds for one in new[row.key])]
    failed_before = {key for key, verdicts in old.items() if any(one.holds for one in verdicts)}
    held = [row for row in fails if not row.is_held]
    failing = {row.key for row in fails}
    return Preview(
        queued=len(rows),
        concerned=sum(1 for verdicts in new.values() if verdicts),
        held=tuple(row.key for row in held),
        already=len(fails) - len(held),
        warned=sum(1 for verdicts in new.values() if any(not one.passed and one.warns for one in verdicts)),
        fresh=sum(1 for row in held if row.key not in failed_before),
        freed=len(failed_before - failing),
        rules=_by_rule(new, old, warns=False),
        warnings=_by_rule(new, old, warns=True),
        channels=_by_channel(rows, failing, failed_before),
        examples=_examples(held, new, failed_before),
    )


def _by_rule(new: dict[int, list[Verdict]], old: dict[int, list[Verdict]], *, warns: bool) -> tuple[Tally, ...]:
    def count(found: dict[int, list[Verdict]]) -> Counter[str]:
        verdicts = (one for some in found.values() for one in some)
        return Counter(_own_name(one.rule) for one in verdicts if not one.passed and one.warns == warns)

    now, before = count(new), count(old)
    names = sorted({*now, *before}, key=lambda name: (-now[name], name))
    return tuple(Tally(name, name, now[name], before[name]) for name in names)


def _own_name(rule: str) -> str:
    return rule.partition(".")[2]


def _by_channel(rows: list[Queued], failing: set[int], before: set[int]) -> tuple[Tally, ...]:
    names = {row.item.channel: row.channel_name for row in rows}
    now = Counter(row.item.channel for row in rows if row.key in failing)
    earlier = Counter(row.item.channel for row in rows if row.key in before)
    keys = sorted({*now, *earlier}, key=lambda key: (-now[key], names[key]))
    return tuple(Tally(key, names[key], now[key], earlier[key]) for key in keys)


def _examples(held: list[Queued], new: dict[int, list[Verdict]], before: set[int]) -> tuple[Example, ...]:
    """A few of each rule first, so that no rule is shown by its most frequent neighbour alone."""
    seen: Counter[str] = Counter()
    ranked: list[tuple[int, int, Queued]] = []
    for place, row in enumerate(held):
        first = next(one.rule for one in new[row.key] if one.holds)
        ranked.append((seen[first], place, row))
        seen[first] += 1
    chosen = [row for _turn, _place, row in sorted(ranked, key=lambda one: one[:2])[:EXAMPLES]]
    return tuple(_example(row, new[row.key], is_new=row.key not in before) for row in chosen)


def _example(row: Queued, verdicts: list[Verdict], *, is_new: bool) -> Example:
    return Example(
        key=row.key,
        title=row.item.title,
        channel=row.channel_name,
        due_at=row.item.due_at,
        reasons=tuple(one.reason for one in verdicts if one.holds),
        is_new=is_new,
    )
