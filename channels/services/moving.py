"""What a person changes in a plan by hand: another time, or not at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from channels.models import Publication
from channels.rules import posting
from channels.rules.preflight import Outcome
from channels.rules.publication import WAITING, Status
from channels.rules.words import Stage
from channels.services import preflight, sessions
from config.kernel import clock, leases, lifecycle
from config.kernel.errors import Invalid, MoveRefused

FARTHEST = timedelta(days=730)


def cancel(publication: Publication, *, by: Any, why: str) -> bool:
    """It does not go out. A worker that was about to start on it loses its claim."""
    with transaction.atomic():
        moved = lifecycle.advance(
            publication, to=Status.CANCELLED, by=by, why=why, status_reason=why[:500], **leases.settled()
        )
        session = sessions.live(publication) if moved else None
        if session:
            sessions.dead(session, why=why)
    return moved


def move(publication: Publication, *, due_at: datetime, by: Any) -> bool:
    """Give it another time and pin it there. Raises Invalid with the rule that forbids it; False when it is there."""
    publication.refresh_from_db()
    if publication.due_at == due_at:
        return False
    judged = _check_movable(publication, due_at=due_at)
    try:
        with transaction.atomic():
            row = Publication.objects.select_for_update().get(pk=publication.pk)
            if row.status not in WAITING or (row.lease_until and row.lease_until > clock.now()):
                raise MoveRefused(_("%(what)s is on its way already.") % {"what": row}, row=row.pk)
            row.due_at, row.upload_at = due_at, posting.upload_at(row.channel.platform, due_at)
            row.is_pinned, row.next_try_at, row.status_reason = True, None, ""
            row._history_user = by if getattr(by, "pk", None) else None  # type: ignore[attr-defined]
            row.save(update_fields=["due_at", "upload_at", "is_pinned", "next_try_at", "status_reason"])
            preflight.record(row, judged, stage=Stage.PLANNED)
    except IntegrityError as error:
        raise Invalid(_("The slot at %(at)s UTC is taken.") % {"at": f"{due_at:%Y-%m-%d %H:%M}"}) from error
    publication.refresh_from_db()
    return True


def _check_movable(publication: Publication, *, due_at: datetime) -> list[Outcome]:
    """How the rules come out at the new time. Raises Invalid, and writes nothing down, when one forbids it."""
    now, channel = clock.now(), publication.channel
    if publication.status not in WAITING:
        raise MoveRefused(_("%(what)s is on its way already.") % {"what": publication}, row=publication.pk)
    if due_at <= now:
        raise Invalid(_("%(at)s UTC has passed.") % {"at": f"{due_at:%Y-%m-%d %H:%M}"})
    check_near(due_at, now=now)
    publication.due_at, before = due_at, publication.due_at
    judged = preflight.outcomes(publication, stage=Stage.PLANNED)
    refused = [one for one in judged if not one.passed]
    publication.due_at = before
    if refused:
        raise Invalid("; ".join(f"{one.rule}: {one.evidence}" for one in refused))
    gap = timedelta(hours=channel.drama_gap_hours)
    near = channel.publications.filter(
        clip__edition__drama=publication.clip.edition.drama,
        status__in=[Status.PROPOSED, Status.APPROVED, Status.UPLOADING, Status.ACCEPTED, Status.PUBLISHED],
        due_at__gt=due_at - gap,
        due_at__lt=due_at + gap,
    ).exclude(pk=publication.pk)
    if near.exists():
        raise Invalid(
            _("%(channel)s keeps %(hours)d hours between clips of one drama; %(other)s is at %(at)s UTC.")
            % {
                "channel": channel,
                "hours": channel.drama_gap_hours,
                "other": near[0],
                "at": f"{near[0].due_at:%Y-%m-%d %H:%M}",
            }
        )
    return judged


def check_near(moment: datetime, *, now: datetime) -> None:
    if moment > now + FARTHEST:
        raise Invalid(
            _("%(at)s UTC is too far away; nothing is planned more than two years ahead.")
            % {"at": f"{moment:%Y-%m-%d %H:%M}"}
        )
