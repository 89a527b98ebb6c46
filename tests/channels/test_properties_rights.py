"""When rights are open, against a judge who looks at one moment after the other."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from channels.rules import eligibility
from channels.rules.eligibility import ChannelFacts, EditionFacts, RightsFacts, Window
from tests.channels.properties import HOUR, STABLE, START
from tests.checker import tags

WINDOW = Window(START, START + 48 * HOUR)
COUNTRIES, PLATFORMS = ("MX", "CO", "ES"), ("youtube", "tiktok")
TAGS = ("es", "es-419", "es-MX", "pt-BR", "zh-Hans", "zh-Hant", "zh")
any_or = lambda values: st.one_of(st.just({"*"}), st.sets(st.sampled_from(values), min_size=1))  # noqa: E731
hours = st.integers(-12, 60)


@st.composite
def windows(draw):
    opens = draw(hours)
    closes = draw(st.one_of(st.none(), st.integers(1, 40)))
    return RightsFacts(
        frozenset(draw(any_or(COUNTRIES))),
        frozenset(draw(any_or(PLATFORMS))),
        frozenset(draw(any_or(TAGS))),
        START + opens * HOUR,
        None if closes is None else START + (opens + closes) * HOUR,
    )


editions = st.builds(
    EditionFacts,
    key=st.just(1),
    drama=st.just(1),
    name=st.just("edition"),
    language=st.sampled_from(TAGS),
    tier=st.sampled_from("SABC"),
    age_rating=st.sampled_from((0, 12, 18)),
    origin=st.sampled_from(("live", "ai")),
    genres=st.frozensets(st.sampled_from(("romance", "crime")), min_size=1),
    is_releasable=st.booleans(),
    synthetic_media=st.sampled_from((None, True, False)),
    is_retired=st.booleans(),
)
channels = st.builds(
    ChannelFacts,
    key=st.just(1),
    name=st.just("channel"),
    platform=st.sampled_from(PLATFORMS),
    language=st.sampled_from(TAGS),
    countries=st.lists(st.sampled_from(COUNTRIES), min_size=1, unique=True).map(tuple),
    genres=st.frozensets(st.sampled_from(("romance", "crime"))),
    tiers=st.frozensets(st.sampled_from("SABC"), min_size=1),
    most_age_rating=st.sampled_from((12, 18)),
    takes_ai=st.booleans(),
    is_active=st.booleans(),
    also_takes=st.lists(st.sampled_from(TAGS), max_size=2, unique=True).map(tuple),
)


def is_open(edition, channel, rights, moment):
    """Every country by itself, every window by itself."""
    return all(
        any(
            one.opens_at <= moment
            and (one.closes_at is None or moment < one.closes_at)
            and one.territories & {"*", country}
            and one.platforms & {"*", channel.platform}
            and ("*" in one.languages or any(tags.serves(tag, edition.language) for tag in one.languages))
            for one in rights
        )
        for country in channel.countries
    )


@STABLE
@given(editions, channels, st.lists(windows(), max_size=4))
def test_the_open_spans_are_exactly_the_moments_at_which_every_country_is_open(edition, channel, rights):
    spans = eligibility.open_spans(edition, channel, rights, WINDOW)
    for step in range(96):
        moment = START + timedelta(minutes=30 * step)
        inside = any(span.starts_at <= moment < span.ends_at for span in spans)
        assert inside == is_open(edition, channel, rights, moment)
    assert all(earlier.ends_at < later.starts_at for earlier, later in zip(spans, spans[1:], strict=False))
    assert all(WINDOW.starts_at <= span.starts_at < span.ends_at <= WINDOW.ends_at for span in spans)


@STABLE
@given(editions, channels, st.lists(windows(), max_size=4))
def test_an_edition_may_run_exactly_where_no_rule_of_the_text_is_broken(edition, channel, rights):
    named = [one for one in channel.also_takes if not tags.only_script_differs(one, channel.language)]
    lawful = (
        channel.is_active
        and not edition.is_retired
        and (tags.serves(edition.language, channel.language) or edition.language in named)
        and any(is_open(edition, channel, rights, START + timedelta(minutes=30 * step)) for step in range(96))
        and edition.age_rating <= channel.most_age_rating
        and (not channel.genres or bool(edition.genres & channel.genres))
        and edition.tier in channel.tiers
        and (channel.takes_ai or edition.origin != "ai")
        and edition.is_releasable
        and edition.synthetic_media is not None
    )
    assert (eligibility.stoppers(edition, channel, rights, WINDOW) == []) is lawful
