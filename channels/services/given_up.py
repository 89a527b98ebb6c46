"""What lost its time and waits to be placed anew: nothing of its run goes out before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q
from django.utils.translation import gettext as _

from channels.models import Publication
from channels.models.publication import PublicationQuerySet
from channels.rules.publication import Status
from channels.services import stock
from config.kernel import clock

Run = tuple[int, int]
Order = tuple[int, int, int]


def rows() -> PublicationQuerySet:
    """Sent back to planning, with the reason that it has kept since; its old time has passed."""
    return Publication.objects.filter(
        ~Q(status_reason=""), status=Status.PROPOSED, due_at__lte=clock.now(), replaces=None
    )


def first_of(publication: Publication) -> Publication | None:
    """The first clip of its run on its channel that was given up and comes before it; None when it may go."""
    if publication.replaces_id is not None:
        return None
    of_run = rows().filter(channel=publication.channel_id, clip__edition=publication.clip.edition_id)
    own = stock.order(publication.clip)
    before = [row for row in of_run.select_related("clip__edition__drama") if stock.order(row.clip) < own]
    return min(before, key=lambda row: stock.order(row.clip), default=None)


def why_it_waits(publication: Publication) -> str:
    """What is said of a clip that may not go out yet because of an earlier one; '' when it may."""
    before = first_of(publication)
    if before is None:
        return ""
    return _("An earlier clip of its run lost its time and is to be planned anew first: %(what)s") % {"what": before}


def by_run(channels: Collection[int], editions: Collection[int]) -> dict[Run, Order]:
    """(edition, channel) → the order of the first clip that was given up there."""
    found: dict[Run, list[Order]] = defaultdict(list)
    of_runs = rows().filter(channel__in=channels, clip__edition__in=editions).select_related("clip")
    for row in of_runs:
        found[row.clip.edition_id, row.channel_id].append(stock.order(row.clip))
    return {run: min(orders) for run, orders in found.items()}
