"""From complaints to tickets: what is said of one defect stands together, with an owner and a due time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.models import Clip, EditionVersion
from config.kernel import clock, news
from moderation import signals
from moderation.classifier import redact
from moderation.models import Comment, Evidence, Ticket, Verdict
from moderation.rules import clustering, severity
from moderation.rules import ticket as life
from moderation.rules.clustering import Group, Said, Standing, Stretch
from moderation.services import placing
from moderation.services.placing import Spot

MOST = 5000


@dataclass(frozen=True)
class Complaint:
    """A comment that waits for a ticket, and what it speaks of."""

    comment: Comment
    spot: Spot


def gather() -> str:
    """Put every sure complaint under its ticket, opening those that enough viewers ask for. Twice is harmless."""
    joined = opened = 0
    for version_pk, label in _waiting_places():
        done = _gather_one(version_pk, label)
        joined, opened = joined + done[0], opened + done[1]
    if not joined:
        return _("no new complaints for a ticket")
    return _("%(joined)d complaints under tickets, %(opened)d tickets opened") % {"joined": joined, "opened": opened}


def waiting() -> QuerySet[Comment]:
    """Complaints that the classifier is sure of, or a person named so, and that stand under no ticket."""
    return (
        Comment.objects.complaints()
        .filter(evidence=None, purged_at=None, needs_review=False, publication__isnull=False)
        .exclude(judged_at=None)
    )


def drop(comment: Comment, *, unless: str) -> None:
    """Take a comment out of a ticket that it does not speak for: one of another class than `unless`."""
    evidence = Evidence.objects.filter(comment=comment).exclude(ticket__label=unless).select_related("ticket").first()
    if evidence:
        ticket = evidence.ticket
        evidence.delete()
        _settle(ticket, _place(ticket))


def _waiting_places() -> list[tuple[int, str]]:
    """The (version, class) pairs that have complaints waiting, in a steady order; of too many, the newest."""
    rows = list(waiting().select_related("publication__clip").order_by("-pk")[:MOST])
    shown = placing.versions_shown({_clip(row).pk: _clip(row) for row in rows}.values())
    return sorted({(shown[_clip(row).pk].pk, row.label) for row in rows})


def _clip(row: Comment) -> Clip:
    """The clip under which a waiting complaint stands; `waiting` names none without."""
    clip: Clip = row.publication.clip  # type: ignore[union-attr]
    return clip


def _gather_one(version_pk: int, label: str) -> tuple[int, int]:
    """All that waits for one version and class. The row lock lets one worker at a time decide; the next reads anew."""
    now = clock.now()
    with transaction.atomic():
        version = EditionVersion.objects.select_for_update().get(pk=version_pk)
        tickets = _standing_tickets(version, label)
        complaints = _complaints(version, label)
        strays = _strays(tickets)
        said = [_said(one) for one in complaints.values()]
        groups = clustering.arrange([*said, *strays], [_standing(ticket) for ticket in tickets.values()])
        for group in groups:
            _apply(group, tickets, complaints, version=version, label=label, now=now)
    return (
        sum(1 for group in groups for one in group.said if one.home is None),
        sum(1 for group in groups if group.ticket is None),
    )


def _standing_tickets(version: EditionVersion, label: str) -> dict[int, Ticket]:
    """Tickets that a complaint about this version joins.

    Those of the version itself until its uploads are replaced. Of earlier versions, those still unsolved whose
    place this version shows unchanged, and those whose fix is this very version and did not hold.
    """
    rows = Ticket.objects.joinable().filter(
        version__edition=version.edition_id, version__number__lte=version.number, label=label
    )
    return {row.pk: row for row in rows.select_related("version") if _is_about(row, version)}


def _is_about(ticket: Ticket, version: EditionVersion) -> bool:
    if ticket.version_id == version.pk:
        return True
    if ticket.status not in life.UNSOLVED:
        return False
    return ticket.fixed_by_id == version.pk or _shows_unchanged(ticket, version)


def _shows_unchanged(ticket: Ticket, version: EditionVersion) -> bool:
    if ticket.episode is None:
        return True
    before = ticket.version.masters.filter(episode__number=ticket.episode).values("sha256")
    return version.masters.filter(episode__number=ticket.episode, sha256__in=before).exists()


def _complaints(version: EditionVersion, label: str) -> dict[int, Complaint]:
    """What waits for this version and class, without what a ticket has answered already."""
    rows = list(
        waiting()
        .filter(label=label, publication__clip__edition=version.edition_id)
        .select_related("publication__clip")
        .order_by("-pk")[:MOST]
    )
    clips = {_clip(row).pk: _clip(row) for row in rows}
    shown = placing.versions_shown(clips.values())
    mine = [row for row in rows if shown[_clip(row).pk].pk == version.pk]
    stretches = {pk: clip.stretches() for pk, clip in clips.items()}
    moments = _moments(mine)
    answered = _answered(version, label)
    found = (Complaint(row, placing.spot_of(moments.get(row.pk, []), stretches[_clip(row).pk])) for row in mine)
    return {one.comment.pk: one for one in found if not any(_answers(ticket, one) for ticket in answered)}


def _moments(rows: list[Comment]) -> dict[int, list[dict[str, Any]]]:
    """The moments that the newest verdict on each comment names."""
    verdicts = Verdict.objects.filter(comment__in=rows).order_by("at", "pk")
    return dict(verdicts.values_list("comment_id", "moments"))


def _answered(version: EditionVersion, label: str) -> list[Ticket]:
    """Tickets of this version that no complaint joins any more: mended elsewhere, or rejected with a reason."""
    return list(Ticket.objects.filter(version=version, label=label).exclude(status__in=life.JOINABLE))


def _answers(ticket: Ticket, complaint: Complaint) -> bool:
    """Whether this complaint needs no ticket of its own.

    What is said about bytes that were replaced counts in the proof only. A rejection answers what was said before it.
    """
    if ticket.status == life.Status.REJECTED:
        return ticket.ended_at is not None and complaint.comment.posted_at <= ticket.ended_at
    return ticket.episode is None or complaint.spot.episode in {None, ticket.episode}


def _said(one: Complaint) -> Said:
    spot = one.spot
    return Said(one.comment.pk, one.comment.author_hash, spot.episode, spot.episode_ms)


def _standing(ticket: Ticket) -> Standing:
    return Standing(ticket.pk, _place(ticket), ticket.complaints, ticket.episode)


def _place(ticket: Ticket) -> Stretch | None:
    if ticket.episode is None or ticket.from_ms is None or ticket.to_ms is None:
        return None
    return Stretch(ticket.episode, ticket.from_ms, ticket.to_ms)


def _strays(tickets: dict[int, Ticket]) -> list[Said]:
    """Evidence that names a moment away from its ticket's place: more of the kind make a ticket of their own."""
    rows = Evidence.objects.filter(ticket__in=tickets, episode_ms__isnull=False, comment__isnull=False)
    found = []
    for row in rows.select_related("comment"):
        here = Stretch(row.episode or 0, row.episode_ms or 0, row.episode_ms or 0)
        place = _place(tickets[row.ticket_id])
        if row.comment and (place is None or not place.is_near(here)):
            found.append(Said(row.comment.pk, row.comment.author_hash, row.episode, row.episode_ms, home=row.ticket_id))
    return found


def _apply(
    group: Group,
    tickets: dict[int, Ticket],
    complaints: dict[int, Complaint],
    *,
    version: EditionVersion,
    label: str,
    now: datetime,
) -> None:
    """Write one group down: the ticket, its evidence, and what follows from both."""
    fresh = [complaints[one.key] for one in group.said if one.home is None]
    moved = [one.key for one in group.said if one.home is not None]
    ticket = tickets[group.ticket] if group.ticket else _open(version, label, now=now)
    Evidence.objects.bulk_create(_evidence(ticket, one) for one in fresh)
    Evidence.objects.filter(comment__in=moved).update(ticket=ticket)
    _settle(ticket, group.place)
    for home in {one.home for one in group.said if one.home not in {None, ticket.pk}}:
        _settle(tickets[home], _place(tickets[home]))
    if group.ticket is None:
        signals.ticket_opened.send(Ticket, ticket=ticket)
        _tell(ticket)


def _open(version: EditionVersion, label: str, *, now: datetime) -> Ticket:
    edition = version.edition
    return Ticket.objects.create(
        version=version,
        label=label,
        vendor=edition.vendor or edition.drama.supplier,
        opened_at=now,
        due_at=life.due_at(edition.drama.tier, opened_at=now),
    )


def _evidence(ticket: Ticket, one: Complaint) -> Evidence:
    comment, spot = one.comment, one.spot
    return Evidence(
        ticket=ticket,
        comment=comment,
        publication=comment.publication,
        excerpt=redact(comment.text)[:300],
        language=comment.language,
        said_at=comment.posted_at,
        clip_ms=spot.clip_ms,
        episode=spot.episode,
        episode_ms=spot.episode_ms,
    )


def _settle(ticket: Ticket, place: Stretch | None) -> None:
    """Everything of a ticket that follows from its evidence: count, place, sub-class, severity."""
    rows = list(ticket.evidence.values("episode", "said_at", "publication_id", "comment__sub_class"))
    episodes = {row["episode"] for row in rows}
    names = Counter(row["comment__sub_class"] for row in rows if row["comment__sub_class"])
    comments = Comment.objects.filter(publication__in={row["publication_id"] for row in rows}).count()
    ticket.complaints = len(rows)
    ticket.first_complaint_at = min((row["said_at"] for row in rows), default=None)
    ticket.sub_class = names.most_common(1)[0][0] if names else ticket.sub_class
    ticket.severity = severity.of(complaints=len(rows), comments=comments)
    if ticket.status in life.UNSOLVED:
        only = episodes.pop() if len(episodes) == 1 else None
        ticket.episode = place.episode if place else only
        ticket.from_ms, ticket.to_ms = (place.from_ms, place.to_ms) if place else (None, None)
    ticket.save(
        update_fields=[
            "complaints", "first_complaint_at", "sub_class", "severity", "episode", "from_ms", "to_ms"
        ]
    )  # fmt: skip


def _tell(ticket: Ticket) -> None:
    news.tell(
        "ticket_opened",
        _("%(ticket)s: %(n)d viewers complain of the %(label)s of %(version)s")
        % {
            "ticket": ticket,
            "n": ticket.complaints,
            "label": ticket.get_label_display(),
            "version": ticket.version,
        },
        level="warning" if ticket.severity == life.Severity.HIGH else "info",
        url=reverse("admin:moderation_ticket_change", args=[ticket.pk]),
    )
