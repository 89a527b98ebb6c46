"""Making a plan, and deciding on it: a proposal binds nobody until a person approves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from channels.models import Channel, NotPlaced, Plan, PreflightCheck, Publication, Run
from channels.rules import filling, posting, texts
from channels.rules.eligibility import Window
from channels.rules.plan import RunStatus
from channels.rules.plan import Status as PlanStatus
from channels.rules.preflight import Outcome
from channels.rules.publication import WAITING, Status
from channels.rules.words import Stage
from channels.services import facts, preflight, scene, sessions
from config.kernel import clock, jobs, leases, lifecycle
from config.kernel.errors import Invalid, MoveRefused

SOONEST = timedelta(minutes=2)
FARTHEST = timedelta(days=730)


# --- making


def make(*, starts_at: datetime, ends_at: datetime, channels: Sequence[Channel] | None = None, by: Any = None) -> Plan:
    """Propose what goes out where and when. The same rows give the same plan; slots that have passed are left out."""
    now = clock.now()
    if ends_at <= max(starts_at, now):
        raise Invalid(
            _("The plan ends before it starts."), details={"ends_at": [_("It must lie after the start and after now.")]}
        )
    _check_near(ends_at, now=now)
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


def _check_near(moment: datetime, *, now: datetime) -> None:
    if moment > now + FARTHEST:
        raise Invalid(
            _("%(at)s UTC is too far away; nothing is planned more than two years ahead.")
            % {"at": f"{moment:%Y-%m-%d %H:%M}"}
        )


def _free_missed(channels: Sequence[Channel]) -> None:
    """Proposals whose time has passed give their clips back, so that this plan can place them anew."""
    proposed = Publication.objects.filter(channel__in=channels, status=Status.PROPOSED, due_at__lt=clock.now())
    for row in proposed.select_related("channel"):
        if _has_passed(row):
            cancel(row, by=None, why=_("its time has passed; it is planned anew"))


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
    PreflightCheck.objects.bulk_create([check for row in rows for check in _checks(read, row)], batch_size=1000)
    NotPlaced.objects.bulk_create(
        [
            NotPlaced(
                plan=plan,
                edition_id=one.edition,
                clip_id=one.clip,
                channel_id=one.channel,
                rule=one.rule,
                sentence=one.sentence[:300],
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


def _checks(read: scene.Scene, row: Publication) -> list[PreflightCheck]:
    edition = read.edition_facts[row.clip.edition_id]
    outcomes = preflight.judge(
        row,
        edition=edition,
        channel=read.channel_facts[row.channel_id],
        rights=read.rights.get(edition.drama, []),
        outdated=read.outdated.get(row.clip_id, ""),
        stage=Stage.PLANNED,
    )
    return preflight.rows_of(row, outcomes, stage=Stage.PLANNED)


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


# --- deciding


def approve(plan: Plan, *, by: Any) -> int:
    """Approve what the plan still proposes. Returns how many; what can no longer be on time stays proposed."""
    rows = plan.publications.filter(status=Status.PROPOSED).select_related("channel").order_by("due_at")
    count = 0
    for row in rows:
        if not _has_passed(row):
            count += approve_publication(row, by=by)
    lifecycle.advance(plan, to=PlanStatus.APPROVED, by=by)
    return count


def approve_publication(publication: Publication, *, by: Any) -> bool:
    """Let it go out at its time. False when it was approved already. Raises Invalid when its time has passed."""
    if publication.status == Status.PROPOSED and _has_passed(publication):
        raise Invalid(
            _("%(what)s was due at %(due)s UTC; move it first.")
            % {"what": publication, "due": f"{publication.due_at:%Y-%m-%d %H:%M}"}
        )
    now = clock.now()
    with transaction.atomic():
        moved = lifecycle.advance(
            publication,
            to=Status.APPROVED,
            only_from=Status.PROPOSED,
            by=by,
            approved_by=by if getattr(by, "pk", None) else None,
            approved_at=now,
            status_reason="",
            **leases.settled(),
        )
        if moved and publication.run_id:
            run = publication.run
            if run is not None and run.status == RunStatus.PROPOSED:
                lifecycle.advance(run, to=RunStatus.ACTIVE, by=by)
        if moved and publication.upload_at <= now:
            jobs.enqueue("channels.jobs.push_upload", publication.pk)
    return moved


def _has_passed(publication: Publication) -> bool:
    return posting.is_too_late(publication.due_at, now=clock.now(), late_minutes=publication.channel.late_minutes)


def discard(plan: Plan, by: Any = None) -> int:
    """Throw a draft away: its slots and clips are free again. Returns how many publications it proposed."""
    rows = list(plan.publications.filter(status=Status.PROPOSED))
    for row in rows:
        cancel(row, by=by, why=_("the plan was discarded"))
    lifecycle.advance(plan, to=PlanStatus.DISCARDED, by=by)
    for run in Run.objects.filter(publications__plan=plan, status=RunStatus.PROPOSED).distinct():
        if not run.publications.exclude(status=Status.CANCELLED).exists():
            run.publications.update(run=None)
            run.delete()
    return len(rows)


def cancel(publication: Publication, *, by: Any, why: str) -> bool:
    """It does not go out. A worker that was about to start on it loses its claim."""
    with transaction.atomic():
        moved = lifecycle.advance(
            publication, to=Status.CANCELLED, by=by, why=why, status_reason=why[:500], **leases.settled()
        )
        session = sessions.live(publication) if moved else None
        if session:
            sessions.dead(session, why=why)
    return moved


def move(publication: Publication, *, due_at: datetime, by: Any) -> bool:
    """Give it another time and pin it there. Raises Invalid with the rule that forbids it; False when it is there."""
    publication.refresh_from_db()
    if publication.due_at == due_at:
        return False
    judged = _check_movable(publication, due_at=due_at)
    try:
        with transaction.atomic():
            row = Publication.objects.select_for_update().get(pk=publication.pk)
            if row.status not in WAITING or (row.lease_until and row.lease_until > clock.now()):
                raise MoveRefused(_("%(what)s is on its way already.") % {"what": row}, row=row.pk)
            row.due_at, row.upload_at = due_at, posting.upload_at(row.channel.platform, due_at)
            row.is_pinned, row.next_try_at, row.status_reason = True, None, ""
            row._history_user = by if getattr(by, "pk", None) else None  # type: ignore[attr-defined]
            row.save(update_fields=["due_at", "upload_at", "is_pinned", "next_try_at", "status_reason"])
            preflight.record(row, judged, stage=Stage.PLANNED)
    except IntegrityError as error:
        raise Invalid(_("The slot at %(at)s UTC is taken.") % {"at": f"{due_at:%Y-%m-%d %H:%M}"}) from error
    publication.refresh_from_db()
    return True


def _check_movable(publication: Publication, *, due_at: datetime) -> list[Outcome]:
    """How the rules come out at the new time. Raises Invalid, and writes nothing down, when one forbids it."""
    now, channel = clock.now(), publication.channel
    if publication.status not in WAITING:
        raise MoveRefused(_("%(what)s is on its way already.") % {"what": publication}, row=publication.pk)
    if due_at <= now:
        raise Invalid(_("%(at)s UTC has passed.") % {"at": f"{due_at:%Y-%m-%d %H:%M}"})
    _check_near(due_at, now=now)
    publication.due_at, before = due_at, publication.due_at
    judged = preflight.outcomes(publication, stage=Stage.PLANNED)
    refused = [one for one in judged if not one.passed]
    publication.due_at = before
    if refused:
        raise Invalid("; ".join(f"{one.rule}: {one.evidence}" for one in refused))
    gap = timedelta(hours=channel.drama_gap_hours)
    near = channel.publications.filter(
        clip__edition__drama=publication.clip.edition.drama,
        status__in=[Status.PROPOSED, Status.APPROVED, Status.UPLOADING, Status.ACCEPTED, Status.PUBLISHED],
        due_at__gt=due_at - gap,
        due_at__lt=due_at + gap,
    ).exclude(pk=publication.pk)
    if near.exists():
        raise Invalid(
            _("%(channel)s keeps %(hours)d hours between clips of one drama; %(other)s is at %(at)s UTC.")
            % {
                "channel": channel,
                "hours": channel.drama_gap_hours,
                "other": near[0],
                "at": f"{near[0].due_at:%Y-%m-%d %H:%M}",
            }
        )
    return judged


def drop_outdated(edition_pk: int) -> str:
    """Cancel what is planned of clips that a newer version has mended; what is live is replaced elsewhere."""
    rows = Publication.objects.filter(clip__edition=edition_pk, status__in=WAITING).select_related("clip", "channel")
    planned = list(rows)
    outdated = facts.outdated_clips([row.clip for row in planned], facts.releasable_versions([edition_pk]))
    dropped = 0
    for row in planned:
        if row.clip_id in outdated and cancel(row, by=None, why=outdated[row.clip_id]):
            dropped += 1
    return f"{dropped} of {len(planned)} planned publications dropped"
