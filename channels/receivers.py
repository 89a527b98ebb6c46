"""What the channels do about news from the catalog (ring the bell, nothing more) and from the database."""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader

from catalog.models import Clip, Drama, EditionVersion
from channels.models import Channel, Publication
from channels.rules.changes import Event
from channels.rules.publication import WAITING
from channels.services import policy_shipping
from config.kernel import jobs

PROPOSE = "channels.jobs.propose_change"
AT_ONCE = 500


def clip_is_ready(*, clip: Clip, **_signal: Any) -> None:
    """A mended clip: what is planned of the one before it must not go out."""
    if clip.supersedes_id:
        jobs.enqueue("channels.jobs.drop_outdated", clip.edition_id)


def rights_have_changed(*, dramas: list[int], **_signal: Any) -> None:
    """A table of rights may name every drama: the bell is rung only for those of which something is planned."""
    for start in range(0, len(dramas), AT_ONCE):
        some = dramas[start : start + AT_ONCE]
        planned = Publication.objects.filter(clip__edition__drama__in=some, status__in=WAITING).order_by()
        for drama in sorted(set(planned.values_list("clip__edition__drama", flat=True))):
            jobs.remind(PROPOSE, Event.RIGHTS_CHANGED.value, drama)


def drama_is_retired(*, drama: Drama, **_signal: Any) -> None:
    if drama.retired_at is not None:
        for edition in drama.editions.order_by("pk").values_list("pk", flat=True):
            jobs.remind(PROPOSE, Event.EDITION_CHANGED.value, edition)


def publication_has_failed(*, publication: Publication, **_signal: Any) -> None:
    if publication.replaces_id is None:
        jobs.remind(PROPOSE, Event.ITEM_FAILED.value, publication.pk)


def publication_has_missed_its_time(*, publication: Publication, **_signal: Any) -> None:
    jobs.remind(PROPOSE, Event.TOO_LATE.value, 0)


def channel_was_switched(*, channel: Channel, **_signal: Any) -> None:
    event = Event.CHANNEL_RESUMED if channel.is_active else Event.CHANNEL_PAUSED
    jobs.remind(PROPOSE, event.value, channel.pk)


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
