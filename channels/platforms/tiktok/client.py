"""Calls to both of TikTok's API families: their addresses, envelopes and limits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import requests
from django.utils.translation import gettext_lazy as _

from channels.errors import Ambiguous, PlatformDown
from channels.platforms import transport
from channels.platforms.base import Bucket, Price
from channels.platforms.tiktok import errors

BUCKETS = (
    # TikTok counts posts in a sliding day; a calendar day of the same size never allows more in the long run.
    Bucket("posts", "account", "day", "UTC", 15),
    Bucket("init", "account", "minute", "UTC", 6),
    Bucket("creator_info", "account", "minute", "UTC", 20),
    Bucket("status", "account", "minute", "UTC", 30),
    Bucket("user_info", "app", "minute", "UTC", 600),
    Bucket("video_list", "app", "minute", "UTC", 600),
    Bucket("video_query", "app", "minute", "UTC", 600),
    Bucket("accounts_app", "app", "minute", "UTC", 600),
    Bucket("insights", "account", "minute", "UTC", 40),
    Bucket("comment_list", "account", "minute", "UTC", 40),
    Bucket("reply_list", "account", "minute", "UTC", 40),
    Bucket("reply_create", "account", "minute", "UTC", 40),
    Bucket("comment_hide", "account", "minute", "UTC", 40),
)


def _accounts(bucket: str) -> tuple[Price, ...]:
    return Price(bucket, 1), Price("accounts_app", 1)


ENDPOINTS: Mapping[str, tuple[Price, ...]] = {
    "v2/post/publish/creator_info/query/": (Price("creator_info", 1),),
    "v2/post/publish/video/init/": (Price("init", 1), Price("posts", 1)),
    "v2/post/publish/status/fetch/": (Price("status", 1),),
    "v2/user/info/": (Price("user_info", 1),),
    "v2/video/list/": (Price("video_list", 1),),
    "v2/video/query/": (Price("video_query", 1, batch=20),),
    "business/video/list/": (Price("insights", 1, batch=20), Price("accounts_app", 1, batch=20)),
    "business/comment/list/": _accounts("comment_list"),
    "business/comment/reply/list/": _accounts("reply_list"),
    "business/comment/reply/create/": _accounts("reply_create"),
    "business/comment/hide/": _accounts("comment_hide"),
}


def open_call(
    access_token: str,
    method: str,
    path: str,
    *,
    body: Mapping[str, Any] | None = None,
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """`data` of an Open API answer. None of the calls in use does harm when repeated."""
    url = transport.root("TIKTOK_API_ROOT") + path + (f"?{urlencode(query)}" if query else "")
    headers = {"Authorization": f"Bearer {access_token}", "Content-Type": "application/json; charset=UTF-8"}
    content = json.dumps(body) if body is not None else None
    response = transport.send(transport.Call(errors.KEY, method, url, headers, body=content, prices=ENDPOINTS[path]))
    return data_of(response, bucket=ENDPOINTS[path][-1].bucket)


def accounts_call(
    access_token: str,
    method: str,
    path: str,
    *,
    body: Mapping[str, Any] | None = None,
    query: Mapping[str, str] | None = None,
    once: bool = False,
) -> dict[str, Any]:
    """`data` of an Accounts API answer."""
    url = transport.root("TIKTOK_BUSINESS_API_ROOT") + path + (f"?{urlencode(query)}" if query else "")
    headers = {"Access-Token": access_token, "Content-Type": "application/json"}
    content = json.dumps(body) if body is not None else None
    response = transport.send(
        transport.Call(errors.KEY, method, url, headers, body=content, prices=ENDPOINTS[path], once=once)
    )
    return data_of(response, bucket=ENDPOINTS[path][0].bucket, once=once)


def data_of(response: requests.Response, *, bucket: str = "", once: bool = False) -> dict[str, Any]:
    """The answer's `data`; a refusal, whatever status it came with, is raised."""
    body = transport.json_of(response)
    if response.status_code >= 300 or errors.is_refusal(body):
        raise errors.translate(
            response.status_code,
            body,
            once=once,
            bucket=bucket,
            retry_after=transport.retry_after(response.headers),
        )
    if "data" not in body:
        raise unreadable(response.status_code, once=once)
    data = body["data"]
    return data if isinstance(data, dict) else {}


def unreadable(status: int, *, once: bool = False) -> PlatformDown | Ambiguous:
    kind = Ambiguous if once else PlatformDown
    return kind(_("TikTok's answer cannot be read."), platform=errors.KEY, http_status=status, platform_code="garbled")
