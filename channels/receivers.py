"""What the channels do about news from the catalog: ring the bell, nothing more."""

from __future__ import annotations

from typing import Any

from catalog.models import Clip, EditionVersion
from config.kernel import jobs


def clip_is_ready(*, clip: Clip, **_signal: Any) -> None:
    """A mended clip: what is planned of the one before it must not go out."""
    if clip.supersedes_id:
        jobs.enqueue("channels.jobs.drop_outdated", clip.edition_id)


def version_is_released(*, version: EditionVersion, **_signal: Any) -> None:
    if version.number > 1:
        jobs.enqueue("channels.jobs.drop_outdated", version.edition_id)
