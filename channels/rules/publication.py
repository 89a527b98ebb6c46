"""The life of a publication."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    PROPOSED = "proposed", _("proposed")
    APPROVED = "approved", _("approved")
    UPLOADING = "uploading", _("uploading")
    ACCEPTED = "accepted", _("accepted, not yet live")
    PUBLISHED = "published", _("live")
    NEEDS_PERSON = "needs_person", _("needs a person")
    FAILED = "failed", _("failed: checked and not there")
    REJECTED = "rejected", _("rejected by the platform")
    WITHDRAWN = "withdrawn", _("taken down")
    CANCELLED = "cancelled", _("cancelled")


MOVES = {
    Status.PROPOSED: {Status.APPROVED, Status.CANCELLED},
    Status.APPROVED: {
        Status.UPLOADING,
        Status.PROPOSED,
        Status.CANCELLED,
        Status.FAILED,
    },
    Status.UPLOADING: {
        Status.ACCEPTED,
        Status.APPROVED,
        Status.FAILED,
        Status.NEEDS_PERSON,
    },
    Status.NEEDS_PERSON: {
        Status.ACCEPTED,
        Status.APPROVED,
        Status.FAILED,
        Status.CANCELLED,
    },
    Status.ACCEPTED: {
        Status.PUBLISHED,
        Status.REJECTED,
        Status.WITHDRAWN,
        Status.NEEDS_PERSON,
    },
    Status.PUBLISHED: {Status.WITHDRAWN, Status.REJECTED},
    Status.FAILED: {Status.APPROVED, Status.CANCELLED},
}
ENDED = frozenset(Status) - frozenset(MOVES)

# The ways back that only the undo of a bulk action may take, and only for as long as it may be undone. They are no
# part of the table above: a worker or a verb that comes late must never revive what was cancelled.
UNDO = {
    Status.APPROVED: {Status.PROPOSED},
    Status.PROPOSED: {Status.APPROVED},
    Status.CANCELLED: {Status.PROPOSED, Status.APPROVED, Status.FAILED},
}

# Statuses that hold their place: a clip counts as used on a channel and a slot as taken.
HOLDING = frozenset(Status) - {Status.CANCELLED}
SLOT_TAKEN = frozenset(
    {
        Status.PROPOSED,
        Status.APPROVED,
        Status.UPLOADING,
        Status.ACCEPTED,
        Status.PUBLISHED,
    }
)
WAITING = frozenset({Status.PROPOSED, Status.APPROVED})
ON_PLATFORM = frozenset({Status.ACCEPTED, Status.PUBLISHED})
