"""What a change adds: a run on another channel while its own stands still, or a mended clip in an old one's place.

Only a run of which nothing has been shown yet moves to another channel: nobody who follows it there starts in the
middle. What is added is a new publication, so it needs approval of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from catalog.models import Clip
from catalog.rules import clip as clip_rules
from channels.models import Channel, PlanChange, Publication, Run
from channels.rules import eligibility, posting
from channels.rules.alike import Group
from channels.rules.eligibility import Window
from channels.rules.plan import Change
from channels.rules.publication import HOLDING, SLOT_TAKEN, WAITING, Status
from channels.rules.replanning import Item
from channels.rules.standing_board import Standing
from channels.services import affected, facts
from channels.services.affected import Affected
from config.kernel import clock
from config.kernel.errors import Invalid
from config.kernel.models import StatusChange

# --- other channels


def lines(found: Affected, *, until: datetime | None, besides: Sequence[PlanChange]) -> list[PlanChange]:
    """Runs of the channel that stands still, each on the channel that can take it whole with the least delay.

    `besides`: what the channel itself would do with them; it stays for what no other channel takes.
    """
    (channel,) = found.channels.values()
    runs = _whole_runs(channel, [one for one in found.items if _is_inside(one, until)])
    others = _others(channel)
    if not runs or not others:
        return list(besides)
    homes = affected.read(others, window=found.window, coming={one.whole for rows in runs.values() for one in rows})
    taken: list[PlanChange] = []
    for run in sorted(runs.values(), key=lambda rows: (-max(one.points for one in rows), rows[0].run)):
        taken += _rehome(run, found, homes)
    gone = {line.publication_id for line in taken}
    return [*taken, *(line for line in besides if line.publication_id not in gone)]


def _is_inside(one: Item, until: datetime | None) -> bool:
    return one.stands and not one.is_fixed and one.at >= clock.now() and (until is None or one.at < until)


def _whole_runs(channel: Channel, items: Iterable[Item]) -> dict[int, list[Item]]:
    """By edition what waits of it, where all of it waits and nothing of it was ever shown or is held there."""
    together: dict[int, list[Item]] = defaultdict(list)
    for one in items:
        together[one.edition].append(one)
    known = Publication.objects.filter(channel=channel, clip__edition__in=list(together), status__in=HOLDING)
    mine = {one.key for rows in together.values() for one in rows}
    begun = set(known.exclude(pk__in=mine, status__in=WAITING).values_list("clip__edition", flat=True))
    return {
        edition: sorted(rows, key=lambda one: one.order) for edition, rows in together.items() if edition not in begun
    }


def _others(channel: Channel) -> list[Channel]:
    rows = Channel.objects.active().filter(platform=channel.platform).exclude(pk=channel.pk)
    rows = rows.select_related("api_client").defer("api_client__client_secret")
    return list(rows.prefetch_related("rules", "genres").order_by("pk"))


def _rehome(run: list[Item], found: Affected, homes: Affected) -> list[PlanChange]:
    best: tuple[float, int, dict[int, datetime]] | None = None
    _leave(run, found, homes)
    for key in _homes_of(run, found, homes):
        places = _places(run, key, homes)
        delay = sum(max(0.0, (places[one.key] - one.at).total_seconds()) for one in run) if places else 0.0
        if places and (best is None or (delay, key) < best[:2]):
            best = (delay, key, places)
    if best is None:
        _stay(run, found, homes)
        return []
    _delay, key, places = best
    for one in run:
        homes.board.add(Standing(-one.key, key, one.drama, whole=one.whole), places[one.key])
    return [line for one in run for line in _two_lines(one, found, homes.channels[key], places[one.key])]


def _leave(run: list[Item], found: Affected, homes: Affected) -> None:
    """A run that goes counts on its old channel no more as one of its look-alikes."""
    for one in run:
        homes.board.families.remove(one.whole, one.at, channel=one.channel, group=_group(found))


def _stay(run: list[Item], found: Affected, homes: Affected) -> None:
    for one in run:
        homes.board.families.add(one.whole, one.at, channel=one.channel, group=_group(found))


def _group(found: Affected) -> Group:
    (channel,) = found.channels.values()
    return channel.language, channel.platform


def _homes_of(run: list[Item], found: Affected, homes: Affected) -> list[int]:
    """The channels that may have the edition and take every clip, on a platform where it runs nowhere else."""
    first = run[0]
    edition = affected.editions({first.edition})[first.edition]
    busy = Publication.objects.filter(clip__edition=first.edition, status__in=HOLDING, channel__in=list(homes.channels))
    if busy.exists():
        return []
    rights = facts.rights_of([edition.drama]).get(edition.drama, [])
    channels = {key: facts.of_channel(row) for key, row in homes.channels.items()}
    clips = [facts.of_clip(clip) for clip in Clip.objects.filter(pk__in=[found.clips[one.key] for one in run])]
    return [
        key
        for key, row in channels.items()
        if not eligibility.stoppers(edition, row, rights, homes.window)
        and not any(eligibility.clip_stoppers(clip, row) for clip in clips)
    ]


def _places(run: list[Item], channel: int, homes: Affected) -> dict[int, datetime] | None:
    """A time for every clip of the run, in order and near the one it had; None when not all of them find one."""
    edition = affected.editions({run[0].edition})[run[0].edition]
    rights = facts.rights_of([edition.drama]).get(edition.drama, [])
    spans = eligibility.open_spans(edition, facts.of_channel(homes.channels[channel]), rights, homes.window)
    places: dict[int, datetime] = {}
    last: datetime | None = None
    for one in run:
        row = Standing(-one.key, channel, one.drama, whole=one.whole)
        moments = sorted(homes.board.slots_between(channel, last, None), key=lambda at: (abs(at - one.at), at))
        open_ones = (at for at in moments if any(span.starts_at <= at < span.ends_at for span in spans))
        last = next((at for at in open_ones if not homes.board.stopper(row, at)), None)
        if last is None:
            break
        homes.board.add(row, last)
        places[one.key] = last
    for key in places:
        homes.board.remove(-key)
    return places if len(places) == len(run) else None


def _two_lines(one: Item, found: Affected, home: Channel, at: datetime) -> list[PlanChange]:
    (channel,) = found.channels.values()
    why: list[Any] = [
        {"code": "change_paused", "channel": channel.name},
        {"code": "change_elsewhere", "channel": home.name, "of": one.key},
    ]
    clip = found.clips[one.key]
    return [
        PlanChange(
            kind=Change.DROPPED, publication_id=one.key, clip_id=clip, channel=channel, from_at=one.at, reasons=why
        ),
        PlanChange(kind=Change.ADDED, clip_id=clip, channel=home, to_at=at, reasons=why),
    ]


# --- mended clips


def mended(edition_pk: int, *, window: Window) -> list[PlanChange]:
    """Clips that mend others of this edition, at the times which the product took from those because of it."""
    clips = Clip.objects.filter(edition=edition_pk, status=clip_rules.Status.READY, supersedes__isnull=False)
    after = {clip.supersedes_id: clip for clip in clips}
    lost = Publication.objects.filter(
        clip__in=list(after), status=Status.CANCELLED, replaces=None, due_at__gte=window.starts_at
    )
    lost = lost.exclude(pk__in=_cancelled_by_people(lost)).order_by("due_at", "pk")
    found: dict[tuple[int, int], PlanChange] = {}
    for row in lost:
        clip = after[row.clip_id]
        if not _is_there(row.channel_id, clip, row.due_at):
            why = [{"code": "change_mended", "of": row.pk}]
            found.setdefault(
                (row.channel_id, clip.pk),
                PlanChange(kind=Change.ADDED, clip=clip, channel_id=row.channel_id, to_at=row.due_at, reasons=why),
            )
    return list(found.values())


def _cancelled_by_people(rows: Any) -> list[int]:
    kind = ContentType.objects.get_for_model(Publication)
    keys = list(rows.values_list("pk", flat=True))
    moves = StatusChange.objects.filter(content_type=kind, object_id__in=keys, to_status=Status.CANCELLED)
    return list(moves.filter(by__isnull=False).values_list("object_id", flat=True))


def _is_there(channel: int, clip: Clip, at: datetime) -> bool:
    """Whether the channel has the clip already, or something else at that time."""
    rows = Publication.objects.filter(channel=channel)
    taken = rows.filter(status__in=SLOT_TAKEN, due_at=at, replaces=None)
    return bool(rows.filter(clip=clip, status__in=HOLDING).exists() or taken.exists())


# --- adding


def create(line: PlanChange) -> Publication:
    """The publication that this line adds, with the words of the one that it stands for. It is not approved."""
    source = Publication.objects.filter(pk=_source(line)).select_related("channel").first()
    if source is None or source.status != Status.CANCELLED:
        raise Invalid(_("The publication that it stands for is still planned."))
    if line.to_at is None or line.to_at <= clock.now():
        raise Invalid(_("Its time has passed."))
    run, _made = Run.objects.get_or_create(
        channel=line.channel, edition_id=line.clip.edition_id, defaults={"reasons": line.reasons}
    )
    row = Publication(
        channel=line.channel,
        clip=line.clip,
        run=run,
        plan=line.plan,
        due_at=line.to_at,
        upload_at=posting.upload_at(line.channel.platform, line.to_at),
        reasons=[*line.reasons, *source.reasons],
        title=source.title,
        description=source.description,
        tags=source.tags,
        made_for_kids=source.made_for_kids,
        synthetic_media=line.clip.edition.synthetic_media,
    )
    row.save()
    return row


def _source(line: PlanChange) -> int:
    return next((one["of"] for one in line.reasons if isinstance(one, dict) and "of" in one), 0)
