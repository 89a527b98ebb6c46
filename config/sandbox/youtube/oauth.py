"""Google's OAuth 2.0: consent, token, revoke."""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse

from config.kernel import clock
from config.sandbox import answers, consent, faults, tokens
from config.sandbox.models import Account, ApiClient, Family, Grant


def authorize(request: HttpRequest) -> HttpResponse:
    asked = request.GET
    client = consent.client_of(asked.get("client_id", ""))
    if client is None:
        return consent.refused_page("invalid_client: the OAuth client was not found.")
    problem = consent.address_problem(client, asked.get("redirect_uri", ""))
    if not problem and asked.get("response_type") != "code":
        problem = "invalid_request: response_type has to be code."
    if not problem and not asked.get("scope"):
        problem = "invalid_request: scope is missing."
    if problem:
        return consent.refused_page(problem)
    offline = asked.get("access_type") == "offline"
    question = consent.Question(
        client=client,
        platform=Account.Platform.YOUTUBE,
        family=Family.YOUTUBE,
        scope=asked["scope"],
        redirect_uri=asked["redirect_uri"],
        state=asked.get("state", ""),
        challenge=asked.get("code_challenge", ""),
        challenge_method=asked.get("code_challenge_method", "plain"),
        refresh="never" if not offline else "always" if "consent" in asked.get("prompt", "").split() else "first",
    )
    return consent.ask(request, question)


def token(request: HttpRequest) -> HttpResponse:
    gate = faults.at_the_gate(faults.Place("youtube", request.path))
    down = faults.strikes("token_endpoint_down", faults.Place("youtube", request.path)) is not None
    if down or gate:
        return answers.as_json({"error": "internal_failure", "error_description": "Backend Error"}, status=503)
    if request.method != "POST":
        return _refused("invalid_request", f"Invalid HTTP method: {request.method}")
    client = _client(request)
    if client is None:
        return _refused("invalid_client", "The OAuth client was not found.", status=401)
    kind = request.POST.get("grant_type")
    if kind == "authorization_code":
        return _exchange(request, client)
    if kind == "refresh_token":
        return _renew(request, client)
    return _refused("unsupported_grant_type", f"Invalid grant_type: {kind}")


def _client(request: HttpRequest) -> ApiClient | None:
    name, secret = request.POST.get("client_id", ""), request.POST.get("client_secret", "")
    kind, _, coded = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(coded).decode().partition(":")
        except ValueError:
            return None
    client = consent.client_of(name)
    return client if client and secrets.compare_digest(client.secret, secret) else None


def _exchange(request: HttpRequest, client: ApiClient) -> HttpResponse:
    code = consent.redeem(request.POST.get("code", ""), client=client, family=Family.YOUTUBE)
    if code is None:
        return _refused("invalid_grant", "Malformed auth code.")
    if request.POST.get("redirect_uri") != code.redirect_uri:
        return _refused("redirect_uri_mismatch", "Bad Request")
    if not _proves(request.POST.get("code_verifier", ""), code.challenge, method=code.challenge_method):
        return _refused("invalid_grant", "Invalid code verifier.")
    pair = tokens.issue(client, code.account, family=Family.YOUTUBE, scope=code.scope, now=clock.now())
    return answers.as_json(_shown(pair, with_refresh=code.gives_refresh))


def _proves(verifier: str, challenge: str, *, method: str) -> bool:
    if not challenge:
        return True
    if method == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        verifier = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return secrets.compare_digest(verifier, challenge)


def _renew(request: HttpRequest, client: ApiClient) -> HttpResponse:
    given, now = request.POST.get("refresh_token", ""), clock.now()
    account = Account.objects.filter(grants__refresh_tokens__token=given).first()
    place = faults.Place("youtube", request.path, account)
    if faults.strikes("invalid_grant", place) is not None:
        tokens.revoke(given, now=now)
    pair = tokens.renew(given, client=client, family=Family.YOUTUBE, now=now)
    if pair is None:
        return _refused("invalid_grant", "Token has been expired or revoked.")
    faults.lose_answer("refresh_answer_lost", place)
    return answers.as_json(_shown(pair, with_refresh=False))


def _shown(pair: tokens.Pair, *, with_refresh: bool) -> dict[str, Any]:
    shown = {
        "access_token": pair.access.token,
        "expires_in": pair.access_seconds(clock.now()),
        "scope": pair.grant.scope,
        "token_type": "Bearer",
    }
    if with_refresh and pair.refresh is not None:
        shown["refresh_token"] = pair.refresh.token
    return shown


def _refused(error: str, description: str, *, status: int = 400) -> HttpResponse:
    return answers.as_json({"error": error, "error_description": description}, status=status)


def revoke(request: HttpRequest) -> HttpResponse:
    """Ends every grant of that user to the project, not only the one token."""
    given = request.POST.get("token") or request.GET.get("token", "")
    now = clock.now()
    grant = Grant.objects.filter(refresh_tokens__token=given) | Grant.objects.filter(access_tokens__token=given)
    row = grant.first()
    if request.method != "POST" or row is None or row.revoked_at is not None:
        return _refused("invalid_token", "Token expired or revoked")
    Grant.objects.filter(account=row.account, client=row.client, family=row.family).update(revoked_at=now)
    return answers.as_json({})
