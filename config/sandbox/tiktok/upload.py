"""The upload_url: chunks in order, each whole or not at all."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse

from config.kernel import clock
from config.kernel.errors import ProductError
from config.sandbox import faults, processing, storage
from config.sandbox.models import Family, UploadSession
from config.sandbox.tiktok import errors

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)$")
_MIMES = ("video/mp4", "video/quicktime", "video/webm")


def put(request: HttpRequest) -> HttpResponse:
    """A refused body is read all the same, so that the answer is heard."""
    try:
        return _put(request)
    except ProductError:
        storage.drain(request)
        raise


def _put(request: HttpRequest) -> HttpResponse:
    session = (
        UploadSession.objects.select_related("account", "client")
        .filter(upload_id=request.GET.get("upload_id", ""), family=Family.TIKTOK_OPEN)
        .first()
    )
    place = faults.Place("tiktok", request.path, session.account if session else None)
    gate = faults.at_the_gate(place)
    if gate:
        raise errors.open_gate(gate)
    if session is not None and faults.strikes("forget_session", place) is not None:
        UploadSession.objects.filter(pk=session.pk).update(state=UploadSession.State.FORGOTTEN)
        session.state = UploadSession.State.FORGOTTEN
    if session is None or session.state == UploadSession.State.FORGOTTEN or session.cancelled_at is not None:
        raise errors.open_refusal(404, "upload_task_not_found", "The upload task does not exist.")
    if session.expires_at <= clock.now() or faults.strikes("url_expired", place) is not None:
        raise errors.open_refusal(403, "upload_url_expired", "The upload_url has expired.")
    return _take(request, session, place=place)


def _take(request: HttpRequest, session: UploadSession, *, place: faults.Place) -> HttpResponse:
    first, last = _placed(request, session)
    broken = faults.strikes("chunk_503", place)
    if broken is not None and not broken.get("stored"):
        raise errors.open_gate("internal_error_503")
    came = storage.write_at(session.path, offset=first, request=request, length=last - first + 1)
    if came < last - first + 1:
        raise errors.open_refusal(400, "invalid_file_upload", "The chunk broke off.")
    rows = UploadSession.objects.filter(pk=session.pk, received=first, state=UploadSession.State.OPEN)
    if not rows.update(received=last + 1):
        raise _out_of_place(session)
    if broken is not None:
        raise errors.open_gate("internal_error_503")
    progress = {"Content-Range": f"bytes 0-{last}/{session.size}"}
    if last + 1 < (session.size or 0):
        return HttpResponse(status=206, headers=progress)
    processing.arrive(session, now=clock.now())
    faults.lose_answer("drop_after_final_chunk", place)
    return HttpResponse(status=201, headers=progress)


def _placed(request: HttpRequest, session: UploadSession) -> tuple[int, int]:
    """(first, last) byte of the chunk, when it is the one that is due."""
    stated = _RANGE.match(request.headers.get("Content-Range", ""))
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if stated is None or request.headers.get("Content-Type", "") not in _MIMES:
        raise _bad("Content-Range and a Content-Type of mp4, quicktime or webm are required.")
    first, last, total = (int(value) for value in stated.groups())
    if total != session.size or last - first + 1 != length:
        raise _bad("Content-Range does not fit Content-Length or the announced size.")
    if first != session.received or session.state == UploadSession.State.DONE:
        raise _out_of_place(session)
    due = session.chunk_size or length
    is_last = first // due >= (session.chunk_count or 1) - 1
    if last + 1 != (total if is_last else first + due):
        raise _bad(f"This chunk has to end at byte {(total if is_last else first + due) - 1}.")
    return first, last


def _bad(message: str) -> ProductError:
    return errors.open_refusal(400, "invalid_file_upload", message)


def _out_of_place(session: UploadSession) -> ProductError:
    return errors.open_refusal(416, "range_not_satisfiable", f"{session.received} bytes are stored.")
