"""Reading viewers' comments: every channel once in every window, newest first, as far as what was seen before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from channels.errors import ChannelBlocked, ItemRefused, Misconfigured, ObjectGone, PlatformError, QuotaSpent
from channels.models import Channel, Grant, Publication
from channels.platforms.comments import CommentsPage, SeenComment
from channels.rules.channel import Status as ChannelStatus
from channels.rules.words import GrantFamily, PlatformName, Purpose
from channels.services import gateway
from config.kernel import clock, jobs, leases, news
from config.kernel.errors import ProductError
from moderation.models import Comment, HarvestRun, Watch
from moderation.rules import watching
from moderation.services import keeping

LEASE_SECONDS = 150
MOST_PAGES = 50
MOST_VIDEOS = 100
MOST_REPLY_CALLS = 25
CHANNELS_A_SWEEP = 1000
TELL_AFTER = 3
LOOK_FOR_CONNECTION = timedelta(minutes=10)
FAMILY = {
    PlatformName.YOUTUBE: GrantFamily.YOUTUBE,
    PlatformName.TIKTOK: GrantFamily.TIKTOK_ACCOUNTS,
}
# The channel-wide call of YouTube covers every video; TikTok lists comments video by video only.
BY_VIDEO = frozenset({PlatformName.TIKTOK})
WATCHED = frozenset({ChannelStatus.ACTIVE, ChannelStatus.PAUSED, ChannelStatus.STOPPED})
COMMENTS_OFF = "commentsDisabled"


@dataclass
class Reading:
    """What one run has done so far."""

    channel: Channel
    since: datetime | None
    now: datetime
    calls: int = 0
    seen: int = 0
    new: int = 0
    newest: datetime | None = None
    reply_calls: int = 0
    videos: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def sweep() -> str:
    """Give every channel its watch and ring for those that are due."""
    now = clock.now()
    missing = Channel.objects.filter(watch=None).values_list("pk", flat=True)
    Watch.objects.bulk_create((Watch(channel_id=pk, next_at=now) for pk in missing), ignore_conflicts=True)
    due = list(Watch.objects.due(now).order_by("next_at").values_list("channel_id", flat=True)[:CHANNELS_A_SWEEP])
    for channel_pk in due:
        jobs.remind("moderation.jobs.harvest", channel_pk)
    return _("%(n)d channels to read") % {"n": len(due)} if due else _("nothing due")


def harvest(channel_pk: int) -> str:
    """Read one channel's comments for the window that now falls into. A second call in the window does nothing."""
    now = clock.now()
    channel = Channel.objects.get(pk=channel_pk)
    watch, _made = Watch.objects.get_or_create(channel=channel, defaults={"next_at": now})
    window = watching.window_of(now, every=every())
    if HarvestRun.objects.filter(channel=channel, window_at=window, trouble="").exclude(ended_at=None).exists():
        Watch.objects.filter(pk=watch.pk, next_at__lte=now).update(next_at=window + every())
        return _("already read in this window")
    if not leases.claim(watch, seconds=LEASE_SECONDS):
        return _("another worker reads it")
    return _claimed(watch, window=window, now=now)


def every() -> timedelta:
    return timedelta(minutes=settings.HARVEST_EVERY_MINUTES)


def late() -> timedelta:
    """How old the last good look may be before somebody should ask why."""
    return every() * 1.5


def hasten(watch: Watch) -> bool:
    """Try a channel that had trouble again at the next sweep. False when it had none, or is due already."""
    now = clock.now()
    return bool(Watch.objects.filter(pk=watch.pk, next_at__gt=now).exclude(trouble="").update(next_at=now))


def why_not(watch: Watch) -> str:
    """Why this channel's comments are not read; '' when they are."""
    if watch.channel.status in WATCHED:
        return watch.trouble
    return _("The channel is “%(status)s”.") % {"status": watch.channel.get_status_display()}


def _claimed(watch: Watch, *, window: datetime, now: datetime) -> str:
    run, _made = HarvestRun.objects.get_or_create(
        channel_id=watch.channel_id, window_at=window, defaults={"started_at": now}
    )
    overlap = timedelta(minutes=settings.HARVEST_OVERLAP_MINUTES)
    since = watching.reach(now, seen_until=watch.seen_until, overlap=overlap, turn=watch.channel_id)
    reading = Reading(watch.channel, since, now, videos=list(run.videos))
    try:
        _require_grant(watch.channel)
        _read(reading, watch)
    except ProductError as error:
        return _failed(watch, run, reading, error)
    return _succeeded(watch, run, reading, window=window)


class NotConnected(ProductError):
    """The channel has no connection that may read comments."""

    code = "comments_not_connected"


def _require_grant(channel: Channel) -> None:
    family = FAMILY[PlatformName(channel.platform)]
    if not Grant.objects.living().filter(channel=channel, family=family).exists():
        raise NotConnected(
            _("No connection for reading comments: connect “%(family)s”.") % {"family": GrantFamily(family).label}
        )


def _read(reading: Reading, watch: Watch) -> None:
    """Walk by walk. A run that was stopped in the middle goes on with the videos it has not read."""
    for portion in _portions(reading):
        if portion.video and portion.video in reading.videos:
            continue
        threads: list[SeenComment] = []
        for page in _pages(reading, portion):
            leases.renew(watch, seconds=LEASE_SECONDS)
            threads.extend(_keep(reading, page.items))
        _read_late_replies(reading, threads)
        if portion.video:
            reading.videos.append(portion.video)


@dataclass(frozen=True)
class Portion:
    """One walk: the whole channel (no video named) or one video, back to `since`; `held`: what is held back."""

    since: datetime | None
    video: str = ""
    held: bool = False


def _portions(reading: Reading) -> list[Portion]:
    if reading.channel.platform not in BY_VIDEO:
        whole = Portion(reading.since)
        is_turn = watching.is_held_turn(reading.now, turn=reading.channel.pk)
        return [whole, replace(whole, since=reading.now - watching.HELD, held=True)] if is_turn else [whole]
    live = Publication.objects.live().filter(channel=reading.channel).exclude(external_id="")
    videos = [
        watching.Video(external_id, since or due)
        for external_id, since, due in live.values_list("external_id", "published_at", "due_at")
    ]
    turns = watching.to_read(videos, now=reading.now)
    if len(turns) > MOST_VIDEOS:
        reading.notes.append(_("%(n)d videos wait for the next window") % {"n": len(turns) - MOST_VIDEOS})
    known = set(Comment.objects.filter(channel=reading.channel).values_list("video_id", flat=True).distinct())
    return [
        Portion(
            watching.reach_of(one, now=reading.now, usual=reading.since) if one.external_id in known else None,
            one.external_id,
        )
        for one in turns[:MOST_VIDEOS]
    ]


def _pages(reading: Reading, portion: Portion) -> Iterator[CommentsPage]:
    """Newest first until the watermark, the end, or as many pages as one run may take."""
    token = ""
    for _number in range(MOST_PAGES):
        page = _asked(
            reading,
            "comments_page",
            is_one_video=bool(portion.video) or portion.held,
            held=portion.held,
            since=portion.since,
            page_token=token,
            external_ids=(portion.video,) if portion.video else (),
        )
        if page is None:
            return
        yield page
        token = page.next_page
        if not token or _is_past(page, portion.since):
            return
    reading.notes.append(_("more than %(n)d pages; the rest is not read") % {"n": MOST_PAGES})


def _asked(reading: Reading, verb: str, *, is_one_video: bool, **arguments: Any) -> CommentsPage | None:
    """One page; None where a video shows no comments: switched off, or gone. That is a fact and no trouble."""
    try:
        page: CommentsPage = gateway.call(reading.channel, verb, purpose=Purpose.WATCH, **arguments)
    except (ItemRefused, ObjectGone) as error:
        if not is_one_video and error.platform_code != COMMENTS_OFF:
            raise
        reading.calls += 1
        return None
    reading.calls += page.calls
    return page


def _is_past(page: CommentsPage, since: datetime | None) -> bool:
    threads = [one.posted_at for one in page.items if not one.parent_id]
    return bool(since and threads and max(threads) < since)


def _keep(reading: Reading, items: tuple[SeenComment, ...]) -> list[SeenComment]:
    """Store a page; returns the threads whose late replies did not come along."""
    kept = keeping.keep(reading.channel, items, now=reading.now)
    reading.seen += len(items)
    reading.new += kept.new
    moments = [one.posted_at for one in items if not one.parent_id]
    reading.newest = max([*moments, *([reading.newest] if reading.newest else [])], default=None)
    return kept.incomplete


def _read_late_replies(reading: Reading, threads: list[SeenComment]) -> None:
    """The rest of the replies where the platform counts more than came along; the busiest threads first."""
    for thread in sorted(threads, key=lambda one: (-one.replies, one.external_id)):
        token = ""
        while reading.reply_calls < MOST_REPLY_CALLS:
            reading.reply_calls += 1
            page = _asked(
                reading,
                "replies_page",
                is_one_video=True,
                external_id=thread.video_id,
                parent_id=thread.external_id,
                page_token=token,
            )
            if page is not None:
                _keep(reading, page.items)
            token = page.next_page if page else ""
            if not token:
                keeping.note_replies(reading.channel, thread)
                break


def _succeeded(watch: Watch, run: HarvestRun, reading: Reading, *, window: datetime) -> str:
    watermark = max(filter(None, [watch.seen_until, reading.newest]), default=None)
    with transaction.atomic():
        _close(run, reading, trouble="")
        leases.release(
            watch,
            next_at=window + every(),
            looked_at=reading.now,
            seen_until=watermark or reading.now,
            trouble="; ".join(reading.notes)[:300],
            attempts=0,
        )
        if reading.new:
            jobs.enqueue("moderation.jobs.judge")
    return _("%(seen)d comments seen, %(new)d new, %(calls)d calls") % {
        "seen": reading.seen,
        "new": reading.new,
        "calls": reading.calls,
    }


def _failed(watch: Watch, run: HarvestRun, reading: Reading, error: ProductError) -> str:
    """Keep what was read, say why it stopped, and come back when it can have changed."""
    with transaction.atomic():
        _close(run, reading, trouble=str(error))
        leases.release(watch, next_at=_again_at(watch, error, now=reading.now), trouble=str(error)[:300])
        if reading.new:
            jobs.enqueue("moderation.jobs.judge")
    if watch.attempts == TELL_AFTER and error.retryable and not isinstance(error, QuotaSpent):
        news.tell(
            "comments_unreadable",
            _("The comments of %(channel)s cannot be read: %(why)s") % {"channel": watch.channel, "why": error},
            level="warning",
        )
    return _("stopped: %(why)s") % {"why": error}


def _again_at(watch: Watch, error: ProductError, *, now: datetime) -> datetime:
    if isinstance(error, NotConnected):
        return now + LOOK_FOR_CONNECTION
    if isinstance(error, ChannelBlocked | Misconfigured):
        return now + every()
    until = error.until if isinstance(error, PlatformError) else None
    return max(now + leases.backoff(watch.attempts, first_seconds=60), until or now)


def _close(run: HarvestRun, reading: Reading, *, trouble: str) -> None:
    """A window may take several tries; its counts add up."""
    HarvestRun.objects.filter(pk=run.pk).update(
        ended_at=clock.now(),
        calls=run.calls + reading.calls,
        seen=run.seen + reading.seen,
        new=run.new + reading.new,
        videos=reading.videos,
        trouble=trouble[:300],
    )
