"""Whether anything of a publication may go out now: no hold keeps it back, and its channel is active."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from channels.models import Channel, Hold, Publication
from channels.rules.channel import Status
from config.kernel import clock

PAUSE = timedelta(minutes=10)
"""How long what waits for its channel is left alone; a lifted hold rings by itself."""


@dataclass(frozen=True)
class Stopped:
    """Nothing may go out. It is worth asking again at `until`."""

    until: datetime
    why: str


def stopped(publication: Publication) -> Stopped | None:
    """What stands in its way as the database says now. One question where nothing does, so it is asked per chunk."""
    if Publication.objects.not_held().filter(pk=publication.pk, channel__status=Status.ACTIVE).exists():
        return None
    now = clock.now()
    held = Hold.objects.over(publication)
    if held:
        return Stopped(now, held.sentence)
    channel = Channel.objects.get(pk=publication.channel_id)
    return None if channel.is_active else Stopped(now + PAUSE, not_active(channel))


def not_active(channel: Channel) -> str:
    return _("%(channel)s is not active: %(why)s") % {
        "channel": channel,
        "why": channel.status_reason or channel.get_status_display(),
    }
