"""What a complaint speaks of: which edition version, which episode, which second."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.models import Clip, EditionVersion, Master, Segment
from catalog.rules import clip as cuts
from catalog.rules import version as life


@dataclass(frozen=True)
class Spot:
    """A moment of a clip and what the clip shows there; None where the viewer named none."""

    clip_ms: int | None = None
    episode: int | None = None
    episode_ms: int | None = None


def versions_shown(clips: Iterable[Clip]) -> dict[int, EditionVersion]:
    """By clip: the edition version whose defects it shows.

    A clip of masters that the current version carried over shows the current version; a clip with any bytes
    that were mended since shows the version it was cut from.
    """
    rows = list(clips)
    bytes_of = _bytes_of_clips(rows)
    current = _current_versions({row.edition_id for row in rows})
    held = _bytes_of_versions(current.values())
    cut_from = EditionVersion.objects.in_bulk({row.version_id for row in rows})
    shown: dict[int, EditionVersion] = {}
    for row in rows:
        now = current.get(row.edition_id)
        is_whole = now is not None and bytes_of.get(row.pk, set()) <= held.get(now.pk, set())
        shown[row.pk] = now if now is not None and is_whole else cut_from[row.version_id]
    return shown


def _bytes_of_clips(clips: Sequence[Clip]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for clip_pk, sha256 in Segment.objects.filter(clip__in=clips).values_list("clip_id", "master__sha256"):
        found.setdefault(clip_pk, set()).add(sha256)
    return found


def _current_versions(editions: set[int]) -> dict[int, EditionVersion]:
    rows = EditionVersion.objects.filter(edition__in=editions, status=life.Status.RELEASABLE)
    return {row.edition_id: row for row in rows}


def _bytes_of_versions(versions: Iterable[EditionVersion]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for version_pk, sha256 in Master.objects.filter(version__in=list(versions)).values_list("version_id", "sha256"):
        found.setdefault(version_pk, set()).add(sha256)
    return found


def spot_of(moments: Sequence[Mapping[str, Any]], stretches: Sequence[cuts.Stretch]) -> Spot:
    """The first moment that the clip shows; else the episode, where there is no doubt which one is meant."""
    spots = [_spot(moment, stretches) for moment in moments]
    exact = next((spot for spot in spots if spot and spot.episode_ms is not None), None)
    if exact:
        return exact
    named = next((spot for spot in spots if spot), None)
    return named or _only_episode(stretches)


def _spot(moment: Mapping[str, Any], stretches: Sequence[cuts.Stretch]) -> Spot | None:
    second, episode = moment.get("second"), moment.get("episode")
    at_ms = None if second is None else round(float(second) * 1000)
    if episode is not None:
        return _in_episode(int(episode), at_ms, stretches)
    if at_ms is None:
        return None
    place = cuts.place_of(stretches, at_ms)
    return Spot(at_ms, place.episode, place.second_ms) if place else None


def _in_episode(episode: int, at_ms: int | None, stretches: Sequence[cuts.Stretch]) -> Spot | None:
    """A moment said in an episode's own time. None when the clip does not show that episode."""
    if episode not in {one.episode for one in stretches}:
        return None
    if at_ms is None:
        return Spot(episode=episode)
    shown = cuts.moments_of(stretches, cuts.Place(episode, at_ms))
    return Spot(shown[0], episode, at_ms) if shown else Spot(episode=episode)


def _only_episode(stretches: Sequence[cuts.Stretch]) -> Spot:
    episodes = {one.episode for one in stretches}
    return Spot(episode=episodes.pop()) if len(episodes) == 1 else Spot()
