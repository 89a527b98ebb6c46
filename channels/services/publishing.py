"""From an approved publication to one that the platform has accepted: exactly once, whatever happens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from catalog.services import files
from channels import signals
from channels.errors import Action, PlatformError
from channels.models import Extra, Hold, Publication, UploadSession
from channels.rules import extra, looks, posting
from channels.rules.preflight import APPROVAL
from channels.rules.publication import Status
from channels.rules.words import Purpose, Stage
from channels.services import approving, claims, clearance, given_up, overdue, preflight, sending, sessions
from config.kernel import clock, jobs, leases, news
from config.kernel.errors import LostClaim, MoveRefused

RUNG_AT_ONCE = 60
PAUSE = timedelta(minutes=10)
CONFIG_PAUSE = timedelta(minutes=30)
DEFAULT_WAIT = timedelta(hours=1)


def push(publication_pk: int) -> str:
    """Bring one publication to its platform, as far as it goes now. May run twice, late, or be killed midway."""
    publication = _load(publication_pk)
    if publication is None or not _claim(publication):
        return "not due, or another worker holds it"
    try:
        return _push_held(publication)
    except LostClaim:
        return "another worker took over"
    except MoveRefused:
        # A worker that was thought dead comes back and finds its session closed by its successor.
        if Publication.objects.filter(pk=publication.pk, lease_token=publication.lease_token).exists():
            raise
        return "another worker took over"
    except PlatformError as refusal:
        return _refused(publication, refusal)
    except files.FileLost as lost:
        return _file_lost(publication, lost)


def _load(publication_pk: int) -> Publication | None:
    rows = Publication.objects.select_related("channel", "clip__edition__drama")
    return rows.filter(pk=publication_pk).first()


def _claim(publication: Publication) -> bool:
    return leases.claim(
        publication,
        seconds=settings.UPLOAD_LEASE_SECONDS,
        status__in=[Status.APPROVED, Status.UPLOADING],
        upload_at__lte=clock.now(),
    )


def _push_held(publication: Publication) -> str:
    way = sending.Sending(publication, purpose=_purpose(publication))
    if sending.may_have_arrived(sessions.live(publication)):
        return _settle(publication, way.carry_on(send_nothing_because=_standstill(publication)))
    held = Hold.objects.over(publication)
    if held:
        return claims.release(publication, until=clock.now(), why=held.sentence)
    if overdue.is_too_late(publication, now=clock.now()):
        return overdue.plan_anew(publication)
    held_back = _begin(publication)
    return held_back or _settle(publication, way.carry_on())


def _standstill(publication: Publication) -> str:
    """Why no byte more may go out of an upload that may have arrived already; '' when it may."""
    held = Hold.objects.over(publication)
    if held:
        return held.sentence
    if overdue.is_too_late(publication, now=clock.now()):
        return overdue.sentence(publication)
    if not publication.channel.is_active:
        return clearance.not_active(publication.channel)
    refusals = [one for one in preflight.outcomes(publication, stage=Stage.UPLOAD) if not one.passed]
    return "; ".join(f"{one.rule}: {one.evidence}" for one in refusals)


def _purpose(publication: Publication) -> Purpose:
    return Purpose.REPLACE if publication.replaces_id else Purpose.PUBLISH


# --- before the upload


def _begin(publication: Publication) -> str:
    """Check everything again and start, or go on. Returns why not, or '' when bytes may go out."""
    if not publication.channel.is_active:
        why = clearance.not_active(publication.channel)
        return claims.release(publication, until=clock.now() + clearance.PAUSE, why=why)
    if publication.status == Status.APPROVED and (why := given_up.why_it_waits(publication)):
        return claims.release(publication, until=clock.now() + clearance.PAUSE, why=why)
    found = preflight.outcomes(publication, stage=Stage.UPLOAD)
    refusals = [one for one in found if not one.passed]
    if refusals or publication.status == Status.APPROVED:
        preflight.record(publication, found, stage=Stage.UPLOAD)
    if refusals:
        return _hold_back(publication, refusals)
    if publication.status == Status.APPROVED:
        claims.advance(publication, to=Status.UPLOADING, status_reason="")
    return ""


def _hold_back(publication: Publication, refusals: list[Any]) -> str:
    """What the checks found decides where it goes: back to planning, cancelled, or failed."""
    fates = [one.fate for one in refusals]
    fate = next(to for to in (Status.CANCELLED, Status.FAILED, Status.PROPOSED) if to in fates)
    why = "; ".join(f"{one.rule}: {one.evidence}" for one in refusals)
    # Where nothing but the number of people is wanting, their yeses stand and it waits for one more.
    is_too_few = {one.rule for one in refusals} == {APPROVAL}
    with transaction.atomic():
        claims.end_half_sent(publication, why=why)
        unapproved = claims.UNAPPROVED if fate == Status.PROPOSED else {}
        columns = {"status_reason": why[:500], **unapproved, **leases.settled()}
        moved = claims.advance(publication, to=fate, why=why, **columns)
        if moved and fate == Status.PROPOSED and not is_too_few:
            approving.lapse([publication.pk])
        if fate == Status.FAILED:
            signals.publication_failed.send(Publication, publication=publication)
    _tell(publication, "publication_held_back", _("%(what)s was not uploaded: %(why)s"), why=why)
    return f"held back: {why}"


# --- after a try


def _settle(publication: Publication, outcome: sending.Outcome) -> str:
    if isinstance(outcome, sending.Accepted):
        return accepted(publication, outcome)
    if isinstance(outcome, sending.Paused):
        return claims.release(publication, until=outcome.until, why=outcome.why)
    if isinstance(outcome, sending.StartOver):
        return _start_over(publication, why=outcome.why)
    if isinstance(outcome, sending.Undecided):
        return _ask_a_person(publication, why=outcome.why)
    return failed(publication, why=outcome.why)


def accepted(publication: Publication, outcome: sending.Accepted, *, by: Any = None) -> str:
    """The platform has the clip. What follows has rows of its own: nothing from here on repeats the upload."""
    now = clock.now()
    session = sessions.live(publication)
    with transaction.atomic():
        if session:
            sessions.done(session)
            UploadSession.objects.filter(pk=session.pk).update(
                sent_bytes=session.total_bytes, publish_id=outcome.publish_id or session.publish_id
            )
        claims.advance(
            publication,
            to=Status.ACCEPTED,
            by=by,
            external_id=outcome.external_id,
            accepted_at=now,
            next_look_at=now + (looks.FIRST if outcome.external_id else timedelta(minutes=1)),
            status_reason="",
            **leases.settled(),
        )
        _hang_extras(publication)
    return f"accepted as {outcome.external_id or outcome.publish_id}"


def _hang_extras(publication: Publication) -> None:
    """What the plan had room for; whatever the platform offers where no plan decided."""
    wanted = publication.wanted_extras
    if wanted is not None and extra.Kind.THUMBNAIL not in wanted:
        return
    if posting.POSTING[publication.channel.platform].sets_thumbnail and publication.clip.thumbnail:
        Extra.objects.get_or_create(
            publication=publication,
            kind=extra.Kind.THUMBNAIL,
            defaults={"next_try_at": clock.now() + posting.FIRST_THUMBNAIL},
        )


def _start_over(publication: Publication, *, why: str) -> str:
    with transaction.atomic():
        claims.advance(publication, to=Status.APPROVED, why=why, status_reason=why[:500], **leases.settled())
        jobs.enqueue("channels.jobs.push_upload", publication.pk)
    return f"starts over: {why}"


def _ask_a_person(publication: Publication, *, why: str) -> str:
    claims.advance(publication, to=Status.NEEDS_PERSON, why=why, status_reason=why[:500], **leases.settled())
    _tell(publication, "publication_needs_person", _("%(what)s needs a person: %(why)s"), why=why)
    return f"needs a person: {why}"


def failed(publication: Publication, *, why: str, by: Any = None) -> str:
    """It is certain that it is not there, and sending it again would be refused again."""
    with transaction.atomic():
        session = sessions.live(publication)
        if session:
            sessions.dead(session, why=why)
        claims.advance(publication, to=Status.FAILED, by=by, why=why, status_reason=why[:500], **leases.settled())
        signals.publication_failed.send(Publication, publication=publication)
    _tell(publication, "publication_failed", _("%(what)s failed: %(why)s"), why=why)
    return f"failed: {why}"


def _refused(publication: Publication, refusal: PlatformError) -> str:
    """What a refusal asks for, by its action alone."""
    now = clock.now()
    why = f"{refusal} {refusal.detail}".strip()
    if refusal.action == Action.FIX_ITEM:
        return _item_refused(publication, why=why)
    if refusal.action in {Action.RECONCILE, Action.GONE}:
        session = sessions.live(publication)
        if session:
            sessions.in_doubt(session, why=why)
        return claims.release(publication, until=now + leases.backoff(publication.attempts), why=why)
    if refusal.action == Action.BY_HAND:
        return _ask_a_person(publication, why=f"{why} {refusal.link}")
    waits = {
        Action.WAIT: refusal.until or now + DEFAULT_WAIT,
        Action.PAUSE_CHANNEL: now + PAUSE,
        Action.REAUTH: now + PAUSE,
        Action.CONFIG: now + CONFIG_PAUSE,
    }
    pause = now + leases.backoff(publication.attempts)
    until = waits.get(refusal.action) or max(pause, refusal.until or pause)
    return claims.release(publication, until=until, why=why)


def _item_refused(publication: Publication, *, why: str) -> str:
    """Refused for what it is. When the last bytes were out already, look before saying that it is not there."""
    session = sessions.live(publication)
    if session is None or session.final_sent_at is None:
        return failed(publication, why=why)
    sessions.note(session, what=why, refused=True)
    sessions.in_doubt(session, why=why)
    return claims.release(publication, until=clock.now() + leases.backoff(1), why=why)


def _file_lost(publication: Publication, lost: files.FileLost) -> str:
    if lost.retryable:
        return claims.release(publication, until=clock.now() + leases.backoff(publication.attempts), why=str(lost))
    return _item_refused(publication, why=str(lost))


def _tell(publication: Publication, code: str, sentence: str, *, why: str) -> None:
    news.tell(code, sentence % {"what": publication, "why": why}, level="warning")


# --- the sweep


def sweep() -> str:
    """Ring for everything that is due or was left behind; what is too late goes back to planning in one go."""
    now = clock.now()
    late = overdue.give_up_together()
    due = list(Publication.objects.due(now).order_by("due_at").values_list("pk", flat=True)[:RUNG_AT_ONCE])
    left = list(Publication.objects.unfinished(now).order_by("due_at").values_list("pk", flat=True)[:RUNG_AT_ONCE])
    for pk in [*left, *due]:
        jobs.remind("channels.jobs.push_upload", pk)
    return f"{len(due)} due, {len(left)} resumed, {late} too late"
