"""A fix reaches the viewers: the mended clip goes up, then the bad one comes down, one publication at a time."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from catalog.models import Clip, EditionVersion
from catalog.rules import clip as clips
from catalog.rules import version as versions
from catalog.services import lineage
from channels.models import Extra, Publication
from channels.rules import extra
from channels.rules.publication import ON_PLATFORM
from channels.rules.publication import Status as Showing
from channels.services import replacing as channel_replacing
from channels.services import withdrawing
from config.kernel import clock, lifecycle
from config.kernel.errors import Invalid, MoveRefused
from moderation.models import Replacement, Ticket
from moderation.rules import ticket as tickets
from moderation.rules.replacement import Status
from moderation.services import recalling, ticketing

RELEASED = frozenset({versions.Status.RELEASABLE, versions.Status.SUPERSEDED})
LOST = frozenset({Showing.FAILED, Showing.REJECTED, Showing.NEEDS_PERSON, Showing.CANCELLED, Showing.WITHDRAWN})
# A check at upload sent it back: it goes nowhere until a person approves it again.
HALTED = LOST | {Showing.PROPOSED}


def plan_for(ticket: Ticket) -> int:
    """A row for every publication that shows what this ticket's fix mended; how many were new."""
    return recalling.plan_for(ticket)


def advance_all() -> str:
    """Move every fix as far as it goes now. Twice is harmless."""
    begun = sum(_begin(ticket) for ticket in _delivered())
    moved = 0
    for ticket in Ticket.objects.filter(status=tickets.Status.REPLACING).select_related("version", "fixed_by"):
        recalling.plan_for(ticket)
        moved += sum(_step(row) for row in _unfinished(ticket))
        _finish(ticket)
    if not begun and not moved:
        return _("nothing to replace")
    return _("%(begun)d fixes begun, %(moved)d replacements moved") % {"begun": begun, "moved": moved}


def _delivered() -> list[Ticket]:
    """Tickets whose fix has come out of QC: delivered ones, and those reopened by a refusal that was taken back."""
    came_out = [*RELEASED, versions.Status.REFUSED]
    rows = Ticket.objects.filter(
        Q(status=tickets.Status.DELIVERED, fixed_by__status__in=came_out)
        | Q(status__in=tickets.UNSOLVED, solved_at=None, fixed_by__status__in=RELEASED)
    )
    return list(rows.select_related("version", "fixed_by").order_by("pk"))


def _begin(ticket: Ticket) -> bool:
    version = ticket.fixed_by
    if version is None:
        return False
    try:
        if version.status == versions.Status.REFUSED:
            why = _("%(version)s failed QC: %(why)s") % {"version": version, "why": _refusal(version)}
            return ticketing.move(ticket, to=tickets.Status.REOPENED, why=why)
        if ticket.status in tickets.UNSOLVED:
            ticketing.move(
                ticket, to=tickets.Status.DELIVERED, why=_("%(version)s passed QC after all") % {"version": version}
            )
        recalling.plan_for(ticket)
        return ticketing.move(
            ticket, to=tickets.Status.REPLACING, why=_("%(version)s is released") % {"version": version}
        )
    except MoveRefused:
        return False  # another worker, or a person, moved it in between


def _refusal(version: EditionVersion) -> str:
    newest = lifecycle.history(version).filter(to_status=versions.Status.REFUSED).first()
    return newest.why if newest else ""


def _unfinished(ticket: Ticket) -> list[Replacement]:
    rows = ticket.replacements.exclude(status=Status.DONE).order_by("pk")
    return list(rows.select_related("ticket__version__edition", "old__clip", "old__channel", "old__approved_by", "new"))


def _finish(ticket: Ticket) -> None:
    """All replaced and nothing bad on its way: from now on we watch whether viewers agree."""
    counts = ticket.replacements.aggregate(all=Count("pk"), done=Count("pk", filter=Q(status=Status.DONE)))
    if counts["all"] == counts["done"] and not recalling.in_flight(ticket):
        why = _("%(n)d uploads replaced") % {"n": counts["done"]}
        ticketing.move(ticket, to=tickets.Status.WATCHING, why=why, solved_at=clock.now())


def _step(row: Replacement) -> bool:
    """One replacement as far as it goes now. False when nothing changed."""
    try:
        if row.status == Status.TAKING_DOWN:
            return _take_down(row)
        return _follow(row, _latest(row.new)) if row.new else _send_up(row)
    except MoveRefused:
        return False


def _send_up(row: Replacement) -> bool:
    """Schedule the mended clip as soon as it is cut."""
    version = row.ticket.version.edition.current or row.ticket.fixed_by
    clip = lineage.successor(row.old.clip, version) if version else None
    if clip is None:
        return _stuck(row, _("The mended version has no clip of this kind and these episodes."))
    if clip.status == clips.Status.WAITING:
        return _say(row, _("The mended clip is being cut."))
    if clip.status != clips.Status.READY:
        return _stuck(row, _("The mended clip could not be cut: %(why)s") % {"why": clip.reason})
    try:
        new = _scheduled(row, clip)
    except Invalid as refusal:
        return _stuck(row, str(refusal))
    why = _("the mended clip is due at %(moment)s UTC") % {"moment": f"{new.due_at:%Y-%m-%d %H:%M}"}
    if _was_never_shown(row.old):
        return _to(row, Status.DONE, why=why, new=new, done_at=clock.now())
    return _to(row, Status.UPLOADING, why=why, new=new)


def _scheduled(row: Replacement, clip: Clip) -> Publication:
    """The publication that takes the old one's place: a new one, or the one that a plan put there meanwhile."""
    held = Publication.objects.filter(channel=row.old.channel, clip=clip, replacement_of=None)
    there: Publication | None = held.exclude(status__in=LOST).first()
    if there is not None:
        return there
    due_at = row.old.due_at if row.old.due_at > clock.now() else None
    why = _("takes the place of a clip that %(ticket)s mends") % {"ticket": row.ticket}
    return channel_replacing.schedule(row.old, clip=clip, due_at=due_at, by=None, why=why)


def _was_never_shown(old: Publication) -> bool:
    return old.published_at is None and old.status not in ON_PLATFORM


def _follow(row: Replacement, new: Publication) -> bool:
    """Wait for the new one to be live, then take the old one down."""
    if new.status == Showing.PUBLISHED:
        if row.old.status in ON_PLATFORM:
            withdrawing.withdraw(
                row.old, by=None, why=_("replaced by a mended clip (%(ticket)s)") % {"ticket": row.ticket}
            )
        return _to(row, Status.TAKING_DOWN, why=_("the new one is live")) and (_take_down(row) or True)
    if new.status in HALTED:
        why = f"{new.get_status_display()}: {new.status_reason}" if new.status_reason else new.get_status_display()
        return _stuck(row, _("The new upload: %(why)s") % {"why": why})
    if _was_never_shown(row.old):
        return _to(row, Status.DONE if row.status == Status.STUCK else Status.TAKING_DOWN, why=_("stopped in time"))
    if row.status == Status.STUCK:
        return _to(row, Status.UPLOADING, why=_("the new upload goes on"))
    return False


def _latest(new: Publication) -> Publication:
    """Where a second fix replaced the replacement before it was live, the last of them counts."""
    for _hop in range(10):
        after = Replacement.objects.filter(old=new, new__isnull=False).select_related("new").first()
        if after is None or after.new is None:
            return new
        new = after.new
    return new


def _take_down(row: Replacement) -> bool:
    """Done when the old one is no longer shown; until then, say who is waited for."""
    if row.old.status not in ON_PLATFORM:
        return _to(row, Status.DONE, why=_("the old one is down"), done_at=clock.now())
    wish = Extra.objects.filter(publication=row.old, kind=extra.Kind.TAKE_DOWN).first()
    if wish is None:
        return withdrawing.withdraw(
            row.old, by=None, why=_("replaced by a mended clip (%(ticket)s)") % {"ticket": row.ticket}
        )
    if wish.status == extra.Status.DROPPED:
        return _stuck(row, _("The take-down was given up: %(why)s") % {"why": wish.reason})
    if wish.status == extra.Status.BY_HAND:
        return _say(row, _("Waiting for a person to take it down: %(why)s") % {"why": wish.reason})
    return False


def _to(row: Replacement, status: Status, *, why: str, **columns: Any) -> bool:
    try:
        return lifecycle.advance(row, to=status, why=why, reason=why[:500], **columns)
    except IntegrityError:
        return False  # the new publication has just become another replacement's


def _stuck(row: Replacement, why: str) -> bool:
    return _to(row, Status.STUCK, why=why) if row.status != Status.STUCK else _say(row, why)


def _say(row: Replacement, why: str) -> bool:
    """Tell what is waited for, without a move."""
    if row.reason != why[:500]:
        Replacement.objects.filter(pk=row.pk, status=row.status).update(reason=why[:500])
    return False


def retry(row: Replacement, *, by: Any) -> bool:
    """A person says: try this replacement again. Raises MoveRefused, or says False, when it is not stuck.

    A new publication that is lost is let go and another one is scheduled; one that may still come to be seen is
    followed again.
    """
    why = _("tried again")
    row.refresh_from_db()
    with transaction.atomic():
        new = row.new
        if new is None:
            return _again(row, to=Status.WAITING, by=by, why=why)
        if _is_lost(new):
            channel_replacing.let_go(new, by=by, why=why)
            return _again(row, to=Status.WAITING, by=by, why=why, new=None)
        return _again(row, to=Status.UPLOADING, by=by, why=why)


def _again(row: Replacement, *, to: Status, by: Any, why: str, **columns: Any) -> bool:
    return lifecycle.advance(row, to=to, only_from=Status.STUCK, by=by, why=why, reason="", **columns)


def _is_lost(new: Publication) -> bool:
    """A lost one that has a replacement of its own is that row's to mend; this row follows it."""
    new.refresh_from_db()
    return new.status in channel_replacing.LOST and not Replacement.objects.filter(old=new).exists()


def settle(row: Replacement, *, by: Any, why: str) -> bool:
    """A person says that this replacement is done, or needs none, and why."""
    if not why.strip():
        raise Invalid(_("Say why it is done."), details={"why": [_("A reason is needed.")]})
    return lifecycle.advance(row, to=Status.DONE, by=by, why=why, reason=why[:500], done_at=clock.now())
