"""`Idempotency-Key` on POST: the same key and request get the same answer, kept for 24 hours; nothing is done twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from config.kernel import clock
from config.kernel.errors import Invalid, ProductError
from config.kernel.models import KeptAnswer

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(hours=24)
# No request lives so long (real time): its process was killed.
AT_WORK_FOR = timedelta(minutes=15)
LONGEST_KEY = 100


class KeyReused(ProductError):
    """The key was used for another request, or the first one with it is still at work."""

    code = "idempotency_key_reused"


class IdempotentPosts:
    """Mixin for API views. Refusals (4xx of our own) are kept too; a crash frees the key for another try."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self._kept: KeptAnswer | None = None
        response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        if self._kept is not None:
            _settle(self._kept, response)
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        key = request.headers.get(HEADER, "")
        if request.method == "POST" and key:
            self._kept = _begin(request, key)

    def handle_exception(self, error: Exception) -> Response:
        if isinstance(error, _Repeated):
            return Response(error.kept.body, status=error.kept.status)
        try:
            answer: Response = super().handle_exception(error)  # type: ignore[misc]
        except Exception:
            if self._kept is not None:
                self._kept.delete()
            raise
        return answer


class _Repeated(Exception):
    def __init__(self, kept: KeptAnswer) -> None:
        self.kept = kept


def _begin(request: Request, key: str) -> KeptAnswer:
    if len(key) > LONGEST_KEY:
        raise Invalid(_("An idempotency key has at most %(n)d characters.") % {"n": LONGEST_KEY})
    principal, digest, now = _principal(request), _digest(request), clock.now()
    KeptAnswer.objects.filter(principal=principal, key=key, at__lt=now - KEPT_FOR).delete()
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(principal=principal, key=key, digest=digest, at=now)
    except IntegrityError:
        kept = KeptAnswer.objects.get(principal=principal, key=key)
    if kept.digest != digest:
        raise KeyReused(_("This idempotency key was used for another request."))
    if kept.status is None and _take_over(kept, now):
        return kept
    if kept.status is None:
        raise KeyReused(_("The first request with this idempotency key is still at work."), retryable=True)
    raise _Repeated(kept)


def _take_over(kept: KeptAnswer, now: datetime) -> bool:
    """Whether the first request was killed before it could answer, and this one goes on in its place."""
    dead = KeptAnswer.objects.filter(pk=kept.pk, at=kept.at, at__lt=now - AT_WORK_FOR * clock.rate(), status=None)
    return bool(dead.update(at=now))


def _settle(kept: KeptAnswer, response: Response) -> None:
    if response.status_code >= 500:
        kept.delete()
        return
    body = json.loads(response.rendered_content) if getattr(response, "data", None) is not None else None
    KeptAnswer.objects.filter(pk=kept.pk).update(status=response.status_code, body=body)


def _principal(request: Request) -> str:
    key = getattr(request.auth, "prefix", None)
    return f"key:{key}" if key else f"user:{request.user.pk}"


def _digest(request: Request) -> str:
    """The request as one number: a form by its fields and the bytes of its files, JSON of any shape as it is."""
    seen = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    if not hasattr(request.data, "getlist"):
        seen.update(json.dumps(request.data, sort_keys=True, default=str).encode())
        return seen.hexdigest()
    for name in sorted(request.data):
        for value in request.data.getlist(name):
            seen.update(f"\n{name}=".encode())
            for part in _parts(value):
                seen.update(part)
    return seen.hexdigest()


def _parts(value: Any) -> Iterator[bytes]:
    if not isinstance(value, UploadedFile):
        yield str(value).encode()
        return
    yield from value.chunks()
    value.seek(0)
