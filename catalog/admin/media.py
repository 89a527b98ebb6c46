"""Films and pictures to the people who may see them, with ranges so that a player can seek."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from pathlib import Path

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from catalog.rules import ranges
from catalog.services import files, viewing

BLOCK_BYTES = 256 * 1024


@require_safe
def serve(request: HttpRequest, name: str) -> HttpResponse | StreamingHttpResponse:
    """A stored file by its name: streamed from the disk, or by redirect to a presigned address of the store.

    What is not there and what is not theirs look the same to whoever asks.
    """
    if not viewing.may_see(request.user, name):
        raise Http404
    try:
        path = files.disk_path(default_storage, name)
    except SuspiciousFileOperation as error:
        raise Http404 from error
    if path is None:
        return HttpResponseRedirect(default_storage.url(name))
    if not path.is_file():
        raise Http404
    return _sent(request, path)


def _sent(request: HttpRequest, path: Path) -> HttpResponse | StreamingHttpResponse:
    facts = path.stat()
    try:
        span = ranges.asked(request.headers.get("Range", ""), size=facts.st_size)
    except ranges.Unsatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{facts.st_size}"})
    whole = ranges.Span(0, facts.st_size - 1)
    answer = StreamingHttpResponse(
        _blocks(path, span or whole) if request.method == "GET" else iter(()),
        status=206 if span else 200,
        content_type=mimetypes.guess_type(path.name)[0] or "application/octet-stream",
    )
    answer["Accept-Ranges"] = "bytes"
    answer["Content-Length"] = str((span or whole).length)
    answer["Last-Modified"] = http_date(facts.st_mtime)
    answer["Cache-Control"] = "private, max-age=3600"
    if span:
        answer["Content-Range"] = f"bytes {span.first}-{span.last}/{facts.st_size}"
    return answer


def _blocks(path: Path, span: ranges.Span) -> Iterator[bytes]:
    left = span.length
    with path.open("rb") as file:
        file.seek(span.first)
        while left > 0 and (block := file.read(min(BLOCK_BYTES, left))):
            left -= len(block)
            yield block
