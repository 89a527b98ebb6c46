"""Google's way of saying no: one envelope, a reason to branch on."""

from __future__ import annotations

from typing import Any

from config.sandbox.answers import Refusal

_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}


def refusal(
    status: int, reason: str, message: str, *, domain: str = "global", location: str = "", kind: str = "parameter"
) -> Refusal:
    error: dict[str, Any] = {"message": message, "domain": domain, "reason": reason}
    if location:
        error |= {"location": location, "locationType": kind}
    body = {"code": status, "message": message, "errors": [error]}
    if status in _STATUS:
        body["status"] = _STATUS[status]
    return Refusal(message, status=status, body={"error": body})


def bad_metadata(reason: str, message: str, *, location: str, domain: str = "youtube.video") -> Refusal:
    return refusal(400, reason, message, domain=domain, location=location, kind="other")


def unauthorized(message: str = "Request had invalid authentication credentials.") -> Refusal:
    return refusal(401, "authError", message, location="Authorization", kind="header")


def forbidden(message: str, *, reason: str = "forbidden", domain: str = "youtube.video") -> Refusal:
    return refusal(403, reason, message, domain=domain)


def video_not_found(location: str = "id") -> Refusal:
    message = "The video that you are trying to use cannot be found. Check the value of the parameter."
    return refusal(404, "videoNotFound", message, domain="youtube.video", location=location)


def pool_exhausted() -> Refusal:
    message = (
        "The request cannot be completed because you have exceeded your "
        '<a href="/youtube/v3/getting-started#quota">quota</a>.'
    )
    return refusal(403, "quotaExceeded", message, domain="youtube.quota")


def day_exhausted(metric: str, *, project: str) -> Refusal:
    message = (
        f"Quota exceeded for quota metric '{metric}' and limit '{metric} per day' of service "
        f"'youtube.googleapis.com' for consumer 'project_number:{project}'."
    )
    return refusal(429, "rateLimitExceeded", message)


def upload_limit() -> Refusal:
    message = "The user has exceeded the number of videos they may upload."
    return refusal(400, "uploadLimitExceeded", message, domain="youtube.video")


def page_token() -> Refusal:
    message = "The request specifies an invalid page token."
    return refusal(400, "invalidPageToken", message, domain="youtube.parameter", location="pageToken")


def of_gate(name: str) -> Refusal:
    """A mishap of the gate in Google's words."""
    if name == "rate_limited":
        message = (
            "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' of service "
            "'youtube.googleapis.com' for consumer 'project_number:1'."
        )
        return refusal(429, "rateLimitExceeded", message)
    if name == "internal_error_503":
        return refusal(503, "backendError", "The service is currently unavailable.")
    return refusal(500, "internalError", "Internal error encountered.")
