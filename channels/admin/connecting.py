"""The cell of a channel that says which of its accounts are connected, and the buttons that connect them."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse
from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from channels.admin import showing
from channels.models import Channel, Grant
from channels.platforms import registry
from channels.rules import publication
from channels.rules.words import GrantFamily
from config.kernel import clock
from config.kernel.admin.pages import link


def families(channel: Channel) -> list[GrantFamily]:
    return [GrantFamily(name) for name in registry.adapter(channel.platform).families]


def state(grant: Grant | None) -> SafeString:
    """Whether this connection works, in one label."""
    if grant is None:
        return showing.badge(_("not connected"), "")
    if grant.revoked_at:
        return showing.badge(_("ended"), "danger")
    if grant.refresh_expires_at and grant.refresh_expires_at <= clock.now():
        return showing.badge(_("expired"), "danger")
    if grant.trouble:
        return showing.badge(_("in trouble"), "warning")
    return showing.badge(_("connected"), "success")


def buttons(channel: Channel, *, may_connect: bool) -> SafeString:
    grants = {grant.family: grant for grant in channel.grants.all()}
    lines = (
        (family.label, state(grants.get(family)), _button(channel, family, grants.get(family)) if may_connect else "")
        for family in families(channel)
    )
    return format_html_join("", '<div class="ch-line"><span>{}</span>{}{}</div>', lines)


def roads(channel: Channel) -> list[tuple[str, str]]:
    """(text, address) for every API that this channel has to be connected to again."""
    grants = {grant.family: grant for grant in channel.grants.all()}
    broken = [one for one in families(channel) if not works(grants.get(one))]
    return [
        (_("Connect %(api)s") % {"api": family.label}, address)
        for family in broken
        if (address := _address(channel, family))
    ]


def works(grant: Grant | None) -> bool:
    if grant is None or grant.revoked_at:
        return False
    return grant.refresh_expires_at is None or grant.refresh_expires_at > clock.now()


def _address(channel: Channel, family: GrantFamily) -> str:
    try:
        return reverse("channels:connect_family", args=[channel.uuid, family.value])
    except NoReverseMatch:
        return ""


def _button(channel: Channel, family: GrantFamily, grant: Grant | None) -> SafeString | str:
    address = _address(channel, family)
    if not address:
        return ""
    text = _("Connect again") if grant else _("Connect account")
    return format_html('<a class="dp-button" href="{}">{}</a>', address, text)


def live_link(channel: Channel) -> SafeString | str:
    """How many clips are live, leading to them."""
    count = int(getattr(channel, "live_count", 0))
    if not count:
        return "0"
    query = f"?channel__id__exact={channel.pk}&status__exact={publication.Status.PUBLISHED.value}"
    return link(reverse("admin:channels_publication_changelist") + query, formats.number_format(count))
