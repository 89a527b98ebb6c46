"""A mended clip in the place of a bad one: the new one goes up first, with the same texts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalog.models import Clip
from catalog.rules import clip as clip_rules
from channels.models import Publication
from channels.rules import posting
from channels.rules.publication import HOLDING, Status
from channels.rules.words import Stage
from channels.services import approving, preflight
from config.kernel import clock, jobs, lifecycle
from config.kernel.errors import Invalid

AT_ONCE = timedelta(minutes=1)
# It did not come to be seen, or is seen no more, and no later answer of the platform changes that.
LOST = frozenset({Status.FAILED, Status.REJECTED, Status.WITHDRAWN, Status.CANCELLED})


def schedule(old: Publication, *, clip: Clip, by: Any, why: str, due_at: datetime | None = None) -> Publication:
    """A publication of `clip` that takes the place of `old`; it may share a slot with others.

    Without a person (`by`) the yeses to `old` are carried over to its mended clip, with their own names and dates; are
    there enough for the tier it is approved, else it waits for people. Whoever asks for a replacement by hand is its
    author: nothing is carried over, and others approve it.

    Scheduling the same replacement again returns the one there is. Raises Invalid when the clip cannot go there.
    """
    known: Publication | None = Publication.objects.filter(replaces=old).first()
    if known is not None:
        return known
    _check(old, clip)
    try:
        with transaction.atomic():
            return _create(old, clip=clip, due_at=due_at or clock.now() + AT_ONCE, by=by, why=why)
    except IntegrityError:
        won: Publication | None = Publication.objects.filter(replaces=old).first()
        if won is None:
            raise
        return won


def let_go(new: Publication, *, by: Any, why: str) -> bool:
    """A replacement that was lost stands in no other's way any more: its place may be taken anew.

    A failed one is cancelled, so that its clip may go up again: it was checked that it is not there. A rejected or
    withdrawn one keeps its clip: the same bytes do not go up twice. False when it is not lost, or let go already.
    """
    with transaction.atomic():
        row = Publication.objects.select_for_update(of=("self",)).get(pk=new.pk)
        if row.status not in LOST or row.replaces_id is None:
            return False
        row.replaces = None
        row.save(update_fields=["replaces"])
        if row.status == Status.FAILED:
            lifecycle.advance(
                row, to=Status.CANCELLED, only_from=Status.FAILED, by=by, why=why, status_reason=why[:500]
            )
    return True


def _check(old: Publication, clip: Clip) -> None:
    if clip.status != clip_rules.Status.READY:
        raise Invalid(_("%(clip)s is not ready.") % {"clip": clip}, clip=clip.pk)
    if clip.pk == old.clip_id:
        raise Invalid(_("%(clip)s cannot replace itself.") % {"clip": clip}, clip=clip.pk)
    held = Publication.objects.filter(channel=old.channel, clip=clip, status__in=HOLDING).first()
    if held:
        raise Invalid(
            _("%(clip)s is on %(channel)s already (%(status)s).")
            % {"clip": clip, "channel": old.channel, "status": held.get_status_display()},
            publication=held.pk,
        )


def _create(old: Publication, *, clip: Clip, due_at: datetime, by: Any, why: str) -> Publication:
    new = Publication(
        channel=old.channel,
        clip=clip,
        run=old.run,
        due_at=due_at,
        upload_at=posting.upload_at(old.channel.platform, due_at),
        reasons=[why],
        title=old.title,
        description=old.description,
        tags=old.tags,
        made_for_kids=old.made_for_kids,
        synthetic_media=clip.edition.synthetic_media,
        replaces=old,
    )
    new._history_user = by  # type: ignore[attr-defined]
    new.save()
    if by is None:
        _let_go_as_before(new, old, why=why)
    preflight.check(new, stage=Stage.PLANNED)
    return new


def _let_go_as_before(new: Publication, old: Publication, *, why: str) -> None:
    """What people said of the old one's place holds for the mended clip; where that is too little, it waits for them.

    The history names no actor: nobody approved the new one.
    """
    stands = approving.carry_over(old, new)
    if not stands.is_enough:
        return
    last = stands.people[-1]
    lifecycle.advance(
        new, to=Status.APPROVED, why=_carried_over(old, why), approved_by_id=last.who, approved_at=last.at
    )
    if new.upload_at <= clock.now():
        jobs.enqueue("channels.jobs.push_upload", new.pk)


def _carried_over(old: Publication, why: str) -> str:
    """Where nobody approves the new one, whose approval of the old one stands: its history names no actor."""
    if old.approved_at is None:
        return why
    return _("approval of %(name)s on %(day)s carried over from %(old)s") % {
        "name": old.approved_by or "–",
        "day": f"{old.approved_at:%Y-%m-%d}",
        "old": old,
    }
