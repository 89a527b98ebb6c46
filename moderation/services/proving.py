"""Proof of a fix: the complaint rate on the old uploads against the rate on the new ones."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Clip
from channels.models import Observation, Publication
from config.kernel import clock
from config.kernel.errors import MoveRefused
from moderation.models import Comment, Proof, Ticket
from moderation.rules import proof
from moderation.rules.proof import Counts
from moderation.rules.ticket import Status
from moderation.rules.words import Outcome
from moderation.services import recalling, ticketing

METHOD = gettext_lazy(
    "Exact conditional binomial test of complaints per comment, ratio 1 against %(hoped)s; look %(look)d may err with "
    "%(alpha)s on either side (all looks together 5 %%)."
)


def sweep() -> str:
    """Look at every ticket under watch that has drawn enough new comments."""
    watched = Ticket.objects.filter(status=Status.WATCHING).select_related("version", "fixed_by").order_by("pk")
    said = [found for ticket in watched if (found := look(ticket))]
    if not said:
        return _("nothing to compare yet")
    decided = sum(one.outcome != Outcome.UNDECIDED for one in said)
    return _("%(n)d looks, %(decided)d decided") % {"n": len(said), "decided": decided}


def look(ticket: Ticket) -> Proof | None:
    """Compare once, if enough was said since the last look; verified or reopened follow at once. None: not yet."""
    if ticket.status != Status.WATCHING:
        return None
    counts = count(ticket)
    earlier = list(_looks(ticket))
    if counts.comments_after < proof.exposure_needed(earlier[0].comments_after if earlier else None):
        return None
    number = len(earlier) + 1
    found = proof.compare(counts, look=number)
    try:
        with transaction.atomic():
            row = _write(ticket, counts, found, number=number)
            _conclude(ticket, row)
    except (IntegrityError, MoveRefused):
        return None  # another worker looked at the same moment
    return row


def progress(ticket: Ticket) -> tuple[int, int]:
    """How many comments there are after the fix, and how many the next look needs."""
    earlier = _looks(ticket).first()
    return count(ticket).comments_after, proof.exposure_needed(earlier.comments_after if earlier else None)


def count(ticket: Ticket) -> Counts:
    """Complaints of the ticket's class and all judged comments, on uploads of the bad and of the mended clips."""
    before, before_all = _counted(ticket, recalling.outdated_clips(ticket))
    after, after_all = _counted(ticket, recalling.mended_clips(ticket))
    return Counts(before, before_all, after, after_all)


def _looks(ticket: Ticket) -> QuerySet[Proof]:
    """The looks at this fix, newest first: a fix that failed leaves its looks behind, not their spent error."""
    return ticket.proofs.filter(at__gte=ticket.solved_at) if ticket.solved_at else ticket.proofs.none()


def _counted(ticket: Ticket, clips: QuerySet[Clip]) -> tuple[int, int]:
    rows = Comment.objects.filter(publication__clip__in=clips.values("pk")).exclude(judged_at=None)
    found = rows.aggregate(complaints=Count("pk", filter=Q(label=ticket.label)), comments=Count("pk"))
    return found["complaints"], found["comments"]


def _views(clips: QuerySet[Clip]) -> int | None:
    """The newest known views of all uploads together; None when no look has told any."""
    newest = Observation.objects.filter(publication=OuterRef("pk"), views__isnull=False).order_by("-at")
    rows = Publication.objects.of_clips(clips).annotate(newest=Subquery(newest.values("views")[:1]))
    total: int | None = rows.aggregate(total=Sum("newest"))["total"]
    return total


def _write(ticket: Ticket, counts: Counts, found: proof.Found, *, number: int) -> Proof:
    last = ticket.proofs.order_by("-look").first()
    return Proof.objects.create(
        ticket=ticket,
        at=clock.now(),
        look=(last.look if last else 0) + 1,
        complaints_before=counts.complaints_before,
        comments_before=counts.comments_before,
        complaints_after=counts.complaints_after,
        comments_after=counts.comments_after,
        views_before=_views(recalling.outdated_clips(ticket)),
        views_after=_views(recalling.mended_clips(ticket)),
        method=METHOD % {"hoped": proof.HOPED_RATIO, "look": number, "alpha": f"{found.alpha:.2g}"},
        p_fixed=found.p_fixed,
        p_not_fixed=found.p_not_fixed,
        outcome=found.outcome,
    )


def _conclude(ticket: Ticket, row: Proof) -> None:
    if row.outcome == Outcome.FIXED:
        ticketing.move(ticket, to=Status.VERIFIED, why=_sentence(row), ended_at=row.at)
    elif row.outcome == Outcome.NOT_FIXED:
        ticketing.move(ticket, to=Status.REOPENED, why=_sentence(row))


def _sentence(row: Proof) -> str:
    return _("%(after)d complaints in %(comments_after)d comments, %(before)d in %(comments_before)d before") % {
        "after": row.complaints_after,
        "comments_after": row.comments_after,
        "before": row.complaints_before,
        "comments_before": row.comments_before,
    }
