"""What was made from what, in both directions."""

from __future__ import annotations

from django.db.models import QuerySet

from catalog.models import Clip, EditionVersion, Master
from catalog.services import clips


def clips_from(master: Master) -> QuerySet[Clip]:
    """Every clip that shows any second of this master's bytes, whichever version they came with."""
    return Clip.objects.showing(master)


def changed_masters(old_version: EditionVersion, new_version: EditionVersion) -> list[tuple[Master, Master]]:
    """The (old, new) masters of every episode that both versions have in different bytes."""
    old = {row.episode_id: row for row in old_version.masters.select_related("episode")}
    new = new_version.masters.select_related("episode").order_by("episode__number")
    return [
        (old[row.episode_id], row) for row in new if row.episode_id in old and old[row.episode_id].sha256 != row.sha256
    ]


def successor(clip: Clip, version: EditionVersion) -> Clip | None:
    """The clip of `version` that takes the place of this one: the same kind, shape and episodes in other bytes.

    None when the version shows the very same content there, has no such clip, or was not planned yet.
    """
    place = (clip.kind, clip.shape, clip.first_episode, clip.last_episode)
    found = next((one for one in clips.planned(version) if one.place == place), None)
    if found is None or found.content_key == clip.content_key:
        return None
    return Clip.objects.filter(edition=version.edition_id, content_key=found.content_key).first()


def current_clips(version: EditionVersion) -> QuerySet[Clip]:
    """The clips that show this version as it is: what may be planned from it."""
    keys = [one.content_key for one in clips.planned(version)]
    return Clip.objects.filter(edition=version.edition_id, content_key__in=keys)
