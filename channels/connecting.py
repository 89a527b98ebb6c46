"""Connecting an account: out to the platform's consent page, and back with a code."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from channels.models import Channel
from channels.platforms import registry
from channels.rules.words import GrantFamily
from channels.services import accounts
from config.kernel.errors import ProductError

SALT = "channels.connecting"
STATE_SECONDS = 600
VERIFIERS = "connecting_verifiers"
MOST_OPEN = 5


@never_cache
@require_GET
@login_required
@permission_required("channels.connect_channel", raise_exception=True)
def start(request: HttpRequest, uuid: Any, family: str = "") -> HttpResponse:
    """Send the person to the platform's consent page. The verifier stays in the session, never in the address."""
    channel = get_object_or_404(Channel.objects, uuid=uuid)
    adapter = registry.adapter(channel.platform)
    family = family or adapter.families[0]
    if family not in adapter.families:
        return _answer(request, channel, refused=_("This platform has no such API."), status=404)
    nonce, verifier = secrets.token_urlsafe(16), secrets.token_urlsafe(48)
    _remember(request, nonce, verifier)
    state = signing.dumps({"channel": channel.pk, "family": family, "nonce": nonce, "user": request.user.pk}, salt=SALT)
    try:
        url = accounts.authorize_url(
            channel,
            family=family,
            redirect_uri=_redirect_uri(request, channel.platform),
            state=state,
            code_verifier=verifier,
        )
    except ProductError as refusal:
        return _answer(request, channel, family=family, refused=str(refusal), status=409)
    return HttpResponseRedirect(url)


@never_cache
@require_GET
def callback(request: HttpRequest, platform: str) -> HttpResponse:
    """Back from the platform: the code becomes a grant, if the state is ours and belongs to this person."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not request.user.has_perm("channels.connect_channel"):
        return _answer(request, None, refused=_("You may not connect accounts."), status=403)
    state = _read_state(request)
    if state is None:
        return _answer(
            request, None, refused=_("This consent was not started here, or too long ago. Start again."), status=400
        )
    channel = get_object_or_404(Channel.objects, pk=state["channel"], platform=platform)
    code = request.GET.get("code") or request.GET.get("auth_code")
    if not code:
        said = request.GET.get("error_description") or request.GET.get("error") or _("no code was given")
        why = _("The owner did not agree: %s.") % said[:200]
        return _answer(request, channel, family=state["family"], refused=why, status=400)
    return _connect(request, channel, family=state["family"], code=code, verifier=state["verifier"])


def _connect(request: HttpRequest, channel: Channel, *, family: str, code: str, verifier: str) -> HttpResponse:
    try:
        grant = accounts.connect_by_code(
            channel,
            family=family,
            code=code,
            redirect_uri=_redirect_uri(request, channel.platform),
            code_verifier=verifier,
            by=request.user,
        )
    except ProductError as refusal:
        return _answer(request, channel, family=family, refused=str(refusal), status=409)
    return _answer(request, channel, family=family, grant=grant)


def _remember(request: HttpRequest, nonce: str, verifier: str) -> None:
    """Keep the last few, so that two tabs do not spoil each other."""
    kept = list(request.session.get(VERIFIERS, {}).items())[-(MOST_OPEN - 1) :]
    request.session[VERIFIERS] = dict([*kept, (nonce, verifier)])


def _read_state(request: HttpRequest) -> dict[str, Any] | None:
    """What the state says; None when it is forged, old, somebody else's or used already."""
    try:
        state: dict[str, Any] = signing.loads(request.GET.get("state", ""), salt=SALT, max_age=STATE_SECONDS)
    except signing.BadSignature:
        return None
    verifiers = dict(request.session.get(VERIFIERS, {}))
    verifier = verifiers.pop(state["nonce"], None)
    if verifier is None or state["user"] != request.user.pk:
        return None
    request.session[VERIFIERS] = verifiers
    return {**state, "verifier": verifier}


def _redirect_uri(request: HttpRequest, platform: str) -> str:
    """The one address per platform that is registered there; it ends in a slash, as TikTok asks."""
    return request.build_absolute_uri(reverse("channels:connected", args=[platform]))


def _answer(
    request: HttpRequest,
    channel: Channel | None,
    *,
    family: str = "",
    grant: Any = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page after a consent; `family` is the API that was asked for and is asked for when starting again."""
    families = registry.adapter(channel.platform).families if channel else ()
    still_open = [one for one in families if channel and not channel.grants.living().filter(family=one).exists()]
    context = {
        "channel": channel,
        "family": family,
        "grant": grant,
        "refused": refused,
        "open_families": [GrantFamily(one) for one in still_open],
    }
    around = admin.site.each_context(request)
    return render(request, "channels/connected.html", {**around, **context}, status=status)
