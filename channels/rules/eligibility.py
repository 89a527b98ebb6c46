"""Whether an edition may run on a channel, and until when: the lawful part of planning.

The rule of rights: every country of the channel must be inside an open window for the platform and the language at the
very moment of a slot. Each clip, through the last planned day, stands in a slot that is open (`open_spans`). A new run
is not started where the rights close within the planned days before all of it could go out (`closing`); one that goes
on already continues until they close.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.rules.words import ANY, Origin
from channels.rules import posting, reasons
from config.kernel import languages

LANGUAGE, RIGHTS, AGE, GENRE, TIER = "language", "rights", "age_rating", "genre", "tier"
ORIGIN, QC, AI, RETIRED, CHANNEL, LENGTH = "origin", "qc", "ai_disclosure", "retired", "channel", "length"
KIDS = "made_for_kids"
SIZE, SHAPE = "size", "shape"


@dataclass(frozen=True)
class EditionFacts:
    """`synthetic_media` is None while nobody has answered whether viewers must be told of AI, `made_for_kids` while
    nobody has answered whether children are its audience.
    """

    key: int
    drama: int
    name: str
    language: str
    tier: str
    age_rating: int
    origin: str
    genres: frozenset[str]
    is_releasable: bool
    synthetic_media: bool | None
    made_for_kids: bool | None = False
    is_retired: bool = False
    since: datetime | None = None


@dataclass(frozen=True)
class ChannelFacts:
    """`genres` empty: it takes every genre. `also_takes`: languages it shows besides its own, named one by one."""

    key: int
    name: str
    platform: str
    language: str
    countries: tuple[str, ...]
    genres: frozenset[str]
    tiers: frozenset[str]
    most_age_rating: int
    takes_ai: bool
    is_active: bool = True
    may_be_long: bool = False
    also_takes: tuple[str, ...] = ()
    audience: str = ""


@dataclass(frozen=True)
class ClipFacts:
    """A clip's file as values; all 0 while it is not cut."""

    duration_ms: int = 0
    size_bytes: int = 0
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class RightsFacts:
    """One rights window as values. `closes_at` None: it never closes."""

    territories: frozenset[str]
    platforms: frozenset[str]
    languages: frozenset[str]
    opens_at: datetime
    closes_at: datetime | None


@dataclass(frozen=True)
class Window:
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Stopper:
    """The rule that stops, and what its sentence needs; the facts carry the sentence's code. Or the sentence itself."""

    rule: str
    facts: Mapping[str, Any] | str

    @property
    def reason(self) -> Mapping[str, Any]:
        return reasons.plain(self.facts) if isinstance(self.facts, str) else self.facts

    @property
    def sentence(self) -> str:
        """In the reader's language."""
        return reasons.sentence(self.facts)


def _stopper(rule: str, **given: Any) -> Stopper:
    return Stopper(rule, {"code": rule} | given)


def stoppers(
    edition: EditionFacts, channel: ChannelFacts, rights: Sequence[RightsFacts], window: Window
) -> list[Stopper]:
    """Every rule that keeps this edition off this channel in this window; empty when it may run there."""
    shut = rights_stopper(edition, channel, rights, window)
    return [shut, *lasting_stoppers(edition, channel)] if shut else lasting_stoppers(edition, channel)


def lasting_stoppers(edition: EditionFacts, channel: ChannelFacts) -> list[Stopper]:
    """The rules that keep it off the channel at any time; its rights are another question."""
    found = (check(edition, channel) for check in LASTING.values())
    return [stopper for stopper in found if stopper]


# --- rules that no time changes


def _retired(edition: EditionFacts, channel: ChannelFacts) -> Stopper | None:
    return _stopper(RETIRED) if edition.is_retired else None


def _channel(edition: EditionFacts, channel: ChannelFacts) -> Stopper | None:
    return None if channel.is_active else _stopper(CHANNEL, channel=channel.name)


def speaks(channel: ChannelFacts, language: str) -> bool:
    """Whether the channel takes editions in this language: what its own language covers, and what it names besides.

    Another script of the same language it never takes, named or not: its audience cannot read it.
    """
    if languages.covers(language, channel.language):
        return True
    return language in channel.also_takes and not languages.differs_in_script_alone(language, channel.language)


def _language(edition: EditionFacts, channel: ChannelFacts) -> Stopper | None:
    if speaks(channel, edition.language):
        return None
    return _stopper(LANGUAGE, have=edition.language, channel=channel.name, want=[channel.language, *channel.also_takes])


def _age(edition: EditionFacts, channel: ChannelFacts) -> Stopper | None:
    if edition.age_rating <= channel.most_age_rating:
        return None
    return _stopper(AGE, have=edition.age_rating, channel=channel.name, most=channel.most_age_rating)


def _genre(edition: EditionFacts, channel: ChannelFacts) -> Stopper | None:
    if not channel.genres or edition.genres & channel.genres:
        return None
    return _stopper(GENRE, have=sorted(edition.genres), channel=channel.name, want=sorted(channel.genres))


def _tier(edition: EditionFacts, channel: ChannelFacts) -> Stopper | None:
    if edition.tier in channel.tiers:
        return None
    return _stopper(TIER, have=edition.tier, channel=channel.name, want=sorted(channel.tiers))


def _origin(edition: EditionFacts, channel: ChannelFacts) -> Stopper | None:
    if edition.origin != Origin.AI or channel.takes_ai:
        return None
    return _stopper(ORIGIN, channel=channel.name)


def _qc(edition: EditionFacts, channel: ChannelFacts) -> Stopper | None:
    return None if edition.is_releasable else _stopper(QC)


def _ai(edition: EditionFacts, channel: ChannelFacts) -> Stopper | None:
    return None if edition.synthetic_media is not None else _stopper(AI)


def _kids(edition: EditionFacts, channel: ChannelFacts) -> Stopper | None:
    return None if edition.made_for_kids is not None else _stopper(KIDS)


Check = Callable[[EditionFacts, ChannelFacts], Stopper | None]
LASTING: Mapping[str, Check] = {
    RETIRED: _retired,
    CHANNEL: _channel,
    LANGUAGE: _language,
    AGE: _age,
    GENRE: _genre,
    TIER: _tier,
    ORIGIN: _origin,
    QC: _qc,
    AI: _ai,
    KIDS: _kids,
}
LOOKS_AT: Mapping[str, Callable[[EditionFacts], Any]] = {
    RETIRED: lambda edition: edition.is_retired,
    CHANNEL: lambda edition: None,
    LANGUAGE: lambda edition: edition.language,
    AGE: lambda edition: edition.age_rating,
    GENRE: lambda edition: edition.genres,
    TIER: lambda edition: edition.tier,
    ORIGIN: lambda edition: edition.origin,
    QC: lambda edition: edition.is_releasable,
    AI: lambda edition: edition.synthetic_media is None,
    KIDS: lambda edition: edition.made_for_kids is None,
}
"""What of the edition each lasting rule asks about: editions alike in that are judged alike, and once."""


# --- rights through time


def rights_stopper(
    edition: EditionFacts, channel: ChannelFacts, rights: Sequence[RightsFacts], window: Window
) -> Stopper | None:
    """Stopped only when no moment of the window is open everywhere; each clip's own moment is judged with its slot."""
    if open_spans(edition, channel, rights, window):
        return None
    missing = missing_countries(edition, channel, rights, window.starts_at) or list(channel.countries)
    where = {"countries": missing, "platform": channel.platform, "language": edition.language, "channel": channel.name}
    later = [one.opens_at for one in rights if one.opens_at >= window.ends_at and fits(one, edition, channel)]
    opens_at = next((at for at in sorted(later) if not missing_countries(edition, channel, rights, at)), None)
    if opens_at:
        return _stopper(RIGHTS, code="rights_open_later", opens_on=f"{opens_at:%Y-%m-%d}", **where)
    return _stopper(RIGHTS, **where)


def fits(window: RightsFacts, edition: EditionFacts, channel: ChannelFacts) -> bool:
    """Whether this window speaks of the platform and the language, whatever the time and the country."""
    on_platform = ANY in window.platforms or channel.platform in window.platforms
    in_language = ANY in window.languages or any(
        tag == edition.language or languages.covers(tag, edition.language) for tag in window.languages
    )
    return on_platform and in_language


def missing_countries(
    edition: EditionFacts, channel: ChannelFacts, rights: Sequence[RightsFacts], moment: datetime
) -> list[str]:
    """The channel's countries in which the edition may not be shown at this moment."""
    here = [
        one
        for one in rights
        if one.opens_at <= moment and (one.closes_at is None or moment < one.closes_at) and fits(one, edition, channel)
    ]
    return [
        country
        for country in channel.countries
        if not any(ANY in one.territories or country in one.territories for one in here)
    ]


def open_spans(
    edition: EditionFacts, channel: ChannelFacts, rights: Sequence[RightsFacts], window: Window
) -> tuple[Window, ...]:
    """The stretches of the window in which every country of the channel is open, in order."""
    edges = {window.starts_at, window.ends_at}
    for one in rights:
        edges |= {edge for edge in (one.opens_at, one.closes_at) if edge and window.starts_at < edge < window.ends_at}
    steps = sorted(edges)
    spans: list[Window] = []
    for start, end in itertools.pairwise(steps):
        if missing_countries(edition, channel, rights, start):
            continue
        if spans and spans[-1].ends_at == start:
            spans[-1] = Window(spans[-1].starts_at, end)
        else:
            spans.append(Window(start, end))
    return tuple(spans)


def closes_at(
    edition: EditionFacts, channel: ChannelFacts, rights: Sequence[RightsFacts], moment: datetime
) -> datetime | None:
    """When the first of the channel's countries closes, seen from `moment`; None when none does."""
    ends: list[datetime] = []
    for country in channel.countries:
        here = [
            one.closes_at
            for one in rights
            if one.opens_at <= moment
            and (one.closes_at is None or moment < one.closes_at)
            and fits(one, edition, channel)
            and (ANY in one.territories or country in one.territories)
        ]
        if here and None not in here:
            ends.append(max(end for end in here if end))
    return min(ends, default=None)


# --- the clip's own file


def clip_stoppers(clip: ClipFacts, channel: ChannelFacts) -> list[Stopper]:
    """What of the clip's file the platform or the account does not take; nothing is said of a clip not yet cut."""
    found = (length_stopper(clip.duration_ms, channel), _size(clip, channel), _shape(clip, channel))
    return [stopper for stopper in found if stopper]


def length_stopper(duration_ms: int, channel: ChannelFacts) -> Stopper | None:
    most = posting.most_ms(channel.platform, may_be_long=channel.may_be_long)
    if duration_ms <= most:
        return None
    could = duration_ms <= posting.POSTING[channel.platform].long_ms
    code = "length_unverified" if could else LENGTH
    return _stopper(LENGTH, code=code, have=round(duration_ms / 1000), channel=channel.name, most=most // 1000)


def _size(clip: ClipFacts, channel: ChannelFacts) -> Stopper | None:
    most = posting.POSTING[channel.platform].most_bytes
    if clip.size_bytes <= most:
        return None
    return _stopper(SIZE, have=clip.size_bytes // 10**6, platform=channel.platform, most=most // 10**6)


def _shape(clip: ClipFacts, channel: ChannelFacts) -> Stopper | None:
    way = posting.POSTING[channel.platform]
    short, long = sorted((clip.width, clip.height))
    if not short or (short >= way.least_side and (way.most_side is None or long <= way.most_side)):
        return None
    have = {"width": clip.width, "height": clip.height, "platform": channel.platform}
    return _stopper(SHAPE, least=way.least_side, most=way.most_side, **have)


def no_channel(edition: EditionFacts) -> Stopper:
    return _stopper(LANGUAGE, code="nobody_speaks_it", language=edition.language)
