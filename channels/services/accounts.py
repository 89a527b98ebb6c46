"""Accounts: connecting them, and a channel's being on or off."""

from __future__ import annotations

import contextlib
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from channels import signals
from channels.errors import Misconfigured
from channels.models import ApiClient, Channel, Grant
from channels.platforms import base, registry
from channels.rules import tokens
from channels.rules.channel import Status
from config.kernel import clock, leases, lifecycle, news
from config.kernel.crypto import Undecipherable
from config.kernel.errors import Invalid, MoveRefused


def client_of(channel: Channel) -> ApiClient:
    """The channel's API client, its secret unread until somebody needs it."""
    if not Channel.api_client.is_cached(channel):
        channel.api_client = ApiClient.objects.get(pk=channel.api_client_id)
    return channel.api_client


def app_of(channel: Channel) -> base.App:
    """Raises Misconfigured when the client's secret was encrypted with a key that is gone."""
    client = client_of(channel)
    try:
        return base.App(client.client_id, client.client_secret)
    except Undecipherable as lost:
        raise Misconfigured(
            _("The secret of the API client “%(client)s” cannot be read; enter it again.") % {"client": client},
            platform=channel.platform,
            platform_code=lost.code,
        ) from lost


# --- connecting


def authorize_url(channel: Channel, *, family: str, redirect_uri: str, state: str, code_verifier: str) -> str:
    adapter = registry.adapter(channel.platform)
    return adapter.authorize_url(
        app_of(channel), redirect_uri=redirect_uri, state=state, code_verifier=code_verifier, family=family
    )


def connect_by_code(
    channel: Channel, *, family: str, code: str, redirect_uri: str, code_verifier: str, by: Any
) -> Grant:
    """Turn the code that the owner's consent brought into a grant, and bind it."""
    adapter = registry.adapter(channel.platform)
    grant = adapter.exchange(
        app_of(channel), code=code, redirect_uri=redirect_uri, code_verifier=code_verifier, family=family
    )
    return connect(channel, family=family, grant=grant, by=by)


def connect(channel: Channel, *, family: str, grant: base.Grant, by: Any) -> Grant:
    """Bind a grant to the account it really belongs to. Connecting again replaces the tokens and loses nothing.

    Raises Invalid, changing nothing, when it belongs to another account than the channel's or lacks a permission.
    """
    adapter = registry.adapter(channel.platform)
    if family not in adapter.families:
        raise Invalid(
            _("%(platform)s has no API “%(family)s”.") % {"platform": channel.get_platform_display(), "family": family}
        )
    _check_scopes(grant, adapter.scopes(family=family))
    is_main = family == adapter.families[0]
    facts = adapter.whoami(grant.access_token) if is_main else None
    account_id = facts.external_id if facts else grant.account_id
    _check_account(channel, family=family, account_id=account_id, is_main=is_main)
    with transaction.atomic():
        row = _bind(channel, family=family, grant=grant, account_id=account_id)
        if facts:
            _adopt(channel, facts, by=by)
    return row


def _check_scopes(grant: base.Grant, asked: tuple[str, ...]) -> None:
    missing = tokens.missing(grant.scopes, asked)
    if missing:
        raise Invalid(
            _("The owner did not grant: %(scopes)s. Connect again and leave every box ticked.")
            % {"scopes": ", ".join(missing)}
        )


def _check_account(channel: Channel, *, family: str, account_id: str, is_main: bool) -> None:
    known = channel.external_id if is_main else ""
    if not is_main:
        known = Grant.objects.filter(channel=channel, family=family).values_list("account_id", flat=True).first() or ""
    if known and known != account_id:
        raise Invalid(
            _("This consent is for the account %(given)s, but %(channel)s is the account %(known)s. Choose that one.")
            % {"given": account_id, "channel": channel, "known": known}
        )
    other = Channel.objects.filter(platform=channel.platform, external_id=account_id).exclude(pk=channel.pk).first()
    if is_main and account_id and other:
        raise Invalid(
            _("The account %(account)s is connected already, as the channel %(other)s.")
            % {"account": account_id, "other": other}
        )


def _bind(channel: Channel, *, family: str, grant: base.Grant, account_id: str) -> Grant:
    now = clock.now()
    ends = grant.refresh_expires_at
    if client_of(channel).in_test_mode:
        ends = min(ends or now + tokens.TEST_MODE_LIFE, now + tokens.TEST_MODE_LIFE)
    row: Grant
    row, _made = Grant.objects.update_or_create(
        channel=channel,
        family=family,
        defaults={
            "account_id": account_id,
            "access_token": grant.access_token,
            "refresh_token": grant.refresh_token,
            "scopes": list(grant.scopes),
            "obtained_at": now,
            "refreshed_at": None,
            "expires_at": grant.expires_at,
            "refresh_expires_at": ends,
            "revoked_at": None,
            "trouble": "",
            **leases.settled(),
        },
    )
    return row


def _adopt(channel: Channel, facts: base.AccountFacts, *, by: Any) -> None:
    """Take over what the platform says of the account; the first connection and a reconnection switch it on."""
    is_first = channel.posts_from is None
    channel.external_id = facts.external_id
    channel.handle = facts.handle or channel.handle
    channel.followers = facts.followers if facts.followers is not None else channel.followers
    channel.can_upload_long = facts.can_upload_long
    channel.posts_from = channel.posts_from or clock.now()
    channel.save(update_fields=["external_id", "handle", "followers", "can_upload_long", "posts_from"])
    if is_first or channel.status == Status.DISCONNECTED:
        _switch(channel, to=Status.ACTIVE, by=by, why=_("connected"))


def disconnect(channel: Channel, *, family: str, why: str) -> None:
    """The consent is gone: the grant ends and the board says so.

    Without its first API (posting) the channel waits to be connected again; without another (comments) it
    goes on, and what needs that API says why it stands still.
    """
    now = clock.now()
    ended = Grant.objects.filter(channel=channel, family=family, revoked_at=None).update(
        revoked_at=now, trouble=why[:300]
    )
    if not ended:
        return
    if family == registry.adapter(channel.platform).families[0]:
        # A stopped or retired channel has no such move: it does nothing anyway, and resuming it will find this out.
        with contextlib.suppress(MoveRefused):
            _switch(channel, to=Status.DISCONNECTED, by=None, why=why)
    news.tell(
        "channel_disconnected",
        _("%(channel)s must be connected again: %(why)s") % {"channel": channel, "why": why},
        level="error",
    )


# --- on and off


def _switch(channel: Channel, *, to: Status, by: Any, why: str) -> bool:
    with transaction.atomic():
        reason = "" if to == Status.ACTIVE else why[:500]
        moved = lifecycle.advance(channel, to=to, by=by, why=why, status_reason=reason)
        if moved:
            signals.channel_switched.send(Channel, channel=channel)
    return moved


def pause(channel: Channel, *, why: str, by: Any) -> bool:
    """A person holds the channel; what is due waits. False when it was paused already."""
    return _switch(channel, to=Status.PAUSED, by=by, why=why)


def resume(channel: Channel, *, why: str = "", by: Any) -> bool:
    """Switch it on again. Raises Invalid while its connection has ended: that takes the owner's consent."""
    family = registry.adapter(channel.platform).families[0]
    if channel.status == Status.DISCONNECTED and not channel.grants.living().filter(family=family).exists():
        raise Invalid(_("%(channel)s must be connected again first.") % {"channel": channel})
    return _switch(channel, to=Status.ACTIVE, by=by, why=why)


def stop(channel: Channel, *, why: str, by: Any = None) -> bool:
    """The platform, or a rule of ours, stops the channel until a person acts. False when it was not active."""
    if not Channel.objects.filter(pk=channel.pk, status=Status.ACTIVE).exists():
        return False
    try:
        moved = _switch(channel, to=Status.STOPPED, by=by, why=why)
    except MoveRefused:
        return False
    if moved:
        news.tell(
            "channel_stopped",
            _("%(channel)s is stopped: %(why)s") % {"channel": channel, "why": why},
            level="error",
        )
    return moved
