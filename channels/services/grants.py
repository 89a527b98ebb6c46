"""The tokens of accounts: handed out while they are good, refreshed by one at a time, never lost."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from channels.errors import Action, ConsentLost, PlatformDown, PlatformError
from channels.models import Channel, Grant
from channels.platforms import base, registry
from channels.rules import tokens
from channels.rules.channel import Status
from channels.services import accounts
from config.kernel import clock, leases, news
from config.kernel.crypto import Undecipherable
from config.kernel.errors import ProductError

REFRESH_LEASE_SECONDS = 90
WAITS = 25
WAIT_SECONDS = 0.2


def _unreadable(channel: Channel) -> ConsentLost:
    return ConsentLost(
        _("The stored token of %(channel)s cannot be read (another encryption key); connect it again.")
        % {"channel": channel},
        platform=channel.platform,
        platform_code=Undecipherable.code,
    )


def access(channel: Channel, family: str, *, refused: str = "") -> tuple[str, str]:
    """(access token, account id) of the channel's grant, refreshed first when it is about to end.

    `refused` names a token that the platform did not take: it is never returned. Raises ConsentLost when only
    connecting again helps, PlatformDown when the token endpoint or another worker's refresh has to be waited for.
    """
    grant = Grant.objects.filter(channel=channel, family=family).first()
    if grant is None or grant.revoked_at:
        raise ConsentLost(_("%(channel)s is not connected.") % {"channel": channel}, platform=channel.platform)
    try:
        if _needs_refresh(grant, refused=refused, now=clock.now()):
            grant = refresh(grant, refused=refused)
        return grant.access_token, grant.account_id
    except Undecipherable as lost:
        raise _unreadable(channel) from lost


def _needs_refresh(grant: Grant, *, refused: str, now: datetime) -> bool:
    born = grant.refreshed_at or grant.obtained_at
    if refused:
        return bool(grant.access_token == refused)
    return tokens.is_old(born_at=born, expires_at=grant.expires_at, now=now)


def refresh(grant: Grant, *, refused: str = "") -> Grant:
    """Refresh under a lease, so that it happens once however many ask. Returns the grant as it is afterwards."""
    for _turn in range(WAITS):
        if leases.claim(grant, seconds=REFRESH_LEASE_SECONDS, revoked_at=None):
            return _refresh_held(grant, refused=refused)
        grant.refresh_from_db()
        now = clock.now()
        if grant.revoked_at:
            raise ConsentLost(_("%(channel)s is not connected.") % {"channel": grant.channel})
        if not _needs_refresh(grant, refused=refused, now=now):
            return grant
        if not refused and tokens.is_usable(expires_at=grant.expires_at, now=now):
            return grant
        if grant.lease_until is None or grant.lease_until <= now:
            break
        time.sleep(WAIT_SECONDS)
    raise PlatformDown(
        _("The token of %(channel)s is being refreshed; try again shortly.") % {"channel": grant.channel},
        platform=grant.channel.platform,
        platform_code="refresh_pending",
        until=grant.next_try_at,
    )


def _refresh_held(grant: Grant, *, refused: str) -> Grant:
    """What the holder of the lease does. Another may have refreshed between our reading and our claiming."""
    now = clock.now()
    if not _needs_refresh(grant, refused=refused, now=now):
        leases.release(grant, attempts=0)
        return grant
    channel = grant.channel
    adapter = registry.adapter(channel.platform)
    try:
        fresh = adapter.refresh(accounts.app_of(channel), refresh_token=grant.refresh_token, family=grant.family)
        if not fresh.access_token:
            raise PlatformDown(_("The token endpoint answered without a token; the one we hold is kept."))
    except Undecipherable:
        return _not_refreshed(grant, _unreadable(channel), refused=refused, now=now)
    except PlatformError as refusal:
        return _not_refreshed(grant, refusal, refused=refused, now=now)
    # The new pair is stored before anybody uses it: where tokens rotate, the old one is dead already.
    leases.release(grant, attempts=0, trouble="", refreshed_at=clock.now(), **_columns(grant, fresh))
    return grant


def _not_refreshed(grant: Grant, refusal: PlatformError, *, refused: str, now: datetime) -> Grant:
    if refusal.action == Action.PAUSE_CHANNEL:
        leases.release(grant)
        accounts.disconnect(grant.channel, family=grant.family, why=str(refusal))
        raise refusal
    again = max(now + leases.backoff(grant.attempts), refusal.until or now)
    leases.release(grant, again_at=again, trouble=str(refusal)[:300])
    if not refused and tokens.is_usable(expires_at=grant.expires_at, now=now):
        return grant
    raise refusal


def _columns(grant: Grant, fresh: base.Grant) -> dict[str, Any]:
    """The new values; what the answer left out keeps its old value."""
    return {
        "access_token": fresh.access_token,
        "refresh_token": fresh.refresh_token or grant.refresh_token,
        "expires_at": fresh.expires_at,
        "refresh_expires_at": fresh.refresh_expires_at or grant.refresh_expires_at,
        "scopes": list(fresh.scopes) or grant.scopes,
    }


def refresh_due() -> str:
    """Refresh every token that is about to end, and warn of connections that will. One that fails stops no other."""
    now = clock.now()
    done = failed = 0
    soon = Grant.objects.ending_before(now + timedelta(hours=6)).select_related("channel")
    for grant in soon.exclude(channel__status=Status.RETIRED).order_by("expires_at"):
        if not _needs_refresh(grant, refused="", now=now):
            continue
        try:
            refresh(grant)
            done += 1
        except PlatformError:
            failed += 1
        except ProductError as refused:
            failed += 1
            _tell_trouble(grant, refused)
    _warn_of_ending(now)
    return f"{done} tokens refreshed, {failed} not"


def _tell_trouble(grant: Grant, refused: ProductError) -> None:
    why = str(refused)[:300]  # told once for each trouble: the grant remembers the last one
    if Grant.objects.filter(pk=grant.pk).exclude(trouble=why).update(trouble=why):
        sentence = _("The token of %(channel)s was not refreshed: %(why)s") % {"channel": grant.channel, "why": why}
        news.tell("token_not_refreshed", sentence, level="error")


def _warn_of_ending(now: datetime) -> None:
    ending = Grant.objects.living().filter(refresh_expires_at__lte=now + tokens.WARNING, trouble="")
    for grant in ending.select_related("channel"):
        sentence = _("The connection of %(channel)s ends on %(day)s; its owner should connect it again before.") % {
            "channel": grant.channel,
            "day": f"{grant.refresh_expires_at:%Y-%m-%d}",
        }
        if Grant.objects.filter(pk=grant.pk, trouble="").update(trouble=sentence[:300]):
            news.tell("connection_ends", sentence, level="warning")
