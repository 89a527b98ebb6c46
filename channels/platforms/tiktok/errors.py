"""TikTok's refusals and what each asks for. The body decides, never the status: refusals come with HTTP 200 too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from channels.errors import (
    Ambiguous,
    ChannelBlocked,
    ConsentLost,
    ItemRefused,
    Misconfigured,
    ObjectGone,
    PlatformDown,
    PlatformError,
    QuotaSpent,
    RateLimited,
    TokenRefused,
)
from channels.platforms.taxonomy import Answer, Row, refusal

KEY = "tiktok"
MINUTE, FIVE_MINUTES, HOUR, DAY = (timedelta(minutes=minutes) for minutes in (1, 5, 60, 24 * 60))

_BUSY = _("TikTok asks for fewer calls per minute.")
_TOKEN = _("TikTok does not take the access token.")
_CONSENT = _("The consent of the account's owner ended or does not cover this; connect the account again.")
_BANNED = _("TikTok has banned this account from posting.")
_MANY = _("The account posted as much as TikTok allows it in 24 hours.")
_SETUP = _("The TikTok app is set up wrongly, or not approved for this.")
_REQUEST = _("TikTok does not take what we say of this post.")
_FILE = _("TikTok does not take this file.")
_LOOK = _("TikTok does not know this upload; look through the account's posts before sending it again.")
_FAULT = _("TikTok has a passing fault.")


def _rows(codes: str, row: Row) -> dict[str, Row]:
    return dict.fromkeys(codes.split(), row)


OPEN: Mapping[str, Row] = {
    **_rows("invalid_param invalid_params", Row(ItemRefused, _REQUEST)),
    **_rows("invalid_file_upload app_version_check_failed", Row(ItemRefused, _FILE)),
    **_rows("invalid_publish_id token_not_authorized_for_specified_publish_id", Row(Ambiguous, _LOOK)),
    **_rows("scope_permission_missed scope_not_authorized", Row(ConsentLost, _CONSENT)),
    "access_token_invalid": Row(TokenRefused, _TOKEN),
    # The day is a sliding one: an hourly look at what the account may do finds its end soonest.
    "spam_risk_too_many_posts": Row(QuotaSpent, _MANY, HOUR, bucket="posts", scope="account"),
    "spam_risk_too_many_pending_share": Row(
        QuotaSpent, _("Too many drafts wait in the account's inbox."), DAY, bucket="drafts", scope="account"
    ),
    "spam_risk_user_banned_from_posting": Row(ChannelBlocked, _BANNED),
    "reached_active_user_cap": Row(
        QuotaSpent, _("The app may post for no further account today."), "UTC", bucket="active_accounts", scope="app"
    ),
    "unaudited_client_can_only_post_to_private_accounts": Row(
        Misconfigured, _("Until TikTok has audited the app, it posts to private accounts only.")
    ),
    "url_ownership_unverified": Row(Misconfigured, _("The address of the file is not verified at TikTok.")),
    "privacy_level_option_mismatch": Row(ItemRefused, _("The account does not offer the chosen privacy.")),
    "rate_limit_exceeded": Row(RateLimited, _BUSY, MINUTE, scope="account"),
    "internal_error": Row(PlatformDown, _FAULT),
}

OAUTH: Mapping[str, Row] = {
    **_rows("invalid_grant access_denied", Row(ConsentLost, _CONSENT)),
    **_rows("invalid_client unauthorized_client invalid_request invalid_scope", Row(Misconfigured, _SETUP)),
    **_rows("unsupported_grant_type unsupported_response_type", Row(Misconfigured, _SETUP)),
}

ACCOUNTS: Mapping[str, Row] = {
    "40001": Row(ConsentLost, _CONSENT),
    "40002": Row(ItemRefused, _("TikTok does not take this comment or its video.")),
    "40007": Row(ObjectGone, _("It is not on TikTok any more.")),
    "40100": Row(RateLimited, _BUSY, FIVE_MINUTES, scope="account"),
    **_rows("40102 40104 40105", Row(TokenRefused, _TOKEN)),
}

ACCOUNTS_CONSENT: Mapping[str, Row] = {
    "40001": Row(Misconfigured, _SETUP),
    "40002": Row(Misconfigured, _SETUP),
    # What elsewhere is a stale access token is here a refresh token or a code that is used up.
    **_rows("40102 40104 40105 40110", Row(ConsentLost, _CONSENT)),
}
"""The same numbers, where they come from the endpoints that give and end consent."""

ROWS: Mapping[str, Row] = {**OPEN, **OAUTH, **ACCOUNTS}

BY_STATUS: Mapping[int, Row] = {
    401: Row(TokenRefused, _TOKEN),
    429: Row(RateLimited, _BUSY, MINUTE, scope="account"),
}

VERDICTS: Mapping[str, Row] = {
    **_rows("file_format_check_failed duration_check_failed", Row(ItemRefused, _FILE)),
    **_rows("frame_rate_check_failed picture_size_check_failed", Row(ItemRefused, _FILE)),
    # A new try is right here, but only after a look at the account's posts, and twice at most.
    **_rows("internal video_pull_failed photo_pull_failed", Row(PlatformDown, _FAULT)),
    "publish_cancelled": Row(ItemRefused, _("The post was cancelled.")),
    "auth_removed": Row(ConsentLost, _CONSENT),
    "spam_risk_too_many_posts": OPEN["spam_risk_too_many_posts"],
    "spam_risk_user_banned_from_posting": Row(ChannelBlocked, _BANNED),
    "spam_risk_text": Row(ItemRefused, _("TikTok takes the caption for spam.")),
    "spam_risk": Row(ItemRefused, _("TikTok takes the post for spam.")),
}
"""What a `fail_reason` of the publish status asks for."""


def translate(
    http_status: int,
    body: Mapping[str, Any],
    *,
    once: bool = False,
    bucket: str = "",
    retry_after: float | None = None,
) -> PlatformError:
    """The refusal in `body`, of either API family or of the Open API's token endpoint, as an error."""
    code, message, log_id = _refused(body)
    answer = Answer(KEY, http_status, code, message, log_id, bucket=bucket, retry_after=retry_after, once=once)
    return refusal(_row(answer), answer)


def translate_consent(http_status: int, body: Mapping[str, Any]) -> PlatformError:
    """The refusal of an endpoint of the Accounts API that gives, renews or ends consent."""
    code, message, log_id = _refused(body)
    answer = Answer(KEY, http_status, code, message, log_id)
    return refusal(ACCOUNTS_CONSENT.get(code) or _row(answer), answer)


def explain(reason: str) -> PlatformError:
    """What to do about a post that TikTok gave up with this reason."""
    row = VERDICTS.get(reason, Row(ItemRefused, _("TikTok gave the post up.")))
    return refusal(row, Answer(KEY, code=reason))


def is_refusal(body: Mapping[str, Any]) -> bool:
    """Whether the body says no, in the words of any of the three envelopes."""
    error = body.get("error")
    if isinstance(error, dict):
        return str(error.get("code")) != "ok"
    return bool(error) or body.get("code", 0) != 0


def _row(answer: Answer) -> Row:
    if answer.code in ROWS and not (answer.once and ROWS[answer.code].error is PlatformDown):
        return ROWS[answer.code]
    if answer.http_status in BY_STATUS:
        return BY_STATUS[answer.http_status]
    if answer.once:
        return Row(Ambiguous, _("TikTok gave an answer that does not say whether it did what was asked."))
    return Row(PlatformDown, _FAULT)


def _refused(body: Mapping[str, Any]) -> tuple[str, str, str]:
    """(code, message, log id)"""
    error = body.get("error")
    if isinstance(error, dict):
        log_id = error.get("log_id") or error.get("logid") or ""
        return str(error.get("code", "")), str(error.get("message", "")), str(log_id)
    if error:
        return str(error), str(body.get("error_description", "")), str(body.get("log_id", ""))
    return str(body.get("code", "")), str(body.get("message", "")), str(body.get("request_id", ""))
