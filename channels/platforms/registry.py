"""Which platforms there are. To add one: a folder like its neighbours, and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from channels.platforms.base import Platform
from channels.platforms.tiktok.adapter import TikTok
from channels.platforms.youtube.adapter import YouTube
from config.kernel.errors import Invalid

PLATFORMS: Mapping[str, Platform] = {platform.key: platform for platform in (YouTube(), TikTok())}


def adapter(key: str) -> Platform:
    if key not in PLATFORMS:
        known = ", ".join(PLATFORMS)
        raise Invalid(_("There is no platform “%(key)s”; there are: %(known)s.") % {"key": key, "known": known})
    return PLATFORMS[key]
