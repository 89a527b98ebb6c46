"""What happens when an event may force a change: it is proposed and told. Nobody's plan changes by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Rights
from channels.models import ApiClient, Channel, Plan, Publication
from channels.rules import changes
from channels.rules.changes import Event
from channels.rules.plan import Kind, Status
from channels.rules.publication import WAITING
from channels.rules.publication import Status as StageOf
from channels.services import replanning, staleness
from channels.services.causes import Cause
from config.kernel import clock, jobs, news
from config.kernel.errors import ProductError
from config.kernel.models import News

SOON = timedelta(days=7)
LOOKS_BACK = timedelta(days=2)
PROPOSE = "channels.jobs.propose_change"


def answer(event: str, subject_pk: int) -> str:
    """Propose what this event forces to change, and tell it once. May run twice, late, or be killed midway."""
    plan = replanning.propose(Cause(event, subject_pk))
    if plan is None:
        return _tell_waiting(subject_pk) if event == Event.CHANNEL_PAUSED else "nothing has to change"
    sentence = f"{changes.cause_sentence(plan.cause)} {in_words(plan)}"
    if not plan.progress.get("told"):
        _tell_once(plan, sentence)
        Plan.objects.filter(pk=plan.pk).update(progress={**plan.progress, "told": True})
    return sentence


def _tell_once(plan: Plan, sentence: str) -> None:
    """One news item a cause: while no change of it was applied, the item speaks of the newest proposal."""
    same = Plan.objects.filter(kind=Kind.CHANGE, cause__code=plan.cause["code"], cause__subject=plan.cause["subject"])
    applied = same.filter(status=Status.APPROVED).order_by("-pk").values_list("pk", flat=True).first() or 0
    before = same.filter(pk__gt=applied, pk__lt=plan.pk).values_list("pk", flat=True)
    told = News.objects.filter(code="change_proposed", url__in=[_address(pk) for pk in before])
    if not told.update(sentence=sentence[:500], url=_address(plan.pk)):
        news.tell("change_proposed", sentence, level="warning", url=_address(plan.pk))


def _address(plan_pk: int) -> str:
    return reverse("admin:channels_planchange_of", args=[plan_pk])


def in_words(plan: Plan) -> str:
    """“12 moved, 3 dropped, 0 added”; in the reader's language."""
    counts = plan.summary.get("changes", {})
    return _("%(moved)d moved, %(dropped)d dropped, %(added)d added.") % {
        name: counts.get(name, 0) for name in ("moved", "dropped", "added")
    }


def _tell_waiting(channel_pk: int) -> str:
    """What stands still stays where it is; whoever knows for how long is shown where to say so."""
    now = clock.now()
    channel = Channel.objects.filter(pk=channel_pk).first()
    count = Publication.objects.filter(
        channel=channel_pk, status__in=WAITING, due_at__gte=now, due_at__lt=now + SOON
    ).count()
    if channel is None or channel.is_active or not count:
        return "nothing has to change"
    sentence = ngettext(
        "%(channel)s stands still; %(n)d publication of the next week waits there. Place it elsewhere or later?",
        "%(channel)s stands still; %(n)d publications of the next week wait there. Place them elsewhere or later?",
        count,
    ) % {"channel": channel, "n": count}
    url = reverse("admin:channels_planchange_ask", args=[channel_pk])
    news.tell("channel_waits", sentence, level="warning", url=url)
    return sentence


def waiting_on(channels: Iterable[Any]) -> int:
    """How many publications wait on these channels, from now on."""
    rows = Publication.objects.filter(channel__in=channels, status__in=WAITING, due_at__gte=clock.now())
    return rows.count()


def apply_asked(plan_pk: int, person_pk: int) -> str:
    """Apply a change that a person asked to have applied."""
    plan = Plan.objects.filter(pk=plan_pk).first()
    person: Any = get_user_model().objects.filter(pk=person_pk, is_active=True).first()
    if plan is None or person is None or not person.has_perm("channels.approve_plan"):
        return "nothing to apply, or nobody who may"
    try:
        found = replanning.apply(plan, by=person)
    except ProductError as refusal:
        return f"not applied: {refusal}"
    return f"{found.moved} moved, {found.dropped} dropped, {found.added} added, {found.refused} refused"


def sweep() -> str:
    """Ring for every event whose bell may have been lost, and of which a proposal no longer stands."""
    wanted = [
        *_asked_again(),
        *((Event.QUOTA_LOWERED, pk) for pk in _keys(ApiClient.objects.all())),
        *((Event.CHANNEL_RULES, pk) for pk in _keys(_waiting_channels())),
        (Event.TOO_LATE, 0),
        *((Event.RIGHTS_CHANGED, pk) for pk in _changed_rights()),
        *((Event.ITEM_FAILED, pk) for pk in _keys(_unanswered_failures())),
    ]
    for event, pk in wanted:
        jobs.remind(PROPOSE, event.value, pk)
    return f"{len(wanted)} looked at"


def _asked_again() -> list[tuple[Event, int]]:
    """What the product proposed by itself is proposed anew; what a person asked for and is all over is discarded."""
    found = []
    for plan, is_over in staleness.drafts():
        if plan.made_by_id is None:
            found.append((Event(plan.cause["code"]), int(plan.cause["subject"])))
        elif is_over:
            replanning.discard(plan, why=_("Nothing of it can be applied any more."))
    return found


def _keys(rows: QuerySet[Any]) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct())


def _waiting_channels() -> QuerySet[Channel]:
    return Channel.objects.filter(publications__status__in=WAITING)


def _changed_rights() -> list[int]:
    recent = Rights.history.filter(history_date__gte=clock.now() - LOOKS_BACK).values("drama")
    planned = Publication.objects.filter(clip__edition__drama__in=recent, status__in=WAITING)
    return sorted(set(planned.order_by().values_list("clip__edition__drama", flat=True)))


def _unanswered_failures() -> QuerySet[Publication]:
    since = clock.now() - LOOKS_BACK
    return Publication.objects.filter(status=StageOf.FAILED, due_at__gte=since, changes=None, replaces=None)
