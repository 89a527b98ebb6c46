"""The rules themselves, one function each, from their texts. Each says what in the world breaks it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from tests.checker import tags, wall
from tests.checker.rows import ChannelRow, ClipRow, EditionRow, ItemRow, RightsRow, Violation, World

Law = Callable[["Sight"], Iterator[Violation]]
# Statuses in which a publication stands in its slot, or waits for its upload; and in which it is past recall.
STANDING = frozenset({"proposed", "approved", "uploading", "accepted", "published"})
WAITING = frozenset({"proposed", "approved"})
OUT = frozenset({"uploading", "accepted", "published"})
DAY = timedelta(hours=24)
BEFORE_ALL = (-1, 0)
MINUTE_MS = 60_000
# platforms/youtube.md 2.3, platforms/tiktok.md 3.
LONGEST_MS = {"youtube": 15 * MINUTE_MS, "tiktok": 10 * MINUTE_MS}
LONGEST_WHEN_ALLOWED_MS = {"youtube": 12 * 60 * MINUTE_MS, "tiktok": 10 * MINUTE_MS}
LARGEST = {"youtube": 256 * 1024**3, "tiktok": 4 * 1024**3}
SIDES = {"tiktok": (360, 4096)}
# platforms/youtube.md 1.2, in units.
EXTRA_UNITS = {"thumbnail": 50, "playlist": 50, "captions": 400}


class Sight:
    """The world with what several laws look up."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.new = [item for item in world.items if item.is_new and item.status != "cancelled"]
        self.standing = [item for item in world.items if item.status in STANDING]
        self.of_channel: dict[int, list[ItemRow]] = defaultdict(list)
        for item in sorted(self.standing, key=lambda one: one.due_at):
            self.of_channel[item.channel].append(item)
        self.rights: dict[int, list[RightsRow]] = defaultdict(list)
        for row in world.rights:
            self.rights[row.drama].append(row)

    def clip(self, item: ItemRow) -> ClipRow:
        return self.world.clips[item.clip]

    def edition(self, item: ItemRow) -> EditionRow:
        return self.world.editions[self.clip(item).edition]

    def channel(self, item: ItemRow) -> ChannelRow:
        return self.world.channels[item.channel]


# --- may it run there


def language(sight: Sight) -> Iterator[Violation]:
    for item in sight.new:
        have, channel = sight.edition(item).language, sight.channel(item)
        besides = [one for one in channel.also_takes if not tags.only_script_differs(one, channel.language)]
        if not any(tags.serves(have, wanted) for wanted in (channel.language, *besides)):
            yield Violation("language", item.key, f"{have} on {channel.name}, which speaks {channel.language}")


def rights(sight: Sight) -> Iterator[Violation]:
    for item in sight.new:
        channel = sight.channel(item)
        shut = [country for country in channel.countries if not _is_open(sight, item, country)]
        if shut:
            yield Violation("rights", item.key, f"not open in {', '.join(shut)} at {item.due_at}")


def _is_open(sight: Sight, item: ItemRow, country: str) -> bool:
    edition, channel = sight.edition(item), sight.channel(item)
    return any(
        row.opens_at <= item.due_at
        and (row.closes_at is None or item.due_at < row.closes_at)
        and ("*" in row.territories or country in row.territories)
        and ("*" in row.platforms or channel.platform in row.platforms)
        and ("*" in row.languages or any(tags.serves(tag, edition.language) for tag in row.languages))
        for row in sight.rights[edition.drama]
    )


def fit(sight: Sight) -> Iterator[Violation]:
    """Age, genre, tier, origin, QC and the AI question, and a channel and a drama that are in use at all."""
    for item in sight.new:
        edition, channel = sight.edition(item), sight.channel(item)
        broken = {
            "age": edition.age > channel.most_age,
            "genre": bool(channel.genres) and not edition.genres & channel.genres,
            "tier": edition.tier not in channel.tiers,
            "origin": edition.origin == "ai" and not channel.takes_ai,
            "qc": not edition.is_released,
            "ai": not edition.ai_answered,
            "retired": edition.is_retired,
            "channel": not channel.is_active,
        }
        yield from (Violation(rule, item.key, f"on {channel.name}") for rule, is_broken in broken.items() if is_broken)


def clip_limits(sight: Sight) -> Iterator[Violation]:
    for item in sight.new:
        clip, channel = sight.clip(item), sight.channel(item)
        yield from (Violation(rule, item.key, f"clip {clip.key} on {channel.name}") for rule in too_much(clip, channel))
        if clip.status != "ready" or clip.is_outdated:
            yield Violation("clip", item.key, f"{clip.status}, outdated: {clip.is_outdated}")


def too_much(clip: ClipRow, channel: ChannelRow) -> list[str]:
    longest = LONGEST_WHEN_ALLOWED_MS if channel.may_be_long else LONGEST_MS
    least, most = SIDES.get(channel.platform, (1, 1 << 20))
    broken = {
        "length": clip.duration_ms > longest[channel.platform],
        "size": clip.size_bytes > LARGEST[channel.platform],
        "shape": min(clip.width, clip.height) < least or max(clip.width, clip.height) > most,
    }
    return [rule for rule, is_broken in broken.items() if is_broken]


# --- when it may go out


def slots(sight: Sight) -> Iterator[Violation]:
    for item in sight.new:
        channel = sight.channel(item)
        known = channel.slots
        if known is None:
            known = frozenset(wall.posting_times(channel.rules, channel.zone, item.due_at))
        if item.due_at not in known:
            yield Violation("slot", item.key, f"{item.due_at} is no posting time of {channel.name}")


def in_time(sight: Sight) -> Iterator[Violation]:
    world = sight.world
    for item in sight.new:
        if item.due_at < world.now or item.upload_at > item.due_at:
            yield Violation("past", item.key, f"uploaded {item.upload_at}, shown {item.due_at}, planned {world.now}")
        if not world.starts_at <= item.due_at < world.ends_at:
            yield Violation("window", item.key, f"{item.due_at} lies outside the days of the plan")


def daily_cap(sight: Sight) -> Iterator[Violation]:
    for key, items in sight.of_channel.items():
        channel = sight.world.channels[key]
        days: dict[object, list[ItemRow]] = defaultdict(list)
        for item in items:
            days[wall.day_of(item.due_at, channel.zone)].append(item)
        for day, several in days.items():
            if len(several) > channel.daily_cap:
                yield from newest("daily_cap", several, f"{len(several)} on {day}, {channel.name}")


def account_cap(sight: Sight) -> Iterator[Violation]:
    for key, items in sight.of_channel.items():
        most = sight.world.channels[key].posts
        if most is None:
            continue
        for item in items:
            several = [one for one in items if item.due_at <= one.due_at < item.due_at + DAY]
            if len(several) > most:
                yield from newest("account_cap", several, f"{len(several)} in 24 hours from {item.due_at}")


def uploads(sight: Sight) -> Iterator[Violation]:
    """Whatever waits for its upload, and what the ledger has spent, is paid by one grant a day of the platform."""
    world = sight.world
    days: dict[tuple[int, object], list[ItemRow]] = defaultdict(list)
    for item in sight.standing:
        client = world.clients[sight.channel(item).client]
        if item.status in WAITING and client.uploads is not None:
            days[client.key, wall.day_of(max(item.upload_at, world.now), client.zone)].append(item)
    for (key, day), several in days.items():
        count, most = len(several) + world.spent.get((key, day), 0), world.clients[key].uploads  # type: ignore[call-overload]
        if most is not None and count > most:
            yield from newest("uploads", several, f"{count} of {most} on {day}, {world.clients[key].name}")


def units(sight: Sight) -> Iterator[Violation]:
    """The follow-ups that are planned must fit into the pool that they share."""
    world = sight.world
    costs: Counter[tuple[int, object]] = Counter()
    first: dict[tuple[int, object], ItemRow] = {}
    for item in sight.standing:
        client = world.clients[sight.channel(item).client]
        if item.status in WAITING and client.units is not None and item.extras:
            day = client.key, wall.day_of(max(item.upload_at, world.now), client.zone)
            costs[day] += sum(EXTRA_UNITS.get(name, 0) for name in item.extras)
            if item.is_new:
                first.setdefault(day, item)
    for day, cost in costs.items():
        most = world.clients[day[0]].units
        if most is not None and cost > most and day in first:
            yield Violation("units", first[day].key, f"{cost} of {most} on {day[1]}")


def spacing(sight: Sight) -> Iterator[Violation]:
    shown: dict[tuple[int, int], list[ItemRow]] = defaultdict(list)
    for key, items in sight.of_channel.items():
        for item in items:
            shown[key, sight.edition(item).drama].append(item)
    for (key, drama), items in shown.items():
        gap = sight.world.channels[key].gap
        for earlier, later in zip(items, items[1:], strict=False):
            if later.due_at - earlier.due_at < gap:
                yield from newest("spacing", [earlier, later], f"drama {drama}: {earlier.due_at}, {later.due_at}")


# --- each once, and in order


def once(sight: Sight) -> Iterator[Violation]:
    clips: dict[tuple[int, int], list[ItemRow]] = defaultdict(list)
    taken: dict[tuple[int, datetime], list[ItemRow]] = defaultdict(list)
    for item in sight.world.items:
        if item.status != "cancelled":
            clips[item.channel, item.clip].append(item)
        if item.status in STANDING and item.replaces is None:
            taken[item.channel, item.due_at].append(item)
    for several in clips.values():
        if len(several) > 1:
            yield from newest("clip_twice", several, f"clip {several[0].clip}")
    for several in taken.values():
        if len(several) > 1:
            yield from newest("slot_twice", several, f"{several[0].due_at}")


def place(clip: ClipRow) -> tuple[int, int]:
    """A hook opens, an episode stands at its number, a compilation comes after the last episode it has."""
    if clip.kind == "hook":
        return 0, 0
    return (clip.last, 2) if clip.kind == "compilation" else (clip.last, 1)


def order(sight: Sight) -> Iterator[Violation]:
    shown: dict[tuple[int, int], list[ItemRow]] = defaultdict(list)
    for key, items in sight.of_channel.items():
        for item in items:
            shown[key, sight.clip(item).edition].append(item)
    for items in shown.values():
        for earlier, later in zip(items, items[1:], strict=False):
            if place(sight.clip(later)) < place(sight.clip(earlier)):
                yield from newest("order", [earlier, later], f"{later.clip} after {earlier.clip}")
    yield from _skipped(sight, shown)


def _skipped(sight: Sight, shown: dict[tuple[int, int], list[ItemRow]]) -> Iterator[Violation]:
    """A clip may not go out while an earlier one of its run, that could go there, has not been shown; unless the place
    of that one lies before what stood there when the plan was made.
    """
    of_edition: dict[int, list[ClipRow]] = defaultdict(list)
    for clip in sight.world.clips.values():
        of_edition[clip.edition].append(clip)
    used: dict[int, set[int]] = defaultdict(set)
    stood: dict[tuple[int, int], list[ItemRow]] = defaultdict(list)
    for item in sight.world.items:
        if item.status != "cancelled":
            used[item.channel].add(item.clip)
            if not item.is_new and item.replaces is None:
                stood[item.channel, sight.edition(item).key].append(item)
    for (key, edition), items in shown.items():
        channel = sight.world.channels[key]
        news = [item for item in items if item.is_new]
        if not news:
            continue
        last = max(news, key=lambda one: place(sight.clip(one)))
        old = [place(sight.clip(item)) for item in stood[key, edition]]
        missing = [
            clip.key
            for clip in of_edition[edition]
            if max(old, default=BEFORE_ALL) < place(clip) < place(sight.clip(last))
            and _could_go(clip, channel, used[key])
        ]
        if missing:
            yield Violation("skipped", last.key, f"clips {missing} of edition {edition} come before {last.clip}")


def _could_go(clip: ClipRow, channel: ChannelRow, used: set[int]) -> bool:
    is_had = clip.key in used or clip.supersedes in used
    is_kept = clip.status in ("ready", "waiting") and not clip.is_outdated
    return is_kept and not is_had and not too_much(clip, channel)


def one_channel(sight: Sight) -> Iterator[Violation]:
    """An edition runs on one channel of a platform, and not where a person ended or paused it."""
    channels = sight.world.channels
    runs = {(run.edition, run.channel): run.status for run in sight.world.runs}
    homes: dict[tuple[int, str], set[int]] = defaultdict(set)
    for run in sight.world.runs:
        if run.status in ("active", "proposed") and run.channel in channels:
            homes[run.edition, channels[run.channel].platform].add(run.channel)
    for item in sight.new:
        homes[sight.edition(item).key, sight.channel(item).platform].add(item.channel)
    for item in sight.new:
        edition, channel = sight.edition(item).key, sight.channel(item)
        if len(homes[edition, channel.platform]) > 1:
            yield Violation("two_channels", item.key, f"edition {edition}: {homes[edition, channel.platform]}")
        if runs.get((edition, channel.key)) in ("paused", "ended"):
            yield Violation("stopped_run", item.key, f"edition {edition} on {channel.name}")


def unmoved(sight: Sight) -> Iterator[Violation]:
    now = {item.key: item for item in sight.world.items}
    for was in sight.world.before:
        if not was.is_pinned and was.status not in OUT:
            continue
        stands = now.get(was.key)
        if stands is None or (stands.channel, stands.clip, stands.due_at) != (was.channel, was.clip, was.due_at):
            yield Violation("moved", was.key, f"it stood at {was.due_at} on channel {was.channel}")
        elif was.is_pinned and stands.status == "cancelled":
            yield Violation("moved", was.key, "it was pinned, and is cancelled")


def newest(rule: str, several: Iterable[ItemRow], why: str) -> Iterator[Violation]:
    """The plan answers for it only where one of them is the plan's own."""
    news = [item for item in several if item.is_new]
    if news:
        yield Violation(rule, max(news, key=lambda one: (one.due_at, one.key)).key, why)


LAWS: tuple[Law, ...] = (
    language, rights, fit, clip_limits, slots, in_time, daily_cap, account_cap, uploads, units, spacing, once, order,
    one_channel, unmoved,
)  # fmt: skip


def violations(world: World) -> list[Violation]:
    sight = Sight(world)
    return [found for law in LAWS for found in law(sight)]
