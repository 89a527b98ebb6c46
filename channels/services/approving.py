"""A person's yes: nothing that is planned goes out without it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from channels.models import Plan, Publication
from channels.rules import posting
from channels.rules.plan import RunStatus
from channels.rules.plan import Status as PlanStatus
from channels.rules.publication import Status
from config.kernel import clock, jobs, leases, lifecycle
from config.kernel.errors import Invalid


def approve(plan: Plan, *, by: Any) -> int:
    """Approve what the plan still proposes. Returns how many; what can no longer be on time stays proposed."""
    rows = plan.publications.filter(status=Status.PROPOSED).select_related("channel").order_by("due_at")
    count = 0
    for row in rows:
        if not has_passed(row):
            count += approve_publication(row, by=by)
    lifecycle.advance(plan, to=PlanStatus.APPROVED, by=by)
    return count


def approve_publication(publication: Publication, *, by: Any) -> bool:
    """Let it go out at its time. False when it was approved already. Raises Invalid when its time has passed."""
    if publication.status == Status.PROPOSED and has_passed(publication):
        raise Invalid(
            _("%(what)s was due at %(due)s UTC; move it first.")
            % {"what": publication, "due": f"{publication.due_at:%Y-%m-%d %H:%M}"}
        )
    now = clock.now()
    with transaction.atomic():
        moved = lifecycle.advance(
            publication,
            to=Status.APPROVED,
            only_from=Status.PROPOSED,
            by=by,
            approved_by=by if getattr(by, "pk", None) else None,
            approved_at=now,
            status_reason="",
            **leases.settled(),
        )
        if moved and publication.run_id:
            run = publication.run
            if run is not None and run.status == RunStatus.PROPOSED:
                lifecycle.advance(run, to=RunStatus.ACTIVE, by=by)
        if moved and publication.upload_at <= now:
            jobs.enqueue("channels.jobs.push_upload", publication.pk)
    return moved


def has_passed(publication: Publication) -> bool:
    return posting.is_too_late(publication.due_at, now=clock.now(), late_minutes=publication.channel.late_minutes)
