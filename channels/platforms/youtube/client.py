"""Calls to the Data API: built from the bundled discovery document, sent by our own transport.

The client library only writes the requests. Its own transport repeats a POST by itself when a connection
closes early, which would post a reply twice.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from googleapiclient import discovery, discovery_cache
from googleapiclient.http import HttpRequest, MediaUpload

from channels.errors import Ambiguous, PlatformDown
from channels.platforms import transport
from channels.platforms.base import Bucket, Price
from channels.platforms.youtube import errors

BUCKETS = (
    Bucket("uploads", "app", "day", errors.PACIFIC, 100),
    Bucket("search", "app", "day", errors.PACIFIC, 100),
    Bucket("stats", "app", "day", errors.PACIFIC, 10_000),
    Bucket("units", "app", "day", errors.PACIFIC, 10_000),
    # A quota of its own, whose size is not published: a careful guess, to be set to what the console says.
    Bucket("analytics", "app", "minute", "UTC", 300),
)

METHODS: Mapping[str, tuple[Price, ...]] = {
    "youtube.videos.insert": (Price("uploads", 1),),
    "youtube.videos.batchGetStats": (Price("stats", 1, batch=50),),
    "youtubeAnalytics.reports.query": (Price("analytics", 1, batch=200),),
    "youtube.search.list": (Price("search", 1),),
    "youtube.videos.list": (Price("units", 1, batch=50),),
    "youtube.channels.list": (Price("units", 1),),
    "youtube.playlistItems.list": (Price("units", 1),),
    "youtube.commentThreads.list": (Price("units", 1),),
    "youtube.comments.list": (Price("units", 1),),
    "youtube.videos.update": (Price("units", 50),),
    "youtube.videos.delete": (Price("units", 50),),
    "youtube.thumbnails.set": (Price("units", 50),),
    # 50 for the call and 2 for its snippet part, as the discovery document says.
    "youtube.comments.insert": (Price("units", 52),),
    "youtube.comments.setModerationStatus": (Price("units", 50, batch=50),),
}


def service() -> Any:
    """The library's request builder for the API at YOUTUBE_API_ROOT."""
    return _built(transport.root("YOUTUBE_API_ROOT"))


@functools.lru_cache(maxsize=8)
def _built(root: str) -> Any:
    document = json.loads(discovery_cache.get_static_doc("youtube", "v3"))
    document["rootUrl"] = root
    return discovery.build_from_document(document, http=NoTransport())


class NoTransport:
    """Stands where the library wants a transport, so that a request can never leave by that way."""

    def request(self, uri: str, method: str = "GET", **_rest: Any) -> Any:
        raise AssertionError(f"{method} {uri} was about to leave through the client library")


class Announced(MediaUpload):  # type: ignore[misc]
    """A file as the library needs it to write the request that opens an upload: size and type, no bytes."""

    def __init__(self, *, size: int, content_type: str) -> None:
        self._size = size
        self._content_type = content_type

    def chunksize(self) -> int:
        return self._size

    def mimetype(self) -> str:
        return self._content_type

    def size(self) -> int:
        return self._size

    def resumable(self) -> bool:
        return True


def call(access_token: str, request: HttpRequest, *, once: bool = False) -> dict[str, Any]:
    """The answer's body. Raises PlatformError for everything but a success."""
    response = send(access_token, request, once=once)
    body = transport.json_of(response)
    if response.status_code >= 300:
        raise refused(response.status_code, body, headers=response.headers, request=request, once=once)
    if not body and response.content.strip():
        raise _garbled(response.status_code, once=once)
    return body


def send(
    access_token: str, request: HttpRequest, *, once: bool = False, headers: Mapping[str, str] | None = None
) -> Any:
    return transport.send(
        transport.Call(
            platform=errors.KEY,
            method=request.method,
            url=request.uri,
            headers={**request.headers, **(headers or {}), "authorization": f"Bearer {access_token}"},
            body=request.body,
            prices=METHODS[request.methodId],
            once=once,
        )
    )


def refused(
    status: int, body: Mapping[str, Any], *, headers: Mapping[str, str], request: HttpRequest, once: bool = False
) -> Exception:
    bucket = METHODS[request.methodId][0].bucket
    return errors.translate(status, body, once=once, bucket=bucket, retry_after=transport.retry_after(headers))


def _garbled(status: int, *, once: bool) -> Exception:
    kind = Ambiguous if once else PlatformDown
    return kind(_("YouTube's answer cannot be read."), platform=errors.KEY, http_status=status, platform_code="garbled")
