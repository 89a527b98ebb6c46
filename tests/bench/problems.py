"""Planning problems of any size, the same for the same seed: contention in some languages, plenty in others."""

from __future__ import annotations

import time as timer
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from channels.rules.eligibility import Window
from channels.rules.planner.fill import fill
from channels.rules.planner.problem import Budget, ClipItem, Lane, Pair, Problem, Sameness, Slot, Taken

START = datetime(2026, 3, 14, tzinfo=UTC)
"""Two weeks before Europe changes its clocks, a week after America."""
LANGUAGES = {
    "es-419": ("America/Mexico_City", 14),
    "pt-BR": ("America/Sao_Paulo", 10),
    "en": ("America/New_York", 12),
    "id": ("Asia/Jakarta", 10),
    "th": ("Asia/Bangkok", 7),
    "vi": ("Asia/Ho_Chi_Minh", 6),
    "ar": ("Africa/Cairo", 6),
    "hi": ("Asia/Kolkata", 8),
    "fr": ("Europe/Paris", 5),
    "de": ("Europe/Berlin", 4),
    "ja": ("Asia/Tokyo", 5),
    "ko": ("Asia/Seoul", 4),
    "tr": ("Europe/Istanbul", 4),
    "ru": ("Europe/Moscow", 3),
    "it": ("Europe/Rome", 2),
}
NOWHERE = "pl"
"""A language that no channel speaks."""
GENRES = ("romance", "werewolf", "revenge", "ceo", "family", "suspense", "fantasy", "period")
TIERS = (("S", 4000, 1), ("A", 3000, 2), ("B", 2000, 4), ("C", 1000, 3))
HOURS = {7: 40, 9: 60, 12: 160, 15: 90, 18: 220, 19: 260, 20: 300, 21: 240, 22: 120}
CLIENT_CHANNELS = 40


def make(editions: int, clips_per_edition: int, channels: int, days: int, seed: int) -> Problem:
    """A problem of this size. The sum of free slots lies a little above what all editions ask for; not everywhere."""
    dice = Random(seed)
    lanes, niches = _lanes(dice, channels, days, editions * clips_per_edition)
    speaking: dict[str, list[Lane]] = {}
    for lane in lanes:
        speaking.setdefault(lane.language, []).append(lane)
    pairs: list[Pair] = []
    names = [*LANGUAGES, NOWHERE]
    weights = [weight for _zone, weight in LANGUAGES.values()] + [2]
    for number in range(1, editions + 1):
        language = dice.choices(names, weights)[0]
        pairs += _pairs(dice, number, clips_per_edition, speaking.get(language, []), niches, days)
    dice.shuffle(pairs)
    return Problem(tuple(pairs), tuple(lanes), _budgets(lanes, days), Sameness(14, 2, 1), 1)


def measure(problem: Problem, *, with_bound: bool = True) -> dict[str, float]:
    """One plan of the problem: how long it took and how near it came to the bound."""
    began = timer.perf_counter()
    filled = fill(problem, with_bound=with_bound)
    seconds = timer.perf_counter() - began
    return {
        "seconds": round(seconds, 2),
        "placed": len(filled.placed),
        "left": len(filled.left),
        "score": filled.score,
        "bound": filled.bound or 0,
        "percent": round(100 * filled.score / filled.bound, 2) if filled.bound else 0.0,
    }


# --- channels


def _lanes(dice: Random, channels: int, days: int, clips: int) -> tuple[list[Lane], dict[int, frozenset[str]]]:
    lanes, niches = [], {}
    per_day = max(2, round(1.55 * clips / (channels * days)))
    names = list(LANGUAGES)
    for number in range(1, channels + 1):
        language = names[(number - 1) % len(names)]
        platform = "tiktok" if (number - 1) // len(names) % 5 >= 3 else "youtube"
        zone = LANGUAGES[language][0]
        cap = max(1, per_day + dice.choice((-1, 0, 0, 1)))
        times = sorted(dice.sample(sorted(HOURS), min(cap + dice.choice((0, 1, 1)), len(HOURS))))
        slots, taken = _posts(dice, zone, times, days, number)
        is_tiktok = platform == "tiktok"
        niches[number] = frozenset(dice.sample(GENRES, dice.choice((2, 3, 4)))) if dice.random() < 0.8 else frozenset()
        lanes.append(
            Lane(
                channel=number,
                name=f"{language} {number}",
                zone=zone,
                slots=tuple(slots),
                daily_cap=cap,
                gap=timedelta(hours=dice.choice((24, 48, 48, 72))),
                client=1000 if is_tiktok else 1 + number // CLIENT_CHANNELS,
                platform=platform,
                language=language,
                taken=tuple(taken),
                account_cap=dice.choice((15, 15, cap)) if is_tiktok else None,
                upload_lead=timedelta(0) if is_tiktok else timedelta(minutes=30),
            )
        )
    return lanes, niches


def _posts(dice: Random, zone: str, times: Sequence[int], days: int, number: int) -> tuple[list[Slot], list[Taken]]:
    """Free slots, and about one in thirty that something has: pinned, or planned before."""
    slots, taken = [], []
    first = START.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    for day in range(days):
        for hour in times:
            local: date = first + timedelta(days=day)
            at = datetime.combine(local, time(hour, number % 4 * 15), tzinfo=ZoneInfo(zone)).astimezone(UTC)
            if dice.random() < 0.03:
                family = dice.choice((0, 0, 0, 1 + dice.randrange(400)))
                taken.append(Taken(at, 1 + dice.randrange(2000), family, family))
            else:
                slots.append(Slot(at, HOURS[hour] + 200 * (days - day) // days))
    return slots, taken


def _budgets(lanes: Sequence[Lane], days: int) -> tuple[Budget, ...]:
    """Every third client may upload a third less than its channels would post; the others enough."""
    wanted: dict[int, int] = {}
    for lane in lanes:
        if lane.platform == "youtube":
            wanted[lane.client] = wanted.get(lane.client, 0) + lane.daily_cap
    start = START.date()
    return tuple(
        Budget(
            client=client,
            name=f"client {client}",
            per_day=max(1, posts * 2 // 3 if client % 3 == 0 else posts * 5 // 4),
            zone="America/Los_Angeles",
            promised={start + timedelta(days=day): day % 4 for day in range(0, days, 5)},
        )
        for client, posts in sorted(wanted.items())
    )


# --- editions


def _pairs(
    dice: Random, number: int, clips: int, lanes: Sequence[Lane], niches: dict[int, frozenset[str]], days: int
) -> list[Pair]:
    tier, points, _weight = dice.choices(TIERS, [weight for *_rest, weight in TIERS])[0]
    genres = frozenset(dice.sample(GENRES, dice.choice((1, 2, 2, 3))))
    drama = number if dice.random() > 0.12 else max(1, number - dice.randrange(1, 30))
    spans, closing = _spans(dice, days)
    items = _clips(dice, number, clips)
    platforms = dice.choices((("youtube", "tiktok"), ("youtube",), ("tiktok",)), (55, 33, 12))[0]
    found = []
    running: set[str] = set()
    for lane in lanes:
        niche = niches[lane.channel]
        if lane.platform not in platforms or (niche and not niche & genres):
            continue
        is_running = lane.platform not in running and dice.random() < 0.01
        if is_running:
            running.add(lane.platform)
        fit = 1000 * len(niche & genres) // len(genres) if niche else 400
        worth = points + fit + closing + dice.randrange(-300, 301) + 10000 * is_running
        found.append(
            Pair(
                edition=number,
                drama=drama,
                channel=lane.channel,
                platform=lane.platform,
                points=worth,
                reasons=({"code": "tier", "tier": tier, "points": points // 100},),
                spans=spans,
                clips=items,
                is_running=is_running,
                not_before=START + timedelta(days=dice.randrange(1, 4)) if is_running else None,
            )
        )
    return [one for one in found if one.is_running or one.platform not in running]


def _spans(dice: Random, days: int) -> tuple[tuple[Window, ...], int]:
    """When its rights are open, and what it is worth that they close: seven of ten throughout."""
    end = START + timedelta(days=days + 2)
    kind = dice.random()
    middle = START + timedelta(days=dice.randrange(days // 4, max(days * 3 // 4, days // 4 + 1)))
    if kind < 0.70:
        return (Window(START, end),), 0
    if kind < 0.82:
        return (Window(START, middle),), 400
    if kind < 0.94:
        return (Window(middle, end),), 0
    later = middle + timedelta(days=max(days // 10, 1))
    return (Window(START, middle), Window(later, end)), 100


def _clips(dice: Random, edition: int, count: int) -> tuple[ClipItem, ...]:
    """A hook, then episodes. One in fifty is not cut yet; one in twenty looks and sounds like a few others."""
    found = []
    for number in range(count):
        family = 1 + dice.randrange(400) if dice.random() < 0.05 else 0
        found.append(
            ClipItem(
                key=edition * 1000 + number,
                label=f"{edition} clip {number}",
                order=(number, 1 if number else 0, edition * 1000 + number),
                is_ready=dice.random() > 0.02,
                picture=family,
                whole=family,
            )
        )
    return tuple(found)
