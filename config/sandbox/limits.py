"""What may be spent: per day of Los Angeles, per minute, per key. All of it in the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from config.sandbox.models import Penalty, Spend

LOS_ANGELES = ZoneInfo("America/Los_Angeles")


def quota_day(now: datetime) -> str:
    return now.astimezone(LOS_ANGELES).date().isoformat()


def minute(now: datetime) -> str:
    return now.strftime("%Y-%m-%dT%H:%M")


def spend(key: str, *, period: str, units: int = 1, limit: int) -> bool:
    """Take units of the period's limit. False, with nothing taken, when they do not fit any more."""
    with transaction.atomic():
        row, _ = Spend.objects.get_or_create(key=key, period=period)
        fits = Spend.objects.filter(pk=row.pk, units__lte=limit - units)
        return bool(fits.update(units=F("units") + units, limit=limit))


def punish(key: str, *, until: datetime) -> None:
    Penalty.objects.update_or_create(key=key, defaults={"until": until})


def is_punished(keys: list[str], *, now: datetime) -> bool:
    return Penalty.objects.filter(key__in=keys, until__gt=now).exists()


def forget_old(now: datetime) -> None:
    """Minutes gone by are of no use to anybody; days are kept for the books."""
    old = minute(now - timedelta(minutes=10))
    Spend.objects.filter(period__contains="T", period__lt=old).delete()
    Penalty.objects.filter(until__lt=now).delete()
