"""thumbnails.set and captions.insert: small media, sent whole (simple or multipart/related)."""

from __future__ import annotations

import hashlib
import json
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpResponse

from config.sandbox import answers, ids, processing
from config.sandbox.models import Caption, Video
from config.sandbox.youtube import contract, door, errors, videos, wire
from config.sandbox.youtube.door import Call

MAX_THUMBNAIL = 52_428_800
MAX_CAPTION = 104_857_600
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


@door.takes_media("youtube.thumbnails.set")
def set_thumbnail(call: Call) -> HttpResponse:
    processing.settle(now=call.now, account=call.account)
    row = videos.owned(call, call.query["videoId"], location="videoId")
    _, data = _parts(call, most=MAX_THUMBNAIL)
    if not data.startswith(_PICTURES):
        raise errors.refusal(400, "invalidImage", "The provided image content is invalid.", domain="youtube.thumbnail")
    if row.state != Video.State.LIVE and row.height > row.width:
        message = "The thumbnail of a Short can be set when it has been processed."
        raise errors.forbidden(message, domain="youtube.thumbnail")
    row.thumbnail_sha256 = hashlib.sha256(data).hexdigest()
    row.save(update_fields=["thumbnail_sha256"])
    return answers.as_json({"kind": "youtube#thumbnailSetResponse", "etag": "sandbox", "items": [wire.thumbnails(row)]})


@door.takes_media("youtube.captions.insert")
def insert_caption(call: Call) -> HttpResponse:
    given, data = _parts(call, most=MAX_CAPTION)
    body = contract.check_body(call.spec, given, asked=call.parts)
    snippet: dict[str, Any] = body.get("snippet") or {}
    row = videos.owned(call, snippet.get("videoId", ""), location="body.snippet.videoId")
    if len(snippet.get("name") or "") > 150:
        raise errors.refusal(400, "nameTooLong", "The caption track's name is too long.", domain="youtube.caption")
    if not data.strip():
        raise errors.refusal(
            400, "contentRequired", "The request does not contain the caption track.", domain="youtube.caption"
        )
    try:
        with transaction.atomic():
            caption = Caption.objects.create(
                video=row,
                external_id=ids.letters(40),
                language=snippet["language"],
                name=snippet.get("name") or "",
                sha256=hashlib.sha256(data).hexdigest(),
                created_at=call.now,
            )
    except IntegrityError as problem:
        message = "The specified video already has a caption track with this name and language."
        raise errors.refusal(409, "captionExists", message, domain="youtube.caption") from problem
    shown = {**snippet, "status": "serving", "trackKind": "standard", "lastUpdated": wire.stamp(call.now)}
    return answers.as_json({"kind": "youtube#caption", "etag": "sandbox", "id": caption.external_id, "snippet": shown})


def _parts(call: Call, *, most: int) -> tuple[dict[str, Any] | None, bytes]:
    """(the JSON part, {} when there is none; the media)."""
    if int(call.request.META.get("CONTENT_LENGTH") or 0) > most + 65_536:
        raise errors.refusal(413, "uploadTooLarge", f"At most {most} bytes are taken.")
    kind = call.request.headers.get("Content-Type", "")
    data = call.request.read()
    if not kind.startswith("multipart/"):
        if not data:
            raise errors.refusal(400, "mediaBodyRequired", "The request does not include the media file.")
        return {}, data
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + data)
    found = [bytes(part.get_payload(decode=True)) for part in message.iter_parts()]
    if len(found) != 2:
        raise errors.refusal(400, "parseError", "A multipart upload has two parts: the resource and its media.")
    try:
        resource = json.loads(found[0])
    except ValueError:
        resource = None
    return resource if isinstance(resource, dict) else None, found[1]
