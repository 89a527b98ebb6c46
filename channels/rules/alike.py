"""How often clips that look and sound alike stand near each other, and whether one more may join them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from channels.rules.eligibility import Stopper
from channels.rules.moving import SAMENESS, face, fullest
from channels.rules.planner.problem import Sameness

Group = tuple[str, str]
"""The language and the platform of a channel."""
NAMED = 3


class Families:
    """When clips of each family stand on each channel and in each group, counted. A family of 0 counts nowhere."""

    def __init__(self, sameness: Sameness) -> None:
        self.sameness = sameness
        self.span = timedelta(days=sameness.days)
        self._times: dict[tuple[int | Group, int], list[datetime]] = defaultdict(list)

    def add(self, whole: int, at: datetime, *, channel: int, group: Group) -> None:
        if whole:
            insort(self._times[channel, whole], at)
            insort(self._times[group, whole], at)

    def remove(self, whole: int, at: datetime, *, channel: int, group: Group) -> None:
        """Nothing happens where none stands at this moment."""
        for place in (channel, group):
            times = self._times.get((place, whole), [])
            number = bisect_left(times, at)
            if number < len(times) and times[number] == at:
                del times[number]

    def is_full(self, whole: int, at: datetime, *, channel: int, group: Group) -> bool:
        """Whether one more at this moment would be one too many."""
        if not whole:
            return False
        same = self.sameness
        return (
            self._most(channel, whole, at) > same.most_per_channel
            or self._most(group, whole, at) > same.most_per_language
        )

    def _most(self, place: int | Group, whole: int, at: datetime) -> int:
        times = self._times.get((place, whole), [])
        return fullest(times[bisect_right(times, at - self.span) : bisect_left(times, at + self.span)], at, self.span)


@dataclass(frozen=True)
class Alike:
    """A publication whose clip looks and sounds like the one that is judged."""

    key: int
    label: str
    channel: int
    channel_name: str
    at: datetime


@dataclass(frozen=True)
class Place:
    """The channel that a clip is wished for, as the sentences name it."""

    channel: int
    name: str
    zone: str
    language: str
    platform: str


def stopper(at: datetime, alike: Sequence[Alike], place: Place, sameness: Sameness) -> Stopper | None:
    """Whether a clip may stand at `at` beside those of its family in the same language and platform; they are named."""
    own = [one for one in alike if one.channel == place.channel]
    facts = {"channel": place.name, "language": place.language, "platform": place.platform, "days": sameness.days}
    near, count = _crowd(at, own, sameness)
    if count > sameness.most_per_channel:
        sentence = _(
            "%(channel)s shows at most %(most)d clips that look and sound alike within %(days)d days; "
            "here it would be %(count)d, with %(others)s."
        )
        return Stopper(SAMENESS, sentence % (facts | _told(near, count, sameness.most_per_channel, place)))
    near, count = _crowd(at, alike, sameness)
    if count > sameness.most_per_language:
        sentence = _(
            "At most %(most)d clips that look and sound alike are shown in %(language)s on %(platform)s within "
            "%(days)d days; here it would be %(count)d, with %(others)s."
        )
        return Stopper(SAMENESS, sentence % (facts | _told(near, count, sameness.most_per_language, place)))
    return None


def _crowd(at: datetime, alike: Sequence[Alike], sameness: Sameness) -> tuple[list[Alike], int]:
    """Those near enough to count, the nearest first, and how many the fullest days hold with it."""
    span = timedelta(days=sameness.days)
    near = [one for one in alike if abs(one.at - at) < span]
    return sorted(near, key=lambda one: (abs(one.at - at), one.key)), fullest([one.at for one in near], at, span)


def _told(near: Sequence[Alike], count: int, most: int, place: Place) -> dict[str, object]:
    others = [f"{one.label} ({one.channel_name}, {face(one.at, place.zone)})" for one in near[:NAMED]]
    more = ["…"] if len(near) > NAMED else []
    return {"count": count, "most": most, "others": ", ".join([*others, *more])}
