"""Taking down what is live: a wish with a row of its own, done by the platform or by hand."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from channels.models import Extra, Publication
from channels.rules.extra import Kind, Status
from channels.rules.publication import ON_PLATFORM
from channels.services import looking
from config.kernel import jobs, leases, lifecycle
from config.kernel.errors import MoveRefused


def withdraw(publication: Publication, *, by: Any, why: str) -> bool:
    """Ask for a publication to be taken down. False when that was asked already, or it is down.

    Raises MoveRefused for what never went to the platform: that is cancelled, not taken down.
    """
    publication.refresh_from_db()
    if publication.status == "withdrawn":
        return False
    if publication.status not in ON_PLATFORM:
        raise MoveRefused(
            _("%(what)s is “%(status)s”: there is nothing to take down.")
            % {"what": publication, "status": publication.get_status_display()},
            row=publication.pk,
        )
    reason = f"{by}: {why}" if getattr(by, "pk", None) else why
    with transaction.atomic():
        row, made = Extra.objects.get_or_create(
            publication=publication, kind=Kind.TAKE_DOWN, defaults={"reason": reason[:500]}
        )
        if not made and row.status != Status.DROPPED:
            return False
        if not made:
            lifecycle.advance(row, to=Status.WAITING, by=by, why=why, reason=reason[:500], **leases.settled())
        jobs.enqueue("channels.jobs.do_extra", row.pk)
    return True


def confirm_by_hand(extra: Extra, *, by: Any) -> bool:
    """A person says that he has done it. False when it was done already."""
    if extra.kind == Kind.TAKE_DOWN:
        return looking.vanished(extra.publication, why=_("taken down by hand"), by=by)
    return lifecycle.advance(extra, to=Status.DONE, by=by, why=_("done by hand"), **leases.settled())
