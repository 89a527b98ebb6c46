"""What changes later: the smallest change that answers an event; a person sees it first, and applies it or not.

A paused channel keeps what waits on it, because nobody knows for how long it stands still: with an end given, what
falls into the pause goes out after it, and other channels are offered only when a person asks for them. A clip whose
rights close goes out earlier or is dropped; a clip that failed goes out as soon as it can, and the episodes behind it
make room; of a day that is granted less, the least valuable go, ends of runs first. What a person pinned never moves.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from channels.models import Channel, Plan, PlanChange, Publication
from channels.rules import replanning as rules
from channels.rules.changes import Event
from channels.rules.eligibility import Window
from channels.rules.plan import Change, Kind, Status
from channels.rules.publication import WAITING
from channels.rules.replanning import Answer, Asked
from channels.services import affected, causes, changing, elsewhere
from channels.services.affected import Affected
from channels.services.causes import Cause
from channels.services.changing import Applied
from config.kernel import clock, lifecycle
from config.kernel.errors import MoveRefused

SOONEST = timedelta(minutes=2)
BEYOND = timedelta(days=7)
"""How far past the last planned time another place is looked for."""
BATCH = 1000


def propose(cause: Cause, *, window: Window | None = None, by: Any = None) -> Plan | None:
    """A draft of what this event forces to change; None when nothing has to. No publication is touched.

    An older draft that answered the same event is returned when it still says the same, and else discarded. What a
    person discarded is not proposed again by itself while it is about nothing more.
    """
    channels = causes.channels(cause)
    lines = _lines(cause, channels, window=window or _window(channels)) if channels else []
    with transaction.atomic():
        older = _older(cause)
        why = _("A newer change took its place.") if lines else _("Nothing of it has to change any more.")
        for plan in older:
            if lines and _says(list(plan.changes.all())) == _says(lines):
                return plan
            discard(plan, by=None, why=why)
        if not lines or (by is None and _was_declined(cause, lines)):
            return None
        return _write(cause, channels, lines, by=by)


def _window(channels: list[Channel]) -> Window:
    now = clock.now()
    waiting = Publication.objects.filter(channel__in=channels, status__in=WAITING)
    last: datetime | None = waiting.aggregate(last=Max("due_at"))["last"]
    return Window(now + SOONEST, max(last or now, now) + BEYOND)


def _lines(cause: Cause, channels: list[Channel], *, window: Window) -> list[PlanChange]:
    found = affected.read(channels, window=window, fallen=causes.fallen(cause))
    asked = causes.asked(cause, found)
    lines: list[PlanChange] = []
    if asked.broken or asked.lost:
        runs = {one.run for one in found.items if one.key in asked.broken or one.key in asked.lost}
        affected.with_rights(found, runs)
        lines += _changes(found, asked, rules.answer(found.items, asked, found.board))
    if cause.code == Event.CHANNEL_PAUSED and cause.elsewhere:
        lines = elsewhere.lines(found, until=cause.until, besides=lines)
    if cause.code == Event.EDITION_CHANGED:
        lines += elsewhere.mended(cause.subject, window=window)
    return lines


def _changes(found: Affected, asked: Asked, answer: Answer) -> list[PlanChange]:
    by_key = {one.key: one for one in found.items}
    lines = []
    for key, why in answer.why.items():
        one = by_key[key]
        lines.append(
            PlanChange(
                kind=Change.MOVED if key in answer.moved else Change.DROPPED,
                publication_id=key,
                clip_id=found.clips[key],
                channel_id=one.channel,
                from_at=one.at,
                to_at=answer.moved.get(key),
                reasons=list(why),
            )
        )
    return sorted(lines, key=lambda line: (line.from_at, line.channel_id, line.publication_id))


def _older(cause: Cause) -> list[Plan]:
    """Drafts that the product made for this event and of which nothing was applied. They are locked."""
    drafts = Plan.objects.filter(kind=Kind.CHANGE, status=Status.DRAFT, made_by=None)
    same = drafts.filter(cause__code=str(cause.code), cause__subject=cause.subject)
    return list(same.exclude(changes__applied__isnull=False).order_by("-pk").select_for_update(of=("self",)))


def _was_declined(cause: Cause, lines: list[PlanChange]) -> bool:
    """Whether a person has thrown away the last answer to this event, and it was about all of these."""
    answers = Plan.objects.filter(kind=Kind.CHANGE, cause__code=str(cause.code), cause__subject=cause.subject)
    last = answers.order_by("-pk").first()
    if last is None or last.status != Status.DISCARDED:
        return False
    move = lifecycle.history(last).first()
    told = {(one.publication_id, one.from_at) for one in last.changes.filter(applied=None)}
    return move is not None and move.by_id is not None and {(one.publication_id, one.from_at) for one in lines} <= told


def _says(lines: list[PlanChange]) -> set[tuple[Any, ...]]:
    return {(one.kind, one.publication_id, one.clip_id, one.channel_id, one.from_at, one.to_at) for one in lines}


def _write(cause: Cause, channels: list[Channel], lines: list[PlanChange], *, by: Any) -> Plan:
    moments = [at for line in lines for at in (line.from_at, line.to_at) if at]
    touched = {line.channel_id for line in lines}
    plan: Plan = Plan.objects.create(
        kind=Kind.CHANGE,
        status=Status.DRAFT,
        cause=cause.kept(),
        starts_at=min(moments),
        ends_at=max(moments) + timedelta(minutes=1),
        made_at=clock.now(),
        made_by=by if getattr(by, "pk", None) else None,
        summary={"changes": count(lines), "channels": len(touched)},
    )
    plan.channels.set(touched)
    for line in lines:
        line.plan = plan
    PlanChange.objects.bulk_create(lines, batch_size=BATCH)
    return plan


def count(lines: list[PlanChange]) -> dict[str, int]:
    counted = Counter(str(line.kind) for line in lines)
    return {kind.value: counted[kind.value] for kind in Change}


def apply(plan: Plan, *, by: Any) -> Applied:
    """Carry a change out, line by line, each judged as things stand now. Called again, it goes on where it stopped."""
    return changing.apply(plan, by=by)


def discard(plan: Plan, by: Any = None, *, why: str = "") -> bool:
    """Leave everything as it is. False when it was discarded already."""
    if plan.kind != Kind.CHANGE:
        raise MoveRefused(_("This is no change of what is planned."), row=plan.pk)
    if plan.changes.filter(applied=True).exists():
        raise MoveRefused(_("Some of its lines have been applied; apply the rest first."), row=plan.pk)
    return lifecycle.advance(plan, to=Status.DISCARDED, by=by, why=why, status_reason=why[:500])
