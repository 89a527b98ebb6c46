"""The roles: groups with the least rights that their work needs. Applied after every migration."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

_SEE_CATALOG = [
    "catalog.view_drama", "catalog.view_episode", "catalog.view_edition", "catalog.view_editionversion",
    "catalog.view_master", "catalog.view_qccheck", "catalog.view_rights", "catalog.view_clip", "catalog.view_segment",
    "catalog.view_genre", "catalog.view_partner", "catalog.view_partnermember",
]  # fmt: skip
_SEE_CHANNELS = [
    "channels.view_channel", "channels.view_postingrule", "channels.view_run", "channels.view_plan",
    "channels.view_notplaced", "channels.view_publication", "channels.view_preflight", "channels.view_extra",
    "channels.view_observation", "channels.view_uploadsession", "channels.view_quotawindow",
    "channels.view_quotaentry", "channels.view_grant", "channels.view_planchange", "channels.view_hold",
    "channels.view_batch", "channels.view_batchline", "channels.view_approval", "channels.view_policypack",
]  # fmt: skip
_SEE_VIEWERS = [
    "moderation.view_comment", "moderation.view_verdict", "moderation.view_ticket", "moderation.view_evidence",
    "moderation.view_ticketnote", "moderation.view_proof", "moderation.view_replacement", "moderation.view_watch",
    "moderation.view_harvestrun",
]  # fmt: skip
_SEE_SYSTEM = ["kernel.view_statuschange", "kernel.view_news", "kernel.view_routine", "kernel.view_processlife"]

ROLES: dict[str, list[str]] = {
    "operator": [
        *_SEE_CATALOG, *_SEE_CHANNELS, *_SEE_VIEWERS, "kernel.view_statuschange", "kernel.view_news",
        "channels.change_channel", "channels.pause_channel", "channels.add_postingrule", "channels.change_postingrule",
        "channels.delete_postingrule", "channels.add_plan", "channels.change_plan", "channels.approve_plan",
        "channels.change_publication", "channels.withdraw_publication", "channels.settle_publication",
        "channels.pause_everything",
        "moderation.label_comment", "moderation.work_ticket", "moderation.change_ticket", "moderation.add_ticketnote",
    ],
    "production": [
        *_SEE_CATALOG, "kernel.view_statuschange",
        "catalog.add_drama", "catalog.change_drama", "catalog.add_episode", "catalog.change_episode",
        "catalog.add_edition", "catalog.change_edition", "catalog.add_editionversion", "catalog.change_qccheck",
        "catalog.add_rights", "catalog.change_rights", "catalog.change_clip",
        "catalog.add_genre", "catalog.change_genre",
        "moderation.view_ticket", "moderation.view_evidence", "moderation.view_ticketnote", "moderation.view_proof",
        "moderation.view_replacement", "moderation.work_ticket", "moderation.add_ticketnote",
    ],
    "manager": [
        *_SEE_CATALOG, *_SEE_CHANNELS, *_SEE_VIEWERS, *_SEE_SYSTEM,
        "catalog.add_partner", "catalog.change_partner", "catalog.add_partnermember", "catalog.change_partnermember",
        "catalog.delete_partnermember", "catalog.add_partnerkey", "catalog.change_partnerkey",
        "catalog.view_partnerkey",
        "channels.add_channel", "channels.change_channel", "channels.pause_channel", "channels.connect_channel",
        "channels.view_apiclient", "channels.add_apiclient", "channels.change_apiclient", "channels.approve_plan",
        "channels.pause_everything", "channels.add_policypack", "channels.change_policypack",
        "channels.switch_policypack",
        "auth.view_user", "auth.view_group",
    ],
    "auditor": [
        *_SEE_CATALOG, *_SEE_CHANNELS, *_SEE_VIEWERS, *_SEE_SYSTEM,
        "channels.view_apiclient", "catalog.view_partnerkey", "auth.view_user", "auth.view_group",
    ],
    "vendor": [
        "catalog.view_clip",
        "moderation.view_ticket", "moderation.view_evidence", "moderation.view_ticketnote", "moderation.view_proof",
        "moderation.work_ticket", "moderation.add_ticketnote",
    ],
}  # fmt: skip


def apply(**_signal: Any) -> None:
    """Give each role exactly its rights; a right that does not exist is a mistake here and raises."""
    for name, rights in ROLES.items():
        group, _made = Group.objects.get_or_create(name=name)
        group.permissions.set(_find(rights))


def _find(rights: list[str]) -> list[Permission]:
    wanted = set(rights)
    query = Q()
    for right in wanted:
        app, codename = right.split(".")
        query |= Q(content_type__app_label=app, codename=codename)
    found = list(Permission.objects.filter(query).select_related("content_type"))
    missing = wanted - {f"{one.content_type.app_label}.{one.codename}" for one in found}
    if missing:
        raise LookupError(f"roles name rights that do not exist: {', '.join(sorted(missing))}")
    return found
