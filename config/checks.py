"""Wrong or unsafe settings, told by number at start instead of by surprise at night."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.utils.translation import gettext as _

from config.kernel import clock

ROOTS = (
    "YOUTUBE_API_ROOT",
    "YOUTUBE_ANALYTICS_API_ROOT",
    "GOOGLE_OAUTH_AUTH_URL",
    "GOOGLE_OAUTH_TOKEN_URL",
    "TIKTOK_API_ROOT",
    "TIKTOK_BUSINESS_API_ROOT",
    "TIKTOK_OAUTH_AUTH_URL",
)


@register()
def encryption_keys(**_options: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if not settings.FIELD_ENCRYPTION_KEYS:
        found.append(_error("E001", _("FIELD_ENCRYPTION_KEYS is empty."), _key_hint()))
    for number, key in enumerate(settings.FIELD_ENCRYPTION_KEYS, start=1):
        try:
            Fernet(key)
        except ValueError:
            found.append(
                _error("E002", _("Key %d of FIELD_ENCRYPTION_KEYS is not a Fernet key.") % number, _key_hint())
            )
    return found


@register()
def platform_roots(**_options: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for name in ROOTS:
        parts = urlsplit(getattr(settings, name))
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            found.append(_error("E003", _("%s is not a web address.") % name, _("Give it as https://host/path/.")))
        elif name.endswith("_ROOT") and not parts.path.endswith("/"):
            found.append(
                _error("E004", _("%s must end in a slash.") % name, _("Paths are appended to it as they are."))
            )
    return found


@register()
def clock_settings(**_options: Any) -> list[CheckMessage]:
    try:
        rate = clock.rate()
        real, _product = clock.anchor()
    except ValueError:
        return [_error("E005", _("CLOCK_RATE or CLOCK_ANCHOR is not a number."), _("Leave both unset for real time."))]
    if rate <= 0:
        return [_error("E006", _("CLOCK_RATE must be above 0."), _("Leave it unset for real time."))]
    if rate != 1 and not real:
        return [
            _error("E007", _("CLOCK_RATE is set without CLOCK_ANCHOR."), _("Processes would disagree about the time."))
        ]
    return []


@register(Tags.security, deploy=True)
def secrets_of_the_demo(**_options: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.SECRET_KEY == settings.DEMO_SECRET_KEY:
        found.append(_error("E101", _("SECRET_KEY is the demo's."), _("Set a long random one in the environment.")))
    if settings.DEMO_FIELD_KEY in settings.FIELD_ENCRYPTION_KEYS:
        found.append(_error("E102", _("FIELD_ENCRYPTION_KEYS holds the demo's key."), _key_hint()))
    if settings.DEMO:
        found.append(
            _error("E103", _("DEMO is on."), _("Unset it: the demo signs in everybody with a known password."))
        )
    return found


@register(Tags.security, deploy=True)
def platforms_are_reached_safely(**_options: Any) -> list[CheckMessage]:
    plain = [name for name in ROOTS if urlsplit(getattr(settings, name)).scheme != "https"]
    return [
        Warning(
            _("%s is called without encryption.") % name,
            hint=_("Only a rehearsal on this machine may use http."),
            id="dramaport.W101",
        )
        for name in plain
    ]


def _error(number: str, sentence: str, hint: str) -> Error:
    return Error(sentence, hint=hint, id=f"dramaport.{number}")


def _key_hint() -> str:
    return _("Make one: python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'")
