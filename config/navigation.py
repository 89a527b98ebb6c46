"""The admin's sidebar: what each role reaches for, in the order of the loop."""

from __future__ import annotations

from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def _page(title: Any, icon: str, name: str, right: str) -> dict[str, Any]:
    def permitted(request: Any) -> bool:
        return bool(request.user.has_perm(right))

    return {"title": title, "icon": icon, "link": reverse_lazy(name), "permission": permitted}


def _item(title: Any, icon: str, model: str) -> dict[str, Any]:
    app, name = model.split(".")
    return _page(title, icon, f"admin:{app}_{name}_changelist", f"{app}.view_{name}")


def _on_publications(request: Any) -> bool:
    """Pages of their own that stand under the publications' address have items of their own."""
    match = request.resolver_match
    is_there = bool(match) and str(match.url_name).startswith("channels_publication_")
    return is_there and not _on_queue(request)


def _on_queue(request: Any) -> bool:
    """The list of publications, narrowed to what the reader can approve."""
    match = request.resolver_match
    is_list = bool(match) and match.url_name == "channels_publication_changelist"
    return is_list and request.GET.get("approval") == "mine"


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
            _page(_("Calendar"), "calendar_month", "admin:channels_calendar", "channels.view_publication"),
            {**_item(_("Publications"), "publish", "channels.publication"), "active": _on_publications},
            {
                **_page(_("To approve"), "task_alt", "admin:channels_to_approve", "channels.approve_plan"),
                "active": _on_queue,
            },
            _item(_("Bulk actions"), "checklist_rtl", "channels.batch"),
            _page(_("Needs a person"), "front_hand", "admin:channels_needs_a_person", "channels.view_publication"),
            _item(_("Holds"), "pause_circle", "channels.hold"),
            _item(_("Policy packs"), "policy", "channels.policypack"),
            _item(_("Quota"), "speed", "channels.quotawindow"),
            _item(_("API clients"), "vpn_key", "channels.apiclient"),
        ],
    },
    {
        "title": _("Viewers"),
        "separator": True,
        "items": [
            _item(_("Comments"), "forum", "moderation.comment"),
            _page(_("Triage"), "checklist", "admin:moderation_triage", "moderation.label_comment"),
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
