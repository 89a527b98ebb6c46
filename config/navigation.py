"""The admin's sidebar: what each role reaches for, in the order of the loop."""

from __future__ import annotations

from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def _item(title: Any, icon: str, model: str, *, query: str = "", badge: str = "") -> dict[str, Any]:
    app, name = model.split(".")

    def permitted(request: Any) -> bool:
        return bool(request.user.has_perm(f"{app}.view_{name}"))

    item = {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{name}_changelist"),
        "permission": permitted,
    }
    if badge:
        item["badge"] = badge
    return item


SIDEBAR: list[dict[str, Any]] = [
    {
        "items": [
            {
                "title": _("Home"),
                "icon": "dashboard",
                "link": reverse_lazy("admin:index"),
            }
        ]
    },
    {
        "title": _("Catalog"),
        "separator": True,
        "items": [
            _item(_("Dramas"), "movie", "catalog.drama"),
            _item(_("Editions"), "translate", "catalog.edition"),
            _item(_("Edition versions"), "inventory_2", "catalog.editionversion"),
            _item(_("Clips"), "content_cut", "catalog.clip"),
            _item(_("Rights"), "gavel", "catalog.rights"),
            _item(_("Partners"), "handshake", "catalog.partner"),
        ],
    },
    {
        "title": _("Channels"),
        "separator": True,
        "items": [
            _item(_("Channels"), "podcasts", "channels.channel"),
            _item(_("Plans"), "event_note", "channels.plan"),
            _item(_("Publications"), "publish", "channels.publication"),
            _item(_("Quota"), "speed", "channels.quotawindow"),
            _item(_("API clients"), "vpn_key", "channels.apiclient"),
        ],
    },
    {
        "title": _("Viewers"),
        "separator": True,
        "items": [
            _item(_("Comments"), "forum", "moderation.comment"),
            _item(_("Tickets"), "bug_report", "moderation.ticket"),
            _item(_("Replacements"), "swap_horiz", "moderation.replacement"),
            _item(_("Watches"), "visibility", "moderation.watch"),
        ],
    },
    {
        "title": _("System"),
        "separator": True,
        "collapsible": True,
        "items": [
            _item(_("News"), "campaign", "kernel.news"),
            _item(_("Routines"), "autorenew", "kernel.routine"),
            _item(_("Processes"), "memory", "kernel.processlife"),
            _item(_("People"), "person", "auth.user"),
            _item(_("Roles"), "group", "auth.group"),
        ],
    },
]
