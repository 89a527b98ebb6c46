"""Which complaints speak of one defect. All of them are about one edition version and of one class.

Complaints that name moments within five seconds of each other speak of one place. Complaints without a
moment go with the best-evidenced ticket. A first ticket needs three viewers; a further place needs two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

NEAR_MS = 5_000
AUTHORS_TO_OPEN = 3
AUTHORS_FOR_A_PLACE = 2


@dataclass(frozen=True)
class Said:
    """One complaint. `home` is the ticket under which it already stands, for want of a better one."""

    key: int
    author: str
    episode: int | None = None
    at_ms: int | None = None
    home: int | None = None


@dataclass(frozen=True)
class Stretch:
    """A place: from where to where in one episode."""

    episode: int
    from_ms: int
    to_ms: int

    def is_near(self, other: Stretch) -> bool:
        return (
            self.episode == other.episode
            and other.from_ms <= self.to_ms + NEAR_MS
            and self.from_ms <= other.to_ms + NEAR_MS
        )

    def joined(self, other: Stretch) -> Stretch:
        return Stretch(self.episode, min(self.from_ms, other.from_ms), max(self.to_ms, other.to_ms))


@dataclass(frozen=True)
class Standing:
    """A ticket that may be joined; `place` None when it names none, `episode` when it names only that."""

    key: int
    place: Stretch | None
    weight: int
    episode: int | None = None


@dataclass(frozen=True)
class Group:
    """What is to stand together: under the ticket `ticket`, or under a new one when that is None."""

    ticket: int | None
    place: Stretch | None
    said: tuple[Said, ...] = ()
    weight: int = 0
    episode: int | None = None

    @property
    def size(self) -> int:
        return self.weight + len(self.said)

    def taking(self, said: Sequence[Said], place: Stretch | None = None) -> Group:
        joined = self.place.joined(place) if self.place and place else self.place or place
        return replace(self, said=(*self.said, *said), place=joined)


def arrange(said: Sequence[Said], standing: Sequence[Standing]) -> list[Group]:
    """Who joins which ticket and which tickets open. Nothing for complaints that are still too few.

    Complaints that stay where they already stand are not named again.
    """
    fresh = [one for one in said if one.home is None]
    if not standing and authors(fresh) < AUTHORS_TO_OPEN:
        return []
    groups = [Group(one.key, one.place, weight=one.weight, episode=one.episode) for one in standing]
    placed, rest = _by_place(said, groups)
    return [group for group in _with_the_rest(rest, placed) if group.said]


def authors(said: Iterable[Said]) -> int:
    return len({one.author for one in said})


def ranges(said: Iterable[Said]) -> list[tuple[Stretch, list[Said]]]:
    """The moments named, those within five seconds of the next chained into one range; the most viewers first."""
    found: list[tuple[Stretch, list[Said]]] = []
    for one in sorted((one for one in said if one.at_ms is not None), key=_moment):
        here = Stretch(one.episode or 0, one.at_ms or 0, one.at_ms or 0)
        if found and found[-1][0].is_near(here):
            found[-1] = (found[-1][0].joined(here), [*found[-1][1], one])
        else:
            found.append((here, [one]))
    return sorted(found, key=lambda pair: -authors(pair[1]))


def _moment(one: Said) -> tuple[int, int, int]:
    return one.episode or 0, one.at_ms or 0, one.key


def _by_place(said: Sequence[Said], groups: list[Group]) -> tuple[list[Group], list[Said]]:
    """The groups with those complaints that name a place of theirs, and the complaints left over."""
    named = ranges(said)
    rest = [one for one in said if one.at_ms is None]
    for place, members in named:
        target = _taker(groups, place, members, is_only=len(named) == 1)
        if target is None:
            rest.extend(members)
        elif target < len(groups):
            groups[target] = groups[target].taking(members, place)
        else:
            groups.append(Group(None, place, tuple(members)))
    return groups, rest


def _taker(groups: Sequence[Group], place: Stretch, members: Sequence[Said], *, is_only: bool) -> int | None:
    """The group that takes these members: a near one, one that has no place yet, a new one, or none."""
    for number, group in enumerate(groups):
        if group.place and group.place.is_near(place):
            return number
    if authors(members) < AUTHORS_FOR_A_PLACE and not (is_only and not groups):
        return None
    for number, group in enumerate(groups):
        if group.place is None and group.episode in {None, place.episode}:
            return number
    return len(groups)


def _with_the_rest(rest: Sequence[Said], groups: list[Group]) -> list[Group]:
    """What names no place of its own goes to the ticket of its episode, else to the best-evidenced one."""
    homeless = [one for one in rest if one.home is None]
    if homeless and not groups:
        return [Group(None, None, tuple(homeless))]
    sizes = Counter({number: group.size for number, group in enumerate(groups)})
    for one in homeless:
        same = [number for number in sizes if one.episode and _episode(groups[number]) == one.episode]
        number = max(same or sizes, key=lambda number: (sizes[number], -number))
        groups[number] = groups[number].taking([one])
    return groups


def _episode(group: Group) -> int | None:
    return group.place.episode if group.place else group.episode
