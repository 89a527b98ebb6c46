"""Where the clips that are missing from a run may still go: between their neighbours that stand, or behind the last.

Episodes go out in their order, and what stands is not moved. So a clip that was cancelled, or was cut late, has its
place before the first later clip that is planned or was shown; when that has gone out its place has passed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from channels.rules.planner.problem import ClipItem


@dataclass(frozen=True, slots=True)
class Had:
    """A clip of the run that its channel has shown or is to show. A replacement of an old clip waits for no other one,
    and is waited for all the same.
    """

    order: tuple[int, int, int]
    label: str
    at: datetime
    is_shown: bool = False
    is_replacement: bool = False


@dataclass(frozen=True)
class Gap:
    """Clips that belong together between the same neighbours. `later`: the one that they have to precede; None: they
    come behind everything.
    """

    clips: tuple[ClipItem, ...]
    not_before: datetime | None
    later: Had | None = None

    def has_passed(self, now: datetime) -> bool:
        """Whether no moment from now on lies between the neighbours."""
        if self.later is None:
            return False
        return self.later.is_shown or self.later.at <= max(now, self.not_before or now)


def of(clips: Sequence[ClipItem], had: Sequence[Had]) -> list[Gap]:
    """The missing clips by where they belong, in order. The last gap is the one behind everything, and may be empty."""
    if not had:
        return [Gap(tuple(clips), None)]
    orders = sorted(one.order for one in had if not one.is_replacement)
    together: dict[int, list[ClipItem]] = {len(orders): []}
    for clip in clips:
        together.setdefault(bisect_left(orders, clip.order), []).append(clip)
    return [_gap(tuple(several), had) for _place, several in sorted(together.items())]


def _gap(clips: tuple[ClipItem, ...], had: Sequence[Had]) -> Gap:
    if not clips:
        return Gap((), None)
    last = max(one.order for one in clips)
    return Gap(clips, max((one.at for one in had if one.order < last), default=None), later_than(last, had))


def later_than(order: tuple[int, int, int], had: Iterable[Had]) -> Had | None:
    """What stands after this place and went out first, or goes out first."""
    later = (one for one in had if one.order > order and not one.is_replacement)
    return min(later, key=lambda one: (not one.is_shown, one.at, one.order), default=None)
