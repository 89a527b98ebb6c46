"""What missed its time: it gives its slot up and goes back to planning, and nothing is fired in a burst."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels import signals
from channels.models import Publication
from channels.rules import posting
from channels.rules.publication import Status
from channels.services import approving, claims
from config.kernel import clock, leases, news


def is_too_late(publication: Publication, *, now: datetime) -> bool:
    """Whether it missed its time by more than the channel allows."""
    return posting.is_too_late(publication.due_at, now=now, late_minutes=publication.channel.late_minutes)


def sentence(publication: Publication) -> str:
    return _("Too late: it was due at %(due)s UTC and may be late by %(minutes)d minutes. Plan it anew.") % {
        "due": f"{publication.due_at:%Y-%m-%d %H:%M}",
        "minutes": publication.channel.late_minutes,
    }


def plan_anew(publication: Publication) -> str:
    """Of a publication that this worker holds. Returns why."""
    why = sentence(publication)
    _give_up(publication, why=why)
    told = _("%(what)s was not sent: %(why)s") % {"what": publication, "why": why}
    news.tell("publication_too_late", told, level="warning")
    return why


def give_up_slot(publication: Publication, *, why: str) -> bool:
    """Send an approved publication that has not started back to planning. False when a worker has it, or it moved."""
    if not leases.claim(publication, seconds=settings.UPLOAD_LEASE_SECONDS, status=Status.APPROVED):
        return False
    _give_up(publication, why=why)
    return True


def give_up_together() -> int:
    """After an outage nothing is fired in a burst: one news item says how many have to be planned anew."""
    now, count = clock.now(), 0
    for row in Publication.objects.due(now).filter(due_at__lt=now).select_related("channel"):
        if is_too_late(row, now=now) and give_up_slot(row, why=sentence(row)):
            count += 1
    if count:
        told = ngettext(
            "%(n)d publication was too late and was not sent; plan it anew.",
            "%(n)d publications were too late and were not sent; plan them anew.",
            count,
        )
        news.tell("publications_too_late", told % {"n": count}, level="warning")
    return count


def _give_up(publication: Publication, *, why: str) -> None:
    with transaction.atomic():
        claims.end_half_sent(publication, why=why)
        columns = {"status_reason": why[:500], **claims.UNAPPROVED, **leases.settled()}
        if claims.advance(publication, to=Status.PROPOSED, why=why, **columns):
            approving.lapse([publication.pk])
            signals.publication_missed.send(Publication, publication=publication)
