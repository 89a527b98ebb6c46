"""A planner's problem and its answer as a world that the checker can judge: what is only a value there becomes rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from tests.checker import rows

DAY = timedelta(days=1)
KINDS = {0: "hook", 1: "episode", 2: "compilation"}
AWAY = 1_000_000


def world(problem: Any, filled: Any, *, stands: Any = ()) -> rows.World:
    """Each channel is its own country, each edition its own language: rights and fit are then the pairs' alone.

    `stands`: clips of the runs that are planned already, as channel, edition, clip and time.
    """
    moments = [slot.at for lane in problem.lanes for slot in lane.slots] + [one.at for one in filled.placed]
    start, end = min(moments), max(moments)
    clips, editions = _catalog(problem)
    items = [*_placed(problem, filled), *_had(problem, clips, start)]
    items += [*_taken(problem, clips, editions, stands), *_standing(stands, clips)]
    return rows.World(
        now=start - DAY,
        starts_at=start,
        ends_at=end + DAY,
        clients=_clients(problem),
        channels={lane.channel: _channel(problem, lane) for lane in problem.lanes},
        editions=editions,
        clips=clips,
        rights=tuple(_rights(problem)),
        items=tuple(items),
        runs=tuple(rows.RunRow(one.edition, one.channel, "active") for one in problem.pairs if one.is_running),
        spent={(one.client, day): count for one in problem.budgets for day, count in one.promised.items()},
        likeness=(
            rows.Likeness(problem.sameness.days, problem.sameness.most_per_language, problem.sameness.most_per_channel),
        ),
    )


def too_early(problem: Any, filled: Any) -> list[Any]:
    """What was placed although earlier clips of its run stand later."""
    bounds = {(one.edition, one.channel): one.not_before for one in problem.pairs if one.not_before}
    return [one for one in filled.placed if one.at <= bounds.get((one.edition, one.channel), one.at - DAY)]


def _tag(edition: int) -> str:
    return f"e{edition}"


def _channel(problem: Any, lane: Any) -> rows.ChannelRow:
    return rows.ChannelRow(
        key=lane.channel,
        name=lane.name,
        platform=lane.platform,
        client=lane.client,
        language=lane.language or "en",
        countries=(f"C{lane.channel}",),
        zone=lane.zone,
        daily_cap=lane.daily_cap,
        gap=lane.gap,
        also_takes=tuple(_tag(one.edition) for one in problem.pairs if one.channel == lane.channel),
        posts=lane.account_cap,
        slots=frozenset(slot.at for slot in lane.slots),
    )


def _clients(problem: Any) -> dict[int, rows.ClientRow]:
    found = {lane.client: rows.ClientRow(lane.client, "", "UTC", None, None) for lane in problem.lanes}
    for one in problem.budgets:
        found[one.client] = rows.ClientRow(one.client, one.name, one.zone, one.per_day, None)
    return found


def _catalog(problem: Any) -> tuple[dict[int, rows.ClipRow], dict[int, rows.EditionRow]]:
    editions = {one.edition: rows.EditionRow(one.edition, one.drama, _tag(one.edition)) for one in problem.pairs}
    clips = {
        clip.key: rows.ClipRow(
            key=clip.key,
            edition=one.edition,
            kind=KINDS[clip.order[1]],
            first=clip.order[0],
            last=clip.order[0],
            status="ready" if clip.is_ready else "waiting",
            whole=clip.whole,
        )
        for one in problem.pairs
        for clip in one.clips
    }
    return clips, editions


def _rights(problem: Any) -> list[rows.RightsRow]:
    return [
        rows.RightsRow(
            one.drama, (f"C{one.channel}",), (one.platform,), (_tag(one.edition),), span.starts_at, span.ends_at
        )
        for one in problem.pairs
        for span in one.spans
    ]


def _placed(problem: Any, filled: Any) -> list[rows.ItemRow]:
    lead = {lane.channel: lane.upload_lead for lane in problem.lanes}
    return [
        rows.ItemRow(number, one.channel, one.clip, one.at, one.at - lead[one.channel])
        for number, one in enumerate(filled.placed, start=1)
    ]


def _had(problem: Any, clips: dict[int, rows.ClipRow], start: Any) -> list[rows.ItemRow]:
    """A clip of the edition that no pair offers to the channel has been there before."""
    of_edition: dict[int, set[int]] = defaultdict(set)
    for clip in clips.values():
        of_edition[clip.edition].add(clip.key)
    offered: dict[tuple[int, int], set[int]] = defaultdict(set)
    for one in problem.pairs:
        offered[one.edition, one.channel] |= {clip.key for clip in one.clips}
    gone = [(channel, key) for (edition, channel), has in offered.items() for key in sorted(of_edition[edition] - has)]
    return [
        rows.ItemRow(AWAY + number, channel, key, start - 90 * DAY, start - 90 * DAY, status="withdrawn", is_new=False)
        for number, (channel, key) in enumerate(gone)
    ]


def _standing(stands: Any, clips: dict[int, rows.ClipRow]) -> list[rows.ItemRow]:
    found = []
    for number, (channel, edition, clip, at) in enumerate(stands):
        clips[clip.key] = rows.ClipRow(clip.key, edition, KINDS[clip.order[1]], clip.order[0], clip.order[0])
        found.append(rows.ItemRow(3 * AWAY + number, channel, clip.key, at, at, status="published", is_new=False))
    return found


def _taken(
    problem: Any, clips: dict[int, rows.ClipRow], editions: dict[int, rows.EditionRow], stands: Any
) -> list[rows.ItemRow]:
    """What stands there already gets an edition and a clip of its own."""
    found = []
    named = {(channel, at) for channel, _edition, _clip, at in stands}
    for lane in problem.lanes:
        for one in (one for one in lane.taken if (lane.channel, one.at) not in named):
            key = 2 * AWAY + len(found)
            editions[key] = rows.EditionRow(key, one.drama, _tag(key))
            clips[key] = rows.ClipRow(key, key, "episode", 1, 1, whole=one.whole)
            found.append(rows.ItemRow(key, lane.channel, key, one.at, one.at, status="published", is_new=False))
    return found
