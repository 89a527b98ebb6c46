"""The control door: JSON in, JSON out, for the same machine only. No platform has it; tests and the demo do."""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from config.kernel.errors import Invalid
from config.sandbox import answers

View = Callable[[HttpRequest, dict[str, Any]], Any]


def control(*verbs: str) -> Callable[[View], Callable[[HttpRequest], HttpResponse]]:
    """A view that takes the JSON body and returns what becomes JSON."""

    def wrap(view: View) -> Callable[[HttpRequest], HttpResponse]:
        @functools.wraps(view)
        def enter(request: HttpRequest) -> HttpResponse:
            if not _is_near(request):
                return answers.as_json({"code": "not_allowed", "message": "Loopback only."}, status=403)
            if request.method not in verbs:
                return answers.as_json({"code": "method", "message": f"Takes {', '.join(verbs)}."}, status=405)
            body = answers.body_of(request)
            if body is None:
                return answers.as_json({"code": "invalid", "message": "The body is not a JSON object."}, status=400)
            try:
                return answers.as_json(view(request, body))
            except Invalid as problem:
                return answers.as_json({"code": problem.code, "message": problem.message}, status=400)

        return enter

    return wrap


def _is_near(request: HttpRequest) -> bool:
    """A peer on a unix socket has no address and is as near as can be."""
    peer = request.META.get("REMOTE_ADDR", "")
    return not peer or ipaddress.ip_address(peer).is_loopback


def known(body: dict[str, Any], *names: str) -> dict[str, Any]:
    strange = set(body) - set(names)
    if strange:
        raise Invalid(f"Unknown: {', '.join(sorted(strange))}. Known: {', '.join(names)}.")
    return body


def need(body: dict[str, Any], name: str) -> Any:
    if body.get(name) in (None, ""):
        raise Invalid(f"{name} is missing.")
    return body[name]
