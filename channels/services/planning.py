"""Making a plan, and throwing it away: a proposal binds nobody until a person approves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from channels.models import Channel, NotPlaced, Plan, Preflight, Publication, Run
from channels.rules import filling, posting, texts
from channels.rules.eligibility import Window
from channels.rules.plan import RunStatus
from channels.rules.plan import Status as PlanStatus
from channels.rules.publication import WAITING, Status
from channels.rules.words import Stage
from channels.services import approving, facts, moving, policies, preflight, scene
from config.kernel import clock, lifecycle
from config.kernel.errors import Invalid

SOONEST = timedelta(minutes=2)


# --- making


def make(*, starts_at: datetime, ends_at: datetime, channels: Sequence[Channel] | None = None, by: Any = None) -> Plan:
    """Propose what goes out where and when. The same rows give the same plan; slots that have passed are left out."""
    now = clock.now()
    if ends_at <= max(starts_at, now):
        raise Invalid(
            _("The plan ends before it starts."), details={"ends_at": [_("It must lie after the start and after now.")]}
        )
    moving.check_near(ends_at, now=now)
    rows = scene.active(channels)
    _free_missed(rows)
    read = scene.read(Window(max(starts_at, now + SOONEST), ends_at), rows)
    problem = read.problem()
    filled = filling.fill(problem)
    try:
        with transaction.atomic():
            return _write(read, problem, filled, starts_at=starts_at, ends_at=ends_at, by=by)
    except IntegrityError as error:
        raise Invalid(
            _("Another plan took some of these slots or clips meanwhile; plan again."), retryable=True
        ) from error


def _free_missed(channels: Sequence[Channel]) -> None:
    """Proposals whose time has passed give their clips back, so that this plan can place them anew."""
    proposed = Publication.objects.filter(channel__in=channels, status=Status.PROPOSED, due_at__lt=clock.now())
    for row in proposed.select_related("channel"):
        if approving.has_passed(row):
            moving.cancel(row, by=None, why=_("its time has passed; it is planned anew"))


def _write(
    read: scene.Scene,
    problem: filling.Problem,
    filled: filling.Filled,
    *,
    starts_at: datetime,
    ends_at: datetime,
    by: Any,
) -> Plan:
    plan = Plan.objects.create(
        starts_at=starts_at,
        ends_at=ends_at,
        made_at=clock.now(),
        made_by=by if getattr(by, "pk", None) else None,
        summary=_summary(read, problem, filled),
    )
    runs = _write_runs(filled)
    rows = [_publication(read, plan, runs, one) for one in filled.placed]
    bulk_create_with_history(rows, Publication, batch_size=500)
    judging = policies.judging(rows)
    Preflight.objects.bulk_create([_check(read, row, judging) for row in rows], batch_size=1000)
    NotPlaced.objects.bulk_create(
        [
            NotPlaced(
                plan=plan,
                edition_id=one.edition,
                clip_id=one.clip,
                channel_id=one.channel,
                rule=one.rule,
                facts={"text": one.sentence},
            )
            for one in [*read.left, *filled.left]
        ],
        batch_size=1000,
    )
    return plan


def _write_runs(filled: filling.Filled) -> dict[tuple[int, int], Run]:
    used = {(one.edition, one.channel) for one in filled.placed}
    found: dict[tuple[int, int], Run] = {}
    for pair in filled.runs:
        if (pair.edition, pair.channel) in used:
            run, _made = Run.objects.get_or_create(
                channel_id=pair.channel, edition_id=pair.edition, defaults={"reasons": list(pair.reasons)}
            )
            found[pair.edition, pair.channel] = run
    return found


def _publication(
    read: scene.Scene, plan: Plan, runs: dict[tuple[int, int], Run], placed: filling.Placed
) -> Publication:
    channel, clip = read.channels[placed.channel], read.clips[placed.clip]
    edition = read.editions[placed.edition]
    subject = texts.Subject(
        title=edition.title,
        synopsis=edition.synopsis,
        kind=clip.kind,
        first_episode=clip.first_episode,
        last_episode=clip.last_episode,
        language=edition.language,
        genres=tuple(sorted(read.edition_facts[edition.pk].genres)),
    )
    written = texts.write(subject, language=channel.language)
    return Publication(
        channel=channel,
        clip=clip,
        run=runs[placed.edition, placed.channel],
        plan=plan,
        due_at=placed.at,
        upload_at=posting.upload_at(channel.platform, placed.at),
        reasons=list(placed.reasons),
        title=written.title,
        description=written.description,
        tags=list(written.tags),
        made_for_kids=edition.made_for_kids,
        synthetic_media=edition.synthetic_media,
    )


def _check(read: scene.Scene, row: Publication, judging: policies.Judging) -> Preflight:
    edition = read.edition_facts[row.clip.edition_id]
    outcomes = preflight.judge(
        row,
        edition=edition,
        channel=read.channel_facts[row.channel_id],
        rights=read.rights.get(edition.drama, []),
        outdated=read.outdated.get(row.clip_id, ""),
        stage=Stage.PLANNED,
        judging=judging,
    )
    return preflight.row_of(row, outcomes, stage=Stage.PLANNED)


def _summary(read: scene.Scene, problem: filling.Problem, filled: filling.Filled) -> dict[str, Any]:
    """The numbers over the plan: what is placed, what was left out by which rule, how full each channel is."""
    per_channel = Counter(one.channel for one in filled.placed)
    return {
        "placed": len(filled.placed),
        "runs": len({(one.edition, one.channel) for one in filled.placed}),
        "left_out": dict(sorted(Counter(one.rule for one in [*read.left, *filled.left]).items())),
        "fill": [
            {
                "channel": lane.channel,
                "name": lane.name,
                "slots": len(lane.slots),
                "placed": per_channel[lane.channel],
                "taken": len(lane.taken),
            }
            for lane in sorted(problem.lanes, key=lambda lane: lane.name)
        ],
        "quota": _forecast(problem, filled),
    }


def _forecast(problem: filling.Problem, filled: filling.Filled) -> list[dict[str, Any]]:
    """By API client and day of the platform: uploads promised before, uploads of this plan, and the limit."""
    lanes = {lane.channel: lane for lane in problem.lanes}
    found = []
    for budget in problem.budgets:
        zone = ZoneInfo(budget.zone)
        days = Counter(
            (one.at - lanes[one.channel].upload_lead).astimezone(zone).date()
            for one in filled.placed
            if lanes[one.channel].client == budget.client
        )
        for day in sorted({*days, *budget.promised}):
            found.append(
                {
                    "client": budget.name,
                    "bucket": "uploads",
                    "day": day.isoformat(),
                    "promised": budget.promised.get(day, 0),
                    "planned": days[day],
                    "limit": budget.per_day,
                }
            )
    return found


# --- undoing


def discard(plan: Plan, by: Any = None) -> int:
    """Throw a draft away: its slots and clips are free again. Returns how many publications it proposed."""
    rows = list(plan.publications.filter(status=Status.PROPOSED))
    for row in rows:
        moving.cancel(row, by=by, why=_("the plan was discarded"))
    lifecycle.advance(plan, to=PlanStatus.DISCARDED, by=by)
    for run in Run.objects.filter(publications__plan=plan, status=RunStatus.PROPOSED).distinct():
        if not run.publications.exclude(status=Status.CANCELLED).exists():
            run.publications.update(run=None)
            run.delete()
    return len(rows)


def drop_outdated(edition_pk: int) -> str:
    """Cancel what is planned of clips that a newer version has mended; what is live is replaced elsewhere."""
    rows = Publication.objects.filter(clip__edition=edition_pk, status__in=WAITING).select_related("clip", "channel")
    planned = list(rows)
    outdated = facts.outdated_clips([row.clip for row in planned], facts.releasable_versions([edition_pk]))
    dropped = 0
    for row in planned:
        if row.clip_id in outdated and moving.cancel(row, by=None, why=outdated[row.clip_id]):
            dropped += 1
    return f"{dropped} of {len(planned)} planned publications dropped"
