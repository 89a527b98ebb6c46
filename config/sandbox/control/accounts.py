"""Making the world: API clients and the accounts that granted them access."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from config.kernel import clock
from config.kernel.errors import Invalid
from config.sandbox import ids, tokens
from config.sandbox.control import door
from config.sandbox.models import Account, ApiClient
from config.sandbox.models.client import DEFAULT_LIMITS

_ACCOUNT = (
    "platform", "handle", "title", "language", "country", "audience", "external_id", "uploads_per_day",
    "posts_per_day", "is_private", "clients", "families", "scope", "grant",
)  # fmt: skip
_PLAIN = ("title", "language", "country", "audience", "uploads_per_day", "posts_per_day", "is_private")


@door.control("GET", "POST")
def clients(request: HttpRequest, body: dict[str, Any]) -> Any:
    """POST {client_id, secret?, redirect_uris?, limits?}: made, or brought to these values."""
    if request.method == "POST":
        given = door.known(body, "client_id", "secret", "redirect_uris", "limits")
        limits = given.get("limits") or {}
        strange = set(limits) - set(DEFAULT_LIMITS)
        if strange:
            raise Invalid(f"Unknown limits: {sorted(strange)}. Known: {sorted(DEFAULT_LIMITS)}.")
        values = {"redirect_uris": given.get("redirect_uris") or [], "limits": limits}
        values |= {"secret": given["secret"]} if given.get("secret") else {}
        row, made = ApiClient.objects.update_or_create(client_id=door.need(given, "client_id"), defaults=values)
        if made and not row.secret:
            row.secret = ids.secret("secret-")
            row.save(update_fields=["secret"])
        return _client(row)
    return {"clients": [_client(row) for row in ApiClient.objects.order_by("pk")]}


def _client(row: ApiClient) -> dict[str, Any]:
    limits = {name: row.limit(name) for name in DEFAULT_LIMITS}
    return {"client_id": row.client_id, "secret": row.secret, "redirect_uris": row.redirect_uris, "limits": limits}


@door.control("GET", "POST")
def accounts(request: HttpRequest, body: dict[str, Any]) -> Any:
    """POST one account or {"accounts": [...]}; the same handle again gives the same account and new keys."""
    if request.method == "GET":
        return {"accounts": [_account(row) for row in Account.objects.order_by("pk")]}
    now = clock.now()
    if "accounts" in body:
        return {"accounts": [_make(one, now=now) for one in body["accounts"]]}
    return _make(body, now=now)


def _make(given: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    door.known(given, *_ACCOUNT)
    platform, handle = door.need(given, "platform"), door.need(given, "handle")
    if platform not in Account.Platform.values:
        raise Invalid(f"platform is one of {', '.join(Account.Platform.values)}, not {platform!r}.")
    row = Account.objects.filter(platform=platform, handle=handle).first()
    if row is None:
        made_up = ids.channel() if platform == Account.Platform.YOUTUBE else ids.tiktok_number()
        row = Account(platform=platform, handle=handle, title=handle, created_at=now)
        row.external_id = given.get("external_id") or made_up
    for name in _PLAIN:
        if given.get(name) is not None:
            setattr(row, name, given[name])
    row.save()
    shown = _account(row)
    shown["tokens"] = _tokens(row, given, now=now) if given.get("grant", True) else {}
    return shown


def _tokens(row: Account, given: dict[str, Any], *, now: datetime) -> dict[str, dict[str, Any]]:
    """Keys by client id and family, as if the owner had said yes to each."""
    wanted = given.get("clients")
    rows = ApiClient.objects.filter(client_id__in=wanted) if wanted else ApiClient.objects.all()
    missing = set(wanted or []) - set(rows.values_list("client_id", flat=True))
    if missing:
        raise Invalid(f"There is no client {', '.join(sorted(missing))}; POST clients first.")
    families = [one for one in tokens.FAMILIES[Account.Platform(row.platform)] if one in given.get("families", [one])]
    return {
        client.client_id: {
            family: _pair(client, row, family, scope=given.get("scope", ""), now=now) for family in families
        }
        for client in rows
    }


def _pair(client: ApiClient, row: Account, family: str, *, scope: str, now: datetime) -> dict[str, Any]:
    pair = tokens.issue(client, row, family=family, scope=scope, now=now)
    return {
        "access_token": pair.access.token,
        "expires_in": pair.access_seconds(now),
        "expires_at": pair.access.expires_at.isoformat(),
        "refresh_token": pair.refresh.token if pair.refresh else "",
        "refresh_expires_in": pair.refresh_seconds(now) or None,
        "scope": pair.grant.scope,
    }


def _account(row: Account) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": row.pk,
        "platform": row.platform,
        "external_id": row.external_id,
        "handle": row.handle,
        **{name: getattr(row, name) for name in _PLAIN},
    }
    if row.platform == Account.Platform.YOUTUBE:
        return shown | {"uploads_playlist": row.uploads_playlist}
    return shown | {"open_id": row.open_id, "business_id": row.business_id}
