"""The made-up accounts: API clients with what they were granted, channels of many zones, and their posting times."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from catalog.models import Genre
from channels.models import ApiClient, Channel, PostingRule
from tests.bench import titles, tongues
from tests.bench.tongues import Place, Tongue

# Share of the platform's channels, and uploads a day that the audit granted for each of them. None: the default.
YOUTUBE = (("YouTube audited", 45, 2.6), ("YouTube tight", 30, 1.3), ("YouTube default", 25, None))
TIKTOK = (("TikTok one", 60, None), ("TikTok two", 40, None))
NIGHT, NOON, EVENING, LATE = "02:30", "12:00", "19:00", "21:30"
# The 02:30 is there for the nights that have none, or two.
DAYS = (
    ((EVENING,), 1),
    ((NOON, EVENING), 2),
    ((NOON, EVENING), 1),
    ((NOON, "17:30", EVENING), 3),
    (("07:30", NOON, "18:00", LATE), 3),
    ((NIGHT, NOON, EVENING, LATE), 4),
)


@dataclass
class Accounts:
    """`niche` holds each channel's genres, `times` the local times of each weekday."""

    channels: list[Channel] = field(default_factory=list)
    niche: dict[int, set[str]] = field(default_factory=dict)
    times: dict[int, dict[int, set[str]]] = field(default_factory=dict)


def make(dice: Random, *, channels: int) -> Accounts:
    made = Accounts()
    spoken = tongues.spread(channels)
    is_youtube = [number % 5 < 3 for number in range(channels)]
    clients = {
        "youtube": _clients("youtube", YOUTUBE, sum(is_youtube)),
        "tiktok": _clients("tiktok", TIKTOK, channels - sum(is_youtube)),
    }
    rows = []
    for number, tongue in enumerate(spoken):
        platform = "youtube" if is_youtube[number] else "tiktok"
        rows.append(_channel(dice, number, tongue, platform, clients[platform].pop()))
    made.channels = Channel.objects.bulk_create(rows, batch_size=500)
    _niches(dice, made)
    _rules(dice, made)
    return made


def _clients(platform: str, kinds: tuple[tuple[str, int, float | None], ...], channels: int) -> list[ApiClient]:
    """One for each channel of the platform, mixed."""
    found: list[ApiClient] = []
    for name, share, grant in kinds:
        count = max(1, round(channels * share / 100))
        limits = {"uploads": round(count * grant), "units": count * 200} if grant else {}
        client = ApiClient.objects.create(platform=platform, name=name, client_id=f"bench-{name}", limits=limits)
        found += [client] * count
    found = [*found, *[found[0]] * max(0, channels - len(found))]
    Random(channels).shuffle(found)
    return found


def _channel(dice: Random, number: int, tongue: Tongue, platform: str, client: ApiClient) -> Channel:
    place: Place = dice.choice(tongue.places)
    besides = tongues.BESIDES.get(tongue.tag, [])
    return Channel(
        platform=platform,
        name=f"{tongue.tag} {platform} {number:04d}",
        external_id=f"BENCH{number:06d}",
        api_client=client,
        status=dice.choices(("active", "paused", "retired"), (97, 2, 1))[0],
        language=tongue.tag,
        also_takes=besides if dice.random() < 0.4 else [],
        countries=list(place.countries),
        time_zone=place.zone,
        tiers=dice.choices((["S", "A", "B", "C"], ["S", "A", "B"], ["B", "C"], ["S", "A"]), (60, 20, 15, 5))[0],
        most_age_rating=dice.choices((18, 16, 12), (70, 20, 10))[0],
        takes_ai=dice.random() < 0.75,
        best_hours=dice.choice(([], [18, 19, 20, 21], [12, 13, 19], [6, 7, 21, 22])),
        daily_cap=1,
        drama_gap_hours=dice.choice((0, 4, 12, 24, 48)),
        can_upload_long=dice.choice((None, True, False)),
        followers=dice.randrange(1_000, 2_000_000),
    )


def _niches(dice: Random, made: Accounts) -> None:
    known = {row.slug: row for row in Genre.objects.filter(slug__in=titles.GENRES)}
    through = Channel.genres.through
    links = []
    for channel in made.channels:
        count = dice.choices((0, 3, 5), (40, 30, 30))[0]
        made.niche[channel.pk] = set(dice.sample(titles.GENRES, count))
        links += [through(channel=channel, genre=known[slug]) for slug in sorted(made.niche[channel.pk])]
    through.objects.bulk_create(links, batch_size=2000)


def _rules(dice: Random, made: Accounts) -> None:
    rows = []
    for channel in made.channels:
        times, cap = dice.choice(DAYS)
        channel.daily_cap = cap
        rules = [(list(range(7)), list(times))]
        if dice.random() < 0.3:
            rules = [([0, 1, 2, 3, 4], list(times)), ([5, 6], sorted({*times, "10:15"}))]
        if dice.random() < 0.1:
            # A second rule that says again what the first says: still one slot.
            rules.append(([5, 6], [times[-1]]))
        rows += [PostingRule(channel=channel, weekdays=days, times=hours) for days, hours in rules]
        rows.append(PostingRule(channel=channel, weekdays=[0], times=["04:44"], is_on=False))
        local = made.times.setdefault(channel.pk, {day: set() for day in range(7)})
        for days, hours in rules:
            for day in days:
                local[day] |= set(hours)
    Channel.objects.bulk_update(made.channels, ["daily_cap"], batch_size=500)
    PostingRule.objects.bulk_create(rows, batch_size=1000)
