"""What this app does about news from below: ring the bell, nothing more."""

from __future__ import annotations

from typing import Any

from catalog.models import Clip
from channels.models import Publication
from config.kernel import jobs


def version_is_released(**_signal: Any) -> None:
    jobs.enqueue("moderation.jobs.advance_replacements")


def clip_is_ready(*, clip: Clip, **_signal: Any) -> None:
    if clip.supersedes_id:
        jobs.enqueue("moderation.jobs.advance_replacements")


def publication_has_moved(*, publication: Publication, **_signal: Any) -> None:
    """A replacement went live or was lost, or something that is being replaced came down."""
    if publication.replaces_id or hasattr(publication, "replacement"):
        jobs.enqueue("moderation.jobs.advance_replacements")
