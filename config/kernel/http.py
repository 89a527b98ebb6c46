"""HTTP to the outside: timeouts always, secrets never in a log, private addresses refused to strangers' URLs."""

from __future__ import annotations

import ipaddress
import logging
import re
import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from django.utils.translation import gettext as _

from config.kernel.errors import ProductError

DEFAULT_TIMEOUT = (5.0, 60.0)
_SECRETS = re.compile(
    r"(?i)(bearer\s+|access[-_]token[\"'=:\s]+|refresh_token[\"'=:\s]+|client_secret[\"'=:\s]+|upload_id=|"
    r"upload_token=|authorization[\"'=:\s]+(?:bearer\s+)?|api[-_]key[\"'=:\s]+|(?<![a-z])code=)([^\s\"'&,;}]+)"
)


class AddressRefused(ProductError):
    """The URL leads to an address that the product does not call."""

    code = "address_refused"


def redact(text: str) -> str:
    """The same text with every token, key and secret replaced by three dots."""
    return _SECRETS.sub(lambda found: found.group(1) + "…", text)


class RedactingFilter(logging.Filter):
    """Keeps secrets out of every log line, exceptions included."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(record.getMessage())
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
        return True


class _TimedSession(requests.Session):
    def __init__(self, timeout: tuple[float, float]) -> None:
        super().__init__()
        self._timeout = timeout
        self.trust_env = False

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", self._timeout)
        kwargs["allow_redirects"] = False
        return super().request(*args, **kwargs)


def session(*, timeout: tuple[float, float] = DEFAULT_TIMEOUT) -> requests.Session:
    """A session with (connect, read) timeouts in real seconds, no redirects, no proxies, no silent retries."""
    return _TimedSession(timeout)


def guard(url: str) -> None:
    """Raise AddressRefused unless the URL is https (or http) to a public address. For URLs that strangers give."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise AddressRefused(_("“%(url)s” is not a web address.") % {"url": url[:200]})
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, proto=socket.IPPROTO_TCP)
    except OSError as error:
        raise AddressRefused(
            _("The host of “%(url)s” cannot be found.") % {"url": url[:200]},
            retryable=True,
        ) from error
    for entry in found:
        if not ipaddress.ip_address(entry[4][0]).is_global:
            raise AddressRefused(_("“%(url)s” leads to a private address.") % {"url": url[:200]})
