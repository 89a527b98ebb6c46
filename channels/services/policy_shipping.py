"""The policy packs that come with the product: loaded once each, and never forced upon a running house."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from channels.models import PolicyPack, Publication
from channels.rules.policies import packs
from channels.rules.policy_pack import Status
from config.kernel import clock
from config.kernel.errors import Invalid

FOLDER = Path(__file__).resolve().parent.parent / "policies"


def load(folder: Path = FOLDER) -> list[PolicyPack]:
    """Bring in what this release ships and the database has never had. Returns the new rows; none on a second call.

    In a database with neither packs nor publications they are in force at once. Anywhere else they are drafts: what
    they would hold is looked at first.
    """
    with transaction.atomic():
        is_fresh = not PolicyPack.objects.exists() and not Publication.objects.exists()
        return [row for shipped in _read(folder) if (row := _bring_in(shipped, is_fresh=is_fresh))]


def _read(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.toml")):
        shipped = _plain(tomllib.loads(path.read_text(encoding="utf-8")))
        wrong = packs.faults(shipped["rules"])
        if wrong:
            raise Invalid(_("%(file)s: %(fault)s") % {"file": path.name, "fault": wrong[0]})
        yield shipped


def _bring_in(shipped: Mapping[str, Any], *, is_fresh: bool) -> PolicyPack | None:
    code, version = shipped["code"], shipped["version"]
    known = PolicyPack.objects.select_for_update().filter(code=code).order_by("-version")
    if known.filter(shipped=version).exists():
        return None
    newest = known.first()
    row = PolicyPack(
        code=code,
        version=version if newest is None else max(version, newest.version + 1),
        shipped=version,
        name=shipped["name"],
        platform=shipped.get("platform", ""),
        countries=shipped.get("countries", []),
        languages=shipped.get("languages", []),
        starts_on=date.fromisoformat(shipped["starts_on"]),
        ends_on=date.fromisoformat(shipped["ends_on"]) if shipped.get("ends_on") else None,
        rules=shipped["rules"],
        sources=shipped.get("sources", []),
        note=shipped.get("note", ""),
        status=Status.ON if is_fresh else Status.DRAFT,
        switched_at=clock.now() if is_fresh else None,
    )
    row.save()
    return row


def _plain(told: Any) -> Any:
    """As JSON can keep it: a day is written as 2025-07-15."""
    if isinstance(told, dict):
        return {name: _plain(value) for name, value in told.items()}
    if isinstance(told, list):
        return [_plain(value) for value in told]
    return told.isoformat() if isinstance(told, date) else told
