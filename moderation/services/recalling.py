"""From a fix back to everything that was made of the bad masters: clips, and where they are shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from catalog.models import Clip, EditionVersion, Master
from catalog.services import lineage
from channels.models import Publication
from channels.rules.publication import ON_PLATFORM, WAITING, Status
from channels.services import moving, withdrawing
from config.kernel import lifecycle
from config.kernel.errors import MoveRefused
from moderation.models import Replacement, Ticket

# An upload in flight is taken in hand once the platform has it; it cannot be stopped half-way.
IN_FLIGHT = frozenset({Status.UPLOADING, Status.NEEDS_PERSON})


def changes(fixed_by: EditionVersion) -> list[tuple[Master, Master]]:
    """Every (bad, mended) pair of masters: what any earlier version of the edition had in other bytes."""
    earlier = EditionVersion.objects.filter(edition=fixed_by.edition_id, number__lt=fixed_by.number)
    pairs = [pair for version in earlier.order_by("number") for pair in lineage.changed_masters(version, fixed_by)]
    return list({(old.sha256, new.sha256): (old, new) for old, new in pairs}.values())


def outdated_clips(ticket: Ticket) -> QuerySet[Clip]:
    """The edition's clips that show any second of what this ticket's fix took the place of."""
    return _clips(ticket, [old for old, _new in _pairs(ticket)])


def mended_clips(ticket: Ticket) -> QuerySet[Clip]:
    """The edition's clips that show the mended masters, and none of the bad ones."""
    clips = _clips(ticket, [new for _old, new in _pairs(ticket)])
    return clips.exclude(pk__in=outdated_clips(ticket).values("pk"))


def _pairs(ticket: Ticket) -> list[tuple[Master, Master]]:
    return changes(ticket.fixed_by) if ticket.fixed_by else []


def _clips(ticket: Ticket, masters: list[Master]) -> QuerySet[Clip]:
    keys = {pk for master in masters for pk in lineage.clips_from(master).values_list("pk", flat=True)}
    return Clip.objects.filter(pk__in=keys, edition=ticket.version.edition_id)


def plan_for(ticket: Ticket) -> int:
    """Take in hand every publication of a bad clip: live and planned ones. Returns how many were new.

    What was not yet shown is stopped at once: nothing known to be bad goes out. Called again, it finds what was in
    flight before.
    """
    rows = Publication.objects.of_clips(outdated_clips(ticket)).filter(
        Q(status__in=[*ON_PLATFORM, *WAITING]) | Q(status=Status.CANCELLED, approved_at__isnull=False), replacement=None
    )
    released_at = _released_at(ticket)
    return sum(
        _take(ticket, row)
        for row in rows.select_related("channel", "clip").order_by("-published_at", "pk")
        if row.status != Status.CANCELLED or _was_stopped_for_this(row, released_at)
    )


def _released_at(ticket: Ticket) -> datetime | None:
    moves = lifecycle.history(ticket.fixed_by).filter(to_status="releasable") if ticket.fixed_by else None
    newest = moves.first() if moves is not None else None
    return newest.at if newest else None


def _was_stopped_for_this(publication: Publication, released_at: datetime | None) -> bool:
    """Whether the release itself cancelled this approved upload: its place is still the mended clip's."""
    last = lifecycle.history(publication).first()
    return bool(
        released_at
        and last
        and last.by_id is None
        and (last.from_status, last.to_status) == (Status.APPROVED, Status.CANCELLED)
        and last.at >= released_at
    )


def in_flight(ticket: Ticket) -> bool:
    """Whether an upload of a bad clip is on its way, so that the recall is not complete."""
    return Publication.objects.of_clips(outdated_clips(ticket)).filter(status__in=IN_FLIGHT).exists()


def _take(ticket: Ticket, publication: Publication) -> bool:
    """A proposal is dropped (the planner proposes the mended clip); all else gets a replacement row."""
    why = _("its clip is mended by %(ticket)s") % {"ticket": ticket}
    try:
        with transaction.atomic():
            if publication.status in WAITING:
                was = publication.status
                moving.cancel(publication, by=None, why=why)
                if was == Status.PROPOSED:
                    return False
            Replacement.objects.create(ticket=ticket, old=publication, reason=_first_reason(publication))
            if publication.status == Status.ACCEPTED:
                withdrawing.withdraw(publication, by=None, why=why)
    except (MoveRefused, IntegrityError):
        return False  # its upload began, or another worker took it: the next sweep looks again
    return True


def _first_reason(publication: Publication) -> Any:
    if publication.status == Status.PUBLISHED:
        return ""
    return _("stopped before viewers saw it")
