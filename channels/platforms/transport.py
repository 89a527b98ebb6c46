"""The one place where platform calls leave the house: no redirects, no silent repeats, no secret in an error."""

from __future__ import annotations

import fnmatch
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from urllib3.exceptions import NewConnectionError

from channels.errors import Ambiguous, Misconfigured, PlatformDown
from channels.platforms import meter
from channels.platforms.base import Price
from config.kernel import http

CALL_TIMEOUT = (5.0, 60.0)
UPLOAD_TIMEOUT = (5.0, 300.0)
_local = threading.local()


@dataclass(frozen=True)
class Call:
    """One request. `once`: repeating it unseen would do harm (a second reply, a second post)."""

    platform: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | str | None = None
    prices: tuple[Price, ...] = ()
    once: bool = False
    timeout: tuple[float, float] = CALL_TIMEOUT


def root(name: str) -> str:
    """A root URL from the settings, with its trailing slash."""
    return str(getattr(settings, name)).rstrip("/") + "/"


def send(call: Call) -> requests.Response:
    """The answer, whatever its status. No answer is PlatformDown, or Ambiguous for a call made `once`.

    A call that found no connection was never made: it may always be repeated and is not counted. A call made
    `once` opens its own connection, so that a kept one that the server just closed cannot put it in doubt.
    """
    session = _new_session() if call.once else _session()
    try:
        response = session.request(
            call.method, call.url, headers=dict(call.headers), data=call.body, timeout=call.timeout
        )
    except requests.RequestException as problem:
        lost = problem
    else:
        meter.count(call.prices)
        return response
    finally:
        if call.once:
            session.close()
    # Raised outside the handler: the original text carries the URL, and an upload's URL is a secret.
    never_sent = _never_connected(lost)
    if not never_sent:
        meter.count(call.prices)
    raise _lost(call, kind=type(lost).__name__, never_sent=never_sent)


def _lost(call: Call, *, kind: str, never_sent: bool) -> PlatformDown | Ambiguous:
    if call.once and not never_sent:
        sentence = _("The platform's answer was lost; whether it did what was asked is not known.")
        return Ambiguous(sentence, platform=call.platform, platform_code=kind)
    return PlatformDown(_("The platform cannot be reached."), platform=call.platform, platform_code=kind)


def _never_connected(problem: requests.RequestException) -> bool:
    if isinstance(problem, requests.ConnectTimeout):
        return True
    cause = problem.args[0] if problem.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)


def _session() -> requests.Session:
    # A session is neither shared by threads nor carried over a fork: sockets would be.
    if getattr(_local, "owner", None) != os.getpid():
        _local.owner = os.getpid()
        _local.session = _new_session()
    session: requests.Session = _local.session
    return session


def _new_session() -> requests.Session:
    session = http.session(timeout=CALL_TIMEOUT)
    # One account's cookies must not travel with the next account's call.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait as the platform asks; dates and nonsense count as not asked."""
    given = headers.get("Retry-After", "").strip()
    return float(given) if given.isdigit() and len(given) < 8 else None


def json_of(response: requests.Response) -> dict[str, Any]:
    """The body as an object; {} when it is none."""
    try:
        body = response.json()
    except requests.exceptions.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def check_upload_url(url: str, *, platform: str, api_root: str, hosts: Sequence[str]) -> None:
    """Refuse to send bytes to an address that is neither the API's own nor on the list."""
    parts, own = urlsplit(url), urlsplit(api_root)
    if (parts.scheme, parts.netloc) == (own.scheme, own.netloc):
        return
    host = (parts.hostname or "").lower()
    safe = parts.scheme == "https" or (parts.scheme == own.scheme == "http")
    if safe and any(fnmatch.fnmatchcase(host, pattern.lower()) for pattern in hosts):
        return
    raise Misconfigured(
        _("The platform named an upload address outside the allowed hosts; nothing was sent there."),
        platform=platform,
        platform_code="upload_host_refused",
        detail=host,
    )
