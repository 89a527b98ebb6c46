"""A publication that this worker holds: it is moved and given back only while the lease is its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from channels.models import Publication
from channels.rules.publication import Status
from channels.services import sessions
from config.kernel import leases, lifecycle
from config.kernel.errors import LostClaim, MoveRefused

UNAPPROVED: dict[str, Any] = {"approved_by": None, "approved_at": None}
"""What goes with a publication that goes back to planning."""


def advance(publication: Publication, *, to: Status, why: str = "", by: Any = None, **changes: Any) -> bool:
    """Move a row that we hold; False when it stands there already. Losing the lease is LostClaim: the new holder will
    find out what is true.
    """
    token = publication.lease_token
    try:
        return lifecycle.advance(publication, to=to, why=why, by=by, only_if={"lease_token": token}, **changes)
    except MoveRefused as refused:
        if Publication.objects.filter(pk=publication.pk, lease_token=token).exists():
            raise
        raise LostClaim(_("Another worker took over %(what)s.") % {"what": publication}) from refused


def release(publication: Publication, *, until: datetime, why: str) -> str:
    given = leases.release(publication, again_at=until, status_reason=why[:500])
    return f"waits until {until:%Y-%m-%d %H:%M} UTC: {why}" if given else "another worker took over"


def end_half_sent(publication: Publication, *, why: str) -> None:
    """Its last bytes never went out: the try ends without effect and the row is what it was before."""
    session = sessions.live(publication)
    if session:
        sessions.dead(session, why=why)
    if publication.status == Status.UPLOADING:
        advance(publication, to=Status.APPROVED, why=why)
