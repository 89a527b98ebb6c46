"""Reads the environment. A value that cannot be taken is refused with its name, what it is and what it should be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import environ
from django.core.exceptions import ImproperlyConfigured

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off", ""})
DATABASES = ("sqlite", "postgres", "postgresql", "pgsql")


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def optional(name: str) -> str | None:
    return os.environ.get(name) or None


def number(name: str, default: int, *, least: int = 0) -> int:
    given = os.environ.get(name, "").strip()
    if not given:
        return default
    if not given.lstrip("-").isascii() or not given.lstrip("-").isdigit() or int(given) < least:
        raise _refused(name, given, f"a whole number from {least}")
    return int(given)


def decimal(name: str, default: float) -> float:
    given = os.environ.get(name, "").strip()
    if not given:
        return default
    try:
        value = float(given)
    except ValueError:
        raise _refused(name, given, "a number such as 0.5") from None
    if not 0 < value < float("inf"):
        raise _refused(name, given, "a number above 0")
    return value


def flag(name: str, default: bool = False) -> bool:
    given = os.environ.get(name)
    if given is None:
        return default
    if given.strip().lower() in YES:
        return True
    if given.strip().lower() in NO:
        return False
    raise _refused(name, given, "1 or 0")


def words(name: str, default: list[str]) -> list[str]:
    """A list, separated by commas."""
    given = os.environ.get(name)
    return default if given is None else [word.strip() for word in given.split(",") if word.strip()]


def zone(name: str, default: str) -> str:
    given = os.environ.get(name) or default
    if given not in available_timezones():
        raise _refused(name, given, "a time zone such as Asia/Ho_Chi_Minh")
    return given


def folder(name: str, default: Path) -> Path:
    """A folder that this process can make and use."""
    path = Path(os.environ.get(name) or default)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(name, str(path), f"a folder that can be written ({error.strerror})") from error
    return path


def database(name: str, default: str) -> dict[str, Any]:
    given = os.environ.get(name) or default
    scheme = given.partition("://")[0]
    if scheme not in DATABASES or "://" not in given:
        raise _refused(name, scheme, "postgres://user:password@host:5432/name or sqlite:////path/to/file", secret=True)
    found: dict[str, Any] = environ.Env.db_url_config(given)
    if not found.get("NAME"):
        raise _refused(name, scheme, "an address that ends in the database's name", secret=True)
    return found


def _refused(name: str, given: str, wanted: str, *, secret: bool = False) -> ImproperlyConfigured:
    shown = f"begins with “{given[:20]}”" if secret else f"is “{given[:60]}”"
    return ImproperlyConfigured(f"The environment variable {name} {shown}, but must be {wanted}.")
