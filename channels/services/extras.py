"""What follows an accepted upload: a thumbnail, a take-down. Nothing here can repeat the upload.

A take-down is done whatever is held or paused. A thumbnail waits as an upload does.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from channels.errors import Action, PlatformError
from channels.models import Extra, Publication
from channels.platforms.base import Withdrawn
from channels.rules import extra
from channels.rules.channel import Status as ChannelStatus
from channels.rules.extra import Kind, Status
from channels.rules.words import Purpose
from channels.services import clearance, gateway, looking
from config.kernel import clock, jobs, leases, lifecycle, news

RUNG_AT_ONCE = 60
MOST_TRIES = 8
PAUSE = timedelta(minutes=30)


def do(extra_pk: int) -> str:
    """Do one follow-up, as far as it goes now."""
    rows = Extra.objects.select_related("publication__channel", "publication__clip")
    row = rows.filter(pk=extra_pk).first()
    stopped = clearance.stopped(row.publication) if row and row.kind != Kind.TAKE_DOWN else None
    if stopped:
        # Asked before the claim: waiting for a person is no attempt.
        return f"waits: {stopped.why}"
    if row is None or not leases.claim(row, seconds=settings.UPLOAD_LEASE_SECONDS, status=Status.WAITING):
        return "not waiting, or another worker holds it"
    try:
        return _DO[Kind(row.kind)](row)
    except PlatformError as refusal:
        return _refused(row, refusal)


def _set_thumbnail(row: Extra) -> str:
    publication = row.publication
    if not publication.external_id or not publication.clip.thumbnail:
        return _end(row, to=Status.DROPPED, why=_("There is no thumbnail, or nothing to set it on."))
    with publication.clip.thumbnail.open("rb") as file:
        image = file.read()
    _call(row, "set_thumbnail", external_id=publication.external_id, image=image)
    return _end(row, to=Status.DONE, why=_("set"))


def _take_down(row: Extra) -> str:
    publication = row.publication
    if not publication.external_id:
        return _later(row, until=clock.now() + PAUSE, why=_("The platform has not named the post yet."))
    handle = publication.channel.handle
    gone: Withdrawn = _call(row, "withdraw", external_id=publication.external_id, handle=handle)
    looking.vanished(publication, why=f"{row.reason or _('taken down')} ({gone.how.value})")
    row.refresh_from_db()
    return f"taken down: {gone.how.value}"


_DO = {Kind.THUMBNAIL: _set_thumbnail, Kind.TAKE_DOWN: _take_down}


def _call(row: Extra, verb: str, **arguments: Any) -> Any:
    purpose = Purpose.REPLACE if row.kind == Kind.TAKE_DOWN else Purpose.PUBLISH
    return gateway.call(row.publication.channel, verb, purpose=purpose, **arguments)


def _refused(row: Extra, refusal: PlatformError) -> str:
    now, why = clock.now(), f"{refusal} {refusal.detail}".strip()
    if refusal.action == Action.BY_HAND:
        return _by_hand(row, why=f"{refusal} {refusal.link}".strip())
    if refusal.action == Action.GONE and row.kind == Kind.TAKE_DOWN:
        looking.vanished(row.publication, why=_("It was gone already."))
        return "gone already"
    if refusal.action == Action.FIX_ITEM or row.attempts >= MOST_TRIES:
        # A take-down is never given up: when the platform will not, a person must.
        return _by_hand(row, why=why) if row.kind == Kind.TAKE_DOWN else _end(row, to=Status.DROPPED, why=why)
    pause = now + leases.backoff(row.attempts, first_seconds=60)
    patient = refusal.action in {Action.PAUSE_CHANNEL, Action.REAUTH, Action.CONFIG}
    return _later(row, until=max(refusal.until or pause, now + PAUSE if patient else pause), why=why)


def _by_hand(row: Extra, *, why: str) -> str:
    _end(row, to=Status.BY_HAND, why=why)
    sentence = _("%(what)s must be done by hand for %(where)s: %(why)s") % {
        "what": row.get_kind_display(),
        "where": row.publication,
        "why": why,
    }
    news.tell("by_hand", sentence, level="warning")
    soon = clock.now() + timedelta(minutes=10)
    type(row.publication)._default_manager.filter(pk=row.publication_id, next_look_at__gt=soon).update(
        next_look_at=soon
    )
    return f"by hand: {why}"


def _end(row: Extra, *, to: extra.Status, why: str) -> str:
    token = row.lease_token
    lifecycle.advance(row, to=to, why=why, only_if={"lease_token": token}, reason=why[:500], **leases.settled())
    return f"{row.get_status_display()}: {why}"


def _later(row: Extra, *, until: datetime, why: str) -> str:
    """The reason a person gave for a take-down stays; why it waits is in the answer alone."""
    keeps = {} if row.kind == Kind.TAKE_DOWN else {"reason": why[:500]}
    leases.release(row, again_at=until, **keeps)
    return f"waits until {until:%Y-%m-%d %H:%M} UTC: {why}"


def sweep() -> str:
    """Ring for all that can be done now: take-downs always, the rest where no hold and no channel stands in the way."""
    free = Publication.objects.not_held().filter(channel__status=ChannelStatus.ACTIVE)
    waiting = Extra.objects.filter(Q(kind=Kind.TAKE_DOWN) | Q(publication__in=free), status=Status.WAITING)
    keys = list(waiting.free(clock.now()).order_by("pk").values_list("pk", flat=True)[:RUNG_AT_ONCE])
    for pk in keys:
        jobs.remind("channels.jobs.do_extra", pk)
    return f"{len(keys)} follow-ups waiting"
