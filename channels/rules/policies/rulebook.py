"""All packs in force, ready to judge many uploads quickly; and the limits that a planner has to keep by them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from channels.rules.planner.problem import Sameness
from channels.rules.policies.around import Around
from channels.rules.policies.items import Finding, Item, Verdict
from channels.rules.policies.packs import Pack, Rule
from channels.rules.policies.words import KindName, Severity


@dataclass(frozen=True)
class Caps:
    """What the packs allow a channel. None: they say nothing of it. `most_per_day` means any 24 hours.

    `sameness` None: no pack limits look-alikes there.
    """

    sameness: Sameness | None = None
    most_per_day: int | None = None
    most_per_hour: int | None = None
    gap: timedelta = timedelta(0)

    @property
    def limits_pace(self) -> bool:
        return bool(self.gap) or self.most_per_day is not None or self.most_per_hour is not None


@dataclass(frozen=True)
class _Asked:
    """One rule of a pack with what judging needs of it, looked up once."""

    name: str
    pack: str
    warns: bool
    judge: Callable[[Item, Mapping[str, Any], Around], Finding]
    ready: Mapping[str, Any]


def _asked(pack: Pack, rule: Rule) -> _Asked:
    name = f"{pack.code}.{rule.code}"
    return _Asked(name, pack.label, rule.severity == Severity.WARN, rule.kind.judge, rule.ready)


class Rulebook:
    """Packs with the days on which they are in force. It keeps what it has looked up, so use one for many uploads."""

    def __init__(self, packs: Iterable[Pack] = ()) -> None:
        self.packs = tuple(sorted(packs, key=lambda pack: (pack.code, pack.version)))
        self._found: dict[tuple[str, str, tuple[str, ...], date], tuple[_Asked, ...]] = {}
        self._concerned: dict[tuple[str, str, tuple[str, ...]], tuple[Pack, ...]] = {}

    @property
    def needs_others(self) -> bool:
        return any(rule.kind.needs_others for pack in self.packs for rule in pack.rules)

    def farthest(self, *kinds: str) -> timedelta:
        """How far from an upload another one may stand and still matter to a rule of these kinds."""
        rules = (rule for pack in self.packs for rule in pack.rules if rule.kind.name in kinds)
        return timedelta(days=max((rule.params.get("days") or 1 for rule in rules), default=0) + 1)

    def judge(self, item: Item, around: Around) -> list[Verdict]:
        """How each rule comes out that is in force on the item's day, pack by pack."""
        found = []
        for asked in self._asked_of(item.platform, item.language, item.countries, item.day):
            came = asked.judge(item, asked.ready, around)
            found.append(Verdict(asked.name, asked.pack, came.passed, asked.warns, came.reason))
        return found

    @property
    def asks_people(self) -> bool:
        return any(rule.kind.name == KindName.REVIEW for pack in self.packs for rule in pack.rules)

    def people(self, item: Item) -> int:
        """The most people whose yes a rule in force on the item's day demands; 0 without one. A warning is none."""
        alone = replace(item, people=0)
        return max(
            (
                rule.params["people"]
                for pack in self._packs(item.platform, item.language, item.countries)
                if pack.is_in_force(item.day)
                for rule in pack.rules
                if rule.kind.name == KindName.REVIEW and rule.severity == Severity.HOLD
                if rule.is_in_force(item.day) and not rule.kind.judge(alone, rule.ready, Around()).passed
            ),
            default=0,
        )

    def caps(self, *, platform: str, language: str, countries: Sequence[str], first: date, last: date) -> Caps:
        """The strictest that any day from `first` to `last` asks of such a channel; what only warns does not count."""
        caps = Caps()
        for _pack, rule in self._between(platform, language, countries, first=first, last=last):
            if rule.severity == Severity.HOLD:
                caps = _stricter(caps, rule)
        return caps

    def _asked_of(self, platform: str, language: str, countries: tuple[str, ...], day: date) -> tuple[_Asked, ...]:
        key = (platform, language, countries, day)
        known = self._found.get(key)
        if known is None:
            packs = (pack for pack in self._packs(platform, language, countries) if pack.is_in_force(day))
            known = tuple(_asked(pack, rule) for pack in packs for rule in pack.rules if rule.is_in_force(day))
            self._found[key] = known
        return known

    def _packs(self, platform: str, language: str, countries: tuple[str, ...]) -> tuple[Pack, ...]:
        key = (platform, language, countries)
        if key not in self._concerned:
            self._concerned[key] = tuple(pack for pack in self.packs if pack.concerns(platform, language, countries))
        return self._concerned[key]

    def _between(
        self, platform: str, language: str, countries: Sequence[str], *, first: date, last: date
    ) -> Iterator[tuple[Pack, Rule]]:
        for pack in self._packs(platform, language, tuple(countries)):
            if _overlaps(pack.starts_on, pack.ends_on, first, last):
                for rule in pack.rules:
                    if _overlaps(rule.starts_on, rule.ends_on, first, last):
                        yield pack, rule


def _overlaps(starts_on: date | None, ends_on: date | None, first: date, last: date) -> bool:
    return (starts_on is None or starts_on <= last) and (ends_on is None or first <= ends_on)


def _stricter(caps: Caps, rule: Rule) -> Caps:
    told = rule.params
    if rule.kind.name == KindName.SAMENESS:
        return replace(caps, sameness=_narrower(caps.sameness, rule))
    if rule.kind.name == KindName.CADENCE:
        return replace(
            caps,
            most_per_day=_least(caps.most_per_day, told["most_per_day"]),
            most_per_hour=_least(caps.most_per_hour, told["most_per_hour"]),
            gap=max(caps.gap, timedelta(minutes=told["gap_minutes"] or 0)),
        )
    return caps


UNLIMITED = 1_000_000


def _narrower(known: Sameness | None, rule: Rule) -> Sameness:
    told = rule.params
    asked = Sameness(
        days=told["days"],
        most_per_language=told["most_per_language"] or UNLIMITED,
        most_per_channel=told["most_per_channel"] or UNLIMITED,
    )
    return asked if known is None else both(known, asked)


def both(one: Sameness, other: Sameness) -> Sameness:
    """Limits that keep both."""
    return Sameness(
        days=max(one.days, other.days),
        most_per_language=min(one.most_per_language, other.most_per_language),
        most_per_channel=min(one.most_per_channel, other.most_per_channel),
    )


def _least(one: int | None, other: int | None) -> int | None:
    return min((value for value in (one, other) if value is not None), default=None)
