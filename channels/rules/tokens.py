"""When a token is renewed: before it ends, and not long before."""

from __future__ import annotations

from datetime import datetime, timedelta

SHORT = timedelta(minutes=5)
SHARE = 0.2
USABLE = timedelta(seconds=30)
WARNING = timedelta(days=14)
TEST_MODE_LIFE = timedelta(days=7)


def is_old(*, born_at: datetime, expires_at: datetime, now: datetime) -> bool:
    """Whether less than a fifth of its life or less than five minutes are left."""
    left = expires_at - now
    return left < SHORT or left < (expires_at - born_at) * SHARE


def is_usable(*, expires_at: datetime, now: datetime) -> bool:
    """Whether a call that starts now will still be taken."""
    return expires_at - now > USABLE


def missing(granted: tuple[str, ...], asked: tuple[str, ...]) -> tuple[str, ...]:
    """The scopes that the owner left out. Nothing is missing where the platform does not say what it granted."""
    return tuple(scope for scope in asked if scope not in granted) if granted else ()
