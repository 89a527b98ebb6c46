"""Masters: a delivered file is examined before anything of it is kept."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from catalog.errors import DeliveryRefused
from catalog.footage import probing
from catalog.footage.errors import FootageError
from catalog.models import EditionVersion, Episode, Master
from catalog.models.master import storage_key
from catalog.rules import version as life
from catalog.services import files

WRITABLE = frozenset({life.Status.DRAFT})


@dataclass(frozen=True)
class Examined:
    """A delivered file and what was found in it; nothing is stored yet."""

    episode: int
    upload: File[bytes]
    checksum: probing.Checksum
    probe: probing.Probe


def receive(version: EditionVersion, *, episode: int, upload: File[bytes], by: Any = None) -> Master:
    """Take one file as the master of one episode of a draft version.

    Raises DeliveryRefused, with nothing kept, when it is no film, when the drama has no such episode, or when the
    version has its file already.
    """
    if version.status not in WRITABLE:
        raise DeliveryRefused(
            _("%(version)s is handed in; a change comes as a new version.") % {"version": version}, version=version.pk
        )
    found = episodes_of(version.edition.drama_id, [episode])
    if version.masters.filter(episode__number=episode).exists():
        raise DeliveryRefused(_("%(version)s has episode %(n)d already.") % {"version": version, "n": episode})
    return keep(examine(upload, episode=episode), version=version, episode=found[episode])


def examine(upload: File[bytes], *, episode: int) -> Examined:
    """Checksum and probe; raises DeliveryRefused with the episode and the name of the file."""
    if not upload.size:
        raise _refused(episode, _("“%(name)s” is empty.") % {"name": upload.name})
    with files.on_disk(upload) as path:
        try:
            probe = probing.probe(path, keyframes=False)
        except FootageError as error:
            # The film's own name says more than that of the place it was put to.
            reason = str(error).replace(path.name, str(upload.name or path.name))
            raise _refused(episode, reason) from error
        with path.open("rb") as stream:
            checksum = probing.checksum(stream)
    return Examined(episode, upload, checksum, probe)


def keep(one: Examined, *, version: EditionVersion, episode: Episode) -> Master:
    """Store the file, then the row; a row that cannot be made takes its file with it."""
    row = build(one, version=version, episode=episode)
    row.file.name = store(row, one)
    try:
        with transaction.atomic():
            row.save()
    except Exception:
        files.discard(row.file.name, storage=row.file.storage)
        raise
    return row


def store(row: Master, one: Examined) -> str:
    """Put the bytes under the master's own key; returns the name."""
    with files.on_disk(one.upload) as path, path.open("rb") as stream:
        return files.publish(stream, key=storage_key(row, str(one.upload.name or "")), storage=row.file.storage)


def build(one: Examined, *, version: EditionVersion | None, episode: Episode) -> Master:
    facts = one.probe
    return Master(
        uuid=uuid.uuid4(),
        version=version,
        episode=episode,
        sha256=one.checksum.sha256,
        size_bytes=one.checksum.size_bytes,
        duration_ms=facts.duration_ms,
        width=facts.width,
        height=facts.height,
        frame_rate=facts.frame_rate,
        video_codec=facts.video_codec,
        audio_codec=facts.audio_codec,
        audio_channels=facts.audio_channels,
        audio_rate=facts.audio_rate,
    )


def carried(earlier: Master, *, version: EditionVersion) -> Master:
    """The same file again in a later version: a new row, no new bytes."""
    same = {field.attname: getattr(earlier, field.attname) for field in Master._meta.concrete_fields}
    for own in ("id", "uuid", "version_id", "carried_from_id", "created_at"):
        same.pop(own)
    return Master(**same, version=version, carried_from=earlier)


def episodes_of(drama_id: int, numbers: list[int]) -> dict[int, Episode]:
    """The drama's episodes by number; raises DeliveryRefused naming the numbers it does not have."""
    found = {row.number: row for row in Episode.objects.filter(drama_id=drama_id, number__in=numbers)}
    unknown = sorted(set(numbers) - set(found))
    if unknown:
        raise DeliveryRefused(
            _("The drama has no episode %(numbers)s.") % {"numbers": ", ".join(map(str, unknown))}, episodes=unknown
        )
    return found


def _refused(episode: int, reason: str) -> DeliveryRefused:
    """`reason` is a sentence that names the file."""
    return DeliveryRefused(
        _("Episode %(n)d: %(reason)s") % {"n": episode, "reason": reason},
        details={f"episode_{episode}": [reason]},
        episode=episode,
    )
