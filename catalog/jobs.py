"""The catalog's jobs: ids in, one service, a sentence out."""

from __future__ import annotations

from catalog.models import EditionVersion
from catalog.services import clips, fingerprinting, importing, qc


def check_version(version_pk: int) -> str:
    return qc.run_automatic(EditionVersion.objects.select_related("edition__drama").get(pk=version_pk))


def cut_clip(clip_pk: int) -> str:
    return clips.cut(clip_pk)


def sweep_clips() -> str:
    return clips.sweep()


def fingerprint_clip(clip_pk: int) -> str:
    return fingerprinting.make(clip_pk)


def sweep_fingerprints() -> str:
    return fingerprinting.sweep()


def sweep_checks() -> str:
    return qc.sweep()


def clear_uploads() -> str:
    return importing.clear_waiting_room()
