"""The only road to the platforms: it opens the credentials, pays from the ledger and tells account trouble."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from channels.errors import Action, ConsentLost, PlatformError
from channels.models import Channel
from channels.platforms import base, meter, registry
from channels.rules.words import Purpose
from channels.services import accounts, grants, ledger
from config.kernel import clock, news
from config.kernel.models import News

NEEDS_ACCOUNT = frozenset({"comments_page", "replies_page", "reply", "hide", "watched"})
QUIET = timedelta(hours=1)


def call(
    channel: Channel,
    verb: str,
    *,
    purpose: Purpose,
    operation: str = "",
    family: str | None = None,
    **arguments: Any,
) -> Any:
    """What the adapter's verb returns. Raises PlatformError; QuotaSpent before anything is sent.

    `operation` is the ledger's key of this call; empty, each call is one of its own. A token that is refused is
    refreshed once. Account trouble has already changed the channel and told the board when it is raised.
    """
    adapter = registry.adapter(channel.platform)
    family = family or adapter.family_of(verb)
    operation = operation or uuid.uuid4().hex
    paid = _Paid(channel, adapter, verb, purpose, arguments)
    token = ""
    try:
        token, account = grants.access(channel, family)
        return paid.call(token, account, operation=operation)
    except PlatformError as refusal:
        if refusal.action != Action.REAUTH:
            raise _told(channel, family, refusal, purpose=purpose, verb=verb) from None
    return _once_more(paid, family, refused=token, operation=f"{operation}:again")


def _once_more(paid: _Paid, family: str, *, refused: str, operation: str) -> Any:
    channel = paid.channel
    try:
        token, account = grants.access(channel, family, refused=refused)
        return paid.call(token, account, operation=operation)
    except PlatformError as refusal:
        if refusal.action == Action.REAUTH:
            why = _("The platform takes no token of this account any more, not even a fresh one.")
            refusal = ConsentLost(why, platform=channel.platform, platform_code=refusal.platform_code)
        raise _told(channel, family, refusal, purpose=paid.purpose, verb=paid.verb) from None


class _Paid:
    """One verb with its arguments, ready to be called with a token."""

    def __init__(
        self, channel: Channel, adapter: base.Platform, verb: str, purpose: Purpose, arguments: dict[str, Any]
    ) -> None:
        self.channel, self.adapter, self.verb = channel, adapter, verb
        self.purpose, self.arguments = purpose, arguments

    def call(self, token: str, account: str, *, operation: str) -> Any:
        prices = self.adapter.prices(self.verb)
        self._reserve(prices, operation)
        arguments = dict(self.arguments)
        if self.verb in NEEDS_ACCOUNT:
            arguments["account_id"] = account
        with meter.reading() as taken:
            try:
                return getattr(self.adapter, self.verb)(token, **arguments)
            finally:
                for price in prices:
                    _settle(_key(operation, price), reserved=price.units, taken=taken[price.bucket])

    def _reserve(self, prices: tuple[base.Price, ...], operation: str) -> None:
        """All the verb's prices or none of them."""
        done: list[str] = []
        try:
            for price in prices:
                ledger.reserve(
                    client=accounts.client_of(self.channel),
                    channel=self.channel,
                    price=price,
                    purpose=self.purpose,
                    verb=self.verb,
                    operation=_key(operation, price),
                )
                done.append(_key(operation, price))
        except PlatformError:
            for key in done:
                ledger.refund(key)
            raise


def _key(operation: str, price: base.Price) -> str:
    return f"{operation}:{price.bucket}"


def _settle(key: str, *, reserved: int, taken: int) -> None:
    if taken < reserved:
        ledger.refund(key, units=reserved - taken)
    elif taken > reserved:
        ledger.overrun(key, units=taken - reserved)


def _told(channel: Channel, family: str, refusal: PlatformError, *, purpose: Purpose, verb: str) -> PlatformError:
    """The refusal, after what it means for the account, the budget or the installation has been written down."""
    if isinstance(refusal, ConsentLost):
        accounts.disconnect(channel, family=family, why=str(refusal))
    elif refusal.action == Action.PAUSE_CHANNEL:
        accounts.stop(channel, why=str(refusal))
    elif refusal.action == Action.WAIT and refusal.bucket and refusal.platform_code != "ledger":
        ledger.exhaust(
            client=accounts.client_of(channel),
            channel=channel,
            bucket=refusal.bucket,
            purpose=purpose,
            verb=verb,
            until=refusal.until,
        )
    elif refusal.action == Action.CONFIG:
        _tell_once(channel, refusal)
    return refusal


def _tell_once(channel: Channel, refusal: PlatformError) -> None:
    """A wrong setting is told once an hour, not once a call."""
    sentence = _("%(client)s: %(what)s %(detail)s") % {
        "client": accounts.client_of(channel),
        "what": refusal,
        "detail": refusal.detail,
    }
    since = clock.now() - QUIET
    if not News.objects.filter(code="platform_misconfigured", sentence=sentence[:500], at__gte=since).exists():
        news.tell("platform_misconfigured", sentence, level="error")
