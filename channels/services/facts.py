"""Rows as the values that the rules decide from. Every function reads for many rows in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.models import Clip, Edition, EditionVersion, Master, Rights, Segment
from catalog.rules import clip as clip_rules
from catalog.rules import version as version_rules
from channels.models import Channel
from channels.rules.eligibility import QC, ChannelFacts, ClipFacts, EditionFacts, RightsFacts


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
        also_takes=tuple(channel.also_takes),
        audience=channel.audience,
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
        made_for_kids=edition.made_for_kids,
        is_retired=drama.retired_at is not None,
        since=drama.created_at,
    )


def of_clip(clip: Clip) -> ClipFacts:
    return ClipFacts(clip.duration_ms, clip.size_bytes, clip.width, clip.height)


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
    """clip → why it may not go out (any more), in words: mended by a newer clip, or showing bytes that are no more."""
    keys = [clip.pk for clip in clips]
    return {
        key: _WORDS[code]() for key, code in why_outdated(clips, Clip.objects.filter(pk__in=keys), versions).items()
    }


_WORDS: Mapping[str, Callable[[], str]] = {
    QC: lambda: _("no version of the edition is releasable"),
    "mended": lambda: _("a newer clip mends it"),
    "delivered_anew": lambda: _("it shows an episode that has been delivered anew"),
}


def why_outdated(clips: Iterable[Clip], query: QuerySet[Clip], versions: Mapping[int, int]) -> dict[int, str]:
    """clip → the code of why it may not go out. `query` names the same clips, so that any number is one question."""
    successors = Clip.objects.filter(supersedes__in=query.order_by().values("pk"))
    mended = set(successors.exclude(status=clip_rules.Status.RETIRED).values_list("supersedes", flat=True))
    older = query.order_by().exclude(version__status=version_rules.Status.RELEASABLE)
    released = Master.objects.filter(version__status=version_rules.Status.RELEASABLE)
    present = set(released.filter(version__edition__in=older.values("edition")).values_list("version_id", "sha256"))
    shown: dict[int, set[str]] = defaultdict(set)
    cuts = Segment.objects.filter(clip__in=older.values("pk"))
    for clip_key, checksum in cuts.order_by().values_list("clip_id", "master__sha256"):
        shown[clip_key].add(checksum)
    return {clip.pk: why for clip in clips if (why := _outdated(clip, versions, mended, present, shown))}


def _outdated(
    clip: Clip,
    versions: Mapping[int, int],
    mended: set[int | None],
    present: set[tuple[int, str]],
    shown: Mapping[int, set[str]],
) -> str:
    version = versions.get(clip.edition_id)
    if version is None:
        return QC
    if clip.pk in mended:
        return "mended"
    if clip.version_id != version and not all((version, checksum) in present for checksum in shown.get(clip.pk, ())):
        return "delivered_anew"
    return ""
