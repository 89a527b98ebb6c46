"""Rows as the values that the rules decide from. Every function reads for many rows in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from catalog.models import Clip, Edition, EditionVersion, Master, Rights, Segment
from catalog.rules import clip as clip_rules
from catalog.rules import version as version_rules
from channels.models import Channel
from channels.rules.eligibility import ChannelFacts, EditionFacts, RightsFacts


def of_channel(channel: Channel) -> ChannelFacts:
    return ChannelFacts(
        key=channel.pk,
        name=channel.name,
        platform=channel.platform,
        language=channel.language,
        countries=tuple(channel.countries),
        genres=frozenset(genre.slug for genre in channel.genres.all()),
        tiers=frozenset(channel.tiers),
        most_age_rating=channel.most_age_rating,
        takes_ai=channel.takes_ai,
        is_active=channel.is_active,
        may_be_long=bool(channel.can_upload_long),
    )


def of_edition(edition: Edition, *, is_releasable: bool) -> EditionFacts:
    drama = edition.drama
    return EditionFacts(
        key=edition.pk,
        drama=drama.pk,
        name=str(edition),
        language=edition.language,
        tier=drama.tier,
        age_rating=drama.age_rating,
        origin=drama.origin,
        genres=frozenset(genre.slug for genre in drama.genres.all()),
        is_releasable=is_releasable,
        synthetic_media=edition.synthetic_media,
        is_retired=drama.retired_at is not None,
    )


def rights_of(dramas: Iterable[Any]) -> dict[int, list[RightsFacts]]:
    """The rights windows of each drama, oldest first."""
    found: dict[int, list[RightsFacts]] = defaultdict(list)
    for row in Rights.objects.filter(drama__in=dramas).order_by("opens_at", "pk"):
        found[row.drama_id].append(
            RightsFacts(
                frozenset(row.territories),
                frozenset(row.platforms),
                frozenset(row.languages),
                row.opens_at,
                row.closes_at,
            )
        )
    return found


def releasable_versions(editions: Iterable[Any]) -> dict[int, int]:
    """edition → its releasable version."""
    rows = EditionVersion.objects.filter(edition__in=editions, status=version_rules.Status.RELEASABLE)
    return dict(rows.values_list("edition_id", "pk"))


def outdated_clips(clips: Sequence[Clip], versions: dict[int, int]) -> dict[int, str]:
    """clip → why it may not go out (any more): mended by a newer clip, or showing bytes its edition no longer has."""
    keys = [clip.pk for clip in clips]
    mended = set(
        Clip.objects.filter(supersedes__in=keys)
        .exclude(status=clip_rules.Status.RETIRED)
        .values_list("supersedes_id", flat=True)
    )
    older = [clip for clip in clips if clip.version_id != versions.get(clip.edition_id)]
    current = {versions[clip.edition_id] for clip in older if clip.edition_id in versions}
    present = set(Master.objects.filter(version__in=current).values_list("version_id", "sha256"))
    shown: dict[int, set[str]] = defaultdict(set)
    cuts = Segment.objects.filter(clip__in=[clip.pk for clip in older])
    for clip_key, checksum in cuts.values_list("clip_id", "master__sha256"):
        shown[clip_key].add(checksum)
    return {clip.pk: why for clip in clips if (why := _outdated(clip, versions, mended, present, shown[clip.pk]))}


def _outdated(
    clip: Clip, versions: dict[int, int], mended: set[int | None], present: set[tuple[int, str]], shown: set[str]
) -> str:
    version = versions.get(clip.edition_id)
    if version is None:
        return _("no version of the edition is releasable")
    if clip.pk in mended:
        return _("a newer clip mends it")
    if clip.version_id != version and not all((version, checksum) in present for checksum in shown):
        return _("it shows an episode that has been delivered anew")
    return ""
