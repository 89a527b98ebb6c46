"""`Idempotency-Key` on POST: the same key and request get the same answer, kept for 24 hours; nothing is done twice."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
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
    if kept.status is None:
        raise KeyReused(_("The first request with this idempotency key is still at work."), retryable=True)
    raise _Repeated(kept)


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
    seen = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    for name in sorted(request.data):
        for value in request.data.getlist(name) if hasattr(request.data, "getlist") else [request.data[name]]:
            seen.update(f"\n{name}=".encode())
            if isinstance(value, UploadedFile):
                for chunk in value.chunks():
                    seen.update(chunk)
                value.seek(0)
            else:
                seen.update(json.dumps(value, sort_keys=True, default=str).encode())
    return seen.hexdigest()
