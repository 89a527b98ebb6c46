"""What a person can approve now, and why the rest of what is proposed is not in his queue."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from channels.models import Approval, Channel, Publication
from channels.rules.approval import Answer
from channels.rules.publication import Status
from channels.services import approving
from config.kernel import clock


def waiting_for(person: Any, rows: QuerySet[Publication]) -> QuerySet[Publication]:
    """Of these rows those to which this person's yes would be taken down."""
    return (
        rows.filter(status=Status.PROPOSED, hold=None)
        .exclude(_late())
        .exclude(_own(person))
        .exclude(_said_by(person))
        .exclude(pk__in=_made_by_hand(person))
    )


def waiting_for_a_second(rows: QuerySet[Publication]) -> QuerySet[Publication]:
    """Of these rows those that somebody has said yes to and that need another person."""
    said = Approval.objects.filter(publication=OuterRef("pk"), lapsed_at=None)
    return rows.filter(Exists(said), status=Status.PROPOSED)


def why_not(person: Any, rows: QuerySet[Publication]) -> Counter[Answer]:
    """How many of the proposed rows this person cannot approve, each counted under the first reason that stops it."""
    rows = rows.filter(status=Status.PROPOSED)
    counts: Counter[Answer] = Counter()
    own = _own(person) | Q(pk__in=_made_by_hand(person))
    stops = ((Answer.HELD, ~Q(hold=None)), (Answer.LATE, _late()), (Answer.OWN, own), (Answer.SAID, _said_by(person)))
    for answer, stop in stops:
        counts[answer] = rows.filter(stop).count()
        rows = rows.exclude(stop)
    return +counts


def _late() -> Q:
    """Its time has passed by more than its channel allows. Few spans are in use, so each is one plain comparison."""
    now = clock.now()
    late = Q(pk__in=[])
    for span in Channel.objects.order_by("late_minutes").values_list("late_minutes", flat=True).distinct():
        late |= Q(channel__late_minutes=span, due_at__lt=now - timedelta(minutes=span))
    return late


def _own(person: Any) -> Q:
    return Q(plan__isnull=False, plan__made_by__isnull=False, plan__made_by=person.pk)


def _said_by(person: Any) -> Q:
    return Q(Exists(Approval.objects.filter(publication=OuterRef("pk"), by=person.pk, lapsed_at=None)))


def _made_by_hand(person: Any) -> list[int]:
    """Proposed ones that this person himself brought to their day and words, apart from his own plans."""
    touched = Publication.history.filter(history_user=person.pk).values("id")
    rows = Publication.objects.filter(pk__in=touched, status=Status.PROPOSED).exclude(_own(person))
    answers = approving.judged(list(rows.values_list("pk", flat=True)), by=person)
    return [key for key, answer in answers.items() if answer == Answer.OWN]
