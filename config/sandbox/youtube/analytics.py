"""reports.query of the Analytics API: sums, by video, by day; late, in days of Los Angeles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.kernel import clock
from config.sandbox import answers, faults, limits, processing
from config.sandbox.models import Account, Video
from config.sandbox.viewers import audience
from config.sandbox.youtube import door, errors

_SCOPES = [f"https://www.googleapis.com/auth/yt-analytics{kind}.readonly" for kind in ("", "-monetary")]
_MONEY = {"estimatedRevenue", "estimatedAdRevenue", "grossRevenue"}
_DIMENSIONS = ("video", "day")
_TAKES = {
    "ids", "startDate", "endDate", "metrics", "dimensions", "filters", "sort", "maxResults", "startIndex",
    "currency", "includeHistoricalChannelData", "alt", "key", "fields", "prettyPrint", "quotaUser",
}  # fmt: skip
Span = tuple[datetime, datetime]


def reports(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    token = door.bearer(request)
    gate = faults.at_the_gate(faults.Place("youtube", request.path, token.grant.account if token else None))
    if gate:
        raise errors.of_gate(gate)
    grant = door.allowed(token, request=request, scopes=_SCOPES, now=now).grant
    asked = _asked(request)
    if _MONEY & set(asked["metrics"]) and "monetary" not in grant.scope:
        raise errors.refusal(403, "insufficientPermissions", "Insufficient permission to access this report.")
    _check_ids(request.GET["ids"], account=grant.account)
    processing.settle(now=now, account=grant.account)
    rows = _rows(grant.account, asked, now=now)
    body: dict[str, Any] = {"kind": "youtubeAnalytics#resultTable", "columnHeaders": _headers(asked)}
    if rows:
        body["rows"] = rows
    return answers.as_json(body)


def _asked(request: HttpRequest) -> dict[str, Any]:
    given = request.GET
    for name in set(given) - _TAKES:
        raise _bad(f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter.')
    for name in ("ids", "startDate", "endDate", "metrics"):
        if not given.get(name):
            raise _bad(f"The request is missing a required parameter: {name}.")
    dimensions = [one for one in given.get("dimensions", "").split(",") if one]
    metrics = given["metrics"].split(",")
    if any(one not in METRICS for one in metrics) or any(one not in _DIMENSIONS for one in dimensions):
        raise _bad("The query is not supported. Check the documentation for supported queries.")
    try:
        first, last = date.fromisoformat(given["startDate"]), date.fromisoformat(given["endDate"])
    except ValueError as problem:
        raise _bad("Invalid value for startDate or endDate: expected YYYY-MM-DD.") from problem
    filters = dict(one.split("==", 1) for one in given.get("filters", "").split(";") if "==" in one)
    videos = filters["video"].split(",") if "video" in filters else None
    if set(filters) - {"video"} or (videos is not None and len(videos) > 500):
        raise _bad("The query is not supported. Filters: video, at most 500 ids.")
    if (
        "video" in dimensions
        and videos is None
        and not (given.get("maxResults") and given.get("sort", "").startswith("-"))
    ):
        raise _bad("The query is not supported. Top videos need maxResults and a descending sort.")
    return {"metrics": metrics, "dimensions": dimensions, "first": first, "last": last, "videos": videos}


def _bad(message: str) -> Exception:
    return errors.refusal(400, "badRequest", message)


def _check_ids(ids: str, *, account: Account) -> None:
    if ids not in ("channel==MINE", f"channel=={account.external_id}"):
        raise errors.refusal(403, "forbidden", "Forbidden: the caller may read the reports of its own channel only.")


def _headers(asked: dict[str, Any]) -> list[dict[str, str]]:
    dimensions = [{"name": one, "columnType": "DIMENSION", "dataType": "STRING"} for one in asked["dimensions"]]
    whole = {"averageViewPercentage": "FLOAT", **dict.fromkeys(_MONEY, "FLOAT")}
    return dimensions + [
        {"name": one, "columnType": "METRIC", "dataType": whole.get(one, "INTEGER")} for one in asked["metrics"]
    ]


def _rows(account: Account, asked: dict[str, Any], *, now: datetime) -> list[list[Any]]:
    videos = Video.objects.select_related("account").filter(account=account).exclude(visible_at=None)
    if asked["videos"] is not None:
        videos = videos.filter(external_id__in=asked["videos"])
    known_until = now - timedelta(hours=settings.SANDBOX_ANALYTICS_DELAY_HOURS)
    groups: dict[tuple[str, ...], list[tuple[Video, Span]]] = {}
    for day in _days(asked["first"], asked["last"], known_until=known_until):
        span = _span(day)
        for video in videos:
            if video.visible_at is None or video.visible_at >= span[1]:
                continue
            key = {"video": video.external_id, "day": day.isoformat()}
            groups.setdefault(tuple(key[one] for one in asked["dimensions"]), []).append((video, span))
    return [[*key, *(METRICS[one](cells) for one in asked["metrics"])] for key, cells in sorted(groups.items())]


def _days(first: date, last: date, *, known_until: datetime) -> list[date]:
    """Only days that are over, and long enough."""
    days = [first + timedelta(days=place) for place in range(min((last - first).days + 1, 400))]
    return [day for day in days if _span(day)[1] <= known_until]


def _span(day: date) -> Span:
    start = datetime(day.year, day.month, day.day, tzinfo=limits.LOS_ANGELES)
    return start, start + timedelta(days=1)


def _views(cells: list[tuple[Video, Span]]) -> int:
    return sum(audience.views(video, span[1]) - audience.views(video, span[0]) for video, span in cells)


def _completion(cells: list[tuple[Video, Span]]) -> float:
    shares = [audience.completion(video) for video, _ in cells]
    return round(100 * sum(shares) / len(shares), 2)


def _watched_seconds(cells: list[tuple[Video, Span]]) -> float:
    return sum(_views([cell]) * audience.completion(cell[0]) * cell[0].duration_ms / 1000 for cell in cells)


METRICS: dict[str, Callable[[list[tuple[Video, Span]]], Any]] = {
    "views": _views,
    "engagedViews": lambda cells: round(_views(cells) * 0.8),
    "averageViewPercentage": _completion,
    "averageViewDuration": lambda cells: round(_watched_seconds(cells) / max(1, _views(cells))),
    "estimatedMinutesWatched": lambda cells: round(_watched_seconds(cells) / 60),
    "likes": lambda cells: round(_views(cells) * audience.LIKES_PER_VIEW),
    "comments": lambda cells: round(_views(cells) * settings.SANDBOX_COMMENTS_PER_1000_VIEWS / 1000),
    "shares": lambda cells: round(_views(cells) * 0.004),
    "subscribersGained": lambda cells: round(_views(cells) * 0.002),
    "estimatedRevenue": lambda cells: round(_views(cells) * 0.00006, 3),
    "estimatedAdRevenue": lambda cells: round(_views(cells) * 0.00005, 3),
    "grossRevenue": lambda cells: round(_views(cells) * 0.00011, 3),
}
