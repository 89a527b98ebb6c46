"""What a person does in the calendar: move, swap, pin, unpin, cancel. JSON in, JSON out, each by one service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels.admin import showing
from channels.admin.calendar import asked as asking
from channels.admin.calendar import said as wish
from channels.admin.calendar.said import Said
from channels.models import Batch, Publication
from channels.rules import calendar, slots
from channels.rules.calendar import Clock
from channels.services import batches, bulk, moving, openings, standing
from config.kernel import clock, zones
from config.kernel.errors import Invalid, ProductError

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def carry_out(request: HttpRequest) -> JsonResponse:
    """One deed. A refusal is an answer of its own with the sentence that says why, and changes nothing: 409 for what
    may not be done, 400 for what makes no sense.
    """
    try:
        said = wish.read(request, deeds=DEEDS)
        answer = DEEDS[said["deed"]](request, said)
    except BadRequest as wrong:
        return JsonResponse({"refused": str(wrong), "code": "bad_request"}, status=400)
    except ProductError as refusal:
        return JsonResponse({"refused": str(refusal), "code": refusal.code}, status=409)
    return JsonResponse(answer)


def _rows(said: Said) -> list[Publication]:
    """The publications that are spoken of, each once, in the order given."""
    keys = wish.publications(said)
    found = Publication.objects.select_related("channel", "clip__edition__drama").in_bulk(keys)
    if len(found) < len(keys):
        raise Http404
    return [found[key] for key in keys]


def _done(rows: list[Publication], sentence: str) -> dict[str, Any]:
    """What was done, and which channels and dramas have to be drawn anew."""
    return {
        "say": sentence,
        "channels": sorted({row.channel_id for row in rows}),
        "dramas": sorted({row.clip.edition.drama_id for row in rows}),
    }


# --- another time


def _move(request: HttpRequest, said: Said) -> dict[str, Any]:
    [row, *more] = _rows(said)
    if more:
        raise BadRequest(_("Move one publication at a time."))
    zone = _zone(request, said, row)
    if "at" in said:
        return _move_to(request, row, _exact(said, zone))
    day = wish.day(said)
    starts, ends = _hour(said, day, zone) if "hour" in said else _same_time(row, day, zone)
    if "hour" in said and starts <= row.due_at < ends:
        return _done([row], _("It stands there already."))
    found = openings.within(row, starts_at=starts, ends_at=ends) if "hour" in said else []
    nearest = found[0] if found else openings.nearest(row, around=starts)
    if nearest is not None and _is_meant(nearest, said, day, zone, starts, ends):
        return _move_to(request, row, nearest)
    if ends <= clock.now():
        return _move_to(request, row, starts)
    return _ask(row, starts, max(ends, starts + MINUTE), nearest=nearest, zone=zone)


def _is_meant(nearest: datetime, said: Said, day: date, zone: str, starts: datetime, ends: datetime) -> bool:
    """Whether the free posting time lies where the clip was dropped: in that hour, or on that day."""
    if "hour" in said:
        return starts <= nearest < ends
    return nearest.astimezone(showing.zone_of(zone)).date() == day


def _move_to(request: HttpRequest, row: Publication, due_at: datetime) -> dict[str, Any]:
    moved = moving.move(row, due_at=due_at, by=request.user)
    if not moved:
        return _done([row], _("It stands there already."))
    at = f"{showing.clock_face(due_at, row.channel.time_zone)} {row.channel.time_zone}"
    sentence = _("%(clip)s now goes out at %(at)s and is pinned there.") % {"clip": row.clip, "at": at}
    if not moving.is_posting_time(row, due_at):
        sentence += " " + _("This is not one of the channel's posting times.")
    return _done([row], sentence)


def _ask(row: Publication, starts: datetime, ends: datetime, *, nearest: datetime | None, zone: str) -> dict[str, Any]:
    """It cannot go out where it was dropped: change places, the nearest posting time that is allowed, or exactly there?

    Only what would be carried out is offered; where nothing would be, this is a refusal.
    """
    other = standing.in_the_way(row, starts_at=starts, ends_at=ends)
    choices: list[dict[str, Any]] = []
    if other is not None and openings.may_swap(row, other):
        choices.append({"swap": [row.pk, other.pk], "text": _("swap their times")})
    if nearest is not None:
        text = _("%(at)s, the nearest free posting time") % {"at": showing.clock_face(nearest, zone)}
        choices.append({"at": nearest.isoformat(), "text": text})
    is_slot = moving.is_posting_time(row, starts)
    refusal = "" if is_slot else openings.why_not(row, starts)
    if not is_slot and not refusal:
        text = _("%(at)s exactly; it is not a posting time") % {"at": showing.clock_face(starts, zone)}
        choices.append({"at": starts.isoformat(), "text": text})
    sentence = _why_not_there(row, other, starts, ends, zone=zone)
    if not choices:
        raise Invalid(f"{sentence} {refusal}".strip())
    return {"ask": sentence, "choices": choices}


def _why_not_there(row: Publication, other: Publication | None, starts: datetime, ends: datetime, *, zone: str) -> str:
    """Who is there already, or which rule keeps it from a posting time that is empty; or there is no posting time."""
    empty = standing.empty_times(row, starts_at=max(starts, clock.now()), ends_at=ends)
    if empty and (refusal := openings.why_not(row, empty[0])):
        return f"{showing.clock_face(empty[0], zone)}: {refusal}"
    if other is not None:
        at = showing.clock_face(other.due_at, zone)
        return _("%(at)s is taken by %(other)s.") % {"at": at, "other": other.clip}
    return _("%(channel)s has no free posting time there.") % {"channel": row.channel}


def _zone(request: HttpRequest, said: Said, row: Publication) -> str:
    if said.get("clock") == Clock.MINE:
        return str(request.session.get(asking.ZONE, settings.TIME_ZONE))
    return row.channel.time_zone if zones.is_zone(row.channel.time_zone) else "UTC"


def _exact(said: Said, zone: str) -> datetime:
    """Without an offset it is a time of the zone's wall clock."""
    at = wish.moment(said)
    if at.tzinfo is not None:
        return at
    return _real(calendar.moment_in(at.date(), at.time(), zone), at.date(), zone)


def _hour(said: Said, day: date, zone: str) -> tuple[datetime, datetime]:
    """From when to when an hour of that day is. An hour that a night has twice is both, unless one of them is named."""
    hour, fold = wish.hour(said)
    starts = _real(calendar.moment_in(day, time(hour), zone, fold=fold or 0), day, zone)
    is_both = fold is None and calendar.odd_hours(day, zone).get(hour) == calendar.Twice.TWICE
    return starts, starts + (2 * HOUR if is_both else HOUR)


def _real(moment: datetime | None, day: date, zone: str) -> datetime:
    if moment is None:
        raise Invalid(
            _("On %(day)s the clock of %(zone)s leaves this hour out.") % {"day": day.isoformat(), "zone": zone}
        )
    return moment


def _same_time(row: Publication, day: date, zone: str) -> tuple[datetime, datetime]:
    at = row.due_at.astimezone(showing.zone_of(zone)).time().replace(tzinfo=None, fold=0)
    starts = slots.moment(day, at, zone)
    return starts, starts


# --- the others


def _swap(request: HttpRequest, said: Said) -> dict[str, Any]:
    rows = _rows(said)
    if len(rows) != 2:
        raise Invalid(_("Choose two publications to swap their times."))
    if not moving.swap(rows[0], rows[1], by=request.user):
        return _done(rows, _("Both go out at the same time already."))
    return _done(rows, _("%(first)s and %(second)s swapped their times.") % {"first": rows[0], "second": rows[1]})


def _pin(request: HttpRequest, said: Said) -> dict[str, Any]:
    rows = _rows(said)
    return _all(rows, bulk.pin(_keys(rows), by=request.user), _pinned)


def _unpin(request: HttpRequest, said: Said) -> dict[str, Any]:
    rows = _rows(said)
    return _all(rows, bulk.pin(_keys(rows), by=request.user, is_pinned=False), _unpinned)


def _cancel(request: HttpRequest, said: Said) -> dict[str, Any]:
    why = wish.why(said)
    if not why:
        raise Invalid(_("Say why: the reason stays with its history."))
    rows = _rows(said)
    return _all(rows, bulk.cancel(_keys(rows), by=request.user, why=why), _cancelled)


def _keys(rows: list[Publication]) -> list[int]:
    return [row.pk for row in rows]


def _all(rows: list[Publication], outcome: bulk.Outcome, words: Callable[[int], str]) -> dict[str, Any]:
    """What was done to how many, and in whose way what stood; `undo` names the list by which it is taken back."""
    refusals = list(outcome.refused)[:3]
    if refusals and not outcome.done:
        raise Invalid(" ".join(refusals))
    told = words(outcome.done) % {"n": outcome.done} if outcome.done else _("It is so already.")
    answer = _done(rows, " ".join([told, *refusals]))
    return answer | ({"undo": outcome.batch.pk, "undo_text": _("Undo")} if outcome.batch else {})


def _undo(request: HttpRequest, said: Said) -> dict[str, Any]:
    """Take back what this person did a moment ago; somebody else's is taken back on its own page."""
    batch = Batch.objects.filter(pk=wish.batch(said), by=request.user.pk).first()
    if batch is None:
        raise Http404
    outcome = batches.undo(batch, by=request.user)
    touched = Publication.objects.filter(batch_lines__batch=batch).select_related("clip__edition")
    sentence = ngettext("%(n)d publication is as it was.", "%(n)d publications are as they were.", outcome.put_back)
    refusals = batch.lines.exclude(refusal="").values_list("refusal", flat=True).distinct()[:3]
    return _done(list(touched), " ".join([sentence % {"n": outcome.put_back}, *refusals]))


def _pinned(count: int) -> str:
    return ngettext("%(n)d publication is pinned.", "%(n)d publications are pinned.", count)


def _unpinned(count: int) -> str:
    return ngettext("%(n)d publication is free to be moved.", "%(n)d publications are free to be moved.", count)


def _cancelled(count: int) -> str:
    return ngettext("%(n)d publication was cancelled.", "%(n)d publications were cancelled.", count)


DEEDS: dict[str, Callable[[HttpRequest, Said], dict[str, Any]]] = {
    "move": _move,
    "swap": _swap,
    "pin": _pin,
    "unpin": _unpin,
    "cancel": _cancel,
    "undo": _undo,
}
