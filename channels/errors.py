"""What a platform can refuse, named by what has to be done about it.

Adapters raise these and nothing else. Callers branch on `action`, never on a platform's own code:
the tables that turn one into the other are `channels/platforms/<name>/errors.py`.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from config.kernel.errors import ProductError


class Action(enum.StrEnum):
    RETRY = "retry"
    """Repeat the same call later; not before `until` when that is set."""
    WAIT = "wait"
    """Do nothing of this kind in this `scope` before `until`."""
    REAUTH = "reauth"
    """Refresh the token once and repeat; refused again means the account must be reconnected."""
    PAUSE_CHANNEL = "pause_channel"
    """The account is stopped until a person acts."""
    FIX_ITEM = "fix_item"
    """This one item is wrong; the same call will be refused for ever."""
    CONFIG = "config"
    """Our side is set up wrongly; everything of this app would be refused."""
    RECONCILE = "reconcile"
    """It may have happened. Look before anything is sent again."""
    GONE = "gone"
    """The object is not there any more."""
    BY_HAND = "by_hand"
    """The platform has no call for this; a person does it at `link`."""


class PlatformError(ProductError):
    """A platform refused, or could not be understood.

    `bucket` and `scope` ('app' or 'account') name the budget that is spent, when one is.
    `detail` is the platform's own wording with secrets removed; `log_id` is what its support asks for.
    """

    code = "platform_error"
    action = Action.RETRY

    def __init__(
        self,
        message: Any,
        *,
        platform: str = "",
        http_status: int = 0,
        platform_code: str = "",
        log_id: str = "",
        detail: str = "",
        until: datetime | None = None,
        bucket: str = "",
        scope: str = "",
        link: str = "",
    ) -> None:
        super().__init__(message)
        self.retryable = self.action in {Action.RETRY, Action.WAIT, Action.REAUTH}
        self.platform = platform
        self.http_status = http_status
        self.platform_code = platform_code
        self.log_id = log_id
        self.detail = detail
        self.until = until
        self.bucket = bucket
        self.scope = scope
        self.link = link
        self.facts = {
            "action": self.action.value,
            "platform": platform,
            "http_status": http_status,
            "platform_code": platform_code,
            "log_id": log_id,
            "detail": detail,
            "bucket": bucket,
            "scope": scope,
            "link": link,
        }

    def __str__(self) -> str:
        """The sentence, and behind it the platform's own words, when it spoke."""
        if not self.http_status and not self.detail:
            return str(self.message)
        said = ": ".join(part for part in (str(self.http_status or ""), self.platform_code, self.detail) if part)
        return f"{self.message} ({said})"


class PlatformDown(PlatformError):
    """No usable answer, and repeating the call does no harm."""

    code = "platform_down"
    action = Action.RETRY


class RateLimited(PlatformError):
    """Too many calls within a minute."""

    code = "rate_limited"
    action = Action.RETRY


class QuotaSpent(PlatformError):
    """A day's budget of the app or of the account is used up."""

    code = "quota_spent"
    action = Action.WAIT


class TokenRefused(PlatformError):
    """The access token is not taken (any more)."""

    code = "token_refused"
    action = Action.REAUTH


class ChannelBlocked(PlatformError):
    """The platform lets this account do nothing until a person acts."""

    code = "channel_blocked"
    action = Action.PAUSE_CHANNEL


class ConsentLost(ChannelBlocked):
    """The owner's consent ended or does not cover this: only connecting again helps."""

    code = "consent_lost"


class ItemRefused(PlatformError):
    """This upload, reply or text is refused for what it is."""

    code = "item_refused"
    action = Action.FIX_ITEM


class Misconfigured(PlatformError):
    """The app, its project or an address is set up wrongly."""

    code = "misconfigured"
    action = Action.CONFIG


class Ambiguous(PlatformError):
    """A call that must not happen twice got no clear answer."""

    code = "ambiguous"
    action = Action.RECONCILE


class ObjectGone(PlatformError):
    """The video, comment or session does not exist (any more)."""

    code = "object_gone"
    action = Action.GONE


class OnlyByHand(PlatformError):
    """The platform offers no call for this; `link` leads to the place where a person can do it."""

    code = "only_by_hand"
    action = Action.BY_HAND
