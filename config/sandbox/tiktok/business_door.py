"""Every call to the Accounts API enters here: key, account, rate; errors leave with HTTP 200."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse

from config.kernel import clock
from config.sandbox import answers, faults, limits, tokens
from config.sandbox.models import AccessToken, Account, ApiClient, Family, Grant
from config.sandbox.tiktok import errors

PENALTY = timedelta(minutes=5)


@dataclass(frozen=True)
class BusinessCall:
    request: HttpRequest
    account: Account
    client: ApiClient
    now: datetime
    given: dict[str, Any]
    scopes: frozenset[str] = frozenset()

    @property
    def place(self) -> faults.Place:
        return faults.Place("tiktok", self.request.path, self.account)

    def need(self, name: str) -> str:
        value = self.given.get(name)
        if value in (None, ""):
            raise errors.bad_parameter(f"{name}: Missing data for required field.")
        return str(value)

    def structure(self, name: str, *, default: Any) -> Any:
        """A parameter that is JSON: as it came in a body, or parsed from the query string."""
        value = self.given.get(name, default)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError as problem:
            raise errors.bad_parameter(f"{name}: Not valid JSON.") from problem

    def number(self, name: str, *, default: int, most: int) -> int:
        try:
            value = int(self.given.get(name, default))
        except (TypeError, ValueError) as problem:
            raise errors.bad_parameter(f"{name}: Not a valid integer.") from problem
        if not 0 <= value <= most:
            raise errors.bad_parameter(f"{name}: Must be between 0 and {most}.")
        return value


Handler = Callable[[BusinessCall], HttpResponse]
ROUTES: dict[tuple[str, str], tuple[Handler, str]] = {}


def handles(verb: str, path: str, *, scope: str) -> Callable[[Handler], Handler]:
    def keep(handler: Handler) -> Handler:
        ROUTES[(verb, path)] = (handler, scope)
        return handler

    return keep


def enter(request: HttpRequest, path: str) -> HttpResponse:
    now = clock.now()
    token = request.headers.get("Access-Token", "")
    found = tokens.bearer(token, family=Family.TIKTOK_ACCOUNTS)
    place = faults.Place("tiktok", request.path, found.grant.account if found else None)
    gate = faults.at_the_gate(place)
    if gate:
        raise errors.business_gate(gate)
    handler, scope = ROUTES.get((request.method or "", path), (None, ""))
    if handler is None:
        raise errors.business_refusal(40000, f"The sandbox does not know {request.method} {path}.")
    grant = _allowed(token, found, scope=scope, now=now, place=place)
    given = request.GET.dict() if request.method == "GET" else answers.body_of(request)
    if given is None:
        raise errors.bad_parameter("The request body is not a JSON object.")
    call = BusinessCall(
        request=request,
        account=grant.account,
        client=grant.client,
        now=now,
        given=given,
        scopes=frozenset(grant.scope.split(",")),
    )
    if call.need("business_id") != grant.account.business_id:
        raise errors.business_refusal(40001, "No permission to operate this business_id.")
    _count(grant, path, now=now)
    answer = handler(call)
    faults.lose_answer("drop_answer", place)
    return answer


def _allowed(token: str, found: AccessToken | None, *, scope: str, now: datetime, place: faults.Place) -> Grant:
    if not token:
        raise errors.business_refusal(40104, "Access token is empty.")
    if found is None:
        raise errors.business_refusal(40105, "Access token is incorrect or has been revoked.")
    if found.expires_at <= now or faults.strikes("token_401_midway", place) is not None:
        raise errors.business_refusal(40102, "Access token has expired.")
    if scope not in found.grant.scope.split(","):
        raise errors.business_refusal(40001, f"The account did not grant the scope {scope}.")
    return found.grant


def _count(grant: Grant, path: str, *, now: datetime) -> None:
    """A breach locks the key for five minutes, whatever is asked meanwhile."""
    account_key = f"business:{grant.account_id}:{grant.client_id}:{path}"
    app_key = f"business:app:{grant.client_id}"
    if limits.is_punished([account_key, app_key], now=now):
        raise errors.too_many()
    client = grant.client
    for key, limit in ((account_key, client.limit("account_per_minute")), (app_key, client.limit("app_per_minute"))):
        if not limits.spend(key, period=limits.minute(now), limit=limit):
            limits.punish(key, until=now + PENALTY)
            raise errors.too_many()
