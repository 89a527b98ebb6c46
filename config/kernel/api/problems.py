"""One error body for every refusal: `code`, `message`, `details`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from config.kernel.errors import Invalid, MoveRefused, NotAllowed, ProductError

STATUS_OF = {
    Invalid: status.HTTP_400_BAD_REQUEST,
    NotAllowed: status.HTTP_403_FORBIDDEN,
    MoveRefused: status.HTTP_409_CONFLICT,
}


def explain(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. Returns None for bugs, so that they crash and are seen."""
    if isinstance(error, ProductError):
        return _body(error.code, error.message, getattr(error, "details", {}), _status(error))
    if isinstance(error, ValidationError):
        error = exceptions.ValidationError(detail=_details(error))
    answer = exception_handler(error, context)
    if answer is None:
        return None
    fresh = _from_framework(error, answer)
    for name, value in answer.headers.items():
        fresh.headers[name] = value
    return fresh


def _from_framework(error: Exception, answer: Response) -> Response:
    if isinstance(error, exceptions.ValidationError):
        details = answer.data if isinstance(answer.data, dict) else {"non_field_errors": answer.data}
        return _body("invalid", _("What was sent cannot be taken."), details, answer.status_code)
    if isinstance(error, Http404):
        return _body(
            "not_found",
            _("There is no such thing, or it is not yours."),
            {},
            answer.status_code,
        )
    if isinstance(error, PermissionDenied):
        return _body("not_allowed", _("You may not do this."), {}, answer.status_code)
    code = str(getattr(error, "default_code", "error"))
    return _body(code, str(getattr(error, "detail", error)), {}, answer.status_code)


def _status(error: ProductError) -> int:
    for kind, number in STATUS_OF.items():
        if isinstance(error, kind):
            return number
    return status.HTTP_503_SERVICE_UNAVAILABLE if error.retryable else status.HTTP_409_CONFLICT


def _details(error: ValidationError) -> Any:
    return error.message_dict if hasattr(error, "error_dict") else {"non_field_errors": error.messages}


def _body(code: str, message: str, details: Any, number: int) -> Response:
    return Response({"code": code, "message": message, "details": details}, status=number)
