"""Whether a publication may stand at a moment that a person chose, beside what else stands on its channel."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels.rules.eligibility import Stopper

TAKEN, GAP, DAILY_CAP, ACCOUNT_CAP, ORDER = "slot_taken", "drama_gap", "daily_cap", "account_cap", "order"
BUDGET, SAMENESS = "client_budget", "sameness"
DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Stand:
    """One publication at one time. `order` is its place within its run; a replacement takes no slot and no place."""

    key: int
    label: str
    at: datetime
    drama: int
    edition: int
    order: tuple[int, int, int]
    takes_slot: bool = True
    is_replacement: bool = False


@dataclass(frozen=True)
class Limits:
    """What a channel asks of its times. `account_cap`: posts of one account in any 24 hours; None: no such limit."""

    name: str
    zone: str
    daily_cap: int
    gap: timedelta
    account_cap: int | None = None


def stoppers(wish: Stand, others: Sequence[Stand], limits: Limits, *, leaving: Sequence[datetime]) -> list[Stopper]:
    """Every rule of the channel that this wish breaks; `leaving` is what the same deed gives free on the channel.

    A day that one leaves while another comes gains nothing, so a cap that was passed already does not refuse it.
    """
    beside = [one for one in others if one.takes_slot]
    found = (
        _taken(wish, beside, limits),
        _gap(wish, beside, limits),
        _day(wish, beside, limits, leaving),
        _account(wish, beside, limits),
        _order(wish, others, limits),
    )
    return [one for one in found if one]


def _taken(wish: Stand, beside: Sequence[Stand], limits: Limits) -> Stopper | None:
    if wish.is_replacement:
        return None
    other = next((one for one in beside if one.at == wish.at and not one.is_replacement), None)
    if other is None:
        return None
    return Stopper(
        TAKEN,
        _("The slot of %(channel)s at %(at)s is taken by %(other)s.")
        % {"channel": limits.name, "at": face(wish.at, limits.zone), "other": other.label},
    )


def _gap(wish: Stand, beside: Sequence[Stand], limits: Limits) -> Stopper | None:
    near = [one for one in beside if one.drama == wish.drama and abs(one.at - wish.at) < limits.gap]
    if not near:
        return None
    other = min(near, key=lambda one: (abs(one.at - wish.at), one.key))
    return Stopper(
        GAP,
        _("%(channel)s keeps %(hours)d hours between clips of one drama; %(other)s is at %(at)s.")
        % {
            "channel": limits.name,
            "hours": round(limits.gap.total_seconds() / 3600),
            "other": other.label,
            "at": face(other.at, limits.zone),
        },
    )


def _day(wish: Stand, beside: Sequence[Stand], limits: Limits, leaving: Sequence[datetime]) -> Stopper | None:
    zone = ZoneInfo(limits.zone)
    day = wish.at.astimezone(zone).date()
    if any(one.astimezone(zone).date() == day for one in leaving):
        return None
    count = sum(1 for one in beside if one.at.astimezone(zone).date() == day)
    if count < limits.daily_cap:
        return None
    sentence = ngettext(
        "%(channel)s posts at most %(cap)d clip a day, and %(day)s has %(count)d.",
        "%(channel)s posts at most %(cap)d clips a day, and %(day)s has %(count)d.",
        limits.daily_cap,
    )
    facts = {"channel": limits.name, "cap": limits.daily_cap, "day": day.isoformat(), "count": count}
    return Stopper(DAILY_CAP, sentence % facts)


def _account(wish: Stand, beside: Sequence[Stand], limits: Limits) -> Stopper | None:
    if limits.account_cap is None:
        return None
    most = fullest_day([one.at for one in beside], wish.at)
    if most <= limits.account_cap:
        return None
    return Stopper(
        ACCOUNT_CAP,
        _("The platform takes %(cap)d posts in any 24 hours from one account; here it would be %(count)d.")
        % {"cap": limits.account_cap, "count": most},
    )


def fullest_day(posted: Sequence[datetime], at: datetime) -> int:
    """How many posts the fullest 24 hours around `at` hold with one more at `at`."""
    return fullest(posted, at, DAY)


def fullest(posted: Sequence[datetime], at: datetime, span: timedelta) -> int:
    """How many the fullest stretch of this length around `at` holds with one more at `at`."""
    times = sorted([*(one for one in posted if abs(one - at) < span), at])
    return max(bisect_left(times, start + span) - place for place, start in enumerate(times) if start <= at)


def _order(wish: Stand, others: Sequence[Stand], limits: Limits) -> Stopper | None:
    """Episodes of a run go out in order. A replacement of an old clip stands outside of it."""
    if wish.is_replacement:
        return None
    run = [one for one in others if one.edition == wish.edition and not one.is_replacement]
    late = [one for one in run if one.order < wish.order and one.at >= wish.at]
    if late:
        other = max(late, key=lambda one: (one.order, one.at))
        return Stopper(ORDER, _("It follows %(other)s, which goes out at %(at)s.") % _named(other, limits))
    early = [one for one in run if one.order > wish.order and one.at <= wish.at]
    if early:
        other = min(early, key=lambda one: (one.order, one.at))
        return Stopper(ORDER, _("It comes before %(other)s, which goes out at %(at)s.") % _named(other, limits))
    return None


def _named(other: Stand, limits: Limits) -> dict[str, str]:
    return {"other": other.label, "at": face(other.at, limits.zone)}


def budget_stopper(*, client: str, day: str, others: int, limit: int) -> Stopper | None:
    """Whether one upload more fits beside `others` on this day of the platform."""
    if others < limit:
        return None
    return Stopper(
        BUDGET,
        _("The API client %(client)s may upload %(limit)d a day; %(day)s has %(count)d.")
        % {"client": client, "limit": limit, "day": day, "count": others},
    )


def by_nearness(times: Sequence[datetime], around: datetime) -> list[datetime]:
    """The times, those closest to `around` first; of two equally close ones the earlier."""
    return sorted(times, key=lambda one: (abs(one - around), one))


def face(moment: datetime, zone: str) -> str:
    """A moment as the channel's own clock shows it, with the zone beside it."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}"
