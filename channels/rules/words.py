"""The vocabularies of channels."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PlatformName(TextChoices):
    YOUTUBE = "youtube", _("YouTube")
    TIKTOK = "tiktok", _("TikTok")


class GrantFamily(TextChoices):
    """One platform may need several grants for one account; each is a row of its own."""

    YOUTUBE = "youtube", _("YouTube")
    TIKTOK_OPEN = "tiktok_open", _("TikTok Open API (posting)")
    TIKTOK_ACCOUNTS = "tiktok_accounts", _("TikTok Accounts API (comments)")


class Purpose(TextChoices):
    """What a spending of quota was for."""

    PUBLISH = "publish", _("publishing")
    LOOK = "look", _("checking what is live")
    WATCH = "watch", _("reading comments")
    REPLACE = "replace", _("replacing")
    LEARN = "learn", _("reading how much was watched")
    CONNECT = "connect", _("connecting accounts")


class Stage(TextChoices):
    """When the pre-flight check was made."""

    PLANNED = "planned", _("when planned")
    UPLOAD = "upload", _("at upload")
