"""What the property tests draw from: zones with odd clocks, and small planning problems of every shape."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from channels.rules.eligibility import Window
from channels.rules.planner import gaps
from channels.rules.planner.gaps import Had
from channels.rules.planner.problem import Budget, ClipItem, Lane, Pair, Problem, Sameness, Slot, Taken

STABLE = settings(
    derandomize=True, deadline=None, max_examples=60, database=None, suppress_health_check=list(HealthCheck)
)
"""The same examples on every machine and every day."""
ZONES = (
    "UTC", "Europe/Madrid", "Europe/London", "Europe/Dublin", "America/New_York", "America/Los_Angeles",
    "America/Mexico_City", "America/Santiago", "America/Sao_Paulo", "America/Havana", "America/St_Johns",
    "America/Asuncion", "Africa/Cairo", "Africa/Casablanca", "Asia/Beirut", "Asia/Gaza", "Asia/Jerusalem",
    "Asia/Kathmandu", "Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "Australia/Lord_Howe",
    "Australia/Adelaide", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Apia", "Pacific/Easter", "Atlantic/Azores",
    "Antarctica/Troll",
)  # fmt: skip
START = datetime(2026, 10, 22, tzinfo=UTC)
ACROSS = ("Europe/Madrid", "America/Los_Angeles", "Asia/Tokyo", "Australia/Sydney")
PACIFIC = "America/Los_Angeles"
HOUR = timedelta(hours=1)

zones = st.sampled_from(ZONES)
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2037, 12, 1))
clock_times = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 45)))
night_times = st.builds(time, st.integers(0, 3), st.sampled_from((0, 15, 30, 45)))
times = st.one_of(clock_times, night_times)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Few channels, few editions, tight limits: that is where rules meet."""
    lanes = tuple(draw(_lane(number)) for number in range(1, draw(st.integers(1, 4)) + 1))
    pairs: list[Pair] = []
    clip = 100
    for edition in range(1, draw(st.integers(1, 5)) + 1):
        clips = draw(_clips(clip))
        clip += len(clips)
        pairs += draw(_pairs(edition, draw(st.integers(1, 3)), clips, lanes))
    clients = sorted({lane.client for lane in lanes})
    budgets = tuple(draw(_budget(client)) for client in clients if draw(st.booleans()))
    sameness = Sameness(draw(st.integers(1, 6)), draw(st.integers(1, 3)), draw(st.integers(1, 2)))
    return Problem(tuple(pairs), lanes, budgets, sameness)


@dataclass(frozen=True)
class Holed:
    """A problem of which some clips stand already, with holes between them. `stands`: channel, edition, clip, when."""

    problem: Problem
    stands: tuple[tuple[int, int, ClipItem, datetime], ...]


@st.composite
def holed(draw: st.DrawFn) -> Holed:
    """Any problem with one run more, of which any clips stand in the order of their times; the others are missing."""
    given = draw(problems())
    lane = max(given.lanes, key=lambda one: len(one.slots))
    clips = [ClipItem(900 + n, f"clip {900 + n}", (n, 1, 900 + n)) for n in range(1, draw(st.integers(2, 6)) + 1)]
    standing = sorted(draw(st.sets(st.integers(0, len(clips) - 1), min_size=1, max_size=len(clips) - 1)))
    steps = sorted(draw(st.sets(st.integers(-3, 12), min_size=len(standing), max_size=len(standing))))
    times = [START + 5 * HOUR * step + timedelta(minutes=1) for step in steps]
    had = [Had(clips[n].order, clips[n].label, at) for n, at in zip(standing, times, strict=True)]
    missing = [clip for n, clip in enumerate(clips) if n not in standing]
    points = draw(st.integers(100, 5000))
    wide = (Window(START - HOUR, START + 240 * HOUR),)
    pairs = tuple(
        Pair(
            edition=90,
            drama=90,
            channel=lane.channel,
            platform=lane.platform,
            points=points,
            reasons=(),
            spans=wide,
            clips=gap.clips,
            is_running=True,
            not_before=gap.not_before,
            not_after=gap.later.at if gap.later else None,
        )
        for gap in gaps.of(missing, had)
        if gap.clips
    )
    taken = (*lane.taken, *(Taken(at, 90) for at in times))
    lanes = tuple(replace(one, taken=taken) if one is lane else one for one in given.lanes)
    stands = tuple((lane.channel, 90, clips[n], at) for n, at in zip(standing, times, strict=True))
    return Holed(replace(given, pairs=(*given.pairs, *pairs), lanes=lanes), stands)


@st.composite
def _lane(draw: st.DrawFn, number: int) -> Lane:
    zone = draw(st.sampled_from(ACROSS))
    steps = draw(st.sets(st.integers(0, 23), max_size=14))
    taken = draw(st.sets(st.integers(0, 23), max_size=3)) - steps
    is_tiktok = draw(st.booleans())
    return Lane(
        channel=number,
        name=f"channel {number}",
        zone=zone,
        slots=tuple(Slot(START + 5 * HOUR * step, draw(st.integers(0, 300))) for step in sorted(steps)),
        daily_cap=draw(st.integers(1, 3)),
        gap=draw(st.sampled_from((0, 4, 5, 10, 24))) * HOUR,
        client=draw(st.integers(1, 2)) + (10 if is_tiktok else 0),
        platform="tiktok" if is_tiktok else "youtube",
        language=draw(st.sampled_from(("es", "pt-BR"))),
        taken=tuple(
            Taken(START + 5 * HOUR * step, draw(st.integers(1, 4)), whole=draw(st.integers(0, 2)))
            for step in sorted(taken)
        ),
        account_cap=draw(st.integers(1, 3)) if is_tiktok else None,
        upload_lead=timedelta(0) if is_tiktok else timedelta(minutes=30),
    )


@st.composite
def _clips(draw: st.DrawFn, first: int) -> list[ClipItem]:
    found = []
    for number in range(draw(st.integers(1, 4))):
        rank = draw(st.sampled_from((1, 1, 2))) if number else draw(st.sampled_from((0, 1)))
        place = 0 if rank == 0 else number + 1
        is_ready = draw(st.integers(0, 7)) > 0
        found.append(
            ClipItem(
                first + number,
                f"clip {first + number}",
                (place, rank, first + number),
                is_ready,
                whole=draw(st.sampled_from((0, 0, 0, 1, 2))),
            )
        )
    return found


@st.composite
def _pairs(draw: st.DrawFn, edition: int, drama: int, clips: list[ClipItem], lanes: tuple[Lane, ...]) -> list[Pair]:
    found: list[Pair] = []
    running: set[str] = set()
    for lane in lanes:
        if not draw(st.booleans()):
            continue
        had = draw(st.integers(0, len(clips) - 1))
        is_running = had > 0 and lane.platform not in running and draw(st.booleans())
        running |= {lane.platform} if is_running else set()
        found.append(
            Pair(
                edition=edition,
                drama=drama,
                channel=lane.channel,
                platform=lane.platform,
                points=draw(st.integers(100, 5000)),
                reasons=(),
                spans=draw(_spans()),
                clips=tuple(clips[had:]) if is_running else tuple(clips),
                is_running=is_running,
                not_before=START + 5 * HOUR * draw(st.integers(0, 12)) if is_running and draw(st.booleans()) else None,
            )
        )
    return found


@st.composite
def _spans(draw: st.DrawFn) -> tuple[Window, ...]:
    edges = sorted(draw(st.sets(st.integers(0, 40), min_size=2, max_size=4)))
    if draw(st.booleans()) or len(edges) % 2:
        return (Window(START - HOUR, START + 240 * HOUR),)
    return tuple(
        Window(START + 3 * HOUR * opens, START + 3 * HOUR * closes)
        for opens, closes in zip(edges[::2], edges[1::2], strict=True)
    )


@st.composite
def _budget(draw: st.DrawFn, client: int) -> Budget:
    first = START.astimezone(ZoneInfo(PACIFIC)).date()
    promised = {first + timedelta(days=n): draw(st.integers(0, 2)) for n in range(3)}
    return Budget(client, f"client {client}", draw(st.integers(0, 3)), PACIFIC, promised)
