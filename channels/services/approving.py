"""A person's yes: nothing that is planned goes out without it, and what its tier needs is asked again at upload.

A yes is given to a clip, on a day of its channel, under its words. It lapses when one of these is changed by hand, and
whenever the publication goes back to planning; a move within the day, a pin or a hold leaves it as it is. Whoever made
the plan, asked for the replacement, or brought about the present clip, the present day or the present words is one of
its authors: his yes does not count, whatever his rights. What the product did by itself has no author.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from channels.models import Approval, Batch, Plan, Publication, Run
from channels.rules import approval, posting
from channels.rules.approval import Answer, Candidate, Standing, Substance, Yes
from channels.rules.batch import Deed
from channels.rules.plan import RunStatus
from channels.rules.plan import Status as PlanStatus
from channels.rules.publication import Status
from channels.services import batches, policies
from config.kernel import clock, jobs, leases, lifecycle
from config.kernel.errors import Invalid, MoveRefused, NotAllowed, ProductError

AT_ONCE = 1000
# So many uploads that are due already are rung for at once; the sweep rings for the rest.
RUNG_AT_ONCE = 60


@dataclass(frozen=True)
class Approved:
    """What a bulk approval came to: how often each answer was given, and the recorded list if anything was done.

    `stays`: why the plan is still a draft although nothing in it waits; "" when it is none, or something waits.
    """

    counts: Counter[Answer] = field(default_factory=Counter)
    batch: Batch | None = None
    stays: str = ""


# --- saying yes


def approve(plan: Plan, *, by: Any) -> int:
    """Approve what the plan still proposes. Returns how many may go out now; `approve_plan` tells the rest too."""
    return approve_plan(plan, by=by).counts[Answer.APPROVED]


def approve_plan(plan: Plan, *, by: Any) -> Approved:
    """Say yes to everything that the plan still proposes, as one bulk action that can be undone.

    The plan itself counts as approved when something in it is and nothing waits for anybody any more; what can no
    longer be on time stays proposed. Raises NotAllowed for the plan's own author.
    """
    if plan.made_by_id is not None and plan.made_by_id == getattr(by, "pk", None):
        raise NotAllowed(_("You made this plan; another person has to approve it."), row=plan.pk)
    with transaction.atomic():
        said = approve_all(
            plan.publications.filter(status=Status.PROPOSED).values_list("pk", flat=True), by=by, plan=plan
        )
        if not _waits(plan):
            said = _close(plan, said, by=by)
    plan.refresh_from_db()
    return said


def _close(plan: Plan, said: Approved, *, by: Any) -> Approved:
    """Nothing in this plan waits. It is approved if anything in it ever was."""
    if not plan.publications.exclude(status__in=[Status.PROPOSED, Status.CANCELLED]).exists():
        return replace(said, stays=_("Nothing in this plan is approved; it stays a draft."))
    lifecycle.advance(plan, to=PlanStatus.APPROVED, by=by)
    return said


def approve_all(keys: Iterable[int], *, by: Any, plan: Plan | None = None) -> Approved:
    """Say yes to many at once. What this person cannot approve is counted, and left as it is."""
    _demand_person(by)
    with transaction.atomic():
        now = clock.now()
        asked = _candidates(_locked(keys))
        answers = {one.key: approval.answer(one, by=by.pk, now=now) for one in asked}
        batch = _record(asked, answers, by=by, at=now, plan=plan)
        _take_down(asked, answers, by=by, at=now, batch=batch)
    return Approved(Counter(answers.values()), batch)


def approve_publication(publication: Publication, *, by: Any) -> bool:
    """Say yes to one publication. True when it may go out now; False when it was approved already, or when this yes
    is taken down and it waits for another person: `standing` tells which.

    Raises NotAllowed for its author, Invalid when this person has said yes before, when its time has passed or when
    it is held, and MoveRefused where there is nothing to approve.
    """
    _demand_person(by)
    with transaction.atomic():
        now = clock.now()
        asked = _candidates(_locked([publication.pk]))
        said = approval.answer(asked[0], by=by.pk, now=now)
        _take_down(asked, {publication.pk: said}, by=by, at=now)
    publication.refresh_from_db()
    if said not in approval.COUNTED and publication.status != Status.APPROVED:
        raise _refusal(said, publication)
    return said == Answer.APPROVED


def join(publication: Publication, *, by: Any) -> bool:
    """Add this person's yes to what is approved already. False for its author, for one who said yes, and for nobody."""
    return bool(join_all([publication], by=by))


def join_all(publications: Iterable[Publication], *, by: Any) -> list[int]:
    """As `join`, for many at once. Returns the keys of those that this yes was added to."""
    keys = [row.pk for row in publications if row.status == Status.APPROVED]
    if getattr(by, "pk", None) is None or not keys:
        return []
    with transaction.atomic():
        asked = _candidates(_locked(keys))
        fresh = [one.key for one in asked if by.pk not in one.authors | one.said]
        now = clock.now()
        Approval.objects.bulk_create([Approval(publication_id=key, by=by, at=now) for key in fresh], batch_size=AT_ONCE)
    return fresh


def _demand_person(by: Any) -> None:
    if getattr(by, "pk", None) is None:
        raise NotAllowed(_("A person has to approve it; the product does not approve its own plans."))


def _refusal(said: Answer, publication: Publication) -> ProductError:
    sentence = approval.REFUSALS[said]() % {
        "due": f"{publication.due_at:%Y-%m-%d %H:%M}",
        "status": publication.get_status_display(),
    }
    kinds: dict[Answer, type[ProductError]] = {Answer.OWN: NotAllowed, Answer.ELSEWHERE: MoveRefused}
    return kinds.get(said, Invalid)(sentence, row=publication.pk)


def _take_down(
    asked: Sequence[Candidate], answers: dict[int, Answer], *, by: Any, at: datetime, batch: Batch | None = None
) -> None:
    """Write the yeses down, and let go out what has enough of them. The rows are locked."""
    fresh = [one.key for one in asked if answers[one.key] in approval.COUNTED and by.pk not in one.said]
    Approval.objects.bulk_create(
        [Approval(publication_id=key, by=by, at=at, batch=batch) for key in fresh], batch_size=AT_ONCE
    )
    enough = [key for key, answer in answers.items() if answer == Answer.APPROVED]
    moved = lifecycle.advance_all(
        Publication,
        enough,
        to=Status.APPROVED,
        only_from=Status.PROPOSED,
        by=by,
        approved_by=by,
        approved_at=at,
        status_reason="",
        **leases.settled(),
    )
    for some in _chunks(moved):
        rows = Publication.objects.filter(pk__in=some)
        runs = rows.filter(run__status=RunStatus.PROPOSED).values_list("run_id", flat=True)
        lifecycle.advance_all(Run, runs, to=RunStatus.ACTIVE, only_from=RunStatus.PROPOSED, by=by)
    ring(moved, now=at)


def ring(moved: list[int], *, now: datetime) -> None:
    """For what is due already; of more than these, and of bells that are lost, the sweep takes care."""
    due = (
        key
        for some in _chunks(moved)
        for key in Publication.objects.filter(pk__in=some, upload_at__lte=now).values_list("pk", flat=True)
    )
    for key, _turn in zip(due, range(RUNG_AT_ONCE), strict=False):
        jobs.enqueue("channels.jobs.push_upload", key)


def _record(
    asked: Sequence[Candidate], answers: dict[int, Answer], *, by: Any, at: datetime, plan: Plan | None
) -> Batch | None:
    """The list of what was asked and how it came out; nothing where nothing was done."""
    done = sum(answer in approval.COUNTED for answer in answers.values())
    if not done:
        return None
    after = {Answer.APPROVED: Status.APPROVED, Answer.WAITS: Status.PROPOSED}
    lines = [
        batches.Line(
            one.key,
            before={"status": one.status},
            after={"status": after.get(answers[one.key], one.status), "answer": answers[one.key].value},
            is_done=answers[one.key] in approval.COUNTED,
        )
        for one in asked
    ]
    return batches.record(Deed.APPROVE, lines=lines, by=by, at=at, plan=plan)


def _waits(plan: Plan) -> bool:
    """Whether somebody can still say yes to something in this plan."""
    now = clock.now()
    rows = plan.publications.filter(status=Status.PROPOSED).values_list("due_at", "channel__late_minutes")
    return any(not posting.is_too_late(due_at, now=now, late_minutes=minutes) for due_at, minutes in rows.distinct())


# --- whose yes counts


def _locked(keys: Iterable[int]) -> list[int]:
    """Two people at once are taken one after the other, so that both count and one of them is the last."""
    found: list[int] = []
    for some in _chunks(sorted(set(keys))):
        rows = Publication.objects.filter(pk__in=some).select_for_update(of=("self",)).order_by("pk")
        found += rows.values_list("pk", flat=True)
    return found


def judged(keys: Iterable[int], *, by: Any) -> dict[int, Answer]:
    """What this person's yes to each of these would come to now; nothing is written down."""
    now = clock.now()
    return {one.key: approval.answer(one, by=by.pk, now=now) for one in _candidates(sorted(set(keys)))}


def _candidates(keys: Sequence[int]) -> list[Candidate]:
    found: list[Candidate] = []
    for some in _chunks(keys):
        said, hands, asked = _said(some), _hands(some), policies.people_asked(some)
        rows = Publication.objects.filter(pk__in=some).annotate(
            tier=F("clip__edition__drama__tier"), late=F("channel__late_minutes"), maker=F("plan__made_by")
        )
        for key, status, tier, due_at, late, hold, maker in rows.order_by("pk").values_list(
            "pk", "status", "tier", "due_at", "late", "hold", "maker"
        ):
            authors = hands.get(key, frozenset()) | ({maker} if maker is not None else set())
            people = frozenset(said[key])
            found.append(
                Candidate(key, status, tier, due_at, late, hold is not None, authors, people, asked.get(key, 0))
            )
    return found


def _said(keys: Sequence[int]) -> defaultdict[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    rows = Approval.objects.filter(publication__in=keys, lapsed_at=None, by__isnull=False)
    for key, person in rows.values_list("publication", "by"):
        found[key].add(person)
    return found


def _hands(keys: Sequence[int]) -> dict[int, frozenset[int]]:
    """Of each publication, the people who brought it to its present clip, day and words, by its former versions."""
    former = Publication.history.filter(id__in=keys)
    touched = set(former.filter(history_user__isnull=False).values_list("id", flat=True))
    zones = dict(Publication.objects.filter(pk__in=touched).values_list("pk", "channel__time_zone"))
    versions: defaultdict[int, list[approval.Version]] = defaultdict(list)
    rows = former.filter(id__in=touched & set(zones)).order_by("id", "history_id")
    for key, person, due_at, clip, title, description, tags in rows.values_list(
        "id", "history_user", "due_at", "clip", "title", "description", "tags"
    ):
        substance = _substance(clip, due_at, zones[key], title, description, tags)
        versions[key].append(approval.Version(person, substance))
    return {key: approval.authors(some) for key, some in versions.items()}


def standing(publication: Publication) -> Standing:
    """Who has said yes so far, by what counts now, and how many its tier and the packs in force need now."""
    rows = publication.approvals.filter(lapsed_at=None, by__isnull=False).select_related("by").order_by("at", "pk")
    people = tuple(Yes(row.by.pk, row.by.get_username(), row.at) for row in rows if row.by)
    # The tier as it is now, not as it was when these rows were read: it may have been raised since.
    tier = Publication.objects.values_list("clip__edition__drama__tier", flat=True).get(pk=publication.pk)
    asked = policies.people_asked([publication.pk]).get(publication.pk, 0)
    return Standing(approval.needed(tier, asked=asked), people)


def needs(publications: Iterable[Publication]) -> dict[int, int]:
    """How many people each of these needs, of which clip, edition and drama were read."""
    rows = list(publications)
    asked = policies.people_asked([row.pk for row in rows]) if rows else {}
    return {row.pk: approval.needed(row.clip.edition.drama.tier, asked=asked.get(row.pk, 0)) for row in rows}


def carry_over(old: Publication, new: Publication) -> Standing:
    """What people said of the place of `old` is said of the mended clip that takes it; its own date stays with it."""
    rows = Approval.objects.filter(publication=old, lapsed_at=None, by__isnull=False).order_by("at", "pk")
    Approval.objects.bulk_create([Approval(publication=new, by=row.by, at=row.at) for row in rows])
    return standing(new)


# --- when a yes lapses


def lapse(keys: Iterable[int]) -> list[int]:
    """The yeses to these publications count no more. Returns the keys of those that were in force."""
    now = clock.now()
    found: list[int] = []
    for some in _chunks(list(keys)):
        rows = Approval.objects.filter(publication__in=some, lapsed_at=None)
        found += rows.values_list("pk", flat=True)
        rows.update(lapsed_at=now)
    return found


def substance(publication: Publication) -> Substance:
    """What a yes to this publication is a yes to. Take it before a change by hand, for `changed` to compare."""
    row = publication
    return _substance(row.clip_id, row.due_at, row.channel.time_zone, row.title, row.description, row.tags)


def words_of(publication: Publication) -> list[Any]:
    """What a yes is given to besides the day, as a record keeps it: to be compared with what stands there later."""
    row = publication
    return [row.clip_id, row.title, row.description, [str(tag) for tag in row.tags or ()]]


def _substance(clip: int, due_at: datetime, zone: str, title: str, description: str, tags: Any) -> Substance:
    day = due_at.astimezone(ZoneInfo(zone)).date()
    return Substance(clip, day, title, description, tuple(str(tag) for tag in tags or ()))


def changed(publication: Publication, *, was: Substance, by: Any) -> bool:
    """Call this after a person changed a publication by hand. When it is another thing now than what people said yes
    to, their yeses lapse and it waits for new ones. False when nothing lapsed.
    """
    if getattr(by, "pk", None) is None or substance(publication) == was:
        return False
    with transaction.atomic():
        lapsed = lapse([publication.pk])
        why = _("changed by %(who)s after it was approved; it waits for a new approval") % {"who": by}
        moved = lifecycle.advance_all(
            Publication, [publication.pk], to=Status.PROPOSED, only_from=Status.APPROVED, by=by, why=why, **unapproved()
        )
        Publication.objects.filter(pk__in=moved).update(status_reason=why[:500])
    if moved:
        publication.refresh_from_db()
    return bool(lapsed or moved)


def unapproved() -> dict[str, Any]:
    """The columns of a publication that nobody has approved, to be set with its way back to planning; its yeses are
    ended by `lapse`, in the same transaction.
    """
    return {"approved_by": None, "approved_at": None, **leases.settled()}


def has_passed(publication: Publication) -> bool:
    return posting.is_too_late(publication.due_at, now=clock.now(), late_minutes=publication.channel.late_minutes)


def _chunks(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
