"""What each event asks of the plan: which channels it looks at, and which publications it releases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from catalog.models import Drama, Edition
from channels.models import ApiClient, Channel, Publication
from channels.rules import posting, replanning
from channels.rules.changes import Event
from channels.rules.channel import Status as ChannelStatus
from channels.rules.planner.problem import Reason
from channels.rules.publication import WAITING, Status
from channels.rules.replanning import Asked, Item
from channels.services import affected, given_up
from channels.services.affected import Affected
from config.kernel import clock


@dataclass(frozen=True)
class Cause:
    """An event: its code and the row that it happened to; 0 where it concerns every channel.

    `until`: how long a channel stands still, where it is known. `elsewhere`: whether a person asks for what stands
    still to go out on other channels.
    """

    code: str
    subject: int
    until: datetime | None = None
    elsewhere: bool = False

    def kept(self) -> dict[str, Any]:
        """As it is stored with the change, with the name that the row has now."""
        row = SUBJECTS[self.code].objects.filter(pk=self.subject).first()
        until = f"{self.until:%Y-%m-%d %H:%M} UTC" if self.until else ""
        return {"code": str(self.code), "subject": self.subject, "name": str(row or "–"), "until": until}


SUBJECTS: Mapping[str, Any] = {
    Event.CHANNEL_PAUSED: Channel,
    Event.CHANNEL_RESUMED: Channel,
    Event.TOO_LATE: Channel,  # an outage makes many channels late at once: one change answers for all of them
    Event.QUOTA_LOWERED: ApiClient,
    Event.RIGHTS_CHANGED: Drama,
    Event.ITEM_FAILED: Publication,
    Event.CHANNEL_RULES: Channel,
    Event.EDITION_CHANGED: Edition,
}


def channels(cause: Cause) -> list[Channel]:
    """The channels that the event may touch, with what the rules ask of them."""
    rows = _WHERE[cause.code](cause).select_related("api_client").defer("api_client__client_secret")
    return list(rows.prefetch_related("rules", "genres").order_by("pk"))


def _with_waiting(**of: Any) -> QuerySet[Channel]:
    waiting = Publication.objects.filter(status__in=WAITING, due_at__gte=clock.now(), **of)
    return Channel.objects.filter(pk__in=waiting.order_by().values("channel"))


def _itself(cause: Cause) -> QuerySet[Channel]:
    return Channel.objects.filter(pk=cause.subject)


_WHERE: Mapping[str, Callable[[Cause], QuerySet[Channel]]] = {
    Event.CHANNEL_PAUSED: _itself,
    Event.CHANNEL_RESUMED: _itself,
    Event.TOO_LATE: lambda cause: Channel.objects.filter(pk__in=_missed_ones().order_by().values("channel")),
    Event.CHANNEL_RULES: _itself,
    Event.QUOTA_LOWERED: lambda cause: Channel.objects.filter(api_client=cause.subject),
    Event.RIGHTS_CHANGED: lambda cause: _with_waiting(clip__edition__drama=cause.subject),
    Event.EDITION_CHANGED: lambda cause: _with_waiting(clip__edition=cause.subject),
    Event.ITEM_FAILED: lambda cause: Channel.objects.filter(publications=cause.subject),
}


def _missed_ones() -> QuerySet[Publication]:
    """Those of active channels: what stands still is not placed anew before it goes on."""
    rows = Publication.objects.filter(status=Status.PROPOSED, due_at__lt=clock.now(), hold=None, replaces=None)
    return rows.filter(channel__status=ChannelStatus.ACTIVE)


def fallen(cause: Cause) -> set[int]:
    """Publications that take no place any more and are to be placed anew."""
    if cause.code == Event.ITEM_FAILED:
        return set(Publication.objects.filter(pk=cause.subject, status=Status.FAILED).values_list("pk", flat=True))
    if cause.code in {Event.TOO_LATE, Event.CHANNEL_RESUMED}:
        now, missed = clock.now(), _missed_ones()
        if cause.code == Event.CHANNEL_RESUMED:
            missed = missed.filter(channel=cause.subject)
        given = set(missed.filter(pk__in=given_up.rows()).values_list("pk", flat=True))
        rows = missed.values_list("pk", "due_at", "channel__late_minutes")
        return given | {key for key, due, late in rows if posting.is_too_late(due, now=now, late_minutes=late)}
    return set()


def asked(cause: Cause, found: Affected) -> Asked:
    """What the event releases, judged by what stands there now."""
    return _ASKS[cause.code](cause, found)


def _missed(cause: Cause, found: Affected) -> Asked:
    keys = frozenset(one.key for one in found.items if not one.stands)
    return Asked({key: {"code": "change_missed"} for key in sorted(keys)}, soonest=keys)


def _failed(cause: Cause, found: Affected) -> Asked:
    """A clip that cannot go out by any time (not cut, not allowed) is lost, and what follows waits behind it."""
    rows = [one for one in found.items if not one.stands]
    lost = affected.unfit(found, rows)
    whys = dict(Publication.objects.filter(pk__in=[one.key for one in rows]).values_list("pk", "status_reason"))
    broken: dict[int, Reason] = {
        one.key: {"code": "change_failed", "why": whys.get(one.key, "")} for one in rows if one.key not in lost
    }
    return Asked(broken, lost, soonest=frozenset(broken))


def _quota(cause: Cause, found: Affected) -> Asked:
    return Asked(replanning.too_many(found.items, counters=(found.board.budget_days, found.board.account_days)))


def _rights(cause: Cause, found: Affected) -> Asked:
    """What is due before the window is left alone: no change comes in time for it, and its upload judges it."""
    since = found.window.starts_at
    rows = [one for one in found.items if one.drama == cause.subject and one.edition > 0 and one.at >= since]
    affected.with_rights(found, {one.run for one in rows})
    closed = replanning.outside_rights(found.of({one.key for one in rows}))
    names = {one.key: found.channels[one.channel].name for one in rows}
    return Asked(
        {key: {"code": "change_rights", "channel": names[key]} for key in sorted(closed)}, soonest=frozenset(closed)
    )


def _rules(cause: Cause, found: Affected) -> Asked:
    """What the channel takes no more is lost; a time that is gone, a fuller day, a wider gap ask for another time."""
    name = found.channels[cause.subject].name
    lost = affected.unfit(found, found.items)
    rest = [one for one in found.items if one.key not in lost]
    slots = {channel: set(moments) for channel, moments in found.board.slots.items()}
    coming = [one for one in rest if one.at >= found.window.starts_at]
    gone = replanning.outside_slots(coming, slots)
    broken: dict[int, Reason] = {key: {"code": "change_slot_gone", "channel": name} for key in sorted(gone)}
    broken |= replanning.too_near([one for one in rest if one.key not in broken], found.board)
    staying = [one for one in rest if one.key not in broken]
    broken |= replanning.too_many(staying, counters=(found.board.channel_days, found.board.account_days))
    return Asked(broken, lost)


def _edition(cause: Cause, found: Affected) -> Asked:
    return Asked(lost=affected.unfit(found, [one for one in found.items if one.edition == cause.subject]))


def _paused(cause: Cause, found: Affected) -> Asked:
    """By default what waits on a channel stays there: nobody knows for how long. With an end given, what falls into
    the pause goes out after it.
    """
    if cause.until is None:
        return Asked()
    name = found.channels[cause.subject].name
    inside = [one for one in found.items if one.stands and not one.is_fixed and _is_inside(one, cause.until)]
    broken: dict[int, Reason] = {one.key: {"code": "change_paused", "channel": name} for one in inside}
    return Asked(broken, soonest=frozenset(broken), not_before=cause.until)


def _is_inside(one: Item, until: datetime) -> bool:
    return clock.now() <= one.at < until


_ASKS: Mapping[str, Callable[[Cause, Affected], Asked]] = {
    Event.CHANNEL_PAUSED: _paused,
    Event.CHANNEL_RESUMED: _missed,
    Event.TOO_LATE: _missed,
    Event.QUOTA_LOWERED: _quota,
    Event.RIGHTS_CHANGED: _rights,
    Event.ITEM_FAILED: _failed,
    Event.CHANNEL_RULES: _rules,
    Event.EDITION_CHANGED: _edition,
}
