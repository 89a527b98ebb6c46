"""Mishaps by name. A place in the code asks `strikes(name, …)`; what was armed decides.

`KNOWN` is the whole list: arming a name that stands nowhere is refused, so a test cannot wait for a
mishap that never comes.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from config.kernel.errors import Invalid
from config.sandbox.answers import HangUp
from config.sandbox.models import Account, Fault


@dataclass(frozen=True)
class Place:
    """Where a mishap may strike: which platform, which address, whose account (None: nobody's yet)."""

    platform: str
    path: str
    account: Account | None = None


KNOWN = {
    "slow": "any call waits first; options: seconds (real, default 2)",
    "internal_error_500": "any call answers 500 and does nothing",
    "internal_error_503": "any call answers 503 and does nothing",
    "drop_before": "any call is cut off before anything is done",
    "drop_answer": "any call is done and its answer lost",
    "rate_limited": "any call answers as over the per-minute limit",
    "token_endpoint_down": "token and refresh answer 503",
    "invalid_grant": "refresh answers invalid_grant and the grant is dead",
    "refresh_answer_lost": "refresh is done (TikTok: the old token is dead) and the answer lost",
    "token_401_midway": "an upload chunk or call answers 401 although the token is good",
    "quota_429_per_day": "YouTube videos.insert answers 429 with the per-day message",
    "quota_403_exceeded": "YouTube calls of the shared pool answer 403 quotaExceeded",
    "upload_limit_exceeded": "YouTube videos.insert answers 400 uploadLimitExceeded",
    "init_answer_dropped": "the upload session (or the TikTok post by URL) is made, the answer lost",
    "chunk_503": "a chunk answers 503; options: stored (default false) keeps the bytes first",
    "drop_after_final_chunk": "the last chunk is taken, the video exists, the answer is lost",
    "forget_session": "the upload session is unknown from now on (404)",
    "url_expired": "TikTok's upload_url answers 403",
    "reject_duplicate": "processing ends in rejected/duplicate (YouTube) or spam_risk (TikTok)",
    "processing_failed": "processing fails; options: reason",
    "processing_stuck": "processing never ends while this is armed",
    "post_id_late": "TikTok says PUBLISH_COMPLETE without a post id while this is armed",
    "too_many_posts": "TikTok answers spam_risk_too_many_posts",
    "banned_from_posting": "TikTok answers spam_risk_user_banned_from_posting",
    "active_user_cap": "TikTok answers reached_active_user_cap",
    "comments_disabled": "YouTube comments of a video answer 403 commentsDisabled",
    "video_not_found_yet": "playlistItems.insert answers 404 videoNotFound",
    "reply_stored_answer_lost": "a reply is stored, the answer lost",
    "reply_hidden": "a reply is taken but held back from the public",
    "pages_shift": "before a further page of comments is read, new ones arrive; options: count (default 3)",
    "pages_lose": "before a further page of comments is read, the newest one vanishes from the list",
}


def arm(spec: dict[str, Any], *, now: datetime) -> Fault:
    name = spec.get("name", "")
    if name not in KNOWN:
        raise Invalid(f"There is no fault named {name!r}. Known: {', '.join(sorted(KNOWN))}.")
    match = spec.get("match") or {}
    strange = set(match) - {"platform", "path", "account"} | (
        set(spec) - {"name", "match", "times", "probability", "options"}
    )
    if strange:
        raise Invalid(
            f"A fault takes name, match(platform, path, account), times, probability, options; not {strange}."
        )
    times = spec.get("times", None if "probability" in spec else 1)
    return Fault.objects.create(
        name=name,
        platform=match.get("platform", ""),
        path=match.get("path", ""),
        account=str(match.get("account", "")),
        times_left=times,
        probability=float(spec.get("probability", 1)),
        options=spec.get("options") or {},
        armed_at=now,
    )


def strikes(name: str, place: Place) -> dict[str, Any] | None:
    """The options of the fault if it strikes now (using up one of its times), else None."""
    armed = Fault.objects.filter(Q(times_left=None) | Q(times_left__gt=0), name=name)
    for fault in armed.order_by("pk"):
        if not _fits(fault, place):
            continue
        if fault.probability < 1 and random.random() >= fault.probability:
            continue
        claim = Fault.objects.filter(Q(times_left=None) | Q(times_left__gt=0), pk=fault.pk)
        if claim.update(times_left=F("times_left") - 1, struck=F("struck") + 1):
            return dict(fault.options)
    return None


def _fits(fault: Fault, place: Place) -> bool:
    if fault.platform and fault.platform != place.platform:
        return False
    if fault.path and fault.path not in place.path:
        return False
    if not fault.account:
        return True
    whose = place.account
    return whose is not None and fault.account in (whose.external_id, whose.handle, str(whose.pk))


def at_the_gate(place: Place) -> str:
    """The mishaps any call may meet before it is looked at.

    Waits or hangs up by itself; otherwise the name of the one the platform has to put into its own
    words, or "".
    """
    if not Fault.objects.filter(Q(times_left=None) | Q(times_left__gt=0)).exists():
        return ""
    slow = strikes("slow", place)
    if slow is not None:
        time.sleep(float(slow.get("seconds", 2)))
    if strikes("drop_before", place) is not None:
        raise HangUp("cut off before anything was done")
    for name in ("internal_error_500", "internal_error_503", "rate_limited"):
        if strikes(name, place) is not None:
            return name
    return ""


def lose_answer(name: str, place: Place) -> None:
    """Hang up if the named fault strikes. Call it when the work is committed."""
    if strikes(name, place) is not None:
        raise HangUp(name)
