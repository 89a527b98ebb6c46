"""What stands on a channel around a moment, as values, and which posting times are free there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from channels.models import ApiClient, Channel, Publication
from channels.models.publication import PublicationQuerySet
from channels.rules import posting, slots
from channels.rules.moving import Limits
from channels.rules.publication import SLOT_TAKEN, Status
from channels.services import lanes
from config.kernel.errors import Invalid

# What needs a person may well be at the platform: it takes no slot, but its place in the run is not free.
IN_ORDER = SLOT_TAKEN | {Status.NEEDS_PERSON}
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
    return _in_order(keys, Publication.objects.select_for_update(of=("self",)))


def as_they_are(publications: Sequence[Publication]) -> list[Publication]:
    """The same without any lock: what is judged by them is a suggestion, no more."""
    return _in_order([row.pk for row in publications], Publication.objects.all())


def _in_order(keys: Sequence[int], found: PublicationQuerySet) -> list[Publication]:
    found = (
        found.filter(pk__in=keys).order_by("pk").select_related("clip__edition__drama", "channel__api_client", "hold")
    )
    rows = {row.pk: row for row in found.defer("channel__api_client__client_secret")}
    if len(rows) < len(set(keys)):
        raise Invalid(_("One of these publications is not there any more."))
    return [rows[key] for key in keys]


def _held(rows: object) -> None:
    list(rows.values_list("pk", flat=True))  # type: ignore[attr-defined]


def limits_of(channel: Channel) -> Limits:
    account = lanes.upload_bucket(channel, scope="account")
    way = posting.POSTING[channel.platform]
    return Limits(
        name=channel.name,
        zone=channel.time_zone,
        daily_cap=channel.daily_cap,
        gap=timedelta(hours=channel.drama_gap_hours),
        account_cap=lanes.granted(channel, account) if account else way.daily_posts,
    )


# --- posting times


def posting_times(channel: Channel, starts_at: datetime, ends_at: datetime) -> list[datetime]:
    """Every posting time of the channel in [starts_at, ends_at), in UTC and in order."""
    hours = [slots.Hours(tuple(rule.weekdays), tuple(rule.times)) for rule in channel.rules.all() if rule.is_on]
    return slots.between(hours, channel.time_zone, starts_at.astimezone(UTC), ends_at.astimezone(UTC))


def in_the_way(publication: Publication, *, starts_at: datetime, ends_at: datetime) -> Publication | None:
    """The first other publication that holds a slot of its channel in [starts_at, ends_at)."""
    beside = _beside(publication, starts_at, ends_at)
    return beside.select_related("channel", "clip__edition__drama").order_by("due_at").first()


def empty_times(publication: Publication, *, starts_at: datetime, ends_at: datetime) -> list[datetime]:
    """The posting times of its channel that nothing takes; whether a rule allows them is another question."""
    taken = set(_beside(publication, starts_at, ends_at).values_list("due_at", flat=True))
    times = posting_times(publication.channel, starts_at, ends_at)
    return [at for at in times if at not in taken and at != publication.due_at]


def _beside(publication: Publication, starts_at: datetime, ends_at: datetime) -> PublicationQuerySet:
    rows = Publication.objects.filter(channel=publication.channel_id, status__in=SLOT_TAKEN, replaces=None)
    return rows.filter(due_at__gte=starts_at, due_at__lt=ends_at).exclude(pk=publication.pk)
