"""The numbers over a plan: how much was placed, how full each channel is, what each rule left out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from channels.rules.planner.problem import Filled, Lane, Left, Problem
from channels.services.scene import Scene


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
