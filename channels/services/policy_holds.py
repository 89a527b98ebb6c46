"""What policy packs hold, and letting go of what was mended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from channels.models import Hold, PolicyPack, Publication
from channels.rules import reasons
from channels.rules.policies.items import Verdict
from channels.services import holding, policies, policy_trying
from config.kernel import clock, jobs
from config.kernel.errors import Invalid, MoveRefused

AT_ONCE = 500


@dataclass(frozen=True)
class Released:
    freed: int
    still_held: int


def held_by(pack: PolicyPack) -> QuerySet[Publication]:
    """What any version of this pack holds now."""
    return Publication.objects.filter(hold__pack__code=pack.code, hold__lifted_at=None).order_by("due_at", "pk")


def release(publication: Publication, *, by: Any) -> bool:
    """Let go of one that a pack holds, if it passes by now. False when nothing holds it; Invalid with what fails."""
    publication.refresh_from_db()
    hold = publication.hold
    if hold is None:
        return False
    if hold.pack_id is None:
        raise MoveRefused(
            _("%(what)s is not held by a policy pack: %(why)s") % {"what": publication, "why": hold.why}, row=hold.pk
        )
    failing = refusals(publication)
    if failing:
        raise Invalid(" ".join(reasons.sentence(one.reason) for one in failing), publication=publication.pk)
    return bool(_free(hold, [publication.pk], by=by))


def refusals(publication: Publication) -> list[Verdict]:
    """The rules that would hold it now, under the packs in force on its day."""
    return refusals_of([publication]).get(publication.pk, [])


def refusals_of(publications: Iterable[Publication]) -> dict[int, list[Verdict]]:
    """publication → the rules that would hold it now; nothing for what has left the queue."""
    rows = policy_trying.queue(Q(pk__in=[row.pk for row in publications]))
    verdicts = policy_trying.judge_all(rows, policies.book())
    return {key: [one for one in some if one.holds] for key, some in verdicts.items()}


def release_what_passes(pack: PolicyPack, *, by: Any) -> Released:
    """Judge everything that this pack holds once more and let go of what passes now."""
    rows = policy_trying.queue(Q(hold__pack__code=pack.code, hold__lifted_at=None))
    verdicts = policy_trying.judge_all(rows, policies.book())
    passing = {key for key, some in verdicts.items() if not any(one.holds for one in some)}
    freed = 0
    for hold in Hold.objects.in_force().filter(pack__code=pack.code):
        keys = [key for key in hold.items.order_by("pk").values_list("pk", flat=True) if key in passing]
        freed += _free(hold, keys, by=by)
    return Released(freed, held_by(pack).count())


def _free(hold: Hold, keys: Sequence[int], *, by: Any) -> int:
    """Take these out of the hold, with a line in the history of each; an emptied hold ends."""
    freed = 0
    with transaction.atomic():
        for some in _portions(keys):
            freed += _let_go(hold, some, by=by)
        if not hold.items.exists():
            holding.lift(hold, by=by)
        jobs.remind("channels.jobs.sweep_uploads")
    return freed


def _let_go(hold: Hold, keys: Iterable[int], *, by: Any) -> int:
    rows = Publication.objects.select_for_update(of=("self",)).filter(pk__in=keys, hold=hold)
    found = list(rows.values_list("pk", flat=True))
    Publication.objects.filter(pk__in=found).update(hold=None)
    Publication.history.bulk_history_create(
        list(Publication.objects.filter(pk__in=found)),
        update=True,
        batch_size=AT_ONCE,
        default_user=by if getattr(by, "pk", None) else None,
        default_change_reason=_("passes the policy packs now"),
        default_date=clock.now(),
    )
    return len(found)


def _portions(keys: Sequence[int]) -> Iterable[list[int]]:
    for start in range(0, len(keys), AT_ONCE):
        yield list(keys[start : start + AT_ONCE])
