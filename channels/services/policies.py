"""How publications come out under the policy packs in force, and what limits a planner must keep because of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from catalog.models import Fingerprint
from catalog.services import lookalikes
from channels.models import Approval, Channel, PolicyPack, Publication
from channels.rules import reasons
from channels.rules.eligibility import ChannelFacts, Window
from channels.rules.planner.problem import Sameness
from channels.rules.policies import packs, rulebook
from channels.rules.policies.around import Around, Neighbour
from channels.rules.policies.items import Item, Verdict
from channels.rules.policies.rulebook import Caps, Rulebook
from channels.rules.policies.words import KindName
from channels.rules.policy_pack import Status as PackStatus
from channels.rules.preflight import Outcome
from channels.rules.publication import SLOT_TAKEN, Status
from channels.rules.words import Stage

COUNTED = SLOT_TAKEN | {Status.NEEDS_PERSON}
"""What counts as an upload of its channel when another one is judged."""
AT_ONCE, CLIPS_AT_ONCE = 500, 5000


# --- the packs


def book(*, instead: PolicyPack | None = None, only: str = "") -> Rulebook:
    """The packs in force, each version on its days. `instead`: as if this one were on. `only`: one code."""
    rows = PolicyPack.objects.filter(Q(status=PackStatus.ON) | Q(switched_at__isnull=False))
    known = {row.pk: row for row in (rows.filter(code=only) if only else rows)}
    standing = {row.code: row for row in known.values() if row.status == PackStatus.ON}
    found = [pack for row in standing.values() if not _is_replaced(row, instead) for pack in _on_its_days(row, known)]
    if instead is not None:
        found += _as_if_on(instead, standing.get(instead.code), known)
    return Rulebook(found)


def _is_replaced(row: PolicyPack, instead: PolicyPack | None) -> bool:
    return instead is not None and row.code == instead.code


def _as_if_on(draft: PolicyPack, former: PolicyPack | None, known: Mapping[int, PolicyPack]) -> list[packs.Pack]:
    before = _until(former, known, draft.starts_on - timedelta(days=1)) if former and former.pk != draft.pk else []
    return [value(draft, ends_on=draft.ends_on), *before]


def _on_its_days(row: PolicyPack, known: Mapping[int, PolicyPack]) -> list[packs.Pack]:
    """The version in force, and before its first day those that it took over from."""
    before = known.get(row.succeeds_id or 0)
    return [value(row, ends_on=row.ends_on), *_until(before, known, row.starts_on - timedelta(days=1))]


def _until(row: PolicyPack | None, known: Mapping[int, PolicyPack], last: date) -> list[packs.Pack]:
    found, seen = [], set()
    while row is not None and row.pk not in seen:
        seen.add(row.pk)
        end = min(last, row.ends_on or last)
        if row.starts_on <= end:
            found.append(value(row, ends_on=end))
        last = min(last, row.starts_on - timedelta(days=1))
        row = known.get(row.succeeds_id or 0)
    return found


def value(row: PolicyPack, *, ends_on: date | None) -> packs.Pack:
    return packs.Pack(
        code=row.code,
        version=row.version,
        platform=row.platform,
        countries=tuple(row.countries),
        languages=tuple(row.languages),
        starts_on=row.starts_on,
        ends_on=ends_on,
        rules=rules_of(row),
    )


def rules_of(row: PolicyPack) -> tuple[packs.Rule, ...]:
    return _compiled(json.dumps(row.rules, sort_keys=True))


@lru_cache(maxsize=64)
def _compiled(text: str) -> tuple[packs.Rule, ...]:
    """Word lists are costly to prepare: the same rules are prepared once in a process."""
    return packs.read(json.loads(text))


# --- publications as values


def item_of(publication: Publication, *, people: int | None = None, whole: int = 0) -> Item:
    """The publication with its channel, clip, edition and drama as the rules see it; asks nothing of the database
    when these were read with it.
    """
    channel, clip = publication.channel, publication.clip
    edition = clip.edition
    return Item(
        clip=clip.pk,
        channel=channel.pk,
        drama=edition.drama_id,
        platform=channel.platform,
        language=channel.language,
        countries=tuple(channel.countries),
        due_at=publication.due_at,
        day=local_day(publication.due_at, channel.time_zone),
        title=publication.title,
        description=publication.description,
        tags=tuple(publication.tags),
        marker=publication.marker,
        duration_ms=clip.duration_ms,
        tier=edition.drama.tier,
        origin=edition.drama.origin,
        voice=edition.voice,
        must_label=edition.synthetic_media,
        synthetic_media=publication.synthetic_media,
        made_for_kids=publication.made_for_kids,
        has_thumbnail=bool(clip.thumbnail),
        people=people,
        whole=whole,
        replaces=publication.replaces_id or 0,
    )


def local_day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def count_people(approved: Mapping[int, int | None]) -> dict[int, int]:
    """publication → how many people's yes it has; asked for those that are approved, with their last approver."""
    said: dict[int, set[int]] = {key: {person} if person else set() for key, person in approved.items()}
    for some in _portions(list(approved)):
        yeses = Approval.objects.filter(publication__in=some, lapsed_at=None, by__isnull=False)
        for key, person in yeses.values_list("publication_id", "by_id"):
            said[key].add(person)
    return {key: len(people) for key, people in said.items()}


def people_asked(keys: Sequence[int]) -> dict[int, int]:
    """publication → the most people whose yes a pack in force asks for; those of which none asks are left out."""
    held = book()
    if not held.asks_people:
        return {}
    found: dict[int, int] = {}
    for some in _portions(list(keys)):
        rows = Publication.objects.filter(pk__in=some).select_related("channel", "clip__edition__drama")
        found |= {row.pk: held.people(item_of(row)) for row in rows}
    return {key: people for key, people in found.items() if people}


def families(clips: Iterable[int]) -> Mapping[int, int]:
    """clip → the family of clips that look and sound like it; those that stand alone are left out."""
    found: dict[int, int] = {}
    for some in _portions(sorted(clips), size=CLIPS_AT_ONCE):
        found |= {clip: one.whole for clip, one in lookalikes.families(some).items() if one.whole}
    return found


# --- judging


@dataclass
class Judging:
    """Many publications under one set of packs, with what stands around them read once."""

    book: Rulebook
    around: Around
    families: Mapping[int, int] = field(default_factory=dict)

    def verdicts(self, publication: Publication, *, people: int | None = None) -> list[Verdict]:
        whole = self.families.get(publication.clip_id, 0)
        return self.book.judge(item_of(publication, people=people, whole=whole), self.around)

    def outcomes(self, publication: Publication, *, people: int | None = None) -> list[Outcome]:
        return [outcome(one) for one in self.verdicts(publication, people=people)]


def judging(publications: Sequence[Publication], *, book_: Rulebook | None = None, both_ways: bool = False) -> Judging:
    """For these publications, saved or not yet; they count as each other's neighbours. A fixed number of queries."""
    held = book_ or book()
    if not held.needs_others or not publications:
        return Judging(held, Around(both_ways=both_ways))
    alike = families({row.clip_id for row in publications})
    around = Around(_neighbours(publications, held, alike), both_ways=both_ways)
    return Judging(held, around, alike)


def judge(publication: Publication, *, stage: Stage, judging_: Judging | None = None) -> list[Outcome]:
    """How every rule comes out that is in force when this publication is due.

    At upload the people who approved it are counted. When one is judged alone before that, those that follow it count
    as well: a move must not make another one too many.
    """
    if judging_ is None:
        judging_ = judging([publication], both_ways=stage == Stage.PLANNED)
    is_upload = stage == Stage.UPLOAD
    people = count_people({publication.pk: publication.approved_by_id})[publication.pk] if is_upload else None
    return judging_.outcomes(publication, people=people)


def outcome(verdict: Verdict) -> Outcome:
    """A warning passes; its sentence is kept like that of a refusal."""
    said = "" if verdict.passed else reasons.sentence(verdict.reason)
    return Outcome(
        rule=verdict.rule,
        passed=verdict.passed or verdict.warns,
        evidence=said,
        pack=verdict.pack,
        warns=verdict.warns and not verdict.passed,
        reason=verdict.reason,
    )


def _neighbours(publications: Sequence[Publication], held: Rulebook, alike: Mapping[int, int]) -> Iterator[Neighbour]:
    """Each channel's clip once: look-alikes, which know their family, before what else stands on the channels."""
    known = {(row.channel_id, row.clip_id) for row in publications}
    yield from (_neighbour(row, alike) for row in publications)
    for one in chain(_of_families(publications, held, alike), _of_channels(publications, held)):
        if (one.channel, one.clip) not in known:
            known.add((one.channel, one.clip))
            yield one


def _of_channels(publications: Sequence[Publication], held: Rulebook) -> Iterator[Neighbour]:
    span = held.farthest(KindName.TEMPLATE, KindName.CADENCE)
    rows = Publication.objects.filter(
        channel__in={row.channel_id for row in publications},
        due_at__gt=min(row.due_at for row in publications) - span,
        due_at__lt=max(row.due_at for row in publications) + span,
    )
    yield from neighbours(rows, {})


def _of_families(publications: Sequence[Publication], held: Rulebook, alike: Mapping[int, int]) -> Iterator[Neighbour]:
    """Those that look like one of these, on its own channel or another one of the language."""
    looked = [row for row in publications if row.clip_id in alike]
    if not looked:
        return
    span = held.farthest(KindName.SAMENESS)
    rows = Publication.objects.filter(
        channel__platform__in={row.channel.platform for row in looked},
        channel__language__in={row.channel.language for row in looked},
        due_at__gt=min(row.due_at for row in looked) - span,
        due_at__lt=max(row.due_at for row in looked) + span,
    )
    for some in _portions(sorted({alike[row.clip_id] for row in looked}), size=CLIPS_AT_ONCE):
        members = rows.filter(clip__in=Fingerprint.objects.filter(whole_family__in=some).values("clip"))
        found = families(set(members.filter(status__in=COUNTED).values_list("clip_id", flat=True)))
        yield from (one for one in neighbours(members, found) if one.whole)


def neighbours(rows: QuerySet[Publication], alike: Mapping[int, int]) -> Iterator[Neighbour]:
    """Those of these rows that count as uploads of their channels: what is held does not go out."""
    columns = (
        "pk", "channel_id", "clip_id", "clip__edition__drama_id", "channel__platform", "channel__language",
        "due_at", "title", "description",
    )  # fmt: skip
    for line in rows.filter(status__in=COUNTED, hold=None).values_list(*columns).iterator(chunk_size=2000):
        key, channel, clip, drama, platform, language, at, title, description = line
        whole = alike.get(clip, 0)
        yield Neighbour(key, channel, clip, drama, platform, language, at, title, description, whole)


def _neighbour(row: Publication, alike: Mapping[int, int]) -> Neighbour:
    return Neighbour(
        key=row.pk or 0,
        channel=row.channel_id,
        clip=row.clip_id,
        drama=row.clip.edition.drama_id,
        platform=row.channel.platform,
        language=row.channel.language,
        at=row.due_at,
        title=row.title,
        description=row.description,
        whole=alike.get(row.clip_id, 0),
    )


def _portions(keys: list[Any], *, size: int = AT_ONCE) -> Iterator[list[Any]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


# --- what a planner must keep


@dataclass(frozen=True)
class Limits:
    """`sameness`: the strictest over all the channels, for a planner that knows only one; `of` gives a channel's own.

    Where no pack limits look-alikes, the planner's own defaults stand.
    """

    sameness: Sameness
    by_channel: Mapping[int, Caps]

    def of(self, channel: int) -> Caps:
        return self.by_channel.get(channel, Caps())


def limits(channels: Iterable[ChannelFacts], window: Window) -> Limits:
    """The caps of each channel in the days of the window, by every pack in force on any of them."""
    held = book()
    first, last = (window.starts_at - timedelta(days=1)).date(), (window.ends_at + timedelta(days=1)).date()
    found = {
        one.key: held.caps(
            platform=one.platform, language=one.language, countries=one.countries, first=first, last=last
        )
        for one in channels
    }
    strictest: Sameness | None = None
    for caps in found.values():
        if caps.sameness is not None:
            strictest = caps.sameness if strictest is None else rulebook.both(strictest, caps.sameness)
    return Limits(strictest or Sameness(), found)


def channels_of(row: PolicyPack) -> list[Channel]:
    """The channels that this pack concerns, by name."""
    pack = value(row, ends_on=row.ends_on)
    return [one for one in Channel.objects.order_by("name") if pack.concerns(one.platform, one.language, one.countries)]
