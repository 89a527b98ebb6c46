"""What the made-up house has done already: runs, live and planned publications, and what viewers watched of them."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from catalog.models import Clip, Drama, Edition
from channels.models import ApiClient, Channel, Observation, Publication, QuotaWindow, Run
from channels.rules import posting
from tests.bench.accounts import Accounts
from tests.bench.titles import Catalog

LIVE_SHARE, COMING_SHARE = 0.06, 0.025
TIKTOK_MOST_MS, YOUTUBE_MOST_MS, SHORTEST_SIDE, MOST_BYTES = 600_000, 900_000, 360, 4 * 1024**3


class Past:
    def __init__(
        self, dice: Random, catalog: Catalog, clips: dict[int, list[Clip]], accounts: Accounts, *, now: datetime
    ) -> None:
        self.dice, self.catalog, self.clips, self.accounts, self.now = dice, catalog, clips, accounts, now
        self.dramas: dict[int, Drama] = {drama.pk: drama for drama in catalog.dramas}
        self.taken: dict[int, list[datetime]] = defaultdict(list)
        self.shown: dict[tuple[int, int], list[datetime]] = defaultdict(list)
        self.rows: list[Publication] = []
        self.runs: list[Run] = []

    def write(self) -> None:
        by_language: dict[str, list[Channel]] = defaultdict(list)
        for channel in self.accounts.channels:
            if channel.status == "active":
                by_language[channel.language].append(channel)
        for edition in self.catalog.editions:
            chance = self.dice.random()
            if chance < LIVE_SHARE + COMING_SHARE and self._is_plain(edition):
                for channel in self.dice.sample(by_language[edition.language], len(by_language[edition.language]))[:4]:
                    if self._fits(edition, channel):
                        self._run(edition, channel, is_live=chance < LIVE_SHARE)
                        break
        Run.objects.bulk_create(self.runs, batch_size=1000)
        Publication.objects.bulk_create(self.rows, batch_size=500)
        self._observe()
        self._spend()

    def _is_plain(self, edition: Edition) -> bool:
        """Nothing about it that a rule could stop, except the channel's own wishes."""
        drama, versions = self.dramas[edition.drama_id], self.catalog.versions[edition.pk]
        return (
            drama.pk in self.catalog.worldwide
            and drama.retired_at is None
            and edition.synthetic_media is not None
            and [one.status for one in versions] == ["releasable"]
            and all(_is_easy(clip) for clip in self.clips[edition.pk][:2])
        )

    def _fits(self, edition: Edition, channel: Channel) -> bool:
        drama, niche = self.dramas[edition.drama_id], self.accounts.niche[channel.pk]
        return (
            drama.tier in channel.tiers
            and drama.age_rating <= channel.most_age_rating
            and (channel.takes_ai or drama.origin != "ai")
            and (not niche or bool(niche & self.catalog.gathered[drama.pk]))
        )

    def _run(self, edition: Edition, channel: Channel, *, is_live: bool) -> None:
        """One that is under way; every eighth was paused or ended by a person."""
        number = len(self.runs)
        run = Run(channel=channel, edition=edition, status={0: "paused", 1: "ended"}.get(number % 16, "active"))
        self.runs.append(run)
        first, *rest = self.clips[edition.pk]
        days = self.dice.randrange(1, 60)
        if (at := self._slot(edition, channel, self.now - timedelta(days=days))) and at < self.now:
            self._publish(run, first, at, status="published")
        if not is_live and rest and run.status == "active":
            later = self._slot(edition, channel, self.now + timedelta(days=self.dice.randrange(1, 6)))
            if later and later > self.now + timedelta(hours=12):
                self._publish(run, rest[0], later, status=self.dice.choice(("approved", "proposed")))

    def _slot(self, edition: Edition, channel: Channel, near: datetime) -> datetime | None:
        """A posting time of that local day, not taken, and clear of the drama's gap and the channel's cap."""
        zone = ZoneInfo(channel.time_zone)
        day = near.astimezone(zone).date()
        for value in sorted(self.accounts.times[channel.pk][day.weekday()] - {"02:30"}):
            at = datetime.combine(day, time.fromisoformat(value), tzinfo=zone).astimezone(UTC)
            same_day = [one for one in self.taken[channel.pk] if one.astimezone(zone).date() == day]
            gap = timedelta(hours=channel.drama_gap_hours)
            near_drama = any(abs(at - one) < gap for one in self.shown[channel.pk, edition.drama_id])
            if at not in same_day and len(same_day) < channel.daily_cap and not near_drama:
                return at
        return None

    def _publish(self, run: Run, clip: Clip, at: datetime, *, status: str) -> None:
        channel = run.channel
        self.taken[channel.pk].append(at)
        self.shown[channel.pk, run.edition.drama_id].append(at)
        is_live = status == "published"
        self.rows.append(
            Publication(
                channel=channel,
                clip=clip,
                run=run,
                status=status,
                due_at=at,
                upload_at=posting.upload_at(channel.platform, at),
                title=run.edition.title,
                synthetic_media=run.edition.synthetic_media,
                made_for_kids=False,
                is_pinned=not is_live and self.dice.random() < 0.3,
                approved_at=None if status == "proposed" else min(at, self.now),
                external_id=f"bench-{clip.pk}" if is_live else "",
                published_at=at if is_live else None,
            )
        )

    def _observe(self) -> None:
        """What share of the clip was watched: better on some channels and in some genres than in others."""
        rows = []
        for row in self.rows:
            if row.status != "published":
                continue
            genres = self.catalog.gathered[row.run.edition.drama_id]
            level = 0.35 + 0.2 * ("revenge" in genres) + 0.15 * (row.channel_id % 3 == 0)
            share = round(min(1.0, max(0.02, self.dice.gauss(level, 0.1))), 3)
            views = self.dice.randrange(100, 50_000)
            for day in (1, 3):
                at = min(row.due_at + timedelta(days=day), self.now)
                rows.append(
                    Observation(
                        publication=row, at=at, source="bench", state="live", views=views * day, completion=share
                    )
                )
        Observation.objects.bulk_create(rows, batch_size=1000)

    def _spend(self) -> None:
        """Today's uploads of the YouTube clients, as the ledger has them."""
        zone = ZoneInfo("America/Los_Angeles")
        day = self.now.astimezone(zone).date()
        opens = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
        closes = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
        for client in ApiClient.objects.filter(platform="youtube", client_id__startswith="bench-"):
            limit = client.limits.get("uploads", 100)
            QuotaWindow.objects.create(
                api_client=client,
                bucket="uploads",
                opens_at=opens,
                closes_at=closes,
                limit=limit,
                spent=min(7, limit),
            )


def _is_easy(clip: Clip) -> bool:
    most = min(TIKTOK_MOST_MS, YOUTUBE_MOST_MS)
    fits = clip.duration_ms <= most and clip.size_bytes <= MOST_BYTES
    return clip.status == "ready" and fits and min(clip.width, clip.height) >= SHORTEST_SIDE
