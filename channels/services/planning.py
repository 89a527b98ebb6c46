"""Making a plan, and throwing it away: a proposal binds nobody until a person approves it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from channels.models import Channel, Plan, Publication, Run
from channels.rules.channel import Status as ChannelStatus
from channels.rules.eligibility import Window
from channels.rules.plan import RunStatus
from channels.rules.plan import Status as PlanStatus
from channels.rules.planner import fill as planner
from channels.rules.planner.problem import Filled, Left
from channels.rules.publication import WAITING, Status
from channels.services import approving, drafting, facts, forecasting, moving, scene, summing, unplaced
from channels.services.forecasting import Forecast
from channels.services.scene import Scene
from config.kernel import clock, jobs, leases, lifecycle
from config.kernel.errors import Invalid, LostClaim, MoveRefused

SOONEST = timedelta(minutes=2)
LEASE_SECONDS = 120
MOST_TRIES = 5
RUNG_AT_ONCE = 20
READ, PLACE, BOUND, WRITE = "read", "place", "bound", "write"
AT_ONCE = 1000
PLANNED_ANEW = Q(hold=None, replaces=None)
"""What is held keeps its place until the hold is lifted, and a replacement goes with the one it replaces."""
Progress = Callable[[str, int, int], None]


# --- making


def make(*, starts_at: datetime, ends_at: datetime, channels: Sequence[Channel] | None = None, by: Any = None) -> Plan:
    """Propose what goes out where and when. The same rows give the same plan; slots that have passed are left out."""
    _check_days(starts_at, ends_at, now=clock.now())
    plan = _new(starts_at, ends_at, by=by)
    with _uncollected(), _meanwhile():
        _make(plan, channels)
    return plan


def _make(plan: Plan, channels: Sequence[Channel] | None) -> None:
    draft = _draft(plan, scene.active(channels), progress=_silent)
    with transaction.atomic():
        draft.check()
        plan.status = PlanStatus.DRAFT
        for name, value in draft.numbers().items():
            setattr(plan, name, value)
        plan.save()
        plan.channels.set(channels or [])
        draft.write(plan)


def _check_days(starts_at: datetime, ends_at: datetime, *, now: datetime) -> None:
    if ends_at <= max(starts_at, now):
        raise Invalid(
            _("The plan ends before it starts."), details={"ends_at": [_("It must lie after the start and after now.")]}
        )
    moving.check_near(ends_at, now=now)


def _new(starts_at: datetime, ends_at: datetime, *, by: Any) -> Plan:
    made_by = by if getattr(by, "pk", None) else None
    return Plan(starts_at=starts_at, ends_at=ends_at, made_at=clock.now(), made_by=made_by, status=PlanStatus.MAKING)


def _silent(_step: str, _done: int, _of: int) -> None:
    """Nobody watches."""


@contextmanager
def _meanwhile() -> Iterator[None]:
    """What the database refuses because somebody came first is told as such."""
    try:
        yield
    except IntegrityError as error:
        raise Invalid(
            _("Another plan took some of these slots or clips meanwhile; plan again."), retryable=True
        ) from error


@contextmanager
def _uncollected() -> Iterator[None]:
    """A plan makes a million values that all live until it is written: looking for garbage among them over and over
    would take a third of the time.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@dataclass
class Draft:
    """A plan that is thought out and not yet written."""

    scene: Scene
    filled: Filled
    left: list[Left]
    forecast: Forecast
    summary: dict[str, Any]

    def numbers(self) -> dict[str, Any]:
        return {"score": self.filled.score, "bound": self.filled.bound, "summary": self.summary}

    def check(self) -> None:
        """Raises Invalid when what this was made from does not stand any more; to be called where it is written."""
        drafting.check_unchanged(self.scene, self.filled.placed)
        _release(self.scene.releasing)

    def write(self, plan: Plan) -> None:
        extras = dict(self.forecast.extras)
        drafting.write(plan, self.scene, runs=self.filled.runs, placed=self.filled.placed, extras=extras)
        drafting.write_left(plan, self.left)


def _draft(plan: Plan, channels: Sequence[Channel], *, progress: Progress) -> Draft:
    began = time.monotonic()
    progress(READ, 0, 1)
    window = Window(max(plan.starts_at, clock.now() + SOONEST), plan.ends_at)
    read = scene.read(window, channels, releasing=_missed(channels))
    problem = read.problem()

    def placing(step: str, done: int, of: int) -> None:
        progress(BOUND if step == BOUND else PLACE, done, of)

    filled = planner.fill(problem, with_bound=True, progress=placing)
    progress(WRITE, 0, 1)
    left = unplaced.all_of(read, filled)
    forecast = forecasting.of(read, problem, filled.placed)
    seconds = time.monotonic() - began
    summary = summing.of(read, problem, filled, left=left, quota=forecast.quota, seconds=seconds)
    return Draft(read, filled, left, forecast, summary)


def _missed(channels: Sequence[Channel]) -> list[int]:
    """Proposals whose time has passed: they give their clips back, so that this plan can place them anew."""
    active = [channel for channel in channels if channel.status == ChannelStatus.ACTIVE]
    late = Publication.objects.filter(PLANNED_ANEW, channel__in=active, status=Status.PROPOSED, due_at__lt=clock.now())
    return [row.pk for row in late.select_related("channel").order_by("pk") if approving.has_passed(row)]


def _release(missed: Collection[int]) -> None:
    """Cancel what was read as if it were not there. Raises Invalid when a person has moved, held or approved some of it
    since. To be called within the transaction that writes the plan.
    """
    is_late = Q(due_at__lt=clock.now())
    why = _("its time has passed; it is planned anew")
    moving.cancel_all(missed, by=None, why=why, only_from=Status.PROPOSED, only_if=PLANNED_ANEW & is_late)
    for some in _chunks(sorted(missed)):
        if Publication.objects.filter(pk__in=some).exclude(status=Status.CANCELLED).exists():
            raise Invalid(
                _("Somebody took up what had missed its time, while it was planned anew; plan again."), retryable=True
            )


# --- making in the background


def ask(*, starts_at: datetime, ends_at: datetime, channels: Sequence[Channel] | None = None, by: Any = None) -> Plan:
    """Have a plan made by a worker. Raises Invalid at once for days that cannot be planned."""
    _check_days(starts_at, ends_at, now=clock.now())
    with transaction.atomic():
        plan = _new(starts_at, ends_at, by=by)
        plan.save()
        plan.channels.set(channels or [])
        jobs.enqueue("channels.jobs.make_plan", plan.pk)
    return plan


def make_asked(plan_pk: int) -> str:
    """Make a plan that was asked for. It may be killed at any moment: all of the plan is written together with its
    move to draft, so that another try finds either all of it or nothing.
    """
    plan = Plan.objects.filter(pk=plan_pk).first()
    if plan is None or not leases.claim(plan, seconds=LEASE_SECONDS, status=PlanStatus.MAKING):
        return "not to be made, or another worker makes it"
    if plan.attempts > MOST_TRIES:
        return _give_up(plan, why=_("It could not be made in %(tries)d tries.") % {"tries": MOST_TRIES})
    try:
        with _uncollected():
            return _make_claimed(plan)
    except Invalid as refusal:
        return _give_up(plan, why=str(refusal))
    except (LostClaim, MoveRefused) as lost:
        return f"left to others: {lost}"


def _make_claimed(plan: Plan) -> str:
    def progress(step: str, done: int, of: int) -> None:
        leases.renew(plan, seconds=LEASE_SECONDS, progress={"step": step, "done": done, "of": of})

    _check_days(plan.starts_at, plan.ends_at, now=clock.now())
    given = list(plan.channels.all())
    draft = _draft(plan, scene.active(given or None), progress=progress)
    with _meanwhile(), transaction.atomic():
        draft.check()
        mine = {"lease_token": plan.lease_token}
        draft.write(plan)
        lifecycle.advance(
            plan,
            to=PlanStatus.DRAFT,
            by=plan.made_by,
            only_if=mine,
            made_at=clock.now(),
            progress={},
            **draft.numbers(),
            **leases.settled(),
        )
    return f"{len(draft.filled.placed)} placed, {len(draft.left)} left out"


def _give_up(plan: Plan, *, why: str) -> str:
    mine = {"lease_token": plan.lease_token}
    try:
        lifecycle.advance(
            plan, to=PlanStatus.FAILED, why=why, only_if=mine, status_reason=why[:500], **leases.settled()
        )
    except MoveRefused as lost:
        return f"left to others: {lost}"
    return f"could not be made: {why}"


def sweep() -> str:
    """Ring again for plans whose bell was lost or whose worker died."""
    waiting = Plan.objects.filter(status=PlanStatus.MAKING).free(clock.now())
    keys = list(waiting.order_by("pk").values_list("pk", flat=True)[:RUNG_AT_ONCE])
    for pk in keys:
        jobs.remind("channels.jobs.make_plan", pk)
    return f"{len(keys)} plans to be made"


# --- undoing


def discard(plan: Plan, *, by: Any = None) -> int:
    """Throw a draft away: its slots and clips are free again. Returns how many publications it proposed.

    What a person has taken up meanwhile stays. Raises MoveRefused for an approved plan, and then nothing is changed.
    """
    with transaction.atomic():
        # An approval locks them in this order too and then moves the plan: one of the two comes first, and wins.
        rows = plan.publications.filter(status=Status.PROPOSED).select_for_update(of=("self",)).order_by("pk")
        proposed = list(rows.values_list("pk", flat=True))
        if not lifecycle.advance(plan, to=PlanStatus.DISCARDED, by=by):
            return 0
        gone = moving.cancel_all(proposed, by=by, why=_("the plan was discarded"), only_from=Status.PROPOSED)
        _drop_empty_runs(plan)
    return len(gone)


def _drop_empty_runs(plan: Plan) -> None:
    """Runs that only this plan wanted, and of which nothing is left."""
    left = Publication.objects.filter(run=OuterRef("pk")).exclude(status=Status.CANCELLED)
    own = Publication.objects.filter(run=OuterRef("pk"), plan=plan)
    empty = Run.objects.filter(Exists(own), ~Exists(left), status=RunStatus.PROPOSED)
    for some in _chunks(list(empty.order_by("pk").values_list("pk", flat=True))):
        Publication.objects.filter(run__in=some).update(run=None)
        Run.objects.filter(pk__in=some).delete()


def _chunks(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]


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
