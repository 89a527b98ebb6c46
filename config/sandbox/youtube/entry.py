"""One address, two conversations: POST opens an upload session, PUT feeds it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from config.sandbox.youtube import door, upload


def videos_upload(request: HttpRequest) -> HttpResponse:
    if request.method == "PUT":
        return upload.put(request)
    return door.enter(request, "youtube/v3/videos", upload=True)
