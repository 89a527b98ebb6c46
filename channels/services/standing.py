"""What stands on a channel around a moment, as values, and which posting times are free there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _

from catalog.models import Clip
from catalog.rules.words import ClipKind
from channels.models import ApiClient, Channel, Publication, QuotaWindow
from channels.models.publication import PublicationQuerySet
from channels.platforms import registry
from channels.platforms.base import Bucket
from channels.rules import moving, posting, quota, slots
from channels.rules.eligibility import Stopper
from channels.rules.moving import Limits, Stand
from channels.rules.publication import SLOT_TAKEN, WAITING, Status
from config.kernel.errors import Invalid

# What needs a person may well be at the platform: it takes no slot, but its place in the run is not free.
IN_ORDER = SLOT_TAKEN | {Status.NEEDS_PERSON}
RANK = {ClipKind.HOOK: 0, ClipKind.EPISODE: 1, ClipKind.COMPILATION: 2}
WIDEST = timedelta(days=2)


def lock(publications: Sequence[Publication]) -> list[Publication]:
    """The rows as they stand now, in the order given, with their channels and API clients locked before them.

    Caps count what others may be moving at the same moment; whoever holds these locks counts alone.
    """
    keys = [row.pk for row in publications]
    channels = {row.channel_id for row in publications}
    clients = Channel.objects.filter(pk__in=channels).values("api_client")
    _held(ApiClient.objects.filter(pk__in=clients).order_by("pk").select_for_update(no_key=True))
    _held(Channel.objects.filter(pk__in=channels).order_by("pk").select_for_update(no_key=True))
    found = Publication.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",))
    rows = {row.pk: row for row in found.select_related("clip__edition__drama", "channel", "hold")}
    if len(rows) < len(set(keys)):
        raise Invalid(_("One of these publications is not there any more."))
    return [rows[key] for key in keys]


def _held(rows: object) -> None:
    list(rows.values_list("pk", flat=True))  # type: ignore[attr-defined]


def stoppers(row: Publication, due_at: datetime, times: Mapping[int, datetime], *, now: datetime) -> list[Stopper]:
    """Every rule about times that `row` would break at `due_at`, when all of `times` (publication → time) come true."""
    limits = limits_of(row.channel)
    along = _along(row, times)
    beside = [one for one in along if one.channel_id == row.channel_id]
    others = _around(row, due_at, times, widest=max(limits.gap, WIDEST))
    others += [_stand(one, at=times[one.pk]) for one in beside]
    leaving = [row.due_at, *(one.due_at for one in beside)]
    found = moving.stoppers(_stand(row, at=due_at), others, limits, leaving=leaving)
    budget = _budget_stopper(row, due_at, along, times, now=now)
    return [*found, budget] if budget else found


def _along(row: Publication, times: Mapping[int, datetime]) -> list[Publication]:
    """What the same deed moves besides, as it stands now."""
    others = [key for key in times if key != row.pk]
    if not others:
        return []
    return list(Publication.objects.filter(pk__in=others).select_related("clip__edition__drama", "channel"))


def limits_of(channel: Channel) -> Limits:
    account = _upload_bucket(channel, scope="account")
    way = posting.POSTING[channel.platform]
    return Limits(
        name=channel.name,
        zone=channel.time_zone,
        daily_cap=channel.daily_cap,
        gap=timedelta(hours=channel.drama_gap_hours),
        account_cap=_granted(channel, account) if account else way.daily_posts,
    )


def _around(row: Publication, due_at: datetime, times: Mapping[int, datetime], *, widest: timedelta) -> list[Stand]:
    """What stands near the new time, and the rest of its run wherever it stands; without what is moved."""
    near = Q(due_at__gte=due_at - widest, due_at__lte=due_at + widest)
    run = Q(clip__edition=row.clip.edition_id)
    rows = Publication.objects.filter(near | run, channel=row.channel_id, status__in=IN_ORDER)
    rows = rows.exclude(pk__in=list(times)).select_related("clip__edition__drama", "channel")
    return [_stand(one, at=one.due_at) for one in rows]


def _stand(row: Publication, *, at: datetime) -> Stand:
    return Stand(
        key=row.pk,
        label=str(row.clip),
        at=at,
        drama=row.clip.edition.drama_id,
        edition=row.clip.edition_id,
        order=order_of(row.clip),
        takes_slot=row.status in SLOT_TAKEN,
        is_replacement=row.replaces_id is not None,
    )


def order_of(clip: Clip) -> tuple[int, int, int]:
    """A hook opens a run, an episode goes by its number, a compilation follows the last episode it has."""
    number = 0 if clip.kind == ClipKind.HOOK else clip.last_episode
    return number, RANK.get(ClipKind(clip.kind), 1), clip.pk


# --- the client's uploads a day


def _budget_stopper(
    row: Publication, due_at: datetime, along: Sequence[Publication], times: Mapping[int, datetime], *, now: datetime
) -> Stopper | None:
    """None when the day has room, and when the deed leaves it as full as it was."""
    bucket = _upload_bucket(row.channel, scope="app")
    if bucket is None:
        return None
    upload_at = max(posting.upload_at(row.channel.platform, due_at), now)
    span = quota.span(bucket.window, bucket.zone, upload_at)
    fellows = [one for one in along if one.channel.api_client_id == row.channel.api_client_id]
    leaving = sum(_lands(one, one.due_at, span, now=now) for one in [row, *fellows])
    coming = sum(_lands(one, times[one.pk], span, now=now) for one in [row, *fellows])
    if coming <= leaving:
        return None
    others = _promised(row.channel, bucket, span, times, now=now) + coming - 1
    day = upload_at.astimezone(ZoneInfo(bucket.zone)).date().isoformat()
    client = row.channel.api_client.name
    return moving.budget_stopper(client=client, day=day, others=others, limit=_granted(row.channel, bucket))


def _promised(
    channel: Channel, bucket: Bucket, span: quota.Span, times: Mapping[int, datetime], *, now: datetime
) -> int:
    """Uploads that this day of the client holds already: what waits for it, and of today what is spent."""
    waiting = Publication.objects.filter(channel__api_client=channel.api_client_id, status__in=WAITING)
    waiting = waiting.filter(upload_at__lt=span.closes_at).exclude(pk__in=list(times))
    if span.opens_at > now:
        return waiting.filter(upload_at__gte=span.opens_at).count()
    spent = QuotaWindow.objects.filter(
        api_client=channel.api_client_id, channel=None, bucket=bucket.name, opens_at=span.opens_at
    )
    return waiting.count() + sum(spent.values_list("spent", flat=True))


def _lands(row: Publication, due_at: datetime, span: quota.Span, *, now: datetime) -> bool:
    return span.opens_at <= max(posting.upload_at(row.channel.platform, due_at), now) < span.closes_at


def _upload_bucket(channel: Channel, *, scope: str) -> Bucket | None:
    """The daily budget of this scope that an upload is paid from, if the platform has one."""
    adapter = registry.adapter(channel.platform)
    paid = {price.bucket for price in adapter.prices("open_session")}
    found = (one for one in adapter.buckets if one.name in paid and one.scope == scope and one.window == quota.DAY)
    return next(found, None)


def _granted(channel: Channel, bucket: Bucket) -> int:
    return quota.granted(channel.api_client.limits, bucket.name, bucket.default_limit)


# --- posting times


def posting_times(channel: Channel, starts_at: datetime, ends_at: datetime) -> list[datetime]:
    """Every posting time of the channel in [starts_at, ends_at), in UTC and in order."""
    hours = [slots.Hours(tuple(rule.weekdays), tuple(rule.times)) for rule in channel.rules.all() if rule.is_on]
    return slots.between(hours, channel.time_zone, starts_at.astimezone(UTC), ends_at.astimezone(UTC))


def in_the_way(publication: Publication, *, starts_at: datetime, ends_at: datetime) -> Publication | None:
    """The first other publication that holds a slot of its channel in [starts_at, ends_at)."""
    beside = _beside(publication, starts_at, ends_at)
    return beside.select_related("channel", "clip__edition__drama").order_by("due_at").first()


def free_times(publication: Publication, *, starts_at: datetime, ends_at: datetime) -> list[datetime]:
    """The posting times of its channel that nothing but itself takes."""
    taken = set(_beside(publication, starts_at, ends_at).values_list("due_at", flat=True))
    times = posting_times(publication.channel, starts_at, ends_at)
    return [at for at in times if at not in taken and at != publication.due_at]


def _beside(publication: Publication, starts_at: datetime, ends_at: datetime) -> PublicationQuerySet:
    rows = Publication.objects.filter(channel=publication.channel_id, status__in=SLOT_TAKEN, replaces=None)
    return rows.filter(due_at__gte=starts_at, due_at__lt=ends_at).exclude(pk=publication.pk)
