"""The numbers over a plan: how full each channel is, what each language and genre gets, which titles meet."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from channels.rules.planner.problem import Filled, Lane, Left, Placed, Problem
from channels.services.scene import Scene

MOST_OVERLAPS = 200


def of(
    scene: Scene,
    problem: Problem,
    filled: Filled,
    *,
    left: Sequence[Left],
    quota: list[dict[str, Any]],
    seconds: float,
) -> dict[str, Any]:
    return {
        "placed": len(filled.placed),
        "runs": len({(one.edition, one.channel) for one in filled.placed}),
        "left_out": dict(sorted(Counter(one.rule for one in left).items())),
        "fill": _fill(scene, problem, filled),
        "quota": quota,
        "coverage": _coverage(scene, filled.placed),
        "overlaps": _overlaps(scene, filled.placed),
        "seconds": round(seconds, 1),
    }


def _fill(scene: Scene, problem: Problem, filled: Filled) -> list[dict[str, Any]]:
    """By channel: its free posting times, how many the plan uses, and how many clips it could have had for them."""
    placed: dict[int, set[datetime]] = defaultdict(set)
    for one in filled.placed:
        placed[one.channel].add(one.at)
    could: Counter[int] = Counter()
    for pair in problem.pairs:
        could[pair.channel] += len(pair.clips)
    return [
        {
            "channel": lane.channel,
            "name": lane.name,
            "slots": len(lane.slots),
            "placed": len(placed[lane.channel]),
            "taken": scene.ground.room(lane.channel).taken,
            "could": could[lane.channel],
            "full_until": _full_until(lane, placed[lane.channel]),
        }
        for lane in sorted(problem.lanes, key=lambda lane: lane.name)
        if lane.channel in scene.channels
    ]


def _full_until(lane: Lane, placed: set[datetime]) -> str | None:
    """The last moment before which the plan leaves no posting time of the channel free; None: the first one is.

    Times beyond the channel's daily cap are no room: on a day that has its posts, the rest of it counts as full.
    """
    zone = ZoneInfo(lane.zone)
    per_day = Counter(one.astimezone(zone).date() for one in (*placed, *(taken.at for taken in lane.taken)))
    last = None
    for slot in lane.slots:
        if slot.at not in placed and per_day[slot.at.astimezone(zone).date()] < lane.daily_cap:
            break
        last = slot.at
    return last.isoformat() if last else None


def _coverage(scene: Scene, placed: Iterable[Placed]) -> list[dict[str, Any]]:
    """By language and genre of what is offered: the plan's channels for it, its titles, and what was placed of them.

    `slots` counts the free posting times of those channels, which other genres share.
    """
    editions: Counter[tuple[str, str]] = Counter()
    for edition in scene.edition_facts.values():
        if edition.is_releasable:
            editions.update((edition.language, genre) for genre in edition.genres)
    got: Counter[tuple[str, str]] = Counter()
    for one in placed:
        facts = scene.edition_facts[one.edition]
        got.update((facts.language, genre) for genre in facts.genres)
    speakers = _speakers(scene, {language for language, _genre in editions})
    return [
        {
            "language": language,
            "genre": genre,
            "channels": len(takers),
            "editions": count,
            "placed": got[language, genre],
            "slots": sum(len(scene.ground.free[key]) for key in takers),
        }
        for (language, genre), count in sorted(editions.items())
        for takers in [_takers(scene, speakers[language], genre)]
    ]


def _speakers(scene: Scene, languages: Iterable[str]) -> Mapping[str, list[int]]:
    found = {}
    for language in languages:
        example = next(one for one in scene.edition_facts.values() if one.language == language)
        found[language] = [channel.key for channel in scene.matching.speaking(example)]
    return found


def _takers(scene: Scene, channels: Iterable[int], genre: str) -> list[int]:
    facts = scene.channel_facts
    return [key for key in channels if not facts[key].genres or genre in facts[key].genres]


def _overlaps(scene: Scene, placed: Iterable[Placed]) -> list[dict[str, Any]]:
    """The dramas that the plan shows on several channels of one language, those on most channels first."""
    shown: dict[tuple[str, int], set[int]] = defaultdict(set)
    for one in placed:
        drama = scene.edition_facts[one.edition].drama
        shown[scene.channels[one.channel].language, drama].add(one.channel)
    several = [(key, channels) for key, channels in shown.items() if len(channels) > 1]
    codes = {row.drama_id: row.drama.code for row in scene.editions.values()}
    return [
        {
            "language": language,
            "drama": drama,
            "code": codes[drama],
            "channels": sorted(channels),
            "names": sorted(scene.channels[key].name for key in channels),
        }
        for (language, drama), channels in sorted(several, key=lambda one: (-len(one[1]), one[0]))[:MOST_OVERLAPS]
    ]
