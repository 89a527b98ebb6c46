"""The door for gunicorn, and the only place that can hang up on a client.

A view that wants to lose its answer returns one with the header `X-Sandbox-Drop`; here the socket is
closed without a byte. A server that does not hand out its socket answers 502 instead.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.sandbox.settings")
_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    dropped: list[bool] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        if any(name.lower() == "x-sandbox-drop" for name, _ in headers):
            dropped.append(True)
            return lambda data: None
        return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

    result = _django(environ, start)
    if not dropped:
        return result
    result.close()
    wire = environ.get("gunicorn.socket")
    if isinstance(wire, socket.socket):
        with contextlib.suppress(OSError):  # the client may have gone first
            wire.shutdown(socket.SHUT_RDWR)
    start_response("502 Bad Gateway", [("Content-Length", "0")])
    return [b""]
