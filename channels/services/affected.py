"""What stands on some channels from now on, as values, for judging what an event forces to change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from catalog.models import Clip, Edition
from catalog.rules import clip as clip_rules
from channels.models import Channel, Publication
from channels.rules import eligibility, posting, value
from channels.rules.eligibility import Window
from channels.rules.planner.problem import Lane, Reason, Slot
from channels.rules.publication import SLOT_TAKEN, WAITING, Status
from channels.rules.replanning import Item
from channels.rules.standing_board import Board
from channels.services import alike, facts, lanes, policies, standing, stock
from config.kernel import clock

READY = clip_rules.Status.READY
BEFORE = timedelta(days=2)
AT_ONCE = 2000
COLUMNS = (
    "pk", "channel_id", "status", "due_at", "is_pinned", "hold_id", "lease_until", "replaces_id", "reasons",
    "clip_id", "clip__kind", "clip__first_episode", "clip__last_episode", "clip__edition_id",
    "clip__edition__drama_id", "clip__edition__drama__tier",
)  # fmt: skip


@dataclass
class Affected:
    """`items`: what stands there, or did until it failed. `clips`: publication → clip."""

    window: Window
    channels: dict[int, Channel]
    items: list[Item]
    clips: dict[int, int]
    board: Board

    def of(self, keys: Collection[int]) -> list[Item]:
        return [one for one in self.items if one.key in keys]


def read(
    channels: Iterable[Channel], *, window: Window, fallen: Collection[int] = (), coming: Collection[int] = ()
) -> Affected:
    """The same number of queries whatever the size. `fallen`: publications that take no place any more (failed, or
    their time has passed) and are to be placed anew. `coming`: families of clips that may come from elsewhere.
    """
    rows = {channel.pk: channel for channel in sorted(channels, key=lambda row: row.pk)}
    items, clips = _items(rows, window, frozenset(fallen))
    budgets = lanes.budgets(rows.values(), releasing={one.key for one in items})
    limits = policies.limits([facts.of_channel(row) for row in rows.values()], window)
    board = Board(
        [_lane(row, window) for row in rows.values()],
        budgets,
        now=clock.now(),
        sameness=limits.sameness,
        paces={key: caps for key in rows if (caps := limits.of(key)).limits_pace},
    )
    found = Affected(window, rows, items, clips, board)
    _count_alike(found, {one.whole for one in items} | set(coming))
    return found


def _count_alike(found: Affected, wholes: Collection[int]) -> None:
    """What of these families stands elsewhere in the same languages, or stood on the channels before `items` begin."""
    own, families = {one.key for one in found.items}, found.board.families
    since = found.window.starts_at - families.span
    for one in alike.shown({whole for whole in wholes if whole}, found.channels.values(), since=since):
        if one.key not in own:
            families.add(one.whole, one.at, channel=one.channel, group=one.group)


def _items(
    channels: Mapping[int, Channel], window: Window, fallen: frozenset[int]
) -> tuple[list[Item], dict[int, int]]:
    stands = Q(status__in=[*SLOT_TAKEN, Status.NEEDS_PERSON], due_at__gte=window.starts_at - BEFORE)
    found = Publication.objects.filter(stands | Q(pk__in=fallen), channel__in=list(channels)).order_by("due_at", "pk")
    now = clock.now()
    given = found.values_list(*COLUMNS).iterator(chunk_size=AT_ONCE)
    rows = [dict(zip(COLUMNS, one, strict=True)) for one in given]
    clips = {row["pk"]: row["clip_id"] for row in rows}
    families = policies.families(set(clips.values()))
    return [
        _item(row, now=now, has_fallen=row["pk"] in fallen, whole=families.get(row["clip_id"], 0)) for row in rows
    ], clips


def _item(row: dict[str, Any], *, now: datetime, has_fallen: bool, whole: int) -> Item:
    waits = row["status"] in WAITING and not (row["lease_until"] and row["lease_until"] > now)
    is_held, is_replacement = row["hold_id"] is not None, row["replaces_id"] is not None
    clip = Clip(pk=row["clip_id"], kind=row["clip__kind"], last_episode=row["clip__last_episode"])
    return Item(
        key=row["pk"],
        channel=row["channel_id"],
        # A replacement stands outside of its run: the clip that it mends has its place there.
        edition=-row["pk"] if is_replacement else row["clip__edition_id"],
        drama=row["clip__edition__drama_id"],
        order=stock.order(clip),
        at=row["due_at"],
        points=_points(row),
        is_fixed=not has_fallen and (row["is_pinned"] or is_held or is_replacement or not waits),
        is_pinned=row["is_pinned"] and waits and not is_held and not is_replacement,
        stands=not has_fallen,
        uploads=row["status"] in WAITING or has_fallen,
        whole=whole,
    )


def _points(row: dict[str, Any]) -> int:
    """What it was worth to the planner, as its reasons say; the tier alone where nobody planned it."""
    told = [one.get("points", 0) for one in row["reasons"] or () if isinstance(one, dict)]
    points = sum(one for one in told if isinstance(one, int))
    return points or int(value.of_tier(row["clip__edition__drama__tier"])["points"])


# --- the channels


def _lane(channel: Channel, window: Window) -> Lane:
    """Every posting time of the window, taken or not: the board knows what is taken, and how fast it may go.

    `account_cap` is the platform's own: what stands faster than a policy pack allows is not released because of it.
    """
    account, way = lanes.upload_bucket(channel, scope="account"), posting.POSTING[channel.platform]
    return Lane(
        channel=channel.pk,
        name=channel.name,
        zone=channel.time_zone,
        slots=tuple(Slot(at) for at in standing.posting_times(channel, window.starts_at, window.ends_at)),
        daily_cap=channel.daily_cap,
        gap=timedelta(hours=channel.drama_gap_hours),
        client=channel.api_client_id,
        platform=channel.platform,
        language=channel.language,
        account_cap=lanes.granted(channel, account) if account else way.daily_posts,
        upload_lead=posting.LEAD if way.uploads_ahead else timedelta(0),
    )


# --- rights and other rules of the clips


def with_rights(found: Affected, runs: Collection[tuple[int, int]]) -> None:
    """Fill in when the rights of these runs are open: asked only of the runs that matter."""
    given = _spans(found, runs)
    found.items = [replace(one, spans=given.get(one.run, ())) if one.run in given else one for one in found.items]


def _spans(found: Affected, runs: Collection[tuple[int, int]]) -> dict[tuple[int, int], tuple[Window, ...]]:
    given = editions({edition for edition, _channel in runs if edition > 0})
    rights = facts.rights_of({one.drama for one in given.values()})
    channels = {key: facts.of_channel(row) for key, row in found.channels.items()}
    window = _whole(found)
    return {
        (edition, channel): eligibility.open_spans(
            given[edition], channels[channel], rights.get(given[edition].drama, []), window
        )
        for edition, channel in runs
        if edition in given
    }


def _whole(found: Affected) -> Window:
    """The window and every time that something stands at: what is due before or behind it has its rights too."""
    moments = [one.at for one in found.items]
    ends_at = max([found.window.ends_at, *(at + timedelta(seconds=1) for at in moments)])
    return Window(min([found.window.starts_at, *moments]), ends_at)


def editions(keys: Collection[int]) -> dict[int, eligibility.EditionFacts]:
    found: dict[int, eligibility.EditionFacts] = {}
    for some in _chunks(sorted(keys)):
        versions = facts.releasable_versions(some)
        rows = Edition.objects.filter(pk__in=some).select_related("drama").prefetch_related("drama__genres")
        for row in rows:
            found[row.pk] = facts.of_edition(row, is_releasable=row.pk in versions)
    return found


def unfit(found: Affected, items: Iterable[Item]) -> dict[int, Reason]:
    """Those that no other time helps: their edition may not be on the channel any more, or their clip may not go out.

    That a channel stands still is no such reason: what waits there waits.
    """
    waiting = [one for one in items if one.may_go and one.edition > 0]
    given = editions({one.edition for one in waiting})
    channels = {key: facts.of_channel(row) for key, row in found.channels.items()}
    lost: dict[int, Reason] = {}
    judged: dict[tuple[int, int], Reason | None] = {}
    for one in waiting:
        if one.run not in judged:
            judged[one.run] = _never(given.get(one.edition), channels[one.channel])
        if (why := judged[one.run]) is not None:
            lost[one.key] = why
    return lost | _outdated(found, [one for one in waiting if one.key not in lost])


def _never(edition: eligibility.EditionFacts | None, channel: eligibility.ChannelFacts) -> Reason | None:
    if edition is None:
        return None
    checks = (check for rule, check in eligibility.LASTING.items() if rule != eligibility.CHANNEL)
    for check in checks:
        if stopper := check(edition, channel):
            return stopper.reason
    return None


def _outdated(found: Affected, items: list[Item]) -> dict[int, Reason]:
    lost: dict[int, Reason] = {}
    for some in _chunks(items):
        query = Clip.objects.filter(pk__in=[found.clips[one.key] for one in some])
        versions = facts.releasable_versions({one.edition for one in some})
        clips = {clip.pk: clip for clip in query}
        told = facts.outdated_clips(list(clips.values()), versions)
        for one in some:
            key = found.clips[one.key]
            if why := told.get(key):
                lost[one.key] = {"code": "change_outdated", "why": why}
            elif clips[key].status != READY:
                lost[one.key] = {"code": "change_not_cut"}
    return lost


def _chunks(rows: list[Any]) -> Iterable[list[Any]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]
