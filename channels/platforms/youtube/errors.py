"""YouTube's refusals and what each asks for. Branch on (HTTP, reason); 429 alone is told apart by its message."""

from __future__ import annotations

import re
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

KEY = "youtube"
PACIFIC = "America/Los_Angeles"
MINUTE, HOURS, DAY = timedelta(seconds=60), timedelta(hours=6), timedelta(hours=24)
ANY = 0

_SPENT = _("The project's YouTube budget for today is spent; it comes back at midnight Pacific time.")
_BUSY = _("YouTube asks for fewer calls per minute.")
_TOKEN = _("YouTube does not take the access token.")
_CONSENT = _("The consent of the channel's owner ended or does not cover this; connect the channel again.")
_ACCOUNT = _("The channel's account is suspended or closed at YouTube.")
_SETUP = _("The API client or its project is set up wrongly at Google.")
_DEFECT = _("YouTube says that our request is malformed; this is a defect, not a matter of the clip.")
_TEXT = _("YouTube does not take what this clip says of itself (title, description, tags, category or date).")
_PRIVACY = _("YouTube does not allow this privacy, licence or embedding for the channel.")
_COMMENT = _("YouTube does not take this reply; sending it again would be refused again.")
_GONE = _("It is not on YouTube any more.")
_FAULT = _("YouTube has a passing fault.")

_SPENT_ROW = Row(QuotaSpent, _SPENT, PACIFIC, bucket="units", scope="app")
_BUSY_ROW = Row(RateLimited, _BUSY, MINUTE, scope="app")


def _rows(http_status: int, reasons: str, row: Row) -> dict[tuple[int, str], Row]:
    return {(http_status, reason): row for reason in reasons.split()}


ROWS: Mapping[tuple[int, str], Row] = {
    **_rows(429, "rateLimitExceeded userRateLimitExceeded", _BUSY_ROW),
    **_rows(403, "rateLimitExceeded userRateLimitExceeded servingLimitExceeded", _BUSY_ROW),
    **_rows(403, "quotaExceeded dailyLimitExceeded", _SPENT_ROW),
    **_rows(
        429,
        "uploadRateLimitExceeded",
        Row(QuotaSpent, _("The channel set too many thumbnails for now."), HOURS, bucket="thumbnails", scope="account"),
    ),
    **_rows(
        ANY,
        "uploadLimitExceeded",
        Row(
            QuotaSpent,
            _("The channel uploaded as many clips as YouTube allows it in 24 hours."),
            DAY,
            bucket="channel_uploads",
            scope="account",
        ),
    ),
    **_rows(401, "authError expired required authorizationRequired", Row(TokenRefused, _TOKEN)),
    **_rows(401, "youtubeSignupRequired", Row(ConsentLost, _("The connected Google account has no YouTube channel."))),
    **_rows(ANY, "invalid_grant", Row(ConsentLost, _CONSENT)),
    **_rows(ANY, "invalid_client unauthorized_client invalid_request", Row(Misconfigured, _SETUP)),
    **_rows(ANY, "redirect_uri_mismatch unsupported_grant_type invalid_scope", Row(Misconfigured, _SETUP)),
    **_rows(403, "insufficientPermissions ineligibleAccount", Row(ConsentLost, _CONSENT)),
    **_rows(403, "forbidden", Row(ItemRefused, _("The channel may not do this on YouTube."))),
    **_rows(403, "authenticatedUserAccountSuspended authenticatedUserAccountClosed", Row(ChannelBlocked, _ACCOUNT)),
    **_rows(403, "channelSuspended channelClosed", Row(ChannelBlocked, _ACCOUNT)),
    **_rows(403, "authenticatedUserNotChannel accountDelegationForbidden", Row(Misconfigured, _SETUP)),
    **_rows(403, "cmsUserAccountNotFound insufficientCapabilities", Row(Misconfigured, _SETUP)),
    **_rows(404, "contentOwnerAccountNotFound", Row(Misconfigured, _SETUP)),
    **_rows(403, "accessNotConfigured sslRequired", Row(Misconfigured, _SETUP)),
    **_rows(400, "keyInvalid", Row(Misconfigured, _SETUP)),
    **_rows(
        400, "invalidTitle invalidDescription invalidTags invalidCategoryId invalidPublishAt", Row(ItemRefused, _TEXT)
    ),
    **_rows(400, "invalidRecordingDetails invalidFilename invalidVideoGameRating", Row(ItemRefused, _TEXT)),
    **_rows(400, "invalidVideoMetadata defaultLanguageNotSet", Row(ItemRefused, _TEXT)),
    **_rows(403, "forbiddenPrivacySetting forbiddenLicenseSetting forbiddenEmbedSetting", Row(ItemRefused, _PRIVACY)),
    **_rows(400, "mediaBodyRequired invalidImage wrongUrlForUpload notUpload parseError", Row(Misconfigured, _DEFECT)),
    **_rows(400, "missingRequiredParameter unexpectedParameter incompatibleParameters", Row(Misconfigured, _DEFECT)),
    **_rows(400, "invalidPart invalidFilters badRequest invalidParameter invalidValue", Row(Misconfigured, _DEFECT)),
    **_rows(400, "invalidPageToken", Row(PlatformDown, _("The page is stale; the walk starts again."))),
    **_rows(404, "videoNotFound", Row(ObjectGone, _GONE)),
    **_rows(404, "commentNotFound parentCommentNotFound commentThreadNotFound", Row(ObjectGone, _GONE)),
    **_rows(404, "channelNotFound playlistNotFound playlistItemNotFound", Row(ObjectGone, _GONE)),
    **_rows(403, "commentsDisabled", Row(ItemRefused, _("Comments are switched off for this video."))),
    **_rows(403, "playlistContainsMaximumNumberOfVideos", Row(ItemRefused, _("The playlist is full."))),
    **_rows(
        400, "processingFailure", Row(PlatformDown, _("YouTube could not process the comment; once more may help."))
    ),
    **_rows(400, "operationNotSupported parentCommentIsPrivate parentIdMissing", Row(ItemRefused, _COMMENT)),
    **_rows(400, "commentTextRequired commentTextTooLong invalidCustomEmoji", Row(ItemRefused, _COMMENT)),
    **_rows(400, "invalidCommentMetadata banWithoutReject", Row(ItemRefused, _COMMENT)),
    **_rows(412, "conditionNotMet", Row(PlatformDown, _("It changed meanwhile; read it again."))),
    **_rows(413, "uploadTooLarge", Row(ItemRefused, _("The file is larger than YouTube takes."))),
    **_rows(
        416, "requestedRangeNotSatisfiable", Row(PlatformDown, _("YouTube holds other bytes than we think; ask it."))
    ),
    **_rows(501, "notImplemented", Row(Misconfigured, _SETUP)),
}

BY_STATUS: Mapping[int, Row] = {
    401: Row(TokenRefused, _TOKEN),
    404: Row(ObjectGone, _GONE),
    410: Row(ObjectGone, _GONE),
    413: Row(ItemRefused, _("The file is larger than YouTube takes.")),
    416: Row(PlatformDown, _("YouTube holds other bytes than we think; ask it.")),
    429: _BUSY_ROW,
}

PER_DAY: Mapping[str, str] = {"video uploads": "uploads", "search queries": "search", "queries": "units"}
"""The console's name of a metric, as the message of a 429 quotes it, and our bucket."""
_METRIC = re.compile(r"metric '([^']+)'")

_BROKEN = _("YouTube could not make a video of this file.")
VERDICTS: Mapping[str, Row] = {
    **{reason: Row(ItemRefused, _BROKEN) for reason in ["conversion", "invalidFile", "emptyFile", "tooSmall", "codec"]},
    **{reason: Row(ItemRefused, _BROKEN) for reason in ["transcodeFailed", "streamingFailed"]},
    **{
        reason: Row(PlatformDown, _("The upload broke off at YouTube.")) for reason in ("uploadAborted", "uploadFailed")
    },
    "duplicate": Row(Ambiguous, _("YouTube says that the channel already has this file.")),
    "length": Row(ItemRefused, _("The clip is longer than the channel may upload.")),
    **{
        reason: Row(ItemRefused, _("YouTube rejected the clip for a claim on its content."))
        for reason in ("copyright", "claim", "trademark", "legal")
    },
    **{
        reason: Row(ItemRefused, _("YouTube rejected the clip for its content."))
        for reason in ("inappropriate", "termsOfUse")
    },
    **{reason: Row(ChannelBlocked, _ACCOUNT) for reason in ("uploaderAccountSuspended", "uploaderAccountClosed")},
}
"""What `status.failureReason`, `status.rejectionReason` and `processingFailureReason` ask for."""


def translate(
    http_status: int,
    body: Mapping[str, Any],
    *,
    once: bool = False,
    bucket: str = "",
    retry_after: float | None = None,
) -> PlatformError:
    """The refusal in `body` as an error. `bucket` is the one that the refused call draws on."""
    reason, message = _reason(body)
    answer = Answer(KEY, http_status, reason, message, bucket=bucket, retry_after=retry_after, once=once)
    return refusal(_row(answer), answer)


def explain(reason: str) -> PlatformError:
    """What to do about a clip that YouTube failed or rejected with this reason."""
    row = VERDICTS.get(reason, Row(ItemRefused, _("YouTube rejected the clip.")))
    return refusal(row, Answer(KEY, code=reason))


def _row(answer: Answer) -> Row:
    if answer.http_status == 429 and "per day" in answer.detail.lower():
        return Row(QuotaSpent, _SPENT, PACIFIC, bucket=_metric(answer), scope="app")
    for key in ((answer.http_status, answer.code), (ANY, answer.code)):
        if key in ROWS:
            return ROWS[key]
    if answer.http_status in BY_STATUS:
        return BY_STATUS[answer.http_status]
    if answer.once:
        return Row(Ambiguous, _("YouTube gave an answer that does not say whether it did what was asked."))
    return Row(PlatformDown, _FAULT)


def _metric(answer: Answer) -> str:
    """The bucket that the message names; else the one that the call draws on."""
    named = _METRIC.search(answer.detail)
    return (named and PER_DAY.get(named[1].lower())) or answer.bucket or "units"


def _reason(body: Mapping[str, Any]) -> tuple[str, str]:
    """(reason, message) out of the API's envelope, or out of the flat one that the token endpoint uses."""
    error = body.get("error")
    if isinstance(error, str):
        return error, str(body.get("error_description", ""))
    if not isinstance(error, dict):
        return "", ""
    entries = error.get("errors")
    first = entries[0] if isinstance(entries, list) and entries and isinstance(entries[0], dict) else {}
    return str(first.get("reason") or error.get("status") or ""), str(error.get("message", ""))
