"""Looking again at what a platform accepted: is it live, is it whole, how many have seen it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from channels import signals
from channels.errors import Action, PlatformError
from channels.models import Channel, Observation, Publication
from channels.platforms import base, registry
from channels.platforms.base import Seen, SeenState, UploadKind
from channels.rules import extra, health, looks
from channels.rules.publication import Status
from channels.rules.words import Purpose
from channels.services import accounts, gateway
from config.kernel import clock, leases, lifecycle, news
from config.kernel.errors import ProductError
from config.kernel.models import News

MOST_AT_ONCE = 500
AFTER_TROUBLE = timedelta(minutes=15)
QUIET = timedelta(days=1)
GONE_STATES = frozenset({SeenState.REMOVED, SeenState.PRIVATE})


def look_all() -> str:
    """Look at everything whose time has come, one call for many clips of a channel."""
    due = Publication.objects.to_look_at(clock.now()).select_related("channel").order_by("next_look_at")
    by_channel: dict[int, list[Publication]] = defaultdict(list)
    for publication in due[:MOST_AT_ONCE]:
        by_channel[publication.channel_id].append(publication)
    looked = failed = 0
    for rows in by_channel.values():
        try:
            looked += look(rows[0].channel, rows)
        except ProductError as refused:
            failed += 1
            _trouble(rows, refused)
    told = f"{looked} publications of {len(by_channel)} channels looked at"
    return f"{told}, {failed} channels in trouble" if failed else told


def _trouble(rows: Sequence[Publication], refused: ProductError) -> None:
    """What one row or one channel ran into stops no other; it is told once a day."""
    _later(rows, until=None)
    sentence = _("%(channel)s: looking at %(what)s failed: %(why)s") % {
        "channel": rows[0].channel,
        "what": rows[0] if len(rows) == 1 else _("%d publications") % len(rows),
        "why": refused,
    }
    if not News.objects.filter(code="look_failed", sentence=sentence[:500], at__gte=clock.now() - QUIET).exists():
        news.tell("look_failed", sentence, level="warning")


def look(channel: Channel, publications: Sequence[Publication]) -> int:
    """Look at these publications of one channel. Returns how many were seen; the others are looked at later."""
    named = [row for row in publications if row.external_id]
    done = sum(_look_for_id(channel, row) for row in publications if not row.external_id)
    for some in _batches(channel, named):
        done += _look_at(channel, some)
    return done


def _batches(channel: Channel, rows: list[Publication]) -> list[list[Publication]]:
    prices = registry.adapter(channel.platform).prices("look")
    size = max(min((price.batch for price in prices), default=1), 1)
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _look_at(channel: Channel, rows: list[Publication]) -> int:
    ids = [row.external_id for row in rows]
    try:
        seen = gateway.call(channel, "look", purpose=Purpose.LOOK, external_ids=ids)
    except PlatformError as refusal:
        _later(rows, until=refusal.until)
        return 0
    return sum(_took_in(row, seen[row.external_id]) for row in rows)


def _took_in(publication: Publication, seen: Seen) -> bool:
    """False when somebody settled the row while we looked: what they decided stands."""
    try:
        _take_in(publication, seen)
    except ProductError as refused:
        _trouble([publication], refused)
        return False
    return True


def _later(rows: Sequence[Publication], *, until: datetime | None) -> None:
    again = max(clock.now() + AFTER_TROUBLE, until or clock.now())
    Publication.objects.filter(pk__in=[row.pk for row in rows]).update(next_look_at=again)


# --- what was seen


def _take_in(publication: Publication, seen: Seen) -> None:
    last = publication.observations.exclude(state="").order_by("-at", "-pk").first()
    _observe(publication, seen)
    if seen.state == SeenState.REJECTED:
        rejected(publication, why=_reason(seen.reason, publication))
    elif seen.state == SeenState.LIVE:
        _live(publication, seen)
    elif seen.state in GONE_STATES and _is_gone(publication, seen, last=last):
        vanished(publication, why=_("It is not shown at the platform any more (%s).") % seen.state.value)
    else:
        _wait(publication, seen)


def _observe(publication: Publication, seen: Seen) -> None:
    Observation.objects.create(
        publication=publication,
        at=seen.observed_at,
        source=seen.source.replace(".", "-")[:40],
        state=seen.state.value,
        views=seen.views,
        likes=seen.likes,
        comments=seen.comments,
    )


def _reason(code: str, publication: Publication) -> str:
    return f"{registry.adapter(publication.channel.platform).explain(code)} ({code})"


def _live(publication: Publication, seen: Seen) -> None:
    now = clock.now()
    if publication.status != Status.PUBLISHED:
        mark_published(publication, at=min(seen.published_at or now, now), url=seen.url)
    _look_again(publication, looks.next_live(publication.accepted_at or now, now=now), url=seen.url)


def mark_published(publication: Publication, *, at: datetime, url: str = "") -> bool:
    """Viewers can see it now. False if this was already known."""
    with transaction.atomic():
        moved = lifecycle.advance(
            publication, to=Status.PUBLISHED, published_at=at, url=url or publication.url, status_reason=""
        )
        if moved:
            signals.publication_published.send(Publication, publication=publication)
    return moved


def _is_gone(publication: Publication, seen: Seen, *, last: Observation | None) -> bool:
    """A single absence may be a hiccup of a list: it takes two looks, or our own wish to have it down."""
    if publication.status == Status.ACCEPTED and seen.state == SeenState.PRIVATE:
        return False
    if publication.extras.filter(kind=extra.Kind.TAKE_DOWN, status__in=list(_OPEN)).exists():
        return True
    return last is not None and last.state in {state.value for state in GONE_STATES}


_OPEN = (extra.Status.WAITING, extra.Status.BY_HAND)


def _wait(publication: Publication, seen: Seen) -> None:
    """Not (yet) what it should be: scheduled, processing, private, or missing for the first time."""
    now = clock.now()
    if publication.status == Status.PUBLISHED:
        return _look_again(publication, now + looks.CONFIRM)
    accepted_at = publication.accepted_at or now
    if now > publication.due_at + looks.OVERDUE and now > accepted_at + looks.OVERDUE:
        _tell_overdue(publication, seen)
    return _look_again(publication, looks.next_waiting(accepted_at, publication.due_at, now=now))


def _tell_overdue(publication: Publication, seen: Seen) -> None:
    """Once: it should have been live an hour ago."""
    why = _("It was due at %(due)s UTC and is still %(state)s.") % {
        "due": f"{publication.due_at:%Y-%m-%d %H:%M}",
        "state": seen.state.value,
    }
    if Publication.objects.filter(pk=publication.pk, status_reason="").update(status_reason=why[:500]):
        news.tell(
            "publication_overdue",
            _("%(what)s is not live: %(why)s") % {"what": publication, "why": why},
            level="warning",
        )


def _look_again(publication: Publication, at: datetime, *, url: str = "") -> None:
    changes: dict[str, Any] = {"next_look_at": at}
    if url and url != publication.url:
        changes["url"] = url
    Publication.objects.filter(pk=publication.pk).update(**changes)


def rejected(publication: Publication, *, why: str) -> bool:
    """The platform took it and threw it out. Too many of these in a row stop the channel."""
    with transaction.atomic():
        moved = lifecycle.advance(
            publication, to=Status.REJECTED, why=why, status_reason=why[:500], ended_at=clock.now(), next_look_at=None
        )
        if moved:
            _close_take_down(publication, why=why)
            signals.publication_failed.send(Publication, publication=publication)
    if moved:
        sentence = _("%(what)s was rejected: %(why)s") % {"what": publication, "why": why}
        news.tell("publication_rejected", sentence, level="error")
        _judge_health(publication.channel)
    return moved


def _judge_health(channel: Channel) -> None:
    ended = channel.publications.filter(status__in=[Status.PUBLISHED, Status.REJECTED], accepted_at__isnull=False)
    last = ended.order_by("-accepted_at").values_list("status", flat=True)[: health.REJECTIONS_IN_A_ROW]
    if health.should_stop([status == Status.REJECTED for status in last]):
        why = _("The platform rejected the last %(n)d clips.") % {"n": health.REJECTIONS_IN_A_ROW}
        accounts.stop(channel, why=why)


def vanished(publication: Publication, *, why: str, by: Any = None) -> bool:
    """It is not shown any more, whoever took it down. An open wish to take it down is fulfilled by it."""
    with transaction.atomic():
        wanted = publication.extras.filter(kind=extra.Kind.TAKE_DOWN, status__in=list(_OPEN)).exists()
        moved = lifecycle.advance(
            publication,
            to=Status.WITHDRAWN,
            by=by,
            why=why,
            status_reason=why[:500],
            ended_at=clock.now(),
            next_look_at=None,
        )
        _close_take_down(publication, why=why)
        if moved:
            signals.publication_withdrawn.send(Publication, publication=publication)
    if moved and not wanted:
        news.tell(
            "publication_vanished",
            _("%(what)s has vanished: %(why)s") % {"what": publication, "why": why},
            level="error",
        )
    return moved


def _close_take_down(publication: Publication, *, why: str) -> None:
    for row in publication.extras.filter(kind=extra.Kind.TAKE_DOWN, status__in=list(_OPEN)):
        lifecycle.advance(row, to=extra.Status.DONE, why=why, **leases.settled())


# --- posts whose id has not come


def _look_for_id(channel: Channel, publication: Publication) -> int:
    """Ask after a post that was accepted without an id. Accepted is accepted: nothing here sends it again."""
    session = publication.sessions.exclude(publish_id="").order_by("-number").first()
    if session is None:
        _no_id(publication, why=_("The platform gave neither an id nor a way to ask for it."))
        return 0
    try:
        state = gateway.call(channel, "publish_status", purpose=Purpose.LOOK, publish_id=session.publish_id)
    except PlatformError as refusal:
        if refusal.action in {Action.GONE, Action.RECONCILE}:
            _no_id(publication, why=str(refusal))
        else:
            _later([publication], until=refusal.until)
        return 0
    _take_in_state(channel, publication, state)
    return 1


def _take_in_state(channel: Channel, publication: Publication, state: base.UploadState) -> None:
    if state.kind == UploadKind.FAILED:
        refusal = registry.adapter(channel.platform).explain(state.reason)
        why = f"{refusal} ({state.reason})"
        if refusal.action in {Action.RETRY, Action.RECONCILE}:
            _no_id(publication, why=why)
        else:
            rejected(publication, why=why)
        return
    if state.external_id:
        Publication.objects.filter(pk=publication.pk, external_id="").update(external_id=state.external_id)
        publication.external_id = state.external_id
        _look_at(channel, [publication])
        return
    now = clock.now()
    again = looks.next_pending(publication.accepted_at or now, now=now)
    if again is None:
        _no_id(publication, why=_("Two days have passed and the platform has not named the post."))
    else:
        reason = _("Published, id pending.") if state.is_published else _("The platform is still processing it.")
        Publication.objects.filter(pk=publication.pk).update(next_look_at=again, status_reason=reason)


def _no_id(publication: Publication, *, why: str) -> None:
    lifecycle.advance(publication, to=Status.NEEDS_PERSON, why=why, status_reason=why[:500], next_look_at=None)
    news.tell(
        "publication_needs_person",
        _("%(what)s needs a person: %(why)s") % {"what": publication, "why": why},
        level="warning",
    )
