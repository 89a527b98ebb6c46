"""What each call costs and out of which bucket; counted per API project, per day of Los Angeles."""

from __future__ import annotations

from datetime import datetime

from config.sandbox import limits
from config.sandbox.models import ApiClient
from config.sandbox.youtube import errors

POOL = "queries"
OWN_BUCKET = {
    "youtube.videos.insert": ("video_uploads", "Video Uploads"),
    "youtube.search.list": ("search", "Search Queries"),
    "youtube.videos.batchGetStats": ("batch_stats", "Batch Video Stats"),
}
UNITS = {"youtube.captions.list": 50, "youtube.captions.insert": 400, "youtube.captions.update": 450}
WRITE_UNITS = 50


def units(method_id: str, verb: str) -> int:
    return UNITS.get(method_id, 1 if verb == "GET" else WRITE_UNITS)


def charge(client: ApiClient, method_id: str, *, verb: str, now: datetime) -> None:
    """Take what the call costs, or refuse it in the bucket's own words."""
    if method_id in OWN_BUCKET:
        bucket, metric = OWN_BUCKET[method_id]
        if not _spend(client, bucket, 1, now=now):
            raise errors.day_exhausted(metric, project=str(1000 + client.pk))
    elif not _spend(client, POOL, units(method_id, verb), now=now):
        raise errors.pool_exhausted()


def charge_refused(client: ApiClient, method_id: str, *, now: datetime) -> None:
    """A request that makes no sense still costs one."""
    bucket = OWN_BUCKET.get(method_id, (POOL, ""))[0]
    _spend(client, bucket, 1, now=now)


def _spend(client: ApiClient, bucket: str, count: int, *, now: datetime) -> bool:
    key = f"youtube:{client.client_id}:{bucket}"
    return limits.spend(key, period=limits.quota_day(now), units=count, limit=client.limit(bucket))
