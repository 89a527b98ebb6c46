"""The Analytics API: late by two or three days, in days of Los Angeles, with rows left out where few people watched."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from googleapiclient import discovery, discovery_cache

from channels.platforms import transport
from channels.platforms.watched import Watched
from channels.platforms.youtube import client, errors
from config.kernel import clock

SCOPE = "https://www.googleapis.com/auth/yt-analytics.readonly"
DAYS_BACK = 90
METRICS = ("views", "averageViewPercentage")


def watched(access_token: str, external_ids: Sequence[str]) -> dict[str, Watched]:
    """Of each clip the views and the average share seen in the last 90 days; what has no row has no data yet."""
    if not external_ids:
        return {}
    now = clock.now()
    rows = client.call(access_token, _asked(external_ids, now=now)).get("rows", [])
    told = {str(row[0]): _watched(row, now=now) for row in rows}
    return {key: told.get(key) or Watched(key, "youtube-analytics", now) for key in external_ids}


def _asked(external_ids: Sequence[str], *, now: datetime) -> Any:
    today = now.astimezone(ZoneInfo(errors.PACIFIC)).date()
    # Without the filter this would be the report of top videos, which pages wrongly.
    return (
        _service()
        .reports()
        .query(
            ids="channel==MINE",
            startDate=(today - timedelta(days=DAYS_BACK)).isoformat(),
            endDate=today.isoformat(),
            metrics=",".join(METRICS),
            dimensions="video",
            filters=f"video=={','.join(external_ids)}",
        )
    )


def _watched(row: Sequence[Any], *, now: datetime) -> Watched:
    views, percentage = row[1], row[2]
    return Watched(
        external_id=str(row[0]),
        source="youtube-analytics",
        observed_at=now,
        views=int(views) if views is not None else None,
        # A clip that nobody watched has no average, whatever number stands there.
        completion=float(percentage) / 100 if percentage is not None and views else None,
    )


def _service() -> Any:
    return _built(transport.root("YOUTUBE_ANALYTICS_API_ROOT"))


@functools.lru_cache(maxsize=8)
def _built(root: str) -> Any:
    document = json.loads(discovery_cache.get_static_doc("youtubeAnalytics", "v2"))
    document["rootUrl"] = root
    return discovery.build_from_document(document, http=client.NoTransport())
