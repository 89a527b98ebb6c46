from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

THEMED = ("/admin/", "/channels/")
RULES = {
    "default-src": "'self'",
    "img-src": "'self' data: blob: https:",
    "media-src": "'self' blob: https:",
    "style-src": "'self' 'unsafe-inline'",
    "script-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "frame-ancestors": "'none'",
}


class ContentSecurityPolicy:
    """Strict everywhere; `'unsafe-eval'` only on the theme's own pages, whose scripts need it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy(request.path))
        return response


def policy(path: str) -> str:
    rules = dict(RULES)
    if path.startswith(THEMED):
        rules["script-src"] += " 'unsafe-eval'"
    return "; ".join(f"{name} {value}" for name, value in rules.items())
