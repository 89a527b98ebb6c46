"""Which posting times a person may move a publication to: judged by the rules of a move, before anybody is offered one.

Nothing is locked: what is found is a suggestion, and the move itself judges again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from channels.models import Publication
from channels.rules import moving as rules
from channels.services import moving, standing
from channels.services.moving import Wish
from channels.services.rechecking import Recheck
from channels.services.surroundings import Surroundings
from config.kernel import clock
from config.kernel.errors import ProductError

SPAN = timedelta(days=4)
LOOKED_AT = 120
"""So many posting times are held against the rules of the channel; that costs no query."""
RECHECKED = 16
"""So many of those left are held against all other rules, at a few queries each."""


def nearest(publication: Publication, *, around: datetime) -> datetime | None:
    """The posting time closest to `around` that the publication may be moved to; None where none near is allowed."""
    now = clock.now()
    starts_at, ends_at = max(now, around - SPAN), min(around, now + moving.FARTHEST) + SPAN
    times = standing.empty_times(publication, starts_at=starts_at, ends_at=ends_at)
    return next(_allowed(publication, rules.by_nearness(times, around), now=now), None)


def within(publication: Publication, *, starts_at: datetime, ends_at: datetime, most: int = 1) -> list[datetime]:
    """The first posting times in [starts_at, ends_at) that the publication may be moved to, in order."""
    now = clock.now()
    times = standing.empty_times(publication, starts_at=max(now, starts_at), ends_at=ends_at)
    return list(islice(_allowed(publication, times, now=now), most))


def why_not(publication: Publication, due_at: datetime) -> str:
    """The sentence with which a move there would be refused; "" when nothing forbids it."""
    return _refusal([(publication, due_at)])


def may_swap(first: Publication, second: Publication) -> bool:
    """Whether each may take the other's time."""
    return not _refusal([(first, second.due_at), (second, first.due_at)])


def _refusal(wanted: Sequence[tuple[Publication, datetime]]) -> str:
    try:
        rows = standing.as_they_are([row for row, _at in wanted])
        moving.check([Wish(row, at) for row, (_row, at) in zip(rows, wanted, strict=True)], now=clock.now())
    except ProductError as refusal:
        return str(refusal)
    return ""


def _allowed(publication: Publication, times: Sequence[datetime], *, now: datetime) -> Iterator[datetime]:
    """Those of the times that pass every rule, in the order given. What the rules look at is read once for all."""
    looked_at = [at for at in times if now < at <= now + moving.FARTHEST][:LOOKED_AT]
    if not looked_at:
        return
    [row] = standing.as_they_are([publication])
    around = Surroundings([row], {row.pk: looked_at[0]}, now=now, also=looked_at)
    recheck = Recheck([row])
    fit = (at for at in looked_at if not around.stoppers(row, {row.pk: at}))
    for at in islice(fit, RECHECKED):
        if all(one.passed for one in recheck.outcomes([row], {row.pk: at})[row.pk]):
            yield at
