"""Holding back what must not go out now, and letting it go again.

A hold stops every upload of its scope, replacements too: at the next chunk where one is under way. Of what is at the
platform already nothing is changed, so thumbnails wait; it is looked at, and it can always be taken down. Times and
approvals stay as planned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels.models import Channel, Hold, PolicyPack, Publication
from channels.rules import hold as rules
from channels.rules import posting
from channels.rules.hold import Scope
from channels.rules.publication import ON_PLATFORM, SLOT_TAKEN, Status
from channels.rules.words import PlatformName
from channels.services import given_up, overdue, stock
from config.kernel import clock, jobs, news
from config.kernel.errors import Invalid

HOLDABLE = (Status.PROPOSED, Status.APPROVED, Status.UPLOADING, Status.NEEDS_PERSON, Status.FAILED)
AT_ONCE = 500
DAY = timedelta(days=1)


def hold(
    scope: str,
    *,
    platform: str = "",
    items: Iterable[int | Publication] | None = None,
    pack: PolicyPack | None = None,
    why: str = "",
    by: Any,
) -> Hold:
    """Hold back everything, a platform, or these publications. What is held already stays under its first hold.

    Everything and a platform are held once at a time: holding again returns the hold there is, unchanged.
    """
    why = why.strip() or _("no reason given")
    if scope == Scope.ITEMS:
        return _hold_items(items or (), pack=pack, why=why, by=by)
    if scope == Scope.PLATFORM and platform not in PlatformName.values:
        raise Invalid(_("There is no platform “%(platform)s”.") % {"platform": platform})
    if scope not in Scope.values or (scope == Scope.EVERYTHING and platform):
        raise Invalid(_("Only everything, a platform or chosen publications can be held."))
    try:
        with transaction.atomic():
            row = _write(scope, platform=platform, pack=pack, why=why, by=by)
            _tell(row, _("%(what)s is held by %(who)s: %(why)s"), by=by, level="warning")
    except IntegrityError:
        return Hold.objects.in_force().get(scope=scope, platform=platform)
    return row


def _write(scope: str, *, platform: str = "", pack: PolicyPack | None, why: str, by: Any) -> Hold:
    return Hold.objects.create(
        scope=scope, platform=platform, pack=pack, why=why[:500], since=clock.now(), by=_person(by)
    )


def _hold_items(items: Iterable[int | Publication], *, pack: PolicyPack | None, why: str, by: Any) -> Hold:
    keys = sorted({one.pk if isinstance(one, Publication) else one for one in items})
    if not keys:
        raise Invalid(_("Choose the publications that are to be held."))
    with transaction.atomic():
        row = _write(Scope.ITEMS, pack=pack, why=why, by=by)
        held = 0
        for start in range(0, len(keys), AT_ONCE):
            some = Publication.objects.filter(pk__in=keys[start : start + AT_ONCE], hold=None, status__in=HOLDABLE)
            held += _mark(some, row, by=by, why=why)
        if not held:
            raise Invalid(_("None of these can be held: they are out, ended, or held already."))
    return row


def _mark(rows: QuerySet[Publication], row: Hold | None, *, by: Any, why: str) -> int:
    """Set the hold of these rows, with a line in the history of each. Rows that moved meanwhile are left alone."""
    keys = list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))
    Publication.objects.filter(pk__in=keys).update(hold=row)
    Publication.history.bulk_history_create(
        list(Publication.objects.filter(pk__in=keys)),
        update=True,
        batch_size=AT_ONCE,
        default_user=_person(by),
        default_change_reason=why[:100],
        default_date=clock.now(),
    )
    return len(keys)


def lift(hold: Hold, *, by: Any) -> int:
    """End a hold. Returns how many publications it had kept past their time or, of a hold on chosen ones, how many
    those were; 0 when it was lifted already.

    Of what is overdue one at most goes out at once on each channel: the next of its run, where the channel's lateness,
    cap and gap allow it. The rest goes back to planning, and a change proposes later times for it.
    """
    with transaction.atomic():
        if not Hold.objects.select_for_update().filter(pk=hold.pk, lifted_at=None).exists():
            return 0
        waiting = _overdue(hold)
        sent_back = _send_back(waiting)
        freed = _free(hold, by=by)
        Hold.objects.filter(pk=hold.pk, lifted_at=None).update(lifted_at=clock.now(), lifted_by=_person(by))
        _tell_lifted(hold, sent_back, by=by)
        jobs.remind("channels.jobs.sweep_uploads")
    hold.refresh_from_db()
    return freed if hold.scope == Scope.ITEMS else len(waiting)


def _free(hold: Hold, *, by: Any) -> int:
    keys = list(hold.items.order_by("pk").values_list("pk", flat=True))
    freed = 0
    for start in range(0, len(keys), AT_ONCE):
        some = Publication.objects.filter(pk__in=keys[start : start + AT_ONCE], hold=hold)
        freed += _mark(some, None, by=by, why=_("the hold was lifted"))
    return freed


def _overdue(hold: Hold) -> list[Publication]:
    """What this hold alone kept past its time and has not started."""
    others = Hold.objects.in_force().exclude(pk=hold.pk).exclude(scope=Scope.ITEMS)
    scopes = set(others.values_list("scope", "platform"))
    rows = covered(hold).filter(status=Status.APPROVED, due_at__lt=clock.now())
    found = rows.select_related("channel", "clip__edition").order_by("due_at", "pk")
    return [
        row
        for row in found
        if (Scope.EVERYTHING, "") not in scopes
        and (Scope.PLATFORM, row.channel.platform) not in scopes
        and row.hold_id in {None, hold.pk}
    ]


def covered(hold: Hold) -> QuerySet[Publication]:
    """The publications that this hold speaks of, whatever their status."""
    if hold.scope == Scope.ITEMS:
        return Publication.objects.filter(hold=hold)
    return Publication.objects.filter(Q(channel__platform=hold.platform) if hold.platform else Q())


def _send_back(waiting: list[Publication]) -> int:
    """Everything but the one of each channel that goes out at once. A mended clip takes no posting time: it goes on."""
    now = clock.now()
    rows = [row for row in waiting if row.replaces_id is None]
    goes = rules.at_once(_overdue_facts(rows), _paces(rows), now=now)
    why = _("It was held past its time; of what is overdue one at most goes out at once. Plan it anew.")
    return sum(overdue.give_up_slot(row, why=why) for row in rows if row.pk not in goes)


def _overdue_facts(rows: list[Publication]) -> list[rules.Overdue]:
    now = clock.now()
    lost = given_up.by_run({row.channel_id for row in rows}, {row.clip.edition_id for row in rows})
    found = []
    for row in rows:
        order, run = stock.order(row.clip), (row.clip.edition_id, row.channel_id)
        is_late = posting.is_too_late(row.due_at, now=now, late_minutes=row.channel.late_minutes)
        found.append(
            rules.Overdue(
                row.pk,
                row.channel_id,
                row.clip.edition.drama_id,
                row.clip.edition_id,
                order,
                row.due_at,
                is_in_time=not is_late,
                is_behind=run in lost and lost[run] < order,
            )
        )
    return found


def _paces(rows: list[Publication]) -> dict[int, rules.Pace]:
    now = clock.now()
    channels: dict[int, Channel] = {row.channel_id: row.channel for row in rows}
    shown: dict[int, list[Any]] = defaultdict(list)
    near = Publication.objects.filter(
        channel__in=channels, status__in=SLOT_TAKEN, due_at__gt=now - 2 * DAY, due_at__lt=now + 2 * DAY
    ).exclude(pk__in=[row.pk for row in rows])
    for channel, moment, drama in near.values_list("channel_id", "due_at", "clip__edition__drama_id"):
        shown[channel].append((moment, drama))
    busy = set(_interrupted(channels).values_list("channel", flat=True))
    return {
        key: rules.Pace(
            row.time_zone, row.daily_cap, timedelta(hours=row.drama_gap_hours), tuple(shown[key]), key in busy
        )
        for key, row in channels.items()
    }


def _interrupted(channels: Iterable[int]) -> QuerySet[Publication]:
    """Uploads that the hold stopped half-way and that go on past their time when it is lifted."""
    rows = Publication.objects.filter(status=Status.UPLOADING, replaces=None, due_at__lt=clock.now())
    return rows.filter(channel__in=list(channels)).order_by()


def going_live_by_themselves(hold: Hold) -> int:
    """What the platform has already and will show at its time, hold or not: only taking it down prevents that."""
    rows = covered(hold).filter(status__in=ON_PLATFORM, published_at=None, due_at__gt=clock.now())
    return rows.count()


def _tell_lifted(hold: Hold, sent_back: int, *, by: Any) -> None:
    words = _("%(what)s is no longer held (lifted by %(who)s).")
    if hold.scope == Scope.ITEMS:
        words = _("Some publications are no longer held (lifted by %(who)s).")
    _tell(hold, words, by=by, level="info")
    if sent_back:
        sentence = ngettext(
            "%(n)d publication was held past its time and is planned anew, so that nothing goes out in a burst.",
            "%(n)d publications were held past their time and are planned anew, so that nothing goes out in a burst.",
            sent_back,
        )
        news.tell("publications_too_late", sentence % {"n": sent_back}, level="warning")


def _tell(hold: Hold, sentence: str, *, by: Any, level: str) -> None:
    what = hold.what[:1].upper() + hold.what[1:]
    news.tell("hold", sentence % {"what": what, "who": by or "–", "why": hold.why}, level=level)


def _person(by: Any) -> Any:
    return by if getattr(by, "pk", None) else None
