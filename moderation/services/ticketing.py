"""The life of a ticket: acknowledged, rejected with a reason, mended by a delivery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import EditionVersion
from catalog.services import editions
from config.kernel import clock, lifecycle
from config.kernel.errors import Invalid, MoveRefused
from moderation import signals
from moderation.errors import DeliveryIncomplete, ReasonMissing
from moderation.models import Ticket, TicketNote
from moderation.rules import ticket as life
from moderation.services import gathering

gather = gathering.gather


def move(ticket: Ticket, *, to: life.Status, by: Any = None, why: str = "", **columns: Any) -> bool:
    """Advance a ticket and tell the rooms above. False when it stands there already."""
    with transaction.atomic():
        moved = lifecycle.advance(ticket, to=to, by=by, why=why, status_reason=why[:500], **columns)
        if moved:
            signals.ticket_moved.send(Ticket, ticket=ticket)
    return moved


def acknowledge(ticket: Ticket, *, by: Any) -> bool:
    """The vendor has seen it and works on it."""
    return move(ticket, to=life.Status.ACKNOWLEDGED, by=by, why=_("acknowledged"))


def reject(ticket: Ticket, *, why: str, by: Any) -> bool:
    """It is no defect, for this reason. What was said before is answered; new complaints may open another ticket."""
    if not why.strip():
        raise ReasonMissing(_("Say why this is no defect."), details={"why": [_("A reason is needed.")]})
    return move(ticket, to=life.Status.REJECTED, by=by, why=why.strip(), ended_at=clock.now())


def note(ticket: Ticket, *, text: str, by: Any) -> TicketNote:
    """Something said between the desk and the vendor."""
    if not text.strip():
        raise Invalid(_("An empty note says nothing."), details={"text": [_("Write something.")]})
    return TicketNote.objects.create(ticket=ticket, at=clock.now(), by=by, text=text.strip())


def deliver(ticket: Ticket, *, files: Mapping[int, File[bytes]], note: str, by: Any) -> EditionVersion:
    """Take in mended masters by episode: a new edition version that goes to QC at once.

    Raises DeliveryIncomplete when the ticket's episode is not among them, and what the catalog refuses. The
    uploads are replaced when the version is released; one that fails QC reopens the ticket.
    """
    ticket.refresh_from_db()
    _require_takes_delivery(ticket)  # the files are long work: not for a ticket that takes none
    _require_complete(ticket, files)
    count = len(files)
    why = ngettext("episode %(numbers)s delivered", "episodes %(numbers)s delivered", count) % {
        "numbers": ", ".join(str(number) for number in sorted(files))
    }

    def along(version: EditionVersion) -> None:
        """The version and the ticket that it mends: a process killed in between leaves neither."""
        _require_takes_delivery(Ticket.objects.select_for_update().get(pk=ticket.pk))
        move(ticket, to=life.Status.DELIVERED, by=by, why=why, fixed_by=version, solved_at=None)

    return editions.deliver(ticket.version.edition, files=files, note=note, by=by, along=along)


def _require_takes_delivery(ticket: Ticket) -> None:
    if ticket.status not in life.UNSOLVED:
        raise MoveRefused(
            _("%(ticket)s is “%(status)s” and takes no delivery now.")
            % {"ticket": ticket, "status": ticket.get_status_display()},
            row=ticket.pk,
        )


def _require_complete(ticket: Ticket, files: Mapping[int, File[bytes]]) -> None:
    if not files:
        raise DeliveryIncomplete(_("A delivery needs at least one file."), details={"files": [_("No file was given.")]})
    if ticket.episode is not None and ticket.episode not in files:
        sentence = _("The ticket is about episode %(number)d; a file for it is missing.") % {"number": ticket.episode}
        raise DeliveryIncomplete(sentence, details={f"episode_{ticket.episode}": [sentence]})
