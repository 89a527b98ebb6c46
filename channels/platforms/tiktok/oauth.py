"""TikTok's consent, Open API. Each refresh kills the refresh token before it: store the new pair before use."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from channels.errors import ConsentLost, Misconfigured, PlatformDown
from channels.platforms import transport
from channels.platforms.base import App, Grant
from channels.platforms.tiktok import errors
from config.kernel import clock

SCOPES = ("user.info.basic", "user.info.profile", "user.info.stats", "video.list", "video.publish")


def authorize_url(
    app: App, *, redirect_uri: str, state: str, code_verifier: str, scopes: tuple[str, ...] = SCOPES
) -> str:
    query = {
        "client_key": app.client_id,
        "scope": ",".join(scopes),
        "redirect_uri": redirect_uri,
        "state": state,
        "response_type": "code",
    }
    if code_verifier:
        # TikTok wants the digest in hex where the standard has base64url.
        challenge = hashlib.sha256(code_verifier.encode()).hexdigest()
        query |= {"code_challenge": challenge, "code_challenge_method": "S256"}
    return f"{settings.TIKTOK_OAUTH_AUTH_URL}?{urlencode(query)}"


def exchange(app: App, *, code: str, redirect_uri: str, code_verifier: str) -> Grant:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    if code_verifier:
        form["code_verifier"] = code_verifier
    return grant_of(_post("v2/oauth/token/", app, form), kept_refresh_token="")


def refresh(app: App, *, refresh_token: str) -> Grant:
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return grant_of(_post("v2/oauth/token/", app, form), kept_refresh_token=refresh_token)


def revoke(app: App, *, token: str) -> None:
    """End the consent. A token that TikTok no longer knows has ended already."""
    try:
        _post("v2/oauth/revoke/", app, {"token": token})
    except (ConsentLost, Misconfigured) as refusal:
        if refusal.platform_code not in {"invalid_grant", "invalid_request"}:
            raise


def grant_of(body: Mapping[str, Any], *, kept_refresh_token: str) -> Grant:
    """The grant in a token reply of either family. An answer without tokens never becomes one."""
    refresh_token = str(body.get("refresh_token") or kept_refresh_token)
    if not body.get("access_token") or not refresh_token:
        raise PlatformDown(
            _("The token endpoint answered without a token; the one we hold is kept."),
            platform=errors.KEY,
            platform_code="empty_token",
        )
    now = clock.now()
    refresh_lives = body.get("refresh_expires_in") or body.get("refresh_token_expires_in")
    return Grant(
        access_token=str(body["access_token"]),
        refresh_token=refresh_token,
        expires_at=now + timedelta(seconds=int(body.get("expires_in") or 0)),
        refresh_expires_at=now + timedelta(seconds=int(refresh_lives)) if refresh_lives else None,
        scopes=tuple(scope.strip() for scope in str(body.get("scope") or "").split(",") if scope.strip()),
        account_id=str(body.get("open_id") or ""),
    )


def _post(path: str, app: App, form: dict[str, str]) -> dict[str, Any]:
    """The flat reply. The status says nothing: an error may come with 200."""
    url = transport.root("TIKTOK_API_ROOT") + path
    secrets = {"client_key": app.client_id, "client_secret": app.client_secret}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cache-Control": "no-cache"}
    response = transport.send(transport.Call(errors.KEY, "POST", url, headers, body=urlencode(form | secrets)))
    body = transport.json_of(response)
    if response.status_code >= 300 or errors.is_refusal(body):
        raise errors.translate(response.status_code, body)
    return body
