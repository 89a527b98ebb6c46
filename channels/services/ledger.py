"""The ledger: every platform call is paid for before it is made, and the lines always add up to the sum."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from channels.errors import QuotaSpent
from channels.models import ApiClient, Channel, QuotaEntry, QuotaWindow
from channels.platforms import registry
from channels.platforms.base import Bucket, Price
from channels.rules import quota
from channels.rules.words import Purpose
from config.kernel import clock


@dataclass(frozen=True)
class Left:
    """What one bucket still grants today (or this minute). `limit` is what it granted in all."""

    bucket: str
    limit: int
    spent: int
    closes_at: datetime

    @property
    def left(self) -> int:
        return self.limit - self.spent


def reserve(
    *, client: ApiClient, channel: Channel | None, price: Price, purpose: Purpose, verb: str, operation: str
) -> QuotaEntry:
    """Take `price` from its bucket. An operation that was paid before is not paid again: its line is returned.

    Raises QuotaSpent, with the time at which the budget returns, when it is not enough; nothing is taken then.
    """
    now = clock.now()
    bucket = bucket_of(client.platform, price.bucket)
    window = window_of(client, bucket, channel=channel, now=now)
    try:
        with transaction.atomic():
            entry = QuotaEntry.objects.create(
                window=window,
                at=now,
                units=price.units,
                purpose=purpose,
                verb=verb,
                operation=operation,
                channel=channel,
            )
            _take(window, price.units)
    except IntegrityError:
        known = QuotaEntry.objects.filter(operation=operation).first()
        if known is None:
            raise
        return known
    return entry


def _take(window: QuotaWindow, units: int) -> None:
    taken = QuotaWindow.objects.filter(pk=window.pk, spent__lte=F("limit") - units).update(spent=F("spent") + units)
    if not taken:
        raise QuotaSpent(
            _("The budget “%(bucket)s” is spent until %(until)s UTC.")
            % {"bucket": window.bucket, "until": f"{window.closes_at:%Y-%m-%d %H:%M}"},
            platform=window.api_client.platform,
            platform_code="ledger",
            until=window.closes_at,
            bucket=window.bucket,
            scope="account" if window.channel_id else "app",
        )


def refund(operation: str, *, units: int | None = None) -> QuotaEntry | None:
    """Give back what `operation` took (or `units` of it) by a line of its own. None when there is nothing to give.

    A second refund of the same operation changes nothing and returns the first.
    """
    paid = QuotaEntry.objects.filter(operation=operation).select_related("window").first()
    if paid is None or paid.units <= 0:
        return None
    back = paid.units if units is None else min(units, paid.units)
    if back <= 0:
        return None
    return _append(paid, units=-back, operation=f"{operation}:refund")


def overrun(operation: str, *, units: int) -> QuotaEntry | None:
    """Write down that a call took `units` more than was reserved, as far as the window has room for them."""
    paid = QuotaEntry.objects.select_related("window").get(operation=operation)
    more = min(units, QuotaWindow.objects.get(pk=paid.window_id).left)
    if more <= 0:
        return None
    return _append(paid, units=more, operation=f"{operation}:more")


def _append(paid: QuotaEntry, *, units: int, operation: str) -> QuotaEntry | None:
    try:
        with transaction.atomic():
            entry = QuotaEntry.objects.create(
                window=paid.window,
                at=clock.now(),
                units=units,
                purpose=paid.purpose,
                verb=paid.verb,
                operation=operation,
                channel=paid.channel,
            )
            fits = QuotaWindow.objects.filter(pk=paid.window_id, spent__gte=-units, spent__lte=F("limit") - units)
            if not fits.update(spent=F("spent") + units):
                raise IntegrityError(operation)
    except IntegrityError:
        return QuotaEntry.objects.filter(operation=operation).first()
    return entry


def exhaust(
    *,
    client: ApiClient,
    channel: Channel | None,
    bucket: str,
    purpose: Purpose,
    verb: str,
    until: datetime | None = None,
) -> None:
    """The platform says that this budget is gone: believe it, and book what we thought was left.

    Not when it says that the budget returns within the window: it counts another day than we do then.
    """
    known = next((one for one in registry.adapter(client.platform).buckets if one.name == bucket), None)
    if known is None:
        return
    window = window_of(client, known, channel=channel, now=clock.now())
    if until is not None and until < window.closes_at:
        return
    with transaction.atomic():
        locked = QuotaWindow.objects.select_for_update().get(pk=window.pk)
        if locked.left <= 0:
            return
        units = locked.left
        QuotaWindow.objects.filter(pk=locked.pk).update(spent=F("limit"))
        QuotaEntry.objects.create(
            window=locked,
            at=clock.now(),
            units=units,
            purpose=purpose,
            verb=verb,
            operation=f"refused:{locked.pk}:{locked.entries.count()}",
            channel=channel,
        )


def left(client: ApiClient) -> list[Left]:
    """What every app-wide bucket of this client has left in its present window."""
    now = clock.now()
    buckets = [one for one in registry.adapter(client.platform).buckets if one.scope == "app"]
    found = []
    for bucket in buckets:
        span = quota.span(bucket.window, bucket.zone, now)
        row = QuotaWindow.objects.filter(
            api_client=client, channel=None, bucket=bucket.name, opens_at=span.opens_at
        ).first()
        limit = quota.granted(client.limits, bucket.name, bucket.default_limit)
        found.append(Left(bucket.name, row.limit if row else limit, row.spent if row else 0, span.closes_at))
    return found


def bucket_of(platform: str, name: str) -> Bucket:
    return next(one for one in registry.adapter(platform).buckets if one.name == name)


def window_of(client: ApiClient, bucket: Bucket, *, channel: Channel | None, now: datetime) -> QuotaWindow:
    """The bucket's present window, made when it is first needed; its limit follows what is granted now."""
    span = quota.span(bucket.window, bucket.zone, now)
    limit = quota.granted(client.limits, bucket.name, bucket.default_limit)
    window, made = QuotaWindow.objects.select_related("api_client").get_or_create(
        api_client=client,
        channel=channel if bucket.scope == "account" else None,
        bucket=bucket.name,
        opens_at=span.opens_at,
        defaults={"closes_at": span.closes_at, "limit": limit},
    )
    if not made and window.limit != limit:
        # More may be spent already than a lowered limit allows: then nothing is left.
        QuotaWindow.objects.filter(pk=window.pk).update(limit=Greatest(F("spent"), limit))
        window.refresh_from_db()
    return window
