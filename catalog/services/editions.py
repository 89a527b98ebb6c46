"""Editions: a delivery becomes a version, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from catalog.errors import DeliveryRefused
from catalog.models import Edition, EditionVersion, Master
from catalog.rules import version as life
from catalog.services import files as storing
from catalog.services import masters, qc
from config.kernel import clock, jobs, lifecycle

Along = Callable[[EditionVersion], object]


def deliver(
    edition: Edition, *, files: Mapping[int, File[bytes]], note: str, by: Any, along: Along | None = None
) -> EditionVersion:
    """Hand in a new version: the given files by episode, and the newest version's masters for the other episodes.

    All files are examined before anything is kept; one bad file refuses the whole (DeliveryRefused). The version goes
    to QC at once. Files equal to those of the newest version are carried over, and a delivery of nothing else is
    refused. `along` is called with the new version inside its transaction: what it changes is there with the version
    or not at all, and what it raises refuses the delivery.
    """
    if not files:
        raise DeliveryRefused(_("A delivery needs at least one file."))
    episodes = masters.episodes_of(edition.drama_id, sorted(files))
    examined = [masters.examine(files[number], episode=number) for number in sorted(files)]
    fresh = _changed(edition, examined)
    rows = [masters.build(one, version=None, episode=episodes[one.episode]) for one in fresh]
    stored: list[str] = []
    try:
        for row, one in zip(rows, fresh, strict=True):
            row.file.name = masters.store(row, one)
            stored.append(row.file.name)
        return _hand_in(edition, rows=rows, note=note, by=by, along=along)
    except Exception:
        for name in stored:
            storing.discard(name)
        raise


def newest(edition: Edition) -> EditionVersion | None:
    return edition.versions.order_by("-number").first()


def _changed(edition: Edition, examined: list[masters.Examined]) -> list[masters.Examined]:
    earlier = newest(edition)
    known = dict(earlier.masters.values_list("episode__number", "sha256")) if earlier else {}
    fresh = [one for one in examined if known.get(one.episode) != one.checksum.sha256]
    if not fresh:
        raise DeliveryRefused(
            _("Nothing changed: the delivered files are those of %(version)s, byte for byte.") % {"version": earlier}
        )
    return fresh


def _hand_in(edition: Edition, *, rows: list[Master], note: str, by: Any, along: Along | None) -> EditionVersion:
    with transaction.atomic():
        Edition.objects.select_for_update().get(pk=edition.pk)  # two deliveries at once: one number after the other
        earlier = newest(edition)
        version = EditionVersion.objects.create(
            edition=edition,
            number=(edition.versions.aggregate(top=Max("number"))["top"] or 0) + 1,
            note=note,
            delivered_by=by if getattr(by, "pk", None) else None,
            delivered_at=clock.now(),
        )
        given = {row.episode_id for row in rows}
        for row in rows:
            row.version = version
            row.save()
        for kept in earlier.masters.exclude(episode__in=given).select_related("episode") if earlier else ():
            masters.carried(kept, version=version).save()
        hand_to_qc(version, by=by)
        if along is not None:
            along(version)
    return version


def hand_to_qc(version: EditionVersion, *, by: Any = None) -> bool:
    """Open the gates of a delivered version and ring for the automatic ones. False when it stands in QC already."""
    with transaction.atomic():
        moved = lifecycle.advance(version, to=life.Status.CHECKING, by=by, why=_("delivered"))
        if moved:
            qc.open_gates(version)
            jobs.enqueue("catalog.jobs.check_version", version.pk)
    return moved
