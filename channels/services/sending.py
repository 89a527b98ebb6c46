"""The bytes of one publication: open, send, ask, find. Everything it learns is stored before it acts on it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from catalog.models import Clip
from catalog.rules.words import EditionKind
from catalog.services import files
from channels.errors import Action, ItemRefused, PlatformError
from channels.models import Publication, UploadSession
from channels.platforms import base, registry
from channels.platforms.base import UploadKind, UploadState
from channels.rules import posting, texts, upload
from channels.rules.words import PlatformName, Purpose
from channels.services import clearance, gateway, sessions
from config.kernel import clock, leases

MOST_DOUBTS = 3
MOST_TRIES = 3
MOST_WAIT = timedelta(hours=24)
"""How long a platform may hold all bytes without making the clip of them before a person is asked."""


@dataclass(frozen=True)
class Accepted:
    """The platform has the whole clip. `external_id` is '' while it has not named it."""

    external_id: str
    publish_id: str
    is_published: bool = False


@dataclass(frozen=True)
class Paused:
    """Nothing to do before `until`; the upload stays what it is."""

    until: datetime
    why: str


@dataclass(frozen=True)
class NotThere:
    """Checked, and not there; the platform will refuse it again."""

    why: str


@dataclass(frozen=True)
class Undecided:
    """It may be there and asking does not tell: a person decides."""

    why: str


@dataclass(frozen=True)
class StartOver:
    """Nothing came of the last try and nothing will: a new one may begin at once."""

    why: str


Outcome = Accepted | Paused | NotThere | Undecided | StartOver


def may_have_arrived(session: UploadSession | None) -> bool:
    """Whether the clip may exist at the platform by this try: nothing but asking settles it then."""
    return session is not None and (session.final_sent_at is not None or session.status == upload.Status.UNKNOWN)


class Sending:
    """One publication's way to the platform, from wherever the last worker left it."""

    def __init__(self, publication: Publication, *, purpose: Purpose) -> None:
        self.publication = publication
        self.channel = publication.channel
        self.adapter = registry.adapter(self.channel.platform)
        self.purpose = purpose
        self.posting = posting.POSTING[self.channel.platform]
        self.standstill = ""

    def carry_on(self, *, send_nothing_because: str = "") -> Outcome:
        """Go on; given a reason to send nothing, only ask and look, so that what went out is settled."""
        self.standstill = send_nothing_because
        session = sessions.live(self.publication)
        if session is None:
            return self._start()
        if session.status == upload.Status.INITIATING:
            # Both platforms publish nothing before the last byte, so an opening without an address left nothing.
            sessions.dead(session, why=_("The answer to the opening was lost; no byte had been sent."))
            return self._start()
        if session.status == upload.Status.UNKNOWN:
            return self._find(session)
        return self._act(session, self._ask(session))

    # --- opening

    def _start(self) -> Outcome:
        wanted = self._wanted()
        if stopped := clearance.stopped(self.publication):
            return Paused(stopped.until, stopped.why)
        session = sessions.begin(self.publication)
        try:
            handle = self._call("open_session", upload=wanted, operation=f"open:{session.pk}:{uuid.uuid4().hex[:8]}")
        except PlatformError as refusal:
            if refusal.action == Action.RECONCILE:
                sessions.in_doubt(session, why=str(refusal))
            else:
                sessions.dead(session, why=str(refusal))
            raise
        sessions.opened(session, handle)
        return self._send_all(session, offset=0)

    def _wanted(self) -> base.Upload:
        """The clip as it is announced; raises ItemRefused when the account does not offer what was approved."""
        row, clip = self.publication, self.publication.clip
        limits: base.PostingLimits = self._call("limits")
        wanted = base.Upload(
            title=row.title,
            marker=row.marker,
            size_bytes=clip.size_bytes,
            duration_ms=clip.duration_ms,
            privacy=base.Privacy.PUBLIC,
            made_for_kids=bool(row.made_for_kids),
            is_synthetic=bool(row.synthetic_media),
            description=row.description,
            caption=self._caption(),
            tags=tuple(row.tags),
            language=self.channel.language,
            audio_language=_spoken(clip),
            publish_at=posting.publish_at(self.channel.platform, row.due_at, now=clock.now()),
            allow_comments=not limits.comments_disabled,
            allow_duet=not limits.duet_disabled,
            allow_stitch=not limits.stitch_disabled,
        )
        clashes = limits.clashes(wanted)
        if clashes:
            raise ItemRefused(
                _("The account does not offer what this clip needs: %(what)s.") % {"what": ", ".join(clashes)},
                platform=self.channel.platform,
                platform_code=clashes[0],
            )
        return wanted

    def _caption(self) -> str:
        if self.channel.platform != PlatformName.TIKTOK:
            return ""
        return texts.caption(self.publication.title, self.publication.tags, marker=self.publication.marker)

    # --- sending

    def _send_all(self, session: UploadSession, *, offset: int) -> Outcome:
        reader = files.open_range(self.publication.clip.file)
        total, doubts = session.total_bytes, 0
        while True:
            self._hold(session, sent_bytes=offset)
            if stopped := clearance.stopped(self.publication):
                # The session stays open: whoever goes on asks the platform how much of it has arrived.
                return Paused(stopped.until, stopped.why)
            try:
                state = self._send_one(session, reader, offset=offset, total=total)
            except PlatformError as refusal:
                doubts += 1
                if refusal.action != Action.RETRY or doubts > MOST_DOUBTS:
                    raise
                sessions.note(session, what=str(refusal), code=refusal.platform_code)
                state = self._ask(session)
            if state.kind != UploadKind.OPEN or state.next_offset >= total:
                return self._act(session, state)
            sessions.reopened(session)
            if state.next_offset <= offset:
                doubts += 1
                if doubts > MOST_DOUBTS:
                    return Paused(clock.now() + leases.backoff(doubts), _("The platform takes no more bytes."))
            offset = state.next_offset

    def _send_one(self, session: UploadSession, reader: files.RangeReader, *, offset: int, total: int) -> UploadState:
        length = self.adapter.span(offset=offset, total=total, chunk_bytes=session.chunk_bytes)
        chunk = reader.read_at(offset, length)
        if len(chunk) != length:
            raise ItemRefused(
                _("The clip's file is shorter than its row says (%(at)d + %(got)d of %(all)d bytes).")
                % {"at": offset, "got": len(chunk), "all": total},
                platform_code="short_file",
            )
        if self.adapter.is_final(offset=offset, length=length, total=total):
            sessions.final_going_out(session)
        handle = sessions.handle_of(session)
        state: UploadState = self._call("send", handle=handle, offset=offset, chunk=chunk, total=total)
        return state

    def _hold(self, session: UploadSession, *, sent_bytes: int) -> None:
        """Keep the lease; LostClaim stops a worker that was overtaken before it sends another byte."""
        leases.renew(self.publication, seconds=settings.UPLOAD_LEASE_SECONDS)
        sessions.progressed(session, sent_bytes=sent_bytes)

    # --- asking

    def _ask(self, session: UploadSession) -> UploadState:
        leases.renew(self.publication, seconds=settings.UPLOAD_LEASE_SECONDS)
        state: UploadState = self._call("ask", handle=sessions.handle_of(session), total=session.total_bytes)
        return state

    def _act(self, session: UploadSession, state: UploadState) -> Outcome:
        if state.kind == UploadKind.OPEN and state.next_offset >= session.total_bytes:
            return self._not_made(session, why=_("The platform has all bytes and has not yet made the clip of them."))
        if state.kind == UploadKind.OPEN and self.standstill:
            return self._not_made(session, why=self.standstill)
        if state.kind == UploadKind.OPEN:
            sessions.reopened(session)
            return self._send_all(session, offset=state.next_offset)
        if state.kind == UploadKind.FINISHED:
            return Accepted(state.external_id, state.publish_id or session.publish_id, state.is_published)
        if state.kind == UploadKind.FAILED:
            return self._given_up(session, state.reason)
        return self._gone(session)

    def _not_made(self, session: UploadSession, *, why: str) -> Outcome:
        """The last bytes went out, no clip yet, and nothing to send: ask again, but not for ever."""
        now = clock.now()
        if now < (session.final_sent_at or session.opened_at) + MOST_WAIT:
            return Paused(now + leases.backoff(self.publication.attempts), why)
        certain = [one for one in self._look_for(session) if one.is_certain]
        if certain:
            return Accepted(certain[0].external_id, session.publish_id)
        sessions.in_doubt(session, why=why)
        return Undecided(why)

    def _gone(self, session: UploadSession) -> Outcome:
        if session.final_sent_at is None:
            # Only the last bytes make a clip of it, and they never went out.
            sessions.dead(session, why=_("The platform no longer knows the session; nothing was published by it."))
            return StartOver(_("The session was gone before its last bytes."))
        sessions.in_doubt(session, why=_("The platform no longer knows the session; its last bytes may have arrived."))
        return self._find(session)

    def _given_up(self, session: UploadSession, reason: str) -> Outcome:
        refusal = self.adapter.explain(reason)
        if refusal.action == Action.RETRY and self.publication.sessions.count() < MOST_TRIES:
            return self._again(session, why=f"{refusal} ({reason})")
        if refusal.action in {Action.RECONCILE, Action.RETRY}:
            sessions.in_doubt(session, why=f"{refusal} ({reason})")
            return Undecided(f"{refusal} ({reason})")
        sessions.dead(session, why=f"{refusal} ({reason})")
        if refusal.action == Action.FIX_ITEM:
            return NotThere(f"{refusal} ({reason})")
        raise refusal

    def _again(self, session: UploadSession, *, why: str) -> Outcome:
        """The platform says that it dropped the clip by a fault of its own: one look at the list, then anew."""
        certain = [one for one in self._look_for(session) if one.is_certain]
        if certain:
            return Accepted(certain[0].external_id, session.publish_id)
        sessions.dead(session, why=why)
        return StartOver(why)

    # --- finding

    def _find(self, session: UploadSession) -> Outcome:
        now = clock.now()
        found = self._look_for(session)
        certain = [one for one in found if one.is_certain]
        if certain:
            return Accepted(certain[0].external_id, session.publish_id)
        if found:
            return Undecided(_("The account has a clip of this size and length that does not carry our mark."))
        return self._not_found(session, now=now)

    def _look_for(self, session: UploadSession) -> list[base.Found]:
        """What among the account's uploads looks like ours: by marker, then by size and length."""
        leases.renew(self.publication, seconds=settings.UPLOAD_LEASE_SECONDS)
        found: list[base.Found] = self._call(
            "find_upload",
            marker=self.publication.marker,
            size_bytes=session.total_bytes,
            duration_ms=self.publication.clip.duration_ms,
            since=session.opened_at,
        )
        sessions.note(session, what=_("Looked through the account's uploads."), looked=True, found=_lines(found))
        return found

    def _not_found(self, session: UploadSession, *, now: datetime) -> Outcome:
        since = sessions.first_look(session) or now
        if now < since + self.posting.list_lag:
            return Paused(since + self.posting.list_lag, _("Not in the account's uploads yet; we look again."))
        if not self.posting.absence_proves and session.final_sent_at:
            return Undecided(_("All bytes went out, and the account's public posts do not show the clip."))
        refused = sessions.was_refused(session)
        sessions.dead(session, why=_("Looked twice, a while apart: it is not there."))
        return NotThere(refused) if refused else StartOver(_("Looked twice: it is not there."))

    def _call(self, verb: str, **arguments: Any) -> Any:
        return gateway.call(self.channel, verb, purpose=self.purpose, **arguments)


def _spoken(clip: Clip) -> str:
    """The language one hears: the edition's where it is dubbed, the drama's where it is subtitled."""
    edition = clip.edition
    return edition.language if edition.kind == EditionKind.DUBBED else edition.drama.original_language


def _lines(found: list[base.Found]) -> list[dict[str, str]]:
    return [
        {
            "id": one.external_id,
            "proof": one.proof.value,
            "title": one.title[:100],
            "created_at": one.created_at.isoformat(),
        }
        for one in found
    ]
