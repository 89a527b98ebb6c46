"""Google's consent: one token for one channel."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from channels.errors import ConsentLost, PlatformDown
from channels.platforms import transport
from channels.platforms.base import App, Grant
from channels.platforms.youtube import errors
from config.kernel import clock

SCOPES = ("https://www.googleapis.com/auth/youtube.force-ssl", "https://www.googleapis.com/auth/yt-analytics.readonly")
"""Uploads, thumbnails, comments and private status; how much was watched. What is not used may not be asked for."""


def authorize_url(app: App, *, redirect_uri: str, state: str, code_verifier: str) -> str:
    query = {
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": " ".join(SCOPES),
        "access_type": "offline",
        # `consent` brings a refresh token on every visit, `select_account` the chooser of brand channels.
        "prompt": "consent select_account",
        "include_granted_scopes": "true",
        "state": state,
    }
    if code_verifier:
        query |= {"code_challenge": _challenge(code_verifier), "code_challenge_method": "S256"}
    return f"{settings.GOOGLE_OAUTH_AUTH_URL}?{urlencode(query)}"


def exchange(app: App, *, code: str, redirect_uri: str, code_verifier: str) -> Grant:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    if code_verifier:
        form["code_verifier"] = code_verifier
    grant = _token(app, form, kept_refresh_token="")
    if not grant.refresh_token:
        raise ConsentLost(
            _("Google gave no refresh token. Remove the app's access in the Google account and connect again."),
            platform=errors.KEY,
            platform_code="no_refresh_token",
        )
    return grant


def refresh(app: App, *, refresh_token: str) -> Grant:
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return _token(app, form, kept_refresh_token=refresh_token)


def revoke(app: App, *, token: str) -> None:
    """End the consent. A token that Google no longer knows has ended already."""
    url = str(settings.GOOGLE_OAUTH_TOKEN_URL).rstrip("/").removesuffix("/token") + "/revoke"
    status, body = _post(url, {"token": token})
    if status >= 300 and body.get("error") not in {"invalid_token", "invalid_grant"}:
        raise errors.translate(status, body)


def _token(app: App, form: dict[str, str], *, kept_refresh_token: str) -> Grant:
    secrets = {"client_id": app.client_id, "client_secret": app.client_secret}
    status, body = _post(str(settings.GOOGLE_OAUTH_TOKEN_URL), form | secrets)
    if status >= 300 or "error" in body:
        raise errors.translate(status, body)
    if not body.get("access_token"):
        raise PlatformDown(
            _("The token endpoint answered without a token; the one we hold is kept."),
            platform=errors.KEY,
            http_status=status,
            platform_code="empty_token",
        )
    now = clock.now()
    lives = body.get("refresh_token_expires_in")
    return Grant(
        access_token=str(body["access_token"]),
        refresh_token=str(body.get("refresh_token") or kept_refresh_token),
        expires_at=now + timedelta(seconds=int(body.get("expires_in") or 0)),
        refresh_expires_at=now + timedelta(seconds=int(lives)) if lives else None,
        scopes=tuple(str(body.get("scope", "")).split()),
    )


def _post(url: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    response = transport.send(transport.Call(errors.KEY, "POST", url, headers, body=urlencode(form)))
    return response.status_code, transport.json_of(response)


def _challenge(code_verifier: str) -> str:
    digest = hashlib.sha256(code_verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
