"""A platform's refusals as rows of a table, and the one way from a row to an error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from channels.errors import PlatformError
from config.kernel import clock, http

DETAIL_LENGTH = 300


@dataclass(frozen=True)
class Row:
    """`wait` is a span, or the name of the zone whose next midnight brings the budget back."""

    error: type[PlatformError]
    sentence: Any
    wait: timedelta | str | None = None
    bucket: str = ""
    scope: str = ""


@dataclass(frozen=True)
class Answer:
    """What is known of a refusal besides its meaning. `once`: the call must not be repeated unseen."""

    platform: str
    http_status: int = 0
    code: str = ""
    detail: str = ""
    log_id: str = ""
    bucket: str = ""
    retry_after: float | None = None
    once: bool = False


def refusal(row: Row, answer: Answer) -> PlatformError:
    now = clock.now()
    return row.error(
        row.sentence,
        platform=answer.platform,
        http_status=answer.http_status,
        platform_code=answer.code,
        log_id=answer.log_id,
        detail=http.redact(answer.detail)[:DETAIL_LENGTH],
        until=_until(row.wait, retry_after=answer.retry_after, now=now),
        bucket=row.bucket or (answer.bucket if row.scope else ""),
        scope=row.scope,
    )


def next_midnight(now: datetime, *, zone: str) -> datetime:
    """The first moment of tomorrow in `zone`; a day of 23 or 25 hours is counted as such."""
    tomorrow = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=ZoneInfo(zone)).astimezone(now.tzinfo)


def _until(wait: timedelta | str | None, *, retry_after: float | None, now: datetime) -> datetime | None:
    moments = []
    if isinstance(wait, timedelta):
        moments.append(now + wait)
    elif wait:
        moments.append(next_midnight(now, zone=wait))
    if retry_after is not None:
        moments.append(now + timedelta(seconds=retry_after))
    return max(moments, default=None)
