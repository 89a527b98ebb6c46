"""Ids and secrets, each in the shape its platform gives them."""

from __future__ import annotations

import hashlib
import secrets
import string

_LETTERS = string.ascii_letters + string.digits + "-_"


def letters(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))


def channel() -> str:
    return "UC" + letters(22)


def youtube_video() -> str:
    return letters(11)


def youtube_comment() -> str:
    return "Ug" + letters(24)


def playlist() -> str:
    return "PL" + letters(32)


def tiktok_number() -> str:
    """19 digits, over 2^53 as the real ones are."""
    return "7" + "".join(secrets.choice(string.digits) for _ in range(18))


def open_id(external_id: str, *, family: str) -> str:
    """The account's name towards one family of the TikTok API; the families never agree on it."""
    return "-000" + hashlib.sha256(f"{family}:{external_id}".encode()).hexdigest()[:32]


def secret(prefix: str) -> str:
    return prefix + secrets.token_urlsafe(36)
