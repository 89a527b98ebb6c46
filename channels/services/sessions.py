"""Upload sessions: every try is written down before the bytes it speaks of are sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Max

from channels.models import Publication, UploadSession
from channels.platforms.base import UploadHandle
from channels.rules.upload import LIVE, Status
from config.kernel import clock, lifecycle

MOST_EVIDENCE = 40


def live(publication: Publication) -> UploadSession | None:
    """The try that may still have an effect. There is one at most."""
    return publication.sessions.filter(status__in=LIVE).order_by("-number").first()


def begin(publication: Publication) -> UploadSession:
    """The row of a new try, stored before the platform is asked to open anything."""
    before = publication.sessions.aggregate(last=Max("number"))["last"] or 0
    return UploadSession.objects.create(
        publication=publication,
        number=before + 1,
        total_bytes=publication.clip.size_bytes,
        opened_at=clock.now(),
    )


def opened(session: UploadSession, handle: UploadHandle) -> None:
    """The platform opened it: its address is stored before byte 0."""
    lifecycle.advance(
        session,
        to=Status.OPEN,
        handle=handle.secret,
        publish_id=handle.publish_id,
        chunk_bytes=handle.chunk_bytes,
        expires_at=handle.expires_at,
    )


def handle_of(session: UploadSession) -> UploadHandle:
    return UploadHandle(
        secret=session.handle,
        chunk_bytes=session.chunk_bytes,
        publish_id=session.publish_id,
        expires_at=session.expires_at,
    )


def progressed(session: UploadSession, *, sent_bytes: int) -> None:
    UploadSession.objects.filter(pk=session.pk).update(sent_bytes=sent_bytes)
    session.sent_bytes = sent_bytes


def final_going_out(session: UploadSession) -> None:
    """Written before the last chunk: from here on the clip may exist without our knowing."""
    if session.status == Status.OPEN:
        lifecycle.advance(session, to=Status.FINAL_SENT, final_sent_at=session.final_sent_at or clock.now())


def reopened(session: UploadSession) -> None:
    """The platform says that it still waits for bytes. One reading may be stale: that the last ones went out stays."""
    if session.status == Status.FINAL_SENT:
        lifecycle.advance(session, to=Status.OPEN)


def in_doubt(session: UploadSession, *, why: str) -> None:
    if session.status != Status.UNKNOWN:
        lifecycle.advance(session, to=Status.UNKNOWN, why=why)
    note(session, what=why)


def done(session: UploadSession, *, why: str = "") -> None:
    lifecycle.advance(session, to=Status.DONE, why=why, ended_at=clock.now(), handle="")


def dead(session: UploadSession, *, why: str) -> None:
    """It ended and left nothing behind."""
    note(session, what=why)
    lifecycle.advance(session, to=Status.DEAD, why=why, ended_at=clock.now(), handle="")


def note(session: UploadSession, *, what: str, **facts: Any) -> None:
    """Keep a line of evidence for the person who may have to decide."""
    line = {"at": clock.now().isoformat(), "what": str(what)[:300], **facts}
    session.evidence = [*session.evidence, line][-MOST_EVIDENCE:]
    UploadSession.objects.filter(pk=session.pk).update(evidence=session.evidence)


def first_look(session: UploadSession) -> datetime | None:
    """When we first looked for the clip among the account's uploads; None while we have not."""
    looked = [line["at"] for line in session.evidence if line.get("looked")]
    return datetime.fromisoformat(looked[0]) if looked else None


def was_refused(session: UploadSession) -> str:
    """The sentence with which the platform refused the last bytes; '' when it did not."""
    return next((line["what"] for line in session.evidence if line.get("refused")), "")
