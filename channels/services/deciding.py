"""What a person decides where machines must not: an upload whose outcome asking could not tell."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from channels.models import Publication
from channels.rules.publication import Status
from channels.services import publishing, sending, sessions
from config.kernel import jobs, leases, lifecycle
from config.kernel.errors import Invalid, MoveRefused


def it_is_there(publication: Publication, *, external_id: str, by: Any) -> str:
    """A person found it at the platform under this id: it counts as accepted and is looked at like any other."""
    _needs_person(publication)
    external_id = external_id.strip()
    if not external_id:
        raise Invalid(_("The id of the video at the platform is needed."), details={"external_id": [_("Required.")]})
    other = Publication.objects.filter(channel=publication.channel, external_id=external_id).exclude(pk=publication.pk)
    if other.exists():
        raise Invalid(_("%(id)s is the id of %(other)s.") % {"id": external_id, "other": other[0]})
    return publishing.accepted(publication, sending.Accepted(external_id, ""), by=by)


def it_is_not_there(publication: Publication, *, by: Any, send_again: bool = False) -> str:
    """A person looked and it is not there. With `send_again` it gets another try; else it has failed."""
    _needs_person(publication)
    why = _("%(who)s looked: it is not there.") % {"who": by}
    if not send_again:
        return publishing.failed(publication, why=why, by=by)
    with transaction.atomic():
        session = sessions.live(publication)
        if session:
            sessions.dead(session, why=why)
        _once_more(publication, only_from=Status.NEEDS_PERSON, by=by, why=why)
        jobs.enqueue("channels.jobs.push_upload", publication.pk)
    return "sent again"


def try_again(publication: Publication, *, by: Any, why: str = "") -> bool:
    """A failed publication gets another try: it was checked that it is not there."""
    with transaction.atomic():
        moved = _once_more(publication, only_from=Status.FAILED, by=by, why=why)
        if moved:
            jobs.enqueue("channels.jobs.push_upload", publication.pk)
    return moved


def _once_more(publication: Publication, *, only_from: Status, by: Any, why: str) -> bool:
    columns = {"status_reason": "", **leases.settled()}
    return lifecycle.advance(publication, to=Status.APPROVED, only_from=only_from, by=by, why=why, **columns)


def _needs_person(publication: Publication) -> None:
    publication.refresh_from_db()
    if publication.status != Status.NEEDS_PERSON:
        raise MoveRefused(
            _("%(what)s is “%(status)s” and waits for nobody.")
            % {"what": publication, "status": publication.get_status_display()},
            row=publication.pk,
        )
