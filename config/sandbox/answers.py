"""How a refusal becomes bytes. A view raises; the middleware speaks, in the envelope of the platform."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from config.kernel.errors import ProductError

log = logging.getLogger("sandbox")


class Refusal(ProductError):
    """A platform says no. `body` is its whole answer, in its own envelope."""

    code = "refused"

    def __init__(self, message: str, *, status: int, body: dict[str, Any]) -> None:
        super().__init__(message)
        self.status = status
        self.body = body

    def answer(self) -> HttpResponse:
        return as_json(self.body, status=self.status)


class HangUp(ProductError):
    """The answer gets lost on the way: the work is done, the client hears nothing."""

    code = "hang_up"


class Envelopes:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code != 204:
            answer.headers.setdefault("Content-Length", str(len(answer.content)))  # else it goes out chunked
        return answer

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse:
        if isinstance(problem, Refusal):
            return problem.answer()
        if isinstance(problem, HangUp):
            return HttpResponse(headers={"X-Sandbox-Drop": "1"})
        log.error("%s %s broke", request.method, request.path, exc_info=problem)
        message = f"The sandbox broke: {type(problem).__name__}: {problem}"
        return as_json(
            {"error": {"code": 500, "message": message, "errors": [{"reason": "internalError"}]}}, status=500
        )


def as_json(body: Any, *, status: int = 200) -> HttpResponse:
    return JsonResponse(body, status=status, safe=False, json_dumps_params={"ensure_ascii": False})


def body_of(request: HttpRequest) -> dict[str, Any] | None:
    """The JSON object of the request, {} when there is no body, None when it is not a JSON object."""
    if not request.body.strip():
        return {}
    try:
        value = json.loads(request.body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
