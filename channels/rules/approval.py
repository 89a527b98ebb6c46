"""How many people must say yes to a publication, whose yes counts, and what becomes of it when the thing changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import TextChoices
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from catalog.rules.words import Tier
from channels.rules import posting
from channels.rules.publication import Status

NEEDED: Mapping[str, int] = {Tier.S: 2, Tier.A: 1, Tier.B: 1, Tier.C: 1}
"""So many different people, none of them the author, say yes to a title of this tier."""


class Answer(TextChoices):
    """What a person's yes to one publication came to."""

    APPROVED = "approved", _("approved")
    WAITS = "waits", _("waits for another person")
    OWN = "own", _("your own work")
    SAID = "said", _("approved by you before")
    LATE = "late", _("its time has passed")
    HELD = "held", _("held")
    ELSEWHERE = "elsewhere", _("no longer proposed")


COUNTED = frozenset({Answer.APPROVED, Answer.WAITS})
"""The yes was taken down."""

REFUSALS: Mapping[Answer, Callable[[], str]] = {
    Answer.OWN: lambda: _t("This is your own work; another person has to approve it."),
    Answer.SAID: lambda: _t("You approved this already; it waits for another person."),
    Answer.LATE: lambda: _t("It was due at %(due)s UTC; move it first."),
    Answer.HELD: lambda: _t("It is held; lift the hold first."),
    Answer.ELSEWHERE: lambda: _t("It stands at “%(status)s”, where nothing is approved."),
}


@dataclass(frozen=True)
class Substance:
    """What people say yes to: this clip, on this day of the channel, under these words."""

    clip: int
    day: date
    title: str
    description: str
    tags: tuple[str, ...]

    @property
    def parts(self) -> tuple[tuple[str, object], ...]:
        """What one person may have brought about while others stand by the rest."""
        return ("clip", self.clip), ("day", self.day), ("words", (self.title, self.description, self.tags))


@dataclass(frozen=True)
class Version:
    """One former state of a publication, and the person who brought it about; None for the product itself."""

    by: int | None
    substance: Substance


@dataclass(frozen=True)
class Candidate:
    """A publication that somebody is asked to approve."""

    key: int
    status: str
    tier: str
    due_at: datetime
    late_minutes: int
    is_held: bool
    authors: frozenset[int] = frozenset()
    said: frozenset[int] = frozenset()
    asked: int = 0
    """People that a policy pack asks for."""


@dataclass(frozen=True)
class Yes:
    who: int
    name: str
    at: datetime


@dataclass(frozen=True)
class Standing:
    """Who has said yes to a publication so far, and how many people its tier and the packs in force need now."""

    need: int
    people: tuple[Yes, ...] = ()

    @property
    def have(self) -> int:
        return len({one.who for one in self.people})

    @property
    def is_enough(self) -> bool:
        return self.have >= self.need

    @property
    def sentence(self) -> str:
        """“1 of 2: Ana, 2026-03-02 14:02 UTC”; in the reader's language."""
        names = "; ".join(f"{one.name}, {one.at:%Y-%m-%d %H:%M} UTC" for one in self.people)
        count = _t("%(have)d of %(need)d") % {"have": self.have, "need": self.need}
        return f"{count}: {names}" if names else count


def needed(tier: str, *, asked: int = 0) -> int:
    """A tier that the table does not know needs as many as the highest; `asked`, by a policy pack, may be more."""
    return max(NEEDED.get(tier, max(NEEDED.values())), asked)


def answer(candidate: Candidate, *, by: int, now: datetime) -> Answer:
    """What this person's yes comes to. Somebody who said yes already is no second person."""
    if candidate.status != Status.PROPOSED:
        return Answer.ELSEWHERE
    if candidate.is_held:
        return Answer.HELD
    if posting.is_too_late(candidate.due_at, now=now, late_minutes=candidate.late_minutes):
        return Answer.LATE
    if by in candidate.authors:
        return Answer.OWN
    need = needed(candidate.tier, asked=candidate.asked)
    if by in candidate.said and len(candidate.said) < need:
        return Answer.SAID
    return Answer.APPROVED if len(candidate.said | {by}) >= need else Answer.WAITS


def authors(versions: Iterable[Version]) -> frozenset[int]:
    """Who first brought about the clip, the day and the words as they stand now; `versions` oldest first.

    Each of the three has an author of its own: who moves a publication does not make its words his, and does not make
    them anybody's either. Putting one of them back to what was proposed before makes it its first author's again: an
    undo is nobody's work.
    """
    first: dict[tuple[str, object], int | None] = {}
    current: tuple[tuple[str, object], ...] = ()
    for one in versions:
        current = one.substance.parts
        for part in current:
            first.setdefault(part, one.by)
    return frozenset(person for person in (first[part] for part in current) if person is not None)
