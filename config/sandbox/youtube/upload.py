"""Resumable upload: a session, chunks, the question how far, and the same final answer again."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse

from config.kernel import clock
from config.kernel.errors import ProductError
from config.sandbox import answers, faults, ids, processing, storage
from config.sandbox.models import Family, UploadSession, Video
from config.sandbox.youtube import contract, door, errors, rules, wire
from config.sandbox.youtube.door import Call

GRAIN = 256 * 1024
MAX_BYTES = 274_877_906_944
SESSION_LIVES = timedelta(days=7)
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)$")
_QUESTION = re.compile(r"bytes \*/(\d+|\*)$")


@door.takes_media("youtube.videos.insert")
def begin(call: Call) -> HttpResponse:
    """Open a session and say where it lives. Nothing exists before its last byte."""
    if call.request.GET.get("uploadType") != "resumable":
        raise errors.refusal(400, "wrongUrlForUpload", "This stand-in takes videos by uploadType=resumable only.")
    if faults.strikes("quota_429_per_day", call.place) is not None:
        raise errors.day_exhausted("Video Uploads", project=str(1000 + call.client.pk))
    _check_daily_limit(call)
    session = UploadSession.objects.create(
        upload_id=ids.letters(64),
        family=Family.YOUTUBE,
        account=call.account,
        client=call.client,
        size=_announced_size(call.request),
        mime=_announced_mime(call.request),
        file_name=call.request.headers.get("Slug", ""),
        parts=call.parts,
        resource=_resource(call),
        created_at=call.now,
        expires_at=call.now + SESSION_LIVES,
    )
    faults.lose_answer("init_answer_dropped", call.place)
    address = f"/youtube/upload/youtube/v3/videos?uploadType=resumable&upload_id={session.upload_id}"
    return HttpResponse(headers={"Location": call.request.build_absolute_uri(address)})


def _check_daily_limit(call: Call) -> None:
    """What one channel may upload in 24 hours; nothing to do with quota."""
    recent = Video.objects.filter(account=call.account, created_at__gt=call.now - timedelta(hours=24)).count()
    if faults.strikes("upload_limit_exceeded", call.place) is not None or recent >= call.account.uploads_per_day:
        raise errors.upload_limit()


def _announced_size(request: HttpRequest) -> int | None:
    given = request.headers.get("X-Upload-Content-Length")
    if given is None:
        return None
    if not given.isdigit() or int(given) > MAX_BYTES:
        raise errors.refusal(413, "uploadTooLarge", f"The upload is too large: {given}.")
    return int(given)


def _announced_mime(request: HttpRequest) -> str:
    mime = request.headers.get("X-Upload-Content-Type", "application/octet-stream")
    if not mime.startswith("video/") and mime != "application/octet-stream":
        raise errors.refusal(
            400,
            "badContent",
            f"Media type '{mime}' is not supported. Valid media types: [video/*, application/octet-stream]",
        )
    return mime


def _resource(call: Call) -> dict[str, Any]:
    body = {part: call.body[part] for part in wire.WRITABLE if part in call.parts and part in call.body}
    if "snippet" in call.parts:
        rules.check_snippet(body.get("snippet", {}))
    rules.check_localizations(body)
    body["status"] = rules.checked_status(body.get("status", {}), was_published=False)
    body.setdefault("snippet", {"title": "unknown", "categoryId": "22"})
    return body


def put(request: HttpRequest) -> HttpResponse:
    """Bytes, or the question how many arrived, for a session. A refused body is read all the same."""
    try:
        return _put(request)
    except ProductError:
        storage.drain(request)
        raise


def _put(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    session = (
        UploadSession.objects.select_related("account", "client")
        .filter(upload_id=request.GET.get("upload_id", ""), family=Family.YOUTUBE, expires_at__gt=now)
        .exclude(state=UploadSession.State.FORGOTTEN)
        .first()
    )
    place = faults.Place("youtube", request.path, session.account if session else None)
    if session is not None and faults.strikes("forget_session", place) is not None:
        UploadSession.objects.filter(pk=session.pk).update(state=UploadSession.State.FORGOTTEN)
        session = None
    if session is None:
        raise errors.refusal(404, "notFound", "The upload session is unknown or has expired.")
    gate = faults.at_the_gate(place)
    if gate:
        raise errors.of_gate(gate)
    _check_token(request)
    if session.state == UploadSession.State.DONE:
        storage.drain(request)
        return _final(request, session)
    return _take(request, session, place=place)


def _check_token(request: HttpRequest) -> None:
    """The address is the secret; a token, when one comes along, has to be good all the same."""
    if "Authorization" not in request.headers:
        return
    scopes = contract.method("POST", "youtube/v3/videos")["scopes"]  # type: ignore[index]
    door.allowed(door.bearer(request), request=request, scopes=scopes, now=clock.now())


def _take(request: HttpRequest, session: UploadSession, *, place: faults.Place) -> HttpResponse:
    stated = request.headers.get("Content-Range", "")
    if question := _QUESTION.match(stated):
        _check_total(session, question[1])
        if not processing.is_whole(session):
            return _incomplete(session)
        processing.arrive(session, now=clock.now())
        return _final(request, session)
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    first, total = _placed(session, stated, length=length)
    broken = faults.strikes("chunk_503", place)
    if broken is not None and not broken.get("stored"):
        raise errors.of_gate("internal_error_503")
    if first != session.received:
        storage.drain(request)  # a gap or an overlap stores nothing; the answer says where to go on
        return _incomplete(session)
    came = storage.write_at(session.path, offset=first, request=request, length=length)
    _count(session, first=first, came=came, length=length, total=total)
    if broken is not None:
        raise errors.of_gate("internal_error_503")
    if came < length or session.received < total:
        return _incomplete(session)
    processing.arrive(session, now=clock.now())
    faults.lose_answer("drop_after_final_chunk", place)
    return _final(request, session)


def _placed(session: UploadSession, stated: str, *, length: int) -> tuple[int, int]:
    """(first byte, size of the whole) of what this PUT carries, checked against the rules."""
    if not stated:
        if session.size is not None and length != session.size:
            raise _bad_range(f"{length} bytes came, {session.size} were announced.")
        session.received = 0  # a whole file starts over
        return 0, length
    placed = _RANGE.match(stated)
    if placed is None:
        raise _bad_range(f"Content-Range '{stated}' cannot be read.")
    first, last, total = int(placed[1]), int(placed[2]), placed[3]
    if last - first + 1 != length:
        raise _bad_range(f"Content-Range '{stated}' does not fit a body of {length} bytes.")
    if total == "*" or last + 1 < int(total):
        smaller = session.chunk_size is not None and length < session.chunk_size and first == session.received
        if length % GRAIN or smaller:
            raise _bad_range(f"Every chunk but the last has to be of equal size and a multiple of {GRAIN} bytes.")
    _check_total(session, total)
    return first, session.size or (int(total) if total != "*" else MAX_BYTES)


def _check_total(session: UploadSession, total: str) -> None:
    if total != "*" and session.size is not None and int(total) != session.size:
        raise _bad_range(f"The upload was announced with {session.size} bytes, not {total}.")


def _bad_range(message: str) -> answers.Refusal:
    return errors.refusal(400, "badRequest", f"Failed to parse Content-Range header. {message}")


def _count(session: UploadSession, *, first: int, came: int, length: int, total: int) -> None:
    """Make what arrived safe. A torn chunk counts up to its last whole grain."""
    safe = first + (came if came == length else came - came % GRAIN)
    changes = {"received": safe}
    if session.chunk_size is None and first == 0 and length < total:
        changes["chunk_size"] = length
    UploadSession.objects.filter(pk=session.pk, state=UploadSession.State.OPEN).update(**changes)
    session.received = safe


def _incomplete(session: UploadSession) -> HttpResponse:
    headers = {"Range": f"bytes=0-{session.received - 1}"} if session.received else {}
    return HttpResponse(status=308, headers=headers)


def _final(request: HttpRequest, session: UploadSession) -> HttpResponse:
    video = Video.objects.select_related("account", "session").get(session=session)
    return answers.as_json(wire.video(video, parts=session.parts, now=clock.now(), for_owner=True), status=201)
