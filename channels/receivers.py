"""What the channels do about news from the catalog (ring the bell, nothing more) and from the database."""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader

from catalog.models import Clip, EditionVersion
from channels.services import policy_shipping
from config.kernel import jobs


def clip_is_ready(*, clip: Clip, **_signal: Any) -> None:
    """A mended clip: what is planned of the one before it must not go out."""
    if clip.supersedes_id:
        jobs.enqueue("channels.jobs.drop_outdated", clip.edition_id)


def version_is_released(*, version: EditionVersion, **_signal: Any) -> None:
    if version.number > 1:
        jobs.enqueue("channels.jobs.drop_outdated", version.edition_id)


def database_is_migrated(*, using: str, plan: list[Any] | None = None, **_signal: Any) -> None:
    """The packs that come with the product are there from the start. Half-migrated tables are left alone."""
    if using == DEFAULT_DB_ALIAS and (not plan or _is_whole(using)):
        policy_shipping.load()


def _is_whole(using: str) -> bool:
    loader = MigrationLoader(connections[using])
    return all(leaf in loader.applied_migrations for leaf in loader.graph.leaf_nodes())
