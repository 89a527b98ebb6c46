"""Bytes to TikTok: announce the post, send chunks, ask where it stands. The last chunk is what publishes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import requests
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from channels.errors import ItemRefused, PlatformDown
from channels.platforms import base, transport
from channels.platforms.base import Upload, UploadHandle, UploadState
from channels.platforms.tiktok import client, errors, wire
from config.kernel import clock

WHOLE_BYTES = 64_000_000
CHUNK_BYTES = 10_485_760
MAX_BYTES = 4_000_000_000
URL_LIVES = timedelta(hours=1)
CONTENT_TYPES = ("video/mp4", "video/quicktime", "video/webm")
_REACHED = re.compile(r"bytes 0-(\d+)/\d+")


def chunk_bytes(total: int) -> int:
    """What keeps to the rules whether TikTok's MB is 10^6 bytes or 2^20."""
    return total if total <= WHOLE_BYTES else CHUNK_BYTES


def span(*, offset: int, total: int, chunk_bytes: int) -> int:
    """How many bytes to send from `offset`: the last chunk carries the remainder along."""
    last = max(total // chunk_bytes - 1, 0)
    number = offset // chunk_bytes
    return total - offset if number >= last else (number + 1) * chunk_bytes - offset


def open_session(access_token: str, upload: Upload) -> UploadHandle:
    """Announce the post. Nothing is published before the last byte, so this may always be repeated."""
    if not 0 < upload.size_bytes <= MAX_BYTES or upload.content_type not in CONTENT_TYPES:
        raise ItemRefused(
            _("TikTok takes MP4, MOV and WebM files of at most 4 GB, and no empty one."),
            platform=errors.KEY,
            platform_code="file_type_or_size",
        )
    now = clock.now()
    size = chunk_bytes(upload.size_bytes)
    body = {"post_info": wire.post_info(upload, now=now), "source_info": _source(upload.size_bytes, size)}
    data = client.open_call(access_token, "POST", "v2/post/publish/video/init/", body=body)
    if not data.get("upload_url") or not data.get("publish_id"):
        raise client.unreadable(200)
    _check(data["upload_url"])
    return UploadHandle(
        secret=str(data["upload_url"]),
        publish_id=str(data["publish_id"]),
        chunk_bytes=size,
        expires_at=now + URL_LIVES,
        content_type=upload.content_type,
    )


def _source(total: int, size: int) -> dict[str, Any]:
    return {
        "source": "FILE_UPLOAD",
        "video_size": total,
        "chunk_size": size,
        "total_chunk_count": max(total // size, 1),
    }


def send(access_token: str, handle: UploadHandle, *, offset: int, chunk: bytes, total: int) -> UploadState:
    """Bring one chunk. A dropped connection is PlatformDown: ask before anything is sent again."""
    _check(handle.secret)
    headers = {
        "Content-Type": handle.content_type,
        "Content-Length": str(len(chunk)),
        "Content-Range": f"bytes {offset}-{offset + len(chunk) - 1}/{total}",
    }
    call = transport.Call(errors.KEY, "PUT", handle.secret, headers, body=chunk, timeout=transport.UPLOAD_TIMEOUT)
    response = transport.send(call)
    if response.status_code == 416:
        return ask(access_token, handle, total=total)
    return _state(response, handle, reached=offset + len(chunk), total=total)


def _state(response: requests.Response, handle: UploadHandle, *, reached: int, total: int) -> UploadState:
    status = response.status_code
    if status in {200, 201}:
        return base.finished(publish_id=handle.publish_id)
    if status == 206 and reached < total and _agrees(response.headers, reached=reached):
        return base.open_at(reached)
    if status in {403, 404, 410}:
        # Whether the last chunk went out in an earlier try is not to be seen from this one.
        return base.gone(may_exist=True)
    if status == 400:
        raise ItemRefused(
            _("TikTok says that a part of the upload is malformed; this is a defect."),
            platform=errors.KEY,
            http_status=status,
            platform_code="bad_chunk",
            detail=response.text[:300],
        )
    if status == 206:
        raise PlatformDown(
            _("TikTok holds other bytes than we sent; ask it."),
            platform=errors.KEY,
            http_status=status,
            platform_code="progress_differs",
        )
    raise errors.translate(status, transport.json_of(response), retry_after=transport.retry_after(response.headers))


def _agrees(headers: Mapping[str, str], *, reached: int) -> bool:
    """Whether the stated progress fits what we sent; it is not documented if it counts bytes or names the last."""
    found = _REACHED.fullmatch(headers.get("Content-Range", "").strip())
    return found is None or int(found[1]) in {reached, reached - 1}


def ask(access_token: str, handle: UploadHandle, *, total: int) -> UploadState:
    """OPEN only while bytes are missing and the address still lives."""
    data = _status(access_token, handle.publish_id)
    stored = int(data.get("uploaded_bytes") or 0)
    if data.get("status") != "PROCESSING_UPLOAD" or stored >= total:
        return wire.publish_state(data, publish_id=handle.publish_id)
    if handle.expires_at and clock.now() >= handle.expires_at:
        # The count of bytes may lag behind what was taken: it does not prove that the last chunk was not.
        return base.gone(may_exist=True)
    return base.open_at(stored)


def publish_status(access_token: str, publish_id: str) -> UploadState:
    return wire.publish_state(_status(access_token, publish_id), publish_id=publish_id)


def _status(access_token: str, publish_id: str) -> dict[str, Any]:
    body = {"publish_id": publish_id}
    return client.open_call(access_token, "POST", "v2/post/publish/status/fetch/", body=body)


def _check(url: str) -> None:
    transport.check_upload_url(
        url,
        platform=errors.KEY,
        api_root=transport.root("TIKTOK_API_ROOT"),
        hosts=settings.TIKTOK_UPLOAD_HOSTS,
    )
