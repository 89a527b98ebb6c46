"""Bytes to YouTube: open a session, send chunks, ask where it stands."""

from __future__ import annotations

import re
from typing import Any

import requests
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from channels.errors import ItemRefused, PlatformDown
from channels.platforms import base, transport
from channels.platforms.base import Upload, UploadHandle, UploadState
from channels.platforms.youtube import client, errors, wire

GRAIN = 256 * 1024
MAX_BYTES = 256 * 1024**3
SESSION_HOSTS = ("*.googleapis.com",)
_STORED = re.compile(r"\s*bytes[= ]0-(\d+)\s*")


def chunk_bytes() -> int:
    """The configured chunk size, down to a whole number of 256 KiB: the server refuses others."""
    return max(int(settings.UPLOAD_CHUNK_BYTES) // GRAIN, 1) * GRAIN


def span(*, offset: int, total: int, chunk_bytes: int) -> int:
    return min(chunk_bytes, total - offset)


def open_session(access_token: str, upload: Upload) -> UploadHandle:
    """Announce the clip. Until its last byte arrives nothing exists, so this may always be repeated."""
    if not 0 < upload.size_bytes <= MAX_BYTES:
        raise ItemRefused(
            _("The file is empty, or larger than YouTube takes."), platform=errors.KEY, platform_code="file_size"
        )
    body = wire.insert_body(upload)
    media = client.Announced(size=upload.size_bytes, content_type=upload.content_type)
    request = (
        client.service()
        .videos()
        .insert(part=",".join(body), body=body, notifySubscribers=upload.notify_subscribers, media_body=media)
    )
    announced = {
        "content-type": "application/json; charset=UTF-8",
        "x-upload-content-length": str(upload.size_bytes),
        "x-upload-content-type": upload.content_type,
        "slug": wire.slug(upload.marker),
    }
    response = client.send(access_token, request, headers=announced)
    if response.status_code >= 300:
        raise client.refused(
            response.status_code, transport.json_of(response), headers=response.headers, request=request
        )
    return UploadHandle(secret=_location(response), chunk_bytes=chunk_bytes())


def send(access_token: str, handle: UploadHandle, *, offset: int, chunk: bytes, total: int) -> UploadState:
    """Bring one chunk. A dropped connection is PlatformDown: ask before anything is sent again."""
    if not chunk:
        raise ValueError("an empty chunk would be taken for a question")
    place = f"bytes {offset}-{offset + len(chunk) - 1}/{total}"
    return _put(access_token, handle, content_range=place, body=chunk)


def ask(access_token: str, handle: UploadHandle, *, total: int) -> UploadState:
    return _put(access_token, handle, content_range=f"bytes */{total}", body=b"")


def _put(access_token: str, handle: UploadHandle, *, content_range: str, body: bytes) -> UploadState:
    _check(handle.secret)
    headers = {
        "Authorization": f"Bearer {access_token}",
        "Content-Range": content_range,
        "Content-Length": str(len(body)),
        "Content-Type": "application/octet-stream",
    }
    timeout = transport.UPLOAD_TIMEOUT if body else transport.CALL_TIMEOUT
    call = transport.Call(errors.KEY, "PUT", handle.secret, headers, body=body, timeout=timeout)
    return _state(transport.send(call))


def _state(response: requests.Response) -> UploadState:
    status = response.status_code
    if status == 308:
        return base.open_at(_stored(response))
    body = transport.json_of(response)
    if status in {200, 201}:
        return _done(status, body)
    if status in {404, 410}:
        # The session also ends by having been finished long ago, so the video may well be there.
        return base.gone(may_exist=True)
    raise errors.translate(status, body, bucket="uploads", retry_after=transport.retry_after(response.headers))


def _done(status: int, body: dict[str, Any]) -> UploadState:
    if not body.get("id"):
        # The final answer is given again to whoever asks.
        raise _unreadable(status)
    return base.finished(external_id=str(body["id"]), is_published=True)


def _stored(response: requests.Response) -> int:
    given = response.headers.get("Range")
    if given is None:
        return 0
    found = _STORED.fullmatch(given)
    if found is None:
        raise _unreadable(response.status_code)
    return int(found[1]) + 1


def _unreadable(status: int) -> PlatformDown:
    return PlatformDown(
        _("YouTube's answer about the upload cannot be read; ask it again."),
        platform=errors.KEY,
        http_status=status,
        platform_code="garbled",
    )


def _location(response: requests.Response) -> str:
    location = response.headers.get("Location", "")
    if not location:
        raise _unreadable(response.status_code)
    _check(location)
    return location


def _check(url: str) -> None:
    transport.check_upload_url(
        url, platform=errors.KEY, api_root=transport.root("YOUTUBE_API_ROOT"), hosts=SESSION_HOSTS
    )
