"""Reading how much of our clips viewers watched: what the planner learns from, and the number the business lives by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from channels.errors import PlatformError
from channels.models import Channel, Grant, Observation, Publication
from channels.platforms import registry
from channels.platforms.watched import Watched
from channels.rules import tokens
from channels.rules.words import Purpose
from channels.services import gateway
from config.kernel import clock, jobs

# Both platforms tell after two or three days; after a quarter of a year the average hardly moves.
YOUNGEST, OLDEST = timedelta(days=2), timedelta(days=90)


def read_all() -> str:
    """Ring for every watched channel whose owner granted its insights."""
    rung = 0
    for channel in Channel.objects.watched().prefetch_related("grants"):
        if _may_ask(channel):
            rung += jobs.remind("channels.jobs.read_completion", channel.pk)
    return f"{rung} channels asked for"


def read(channel_pk: int) -> str:
    """Ask how much was watched of the channel's clips, and keep each answer with its date and source.

    A clip of which the platform says nothing yet gets no row: no data is not zero.
    """
    channel = Channel.objects.watched().filter(pk=channel_pk).first()
    if channel is None or not _may_ask(channel):
        return "nobody to ask"
    kept = asked = 0
    for rows in _batches(channel, _worth_asking(channel, now=clock.now())):
        asked += len(rows)
        try:
            told = gateway.call(
                channel, "watched", purpose=Purpose.LEARN, external_ids=[row.external_id for row in rows]
            )
        except PlatformError as refusal:
            return f"{kept} of {asked} clips: {refusal}"
        kept += _keep(rows, told)
    return f"{kept} of {asked} clips have a completion"


def _may_ask(channel: Channel) -> bool:
    """Whether the owner's consent covers insights; an older consent does not and works for all else."""
    adapter = registry.adapter(channel.platform)
    family = adapter.family_of("watched")
    grant: Grant | None = next((one for one in channel.grants.all() if one.family == family), None)
    return grant is not None and not tokens.missing(tuple(grant.scopes), adapter.scopes(family=family))


def _worth_asking(channel: Channel, *, now: datetime) -> list[Publication]:
    live = Publication.objects.live().filter(channel=channel).exclude(external_id="")
    return list(live.filter(published_at__range=(now - OLDEST, now - YOUNGEST)).order_by("-published_at", "pk"))


def _batches(channel: Channel, rows: Sequence[Publication]) -> Iterator[Sequence[Publication]]:
    size = min(price.batch for price in registry.adapter(channel.platform).prices("watched"))
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _keep(rows: Sequence[Publication], told: dict[str, Watched]) -> int:
    """An answer about how much was watched says nothing of the clip's state: that column stays empty."""
    found = [
        Observation(
            publication=row,
            at=seen.observed_at,
            source=seen.source,
            state="",
            views=seen.views,
            completion=seen.completion,
        )
        for row in rows
        if (seen := told.get(row.external_id)) is not None and seen.completion is not None
    ]
    return len(Observation.objects.bulk_create(found))
