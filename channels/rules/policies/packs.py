"""A policy pack as a value: read from what was entered, with a sentence for everything that does not fit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from channels.rules.policies.kinds import KINDS, Kind
from channels.rules.policies.words import Severity
from config.kernel import languages

CODE = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
OWN = ("code", "kind", "severity", "starts_on", "ends_on", "why")
MOST_RULES = 60


@dataclass(frozen=True)
class Fault:
    """What is wrong with which field of which rule; `rule` counts from 0, `field` '' means the rule as a whole."""

    rule: int
    name: str
    field: str
    sentence: str

    def __str__(self) -> str:
        facts = {"n": self.rule + 1, "name": self.name or "–", "field": self.field, "sentence": self.sentence}
        if not self.field:
            return _("Rule %(n)d (%(name)s): %(sentence)s") % facts
        return _("Rule %(n)d (%(name)s), %(field)s: %(sentence)s") % facts


@dataclass(frozen=True)
class Rule:
    """`params` are as they were entered and checked; `ready` is what the kind made of them."""

    code: str
    kind: Kind
    severity: Severity
    params: Mapping[str, Any]
    ready: Mapping[str, Any]
    starts_on: date | None = None
    ends_on: date | None = None
    why: str = ""

    def is_in_force(self, day: date) -> bool:
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class Pack:
    """`countries` and `languages` empty: everywhere, every language. `ends_on` is its last day."""

    code: str
    version: int
    platform: str
    countries: tuple[str, ...]
    languages: tuple[str, ...]
    starts_on: date
    ends_on: date | None
    rules: tuple[Rule, ...] = field(repr=False)

    @property
    def label(self) -> str:
        return f"{self.code} v{self.version}"

    def concerns(self, platform: str, language: str, countries: Sequence[str]) -> bool:
        """A market's pack concerns a channel that shows in one of its countries and speaks one of its languages."""
        return (
            self.platform in ("", platform)
            and (not self.countries or not set(self.countries).isdisjoint(countries))
            and (not self.languages or any(languages.covers(tag, language) for tag in self.languages))
        )

    def is_in_force(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


def faults(entered: Any) -> list[Fault]:
    """Everything that is wrong with these rules; empty when they can be used."""
    if not isinstance(entered, list) or not entered:
        return [Fault(0, "", "", _("A pack without rules asks nothing."))]
    if len(entered) > MOST_RULES:
        return [Fault(0, "", "", _("More than %(most)d rules in one pack.") % {"most": MOST_RULES})]
    found: list[Fault] = []
    seen: set[str] = set()
    for number, one in enumerate(entered):
        found += _faults_of(number, one, seen)
    return found


def read(entered: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """The rules as values. They have been checked: whatever `faults` names raises ValueError here."""
    wrong = faults(list(entered))
    if wrong:
        raise ValueError(str(wrong[0]))
    return tuple(_rule(one) for one in entered)


def _faults_of(number: int, one: Any, seen: set[str]) -> list[Fault]:
    if not isinstance(one, Mapping):
        return [Fault(number, "", "", _("It is no rule."))]
    code = str(one.get("code", ""))
    kind = KINDS.get(str(one.get("kind", "")))

    def fault(where: str, sentence: str) -> Fault:
        return Fault(number, code, where, sentence)

    if kind is None:
        return [fault("kind", _("“%(kind)s” is none of these: %(known)s.") % _known(one.get("kind"), KINDS))]
    found = [fault(where, sentence) for where, sentence in _frame_faults(one, code, seen)]
    unknown = sorted(set(one) - set(OWN) - {param.name for param in kind.params})
    found += [fault(name, _("This kind of rule has no such field.")) for name in unknown]
    wrong = [(param.name, said) for param in kind.params if (said := param.read(one.get(param.name))[1])]
    found += [fault(name, said) for name, said in wrong]
    between = kind.check(_params(kind, one)) if not wrong else ""
    return [*found, fault("", between)] if between else found


def _frame_faults(one: Mapping[str, Any], code: str, seen: set[str]) -> list[tuple[str, str]]:
    """What is wrong with what every rule has: its name, its severity, its days."""
    found: list[tuple[str, str]] = []
    if not CODE.match(code):
        found.append(("code", _("A name has small letters, digits and _, such as no_gambling.")))
    elif code in seen:
        found.append(("code", _("Another rule of this pack has that name.")))
    seen.add(code)
    if one.get("severity", Severity.HOLD) not in Severity.values:
        found.append(
            ("severity", _("“%(kind)s” is none of these: %(known)s.") % _known(one["severity"], Severity.values))
        )
    days = {name: _day(one.get(name)) for name in ("starts_on", "ends_on")}
    found += [(name, _("This is not a day, such as 2026-07-15.")) for name, day in days.items() if day is False]
    start, end = days["starts_on"], days["ends_on"]
    if isinstance(start, date) and isinstance(end, date) and end < start:
        found.append(("ends_on", _("It ends before it starts.")))
    return found


def _known(entered: Any, known: Any) -> dict[str, str]:
    return {"kind": str(entered if entered is not None else ""), "known": ", ".join(known)}


def _day(value: Any) -> date | bool | None:
    """None: none was given. False: it is no day."""
    if value in (None, ""):
        return None
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return False


def _params(kind: Kind, one: Mapping[str, Any]) -> dict[str, Any]:
    return {param.name: param.read(one.get(param.name))[0] for param in kind.params}


def _rule(one: Mapping[str, Any]) -> Rule:
    kind = KINDS[str(one["kind"])]
    params = _params(kind, one)
    starts_on, ends_on = _day(one.get("starts_on")), _day(one.get("ends_on"))
    return Rule(
        code=str(one["code"]),
        kind=kind,
        severity=Severity(one.get("severity", Severity.HOLD)),
        params=params,
        ready=kind.prepare(params),
        starts_on=starts_on if isinstance(starts_on, date) else None,
        ends_on=ends_on if isinstance(ends_on, date) else None,
        why=str(one.get("why", "")),
    )
