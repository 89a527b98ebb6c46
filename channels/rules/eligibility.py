"""Whether an edition may run on a channel, and until when: the lawful part of planning."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from catalog.rules.words import ANY, Origin
from channels.rules import posting
from config.kernel import languages

LANGUAGE, RIGHTS, AGE, GENRE, TIER = "language", "rights", "age_rating", "genre", "tier"
ORIGIN, QC, AI, RETIRED, CHANNEL, LENGTH = "origin", "qc", "ai_disclosure", "retired", "channel", "length"


@dataclass(frozen=True)
class EditionFacts:
    """`synthetic_media` is None while nobody has answered whether viewers must be told of AI."""

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
    is_retired: bool = False


@dataclass(frozen=True)
class ChannelFacts:
    """`genres` empty: it takes every genre."""

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
    rule: str
    sentence: str


def stoppers(
    edition: EditionFacts, channel: ChannelFacts, rights: Sequence[RightsFacts], window: Window
) -> list[Stopper]:
    """Every rule that keeps this edition off this channel in this window; empty when it may run there."""
    checks = (_channel, _language, _rights, _age, _genre, _tier, _origin, _qc, _ai)
    found = (check(edition, channel, rights, window) for check in checks)
    return [Stopper(*stopper) for stopper in found if stopper]


_Found = tuple[str, str] | None


def _channel(edition: EditionFacts, channel: ChannelFacts, _rights: object, _window: object) -> _Found:
    if edition.is_retired:
        return RETIRED, _("The drama is retired.")
    return None if channel.is_active else (CHANNEL, _("%(channel)s is not active.") % {"channel": channel.name})


def _language(edition: EditionFacts, channel: ChannelFacts, _rights: object, _window: object) -> _Found:
    if languages.covers(edition.language, channel.language):
        return None
    return LANGUAGE, _("The edition is in %(have)s, %(channel)s speaks %(want)s.") % {
        "have": edition.language,
        "channel": channel.name,
        "want": channel.language,
    }


def _rights(edition: EditionFacts, channel: ChannelFacts, rights: Sequence[RightsFacts], window: Window) -> _Found:
    """Stopped only when no moment of the window is open everywhere; each clip's own moment is judged with its slot."""
    if open_spans(edition, channel, rights, window):
        return None
    missing = missing_countries(edition, channel, rights, window.starts_at) or list(channel.countries)
    opens = [one.opens_at for one in rights if one.opens_at >= window.ends_at and _fits(one, edition, channel)]
    if opens:
        return RIGHTS, _("Rights for %(countries)s open on %(day)s.") % {
            "countries": ", ".join(missing),
            "day": f"{min(opens):%Y-%m-%d}",
        }
    return RIGHTS, _("No open rights for %(countries)s on %(platform)s in %(language)s.") % {
        "countries": ", ".join(missing),
        "platform": channel.platform,
        "language": edition.language,
    }


def _age(edition: EditionFacts, channel: ChannelFacts, _rights: object, _window: object) -> _Found:
    if edition.age_rating <= channel.most_age_rating:
        return None
    return AGE, _("Rated %(have)d+, %(channel)s takes up to %(most)d+.") % {
        "have": edition.age_rating,
        "channel": channel.name,
        "most": channel.most_age_rating,
    }


def _genre(edition: EditionFacts, channel: ChannelFacts, _rights: object, _window: object) -> _Found:
    if not channel.genres or edition.genres & channel.genres:
        return None
    return GENRE, _("Its genres (%(have)s) are not in the niche of %(channel)s (%(want)s).") % {
        "have": ", ".join(sorted(edition.genres)) or "–",
        "channel": channel.name,
        "want": ", ".join(sorted(channel.genres)),
    }


def _tier(edition: EditionFacts, channel: ChannelFacts, _rights: object, _window: object) -> _Found:
    if edition.tier in channel.tiers:
        return None
    return TIER, _("Tier %(have)s, %(channel)s takes %(want)s.") % {
        "have": edition.tier,
        "channel": channel.name,
        "want": ", ".join(sorted(channel.tiers)),
    }


def _origin(edition: EditionFacts, channel: ChannelFacts, _rights: object, _window: object) -> _Found:
    if edition.origin != Origin.AI or channel.takes_ai:
        return None
    return ORIGIN, _("It is AI-generated, and %(channel)s takes none.") % {"channel": channel.name}


def _qc(edition: EditionFacts, _channel: object, _rights: object, _window: object) -> _Found:
    return None if edition.is_releasable else (QC, _("No version of it has passed QC."))


def _ai(edition: EditionFacts, _channel: object, _rights: object, _window: object) -> _Found:
    if edition.synthetic_media is not None:
        return None
    return AI, _("Nobody has answered whether viewers must be told of AI content.")


# --- rights through time


def _fits(window: RightsFacts, edition: EditionFacts, channel: ChannelFacts) -> bool:
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
        if one.opens_at <= moment and (one.closes_at is None or moment < one.closes_at) and _fits(one, edition, channel)
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
            and _fits(one, edition, channel)
            and (ANY in one.territories or country in one.territories)
        ]
        if here and None not in here:
            ends.append(max(end for end in here if end))
    return min(ends, default=None)


def length_stopper(duration_ms: int, channel: ChannelFacts) -> Stopper | None:
    most = posting.most_ms(channel.platform, may_be_long=channel.may_be_long)
    if duration_ms <= most:
        return None
    return Stopper(
        LENGTH,
        _("The clip has %(have)d s, %(channel)s may post %(most)d s.")
        % {"have": round(duration_ms / 1000), "channel": channel.name, "most": most // 1000},
    )


def no_channel(edition: EditionFacts) -> str:
    return _("No channel of this plan speaks %(language)s.") % {"language": edition.language}
