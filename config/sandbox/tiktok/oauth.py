"""Login Kit and the Accounts API's own OAuth: consent pages, tokens that turn over, revoking."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse

from config.kernel import clock
from config.sandbox import answers, consent, faults, tokens
from config.sandbox.models import Account, ApiClient, Family
from config.sandbox.tiktok import errors

# The real host tells the families by the app that the key belongs to; here the scopes, or `client_id`, tell.
_ACCOUNTS_ONLY = frozenset({"user.info.username", "comment.list", "comment.list.manage", "video.insights"})


def authorize(request: HttpRequest) -> HttpResponse:
    """One address for both families, as on the real host."""
    asked = request.GET
    business = "client_id" in asked or bool(_ACCOUNTS_ONLY.intersection(asked.get("scope", "").split(",")))
    client = consent.client_of(asked.get("client_id") or asked.get("client_key", ""))
    if client is None:
        return consent.refused_page("unauthorized_client: client_key is unknown.")
    problem = consent.address_problem(client, asked.get("redirect_uri", ""))
    if not problem and not business and (asked.get("response_type") != "code" or not asked.get("scope")):
        problem = "invalid_request: response_type=code and scope are needed."
    if problem:
        return consent.refused_page(problem)
    family = Family.TIKTOK_ACCOUNTS if business else Family.TIKTOK_OPEN
    question = consent.Question(
        client=client,
        platform=Account.Platform.TIKTOK,
        family=family,
        scope=asked.get("scope") or tokens.STYLES[family].scope,
        redirect_uri=asked["redirect_uri"],
        state=asked.get("state", ""),
        challenge=asked.get("code_challenge", ""),
        challenge_method=asked.get("code_challenge_method", ""),
        code_name="auth_code" if business else "code",
    )
    return consent.ask(request, question)


def _checked_client(given: dict[str, Any], *, name: str) -> ApiClient | None:
    client = consent.client_of(str(given.get(name, "")))
    return client if client and secrets.compare_digest(client.secret, str(given.get("client_secret", ""))) else None


def _place(request: HttpRequest, token: str) -> faults.Place:
    account = Account.objects.filter(grants__refresh_tokens__token=token).first()
    return faults.Place("tiktok", request.path, account)


# --- Open API


def open_token(request: HttpRequest) -> HttpResponse:
    given = request.POST.dict() if request.method == "POST" else {}
    place = _place(request, given.get("refresh_token", ""))
    if faults.at_the_gate(place) or faults.strikes("token_endpoint_down", place) is not None:
        return errors.oauth_refusal("internal_error", "Something went wrong.", status=503)
    client = _checked_client(given, name="client_key")
    if client is None:
        return errors.oauth_refusal("invalid_client", "Client key or secret is incorrect.")
    kind = given.get("grant_type")
    if kind == "authorization_code":
        return _open_exchange(given, client)
    if kind != "refresh_token":
        return errors.oauth_refusal("unsupported_grant_type", "The grant type is not supported.")
    pair = _turned(given.get("refresh_token", ""), client, family=Family.TIKTOK_OPEN, place=place)
    if pair is None:
        return errors.oauth_refusal("invalid_grant", "Refresh token is invalid or expired.")
    return answers.as_json(_open_pair(pair))


def _turned(token: str, client: ApiClient, *, family: str, place: faults.Place) -> tokens.Pair | None:
    now = clock.now()
    if faults.strikes("invalid_grant", place) is not None:
        tokens.revoke(token, now=now)
    pair = tokens.renew(token, client=client, family=family, now=now)
    if pair is not None:
        faults.lose_answer("refresh_answer_lost", place)
    return pair


def _open_exchange(given: dict[str, str], client: ApiClient) -> HttpResponse:
    code = consent.redeem(given.get("code", ""), client=client, family=Family.TIKTOK_OPEN)
    if code is None or given.get("redirect_uri") != code.redirect_uri:
        return errors.oauth_refusal("invalid_grant", "Authorization code is invalid or expired.")
    # TikTok's challenge is the hex digest, not the base64url of RFC 7636.
    proof = hashlib.sha256(given.get("code_verifier", "").encode()).hexdigest()
    if code.challenge and proof != code.challenge:
        return errors.oauth_refusal("invalid_grant", "Code verifier or code challenge is invalid.")
    pair = tokens.issue(client, code.account, family=Family.TIKTOK_OPEN, scope=code.scope, now=clock.now())
    return answers.as_json(_open_pair(pair))


def _open_pair(pair: tokens.Pair) -> dict[str, Any]:
    now = clock.now()
    return {
        "open_id": pair.grant.account.open_id,
        "scope": pair.grant.scope,
        "access_token": pair.access.token,
        "expires_in": pair.access_seconds(now),
        "refresh_token": pair.refresh.token if pair.refresh else "",
        "refresh_expires_in": pair.refresh_seconds(now),
        "token_type": "Bearer",
    }


def open_revoke(request: HttpRequest) -> HttpResponse:
    given = request.POST.dict() if request.method == "POST" else {}
    if _checked_client(given, name="client_key") is None:
        return errors.oauth_refusal("invalid_client", "Client key or secret is incorrect.")
    if not tokens.revoke(given.get("token", ""), now=clock.now()):
        return errors.oauth_refusal("invalid_request", "The token is unknown.")
    return HttpResponse()


# --- Accounts API


def business_token(request: HttpRequest) -> HttpResponse:
    given = _json(request)
    _business_gate(request)
    client = _business_client(given)
    for name in ("auth_code", "redirect_uri"):
        if not given.get(name):
            raise errors.bad_parameter(f"{name}: Missing data for required field.")
    if given.get("grant_type") != "authorization_code":
        raise errors.bad_parameter("grant_type: must be authorization_code.")
    code = consent.redeem(str(given["auth_code"]), client=client, family=Family.TIKTOK_ACCOUNTS)
    if code is None or given["redirect_uri"] != code.redirect_uri:
        raise errors.business_refusal(40110, "Auth_code is expired or used, or belongs to another redirect_uri.")
    pair = tokens.issue(client, code.account, family=Family.TIKTOK_ACCOUNTS, scope=code.scope, now=clock.now())
    return errors.business_answer(_business_pair(pair))


def business_refresh(request: HttpRequest) -> HttpResponse:
    given = _json(request)
    token = str(given.get("refresh_token", ""))
    place = _place(request, token)
    _business_gate(request, account=place.account)
    client = _business_client(given)
    if given.get("grant_type") != "refresh_token" or not token:
        raise errors.bad_parameter("grant_type and refresh_token are needed.")
    pair = _turned(token, client, family=Family.TIKTOK_ACCOUNTS, place=place)
    if pair is None:
        raise errors.business_refusal(40105, "Refresh token is invalid or expired (invalid_grant).")
    return errors.business_answer(_business_pair(pair))


def business_revoke(request: HttpRequest) -> HttpResponse:
    given = _json(request)
    _business_client(given)
    if not tokens.revoke(str(given.get("access_token", "")), now=clock.now()):
        raise errors.business_refusal(40105, "Access token is incorrect or has been revoked.")
    return errors.business_answer({})


def business_token_info(request: HttpRequest) -> HttpResponse:
    given = _json(request)
    found = tokens.bearer(str(given.get("access_token", "")), family=Family.TIKTOK_ACCOUNTS)
    if found is None or found.grant.client.client_id != given.get("app_id"):
        raise errors.business_refusal(40105, "Access token is incorrect or has been revoked.")
    if found.expires_at <= clock.now():
        raise errors.business_refusal(40102, "Access token has expired.")
    grant = found.grant
    shown = {"app_id": grant.client.client_id, "creator_id": grant.account.business_id, "scope": grant.scope}
    return errors.business_answer(shown)


def _json(request: HttpRequest) -> dict[str, Any]:
    given = answers.body_of(request)
    if request.method != "POST" or given is None:
        raise errors.bad_parameter("A POST with a JSON object is expected.")
    return given


def _business_gate(request: HttpRequest, *, account: Account | None = None) -> None:
    place = faults.Place("tiktok", request.path, account)
    gate = faults.at_the_gate(place)
    if gate:
        raise errors.business_gate(gate)
    if faults.strikes("token_endpoint_down", place) is not None:
        raise errors.open_gate("internal_error_503")


def _business_client(given: dict[str, Any]) -> ApiClient:
    client = _checked_client(given, name="client_id")
    if client is None:
        raise errors.business_refusal(40001, "client_id or client_secret is incorrect.")
    return client


def _business_pair(pair: tokens.Pair) -> dict[str, Any]:
    now = clock.now()
    return {
        "access_token": pair.access.token,
        "expires_in": pair.access_seconds(now),
        "refresh_token": pair.refresh.token if pair.refresh else "",
        "refresh_token_expires_in": pair.refresh_seconds(now),
        "open_id": pair.grant.account.business_id,
        "scope": pair.grant.scope,
        "token_type": "Bearer",
    }
