"""Why each clip that is left was left: what stopped it where it came nearest, and what would place it there."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import nsmallest
from zoneinfo import ZoneInfo

from channels.rules.planner import ground as grounds
from channels.rules.planner import words
from channels.rules.planner.board import Board
from channels.rules.planner.ground import Demand, Ground, Offer, Row
from channels.rules.planner.problem import Left, Reason
from channels.rules.planner.words import ACCOUNT_CAP, BUDGET, DAILY_CAP, FULL, GAP, ORDER, RIGHTS, SAMENESS, TWICE

RANK = {
    rule: rank for rank, rule in enumerate((BUDGET, DAILY_CAP, ACCOUNT_CAP, GAP, RIGHTS, SAMENESS, FULL, ORDER, TWICE))
}
"""Where one change is as small as another: a free slot before a taken one, what is easiest to grant before the rest."""
_EASIEST = ((BUDGET,), (DAILY_CAP,))
MOST_LOOKED = 6
HOUR = timedelta(hours=1) // grounds.TICK


@dataclass(frozen=True)
class Miss:
    """The slot that the offer's next clip came nearest to, and every rule that stood against it there."""

    offer: Offer
    slot: int | None
    rules: tuple[str, ...]

    @property
    def rank(self) -> tuple[int, ...]:
        """The nearest first: fewest rules, then those easiest to grant."""
        return (len(self.rules) or 99, *(RANK[rule] for rule in self.rules), -self.offer.points, self.offer.row)


def left(board: Board, ground: Ground, chosen: Mapping[int, list[Offer]]) -> list[Left]:
    found: list[Left] = []
    for demand in ground.demands:
        runs = [offer for offer in chosen.get(demand.number, []) if board.count(offer) or offer.pair.is_running]
        for offer in runs or [_nearest(board, demand)]:
            found += _of_offer(board, offer)
    for pair in ground.shut:
        facts = {"code": f"planner_{words.ELSEWHERE}", "clip": pair.clips[0].label, "platform": pair.platform}
        remedy = {"code": "end_run_needed", "channel": _name(ground, pair.channel)}
        found.append(Left(pair.edition, pair.channel, pair.clips[0].key, words.ELSEWHERE, facts, remedy))
    return found


def _name(ground: Ground, channel: int) -> str:
    return next((row.lane.name for row in ground.rows if row.lane.channel == channel), str(channel))


def _nearest(board: Board, demand: Demand) -> Offer:
    """Of the channels where it is worth most, the one it came nearest to."""
    best = nsmallest(MOST_LOOKED, demand.offers, key=lambda one: (-one.points, one.number))
    return min((miss(board, offer) for offer in best), key=lambda one: one.rank).offer


def _of_offer(board: Board, offer: Offer) -> list[Left]:
    """The first clip with what stopped it; those behind it wait for the first."""
    placed = board.count(offer)
    if placed == len(offer.clips):
        return []
    first, *behind = offer.clips[placed:]
    pair, name = offer.pair, board.rows[offer.row].lane.name
    rule, facts, remedy = _why(board, offer)
    found = [Left(pair.edition, pair.channel, first.key, rule, facts, remedy)]
    for clip in behind:
        waits, remedy = (
            {"code": "behind", "clip": first.label, "channel": name},
            {"code": "place_first", "clip": first.label},
        )
        found.append(Left(pair.edition, pair.channel, clip.key, ORDER, waits, remedy))
    return found


# --- what came nearest


def miss(board: Board, offer: Offer) -> Miss:
    """Free slots first, each by itself; a slot that something has counts only when no free one was one rule away."""
    row, best = board.rows[offer.row], Miss(offer, None, ())
    for slot in board.free[offer.row]:
        seen = Miss(offer, slot, (*_room_rules(board, row, slot), *_own_rules(board, offer, slot)))
        if seen.rank < best.rank:
            best = seen
        if best.rules in _EASIEST:
            return best
    if len(best.rules) == 1 and RANK[best.rules[0]] < RANK[FULL]:
        return best
    for slot, owner in enumerate(board.owner[offer.row]):
        if owner is not None:
            seen = Miss(offer, slot, (FULL, *_own_rules(board, offer, slot)))
            best = min(best, seen, key=lambda one: one.rank)
            if len(seen.rules) == 1:
                break
    return best


def _room_rules(board: Board, row: Row, slot: int) -> list[str]:
    found = []
    if any(board.cell_room[cell] <= 0 for cell in row.cells[slot]):
        found.append(BUDGET)
    if board.day_room[row.day[slot]] <= 0:
        found.append(DAILY_CAP)
    if row.account_cap is not None and grounds.fullest_day(board.posted[row.number], row.times[slot]) > row.account_cap:
        found.append(ACCOUNT_CAP)
    return found


def _own_rules(board: Board, offer: Offer, slot: int) -> list[str]:
    row = board.rows[offer.row]
    at, placed, clip = row.times[slot], board.slots.get(offer, ()), offer.clips[board.count(offer)]
    found = []
    if not grounds.is_clear(board.shown[offer.row].get(offer.pair.drama, ()), at, row.gap):
        found.append(GAP)
    if not any(starts <= at < ends for starts, ends in offer.spans):
        found.append(RIGHTS)
    if not board.is_fresh(clip, row, at):
        found.append(SAMENESS)
    if not offer.after < at < offer.before or (placed and slot <= placed[-1]):
        found.append(ORDER)
    if (offer.row, clip.key) in board.clips:
        found.append(TWICE)
    return found


# --- in facts


def _why(board: Board, offer: Offer) -> tuple[str, Reason, Reason]:
    row, clip = board.rows[offer.row], offer.clips[board.count(offer)]
    base = {"clip": clip.label, "channel": row.lane.name}
    if not clip.is_ready:
        return words.NOT_CUT, {"code": "planner_not_cut", **base}, {"code": "cut_needed", "clip": clip.label}
    nearest = miss(board, offer)
    if nearest.slot is None:
        return words.NO_SLOT, {"code": "planner_no_slot", **base}, {"code": "slot_needed", "channel": row.lane.name}
    rule = nearest.rules[0]
    code, facts, remedy = _FACTS[rule](board, offer, nearest.slot)
    if len(nearest.rules) > 1:
        remedy = {"code": "more_needed", "rules": list(nearest.rules)}
    day = _local(row, nearest.slot).isoformat()
    facts = {"code": f"planner_{code}", **base, "day_on": day, "rules": list(nearest.rules), **facts}
    return rule, facts, {"channel": row.lane.name, "day_on": day, **remedy}


def _local(row: Row, slot: int) -> date:
    return row.moments[slot].astimezone(ZoneInfo(row.lane.zone)).date()


_Facts = tuple[str, dict[str, object], dict[str, object]]


def _full(board: Board, offer: Offer, _slot: int) -> _Facts:
    row = board.rows[offer.row]
    until = _local(row, len(row.times) - 1).isoformat()
    return FULL, {"slots": len(row.times), "until_on": until}, {"code": "full_until", "until_on": until}


def _rights(board: Board, offer: Offer, slot: int) -> _Facts:
    at = board.rows[offer.row].times[slot]
    opens = next((starts for starts, _ends in offer.spans if starts > at), None)
    closed = [ends for _starts, ends in offer.spans if ends <= at]
    facts: dict[str, object] = {"opens": _iso(opens), "closed": _iso(max(closed, default=None))}
    return RIGHTS, facts, {"code": "rights_open_needed"}


def _gap(board: Board, offer: Offer, slot: int) -> _Facts:
    row = board.rows[offer.row]
    at, shown = row.times[slot], board.shown[offer.row][offer.pair.drama]
    near = min(shown, key=lambda one: (abs(one - at), one))
    facts: dict[str, object] = {"hours": _hours(row.gap), "near": _iso(near)}
    return GAP, facts, {"code": "gap_needed", "hours": abs(near - at) // HOUR}


def _hours(gap: int) -> int | float:
    return gap // HOUR if gap % HOUR == 0 else round(gap / HOUR, 2)


def _sameness(board: Board, offer: Offer, slot: int) -> _Facts:
    same, row = board.ground.sameness, board.rows[offer.row]
    times = board.alike.get((row.number, offer.clips[board.count(offer)].whole), [])
    here = [one for one in times if abs(one - row.times[slot]) < board.span]
    on_channel = len(here) >= same.most_per_channel
    scope, most = ("channel", same.most_per_channel) if on_channel else ("language", same.most_per_language)
    facts: dict[str, object] = {"days": same.days, "most": most, "scope": scope}
    return (
        f"{SAMENESS}_{scope}",
        facts,
        {"code": "sameness_needed", "days": same.days, "most": most + 1, "scope": scope},
    )


def _order(board: Board, offer: Offer, _slot: int) -> _Facts:
    if offer.pair.not_after is not None:
        facts: dict[str, object] = {"later": offer.pair.later, "until": _iso(offer.before)}
        return words.NO_GAP, facts, {"code": "later_needed", "later": offer.pair.later}
    placed, row = board.slots.get(offer), board.rows[offer.row]
    until = _iso(row.times[placed[-1]] if placed else offer.after)
    return ORDER, {"until": until}, {"code": "earlier_needed", "until": until}


def _twice(_board: Board, _offer: Offer, _slot: int) -> _Facts:
    return TWICE, {}, {"code": "more_needed"}


def _daily_cap(board: Board, offer: Offer, slot: int) -> _Facts:
    row = board.rows[offer.row]
    local, zone = _local(row, slot), ZoneInfo(row.lane.zone)
    had = sum(1 for one in row.lane.taken if one.at.astimezone(zone).date() == local)
    put = board.ground.day_room[row.day[slot]] - board.day_room[row.day[slot]]
    return DAILY_CAP, {"cap": row.lane.daily_cap}, {"code": "cap_needed", "cap": had + put + 1}


def _account_cap(board: Board, offer: Offer, slot: int) -> _Facts:
    row = board.rows[offer.row]
    needed = grounds.fullest_day(board.posted[offer.row], row.times[slot])
    return ACCOUNT_CAP, {"cap": row.lane.account_cap}, {"code": "account_needed", "cap": needed}


def _budget(board: Board, offer: Offer, slot: int) -> _Facts:
    """The day named is the budget's own, in its zone: the day on which the upload is paid."""
    cell = next(one for one in board.rows[offer.row].cells[slot] if board.cell_room[one] <= 0)
    budget, day = board.ground.cells[cell]
    spent = budget.promised.get(day, 0) + board.ground.cell_room[cell] - board.cell_room[cell]
    facts = {"client": budget.name, "budget": budget.per_day, "day_on": day.isoformat()}
    more = spent + 1 - budget.per_day
    return BUDGET, facts, {"code": "budget_needed", "client": budget.name, "more": more, "day_on": day.isoformat()}


def _iso(at: int | None) -> str | None:
    return None if at is None else f"{grounds.EPOCH + at * grounds.TICK:%Y-%m-%d %H:%M}"


_FACTS = {
    FULL: _full,
    RIGHTS: _rights,
    GAP: _gap,
    SAMENESS: _sameness,
    ORDER: _order,
    TWICE: _twice,
    DAILY_CAP: _daily_cap,
    ACCOUNT_CAP: _account_cap,
    BUDGET: _budget,
}


# --- why here


def why_here(board: Board, offer: Offer, number: int) -> tuple[Reason, ...]:
    """The pair's reasons, then the slot and what its hour is worth."""
    row, slot = board.rows[offer.row], board.slots[offer][number]
    local = row.moments[slot].astimezone(ZoneInfo(row.lane.zone))
    start = grounds.ticks(local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0))
    posted = board.posted[offer.row]
    place = bisect_left(posted, row.times[slot] + 1) - bisect_left(posted, start)
    return (
        *offer.pair.reasons,
        {"code": "slot", "time": f"{local:%H:%M}", "zone": row.lane.zone, "points": row.points[slot]},
        {"code": "planner_next", "clip": offer.clips[number].label, "n": place, "cap": row.lane.daily_cap},
    )
