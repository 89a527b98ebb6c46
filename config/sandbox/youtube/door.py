"""Every call to the Data API enters here: key, scope, contract, quota; then its handler."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from config.kernel import clock
from config.sandbox import answers, faults, tokens
from config.sandbox.answers import Refusal
from config.sandbox.models import AccessToken, Account, ApiClient, Family
from config.sandbox.youtube import contract, errors, quota


@dataclass(frozen=True)
class Call:
    """One request, understood: who asks, as which channel, for what."""

    request: HttpRequest
    spec: dict[str, Any]
    account: Account
    client: ApiClient
    now: datetime
    query: dict[str, Any]
    parts: list[str]
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> faults.Place:
        return faults.Place("youtube", self.request.path, self.account)


Handler = Callable[[Call], HttpResponse]
HANDLERS: dict[str, Handler] = {}
UPLOADS: dict[str, Handler] = {}
_BODY_IN_MEDIA = {"youtube.captions.insert"}


def handles(method_id: str) -> Callable[[Handler], Handler]:
    def keep(handler: Handler) -> Handler:
        HANDLERS[method_id] = handler
        return handler

    return keep


def takes_media(method_id: str) -> Callable[[Handler], Handler]:
    """The handler reads the bytes itself; called under the upload root only."""

    def keep(handler: Handler) -> Handler:
        UPLOADS[method_id] = handler
        return handler

    return keep


def enter(request: HttpRequest, path: str, *, upload: bool = False) -> HttpResponse:
    now = clock.now()
    token = bearer(request)
    gate = faults.at_the_gate(faults.Place("youtube", request.path, token.grant.account if token else None))
    if gate:
        raise errors.of_gate(gate)
    spec = contract.method(request.method or "", path)
    handlers = UPLOADS if upload else HANDLERS
    if spec is not None and spec["id"] in UPLOADS and not upload:
        raise errors.refusal(400, "mediaBodyRequired", "The request does not include the media file.")
    if spec is None or spec["id"] not in handlers:
        raise errors.refusal(404, "notFound", f"The sandbox does not know {request.method} {path}.")
    grant = allowed(token, request=request, scopes=spec["scopes"], now=now).grant
    call = _understood(request, spec, account=grant.account, client=grant.client, now=now)
    quota.charge(call.client, spec["id"], verb=spec["httpMethod"], now=now)
    if faults.strikes("quota_403_exceeded", call.place) is not None:
        raise errors.pool_exhausted()
    answer = handlers[spec["id"]](call)
    faults.lose_answer("drop_answer", call.place)
    return answer


def bearer(request: HttpRequest) -> AccessToken | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return tokens.bearer(token, family=Family.YOUTUBE) if kind.lower() == "bearer" else None


def allowed(token: AccessToken | None, *, request: HttpRequest, scopes: list[str], now: datetime) -> AccessToken:
    """The token, when it is alive and covers one of the scopes."""
    if token is None and "Authorization" not in request.headers:
        message = "Request is missing required authentication credential."
        raise errors.refusal(401, "required", message, location="Authorization", kind="header")
    if token is None or token.expires_at <= now:
        raise errors.unauthorized()
    place = faults.Place("youtube", request.path, token.grant.account)
    if faults.strikes("token_401_midway", place) is not None:
        raise errors.unauthorized()
    if not set(token.grant.scope.split()) & set(scopes):
        message = "Request had insufficient authentication scopes."
        raise errors.refusal(403, "insufficientPermissions", message)
    return token


def _understood(
    request: HttpRequest, spec: dict[str, Any], *, account: Account, client: ApiClient, now: datetime
) -> Call:
    try:
        query = contract.read_query(spec, request.GET)
        parts = query.get("part", [])
        contract.check_parts(spec, parts)
        body = {}
        if "request" in spec and spec["id"] not in _BODY_IN_MEDIA:
            body = contract.check_body(spec, answers.body_of(request), asked=parts)
    except Refusal:
        quota.charge_refused(client, spec["id"], now=now)
        raise
    return Call(
        request=request, spec=spec, account=account, client=client, now=now, query=query, parts=parts, body=body
    )
