"""Pages as the Data API turns them: opaque tokens that stand for a place, not for an item.

The list may move under the reader, and then items repeat or are missed, as on the real one.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from config.sandbox.youtube import errors
from config.sandbox.youtube.door import Call

Row = TypeVar("Row", bound=Model)
_SHAPE = ("pageToken", "maxResults", "part")


def page(call: Call, rows: QuerySet[Row], *, size: int, total: int | None = None) -> tuple[list[Row], dict[str, Any]]:
    """(rows of this page, the page fields of the answer)."""
    start = _start(call)
    window = list(rows[start : start + size + 1])
    facts: dict[str, Any] = {}
    if len(window) > size:
        facts["nextPageToken"] = _token(call, start + size)
    if total is not None:
        facts["pageInfo"] = {"totalResults": total, "resultsPerPage": size}
    return window[:size], facts


def _fingerprint(call: Call) -> str:
    filters = {name: value for name, value in call.query.items() if name not in _SHAPE}
    return hashlib.sha256(repr(sorted(filters.items())).encode()).hexdigest()[:12]


def _token(call: Call, start: int) -> str:
    return base64.urlsafe_b64encode(f"{start}:{_fingerprint(call)}".encode()).decode().rstrip("=")


def _start(call: Call) -> int:
    token = call.query.get("pageToken")
    if not token:
        return 0
    try:
        place, _, shape = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().partition(":")
        start = int(place)
    except ValueError as problem:
        raise errors.page_token() from problem
    if shape != _fingerprint(call) or start < 0:
        raise errors.page_token()
    return start
