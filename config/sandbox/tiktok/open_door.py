"""Every call to the Open API enters here: key, scope, rate; then its handler."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from config.kernel import clock
from config.sandbox import answers, faults, limits, tokens
from config.sandbox.models import Account, ApiClient, Family
from config.sandbox.tiktok import errors


@dataclass(frozen=True)
class OpenCall:
    request: HttpRequest
    account: Account
    client: ApiClient
    now: datetime
    body: dict[str, Any]

    @property
    def place(self) -> faults.Place:
        return faults.Place("tiktok", self.request.path, self.account)


Handler = Callable[[OpenCall], HttpResponse]


@dataclass(frozen=True)
class Route:
    handler: Handler
    verb: str
    scope: str
    limit: str  # the name in ApiClient.limits; "display…" counts per app, the others per token


ROUTES: dict[str, Route] = {}


def handles(path: str, *, verb: str = "POST", scope: str, limit: str) -> Callable[[Handler], Handler]:
    def keep(handler: Handler) -> Handler:
        ROUTES[path] = Route(handler=handler, verb=verb, scope=scope, limit=limit)
        return handler

    return keep


def enter(request: HttpRequest, path: str) -> HttpResponse:
    now = clock.now()
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    found = tokens.bearer(token, family=Family.TIKTOK_OPEN) if kind.lower() == "bearer" else None
    place = faults.Place("tiktok", request.path, found.grant.account if found else None)
    gate = faults.at_the_gate(place)
    if gate:
        raise errors.open_gate(gate)
    route = ROUTES.get(path)
    if route is None or request.method != route.verb:
        raise errors.open_refusal(404, "not_found", f"The sandbox does not know {request.method} {path}.")
    if found is None or found.expires_at <= now or faults.strikes("token_401_midway", place) is not None:
        message = "The access token is invalid or not found in the request."
        raise errors.open_refusal(401, "access_token_invalid", message)
    grant = found.grant
    if route.scope not in grant.scope.split(","):
        message = f"The user did not authorize the scope required for completing this request: {route.scope}."
        raise errors.open_refusal(401, "scope_not_authorized", message)
    shared = route.limit.startswith("display")
    key = f"open:{path}:" + (grant.client.client_id if shared else str(found.pk))
    if not limits.spend(key, period=limits.minute(now), limit=grant.client.limit(route.limit)):
        raise errors.open_gate("rate_limited")
    body = answers.body_of(request)
    if body is None:
        raise errors.invalid("The request body is not a JSON object.")
    call = OpenCall(request=request, account=grant.account, client=grant.client, now=now, body=body)
    answer = route.handler(call)
    faults.lose_answer("drop_answer", place)
    return answer
