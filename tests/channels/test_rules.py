"""The rules of this room as tables of cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from channels.rules import completion, eligibility, health, looks, posting, slots, text_limits, texts, tokens, value
from channels.rules.eligibility import ChannelFacts, ClipFacts, EditionFacts, RightsFacts, Window
from channels.rules.matching import Matching

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WINDOW = Window(NOON, NOON + timedelta(days=3))
ANY = frozenset({"*"})
EDITION = EditionFacts(1, 1, "DR-1 es", "es", "A", 12, "live", frozenset({"romance"}), True, False)
CHANNEL = ChannelFacts(1, "ES Romance", "youtube", "es", ("MX",), frozenset({"romance"}), frozenset("SAB"), 16, True)
OPEN = RightsFacts(ANY, ANY, ANY, NOON - timedelta(days=1), None)


def rules(edition=EDITION, channel=CHANNEL, rights=(OPEN,)):
    return [stopper.rule for stopper in eligibility.stoppers(edition, channel, rights, WINDOW)]


def test_what_fits_is_stopped_by_nothing():
    assert rules() == []


@pytest.mark.parametrize(
    ("rule", "edition", "channel"),
    [
        ("language", {"language": "id"}, {}),
        ("language", {"language": "es-419"}, {}),
        ("language", {"language": "zh-Hans"}, {"language": "zh-Hant"}),
        ("age_rating", {"age_rating": 18}, {}),
        ("genre", {"genres": frozenset({"werewolf"})}, {}),
        ("genre", {"genres": frozenset()}, {}),
        ("tier", {"tier": "C"}, {}),
        ("origin", {"origin": "ai"}, {"takes_ai": False}),
        ("qc", {"is_releasable": False}, {}),
        ("ai_disclosure", {"synthetic_media": None}, {}),
        ("made_for_kids", {"made_for_kids": None}, {}),
        ("retired", {"is_retired": True}, {}),
        ("channel", {}, {"is_active": False}),
    ],
)
def test_each_rule_stops_by_itself_and_says_so(rule, edition, channel):
    assert rules(replace(EDITION, **edition), replace(CHANNEL, **channel)) == [rule]


@pytest.mark.parametrize(
    ("edition", "channel"),
    [
        ({}, {"language": "es-419"}),
        ({"language": "es-419"}, {"language": "es-419"}),
        ({"genres": frozenset()}, {"genres": frozenset()}),
        ({"age_rating": 16}, {}),
        ({"origin": "ai", "synthetic_media": True}, {}),
    ],
)
def test_what_a_channel_says_it_takes_is_taken(edition, channel):
    assert rules(replace(EDITION, **edition), replace(CHANNEL, **channel)) == []


@pytest.mark.parametrize(
    ("rights", "sentence"),
    [
        ([], "No open rights for MX on youtube in es."),
        ([replace(OPEN, territories=frozenset({"ES"}))], "No open rights for MX on youtube in es."),
        ([replace(OPEN, platforms=frozenset({"tiktok"}))], "No open rights for MX on youtube in es."),
        ([replace(OPEN, languages=frozenset({"id"}))], "No open rights for MX on youtube in es."),
        ([replace(OPEN, closes_at=NOON)], "No open rights for MX on youtube in es."),
        ([replace(OPEN, opens_at=NOON + timedelta(days=9))], "Rights for MX open on March 11, 2026."),
    ],
)
def test_rights_stop_unless_one_window_is_open_for_place_platform_language_and_time(rights, sentence):
    assert [one.sentence for one in eligibility.stoppers(EDITION, CHANNEL, rights, WINDOW)] == [sentence]


def test_every_country_needs_a_window_though_not_the_same_one():
    channel = replace(CHANNEL, countries=("MX", "ES"))
    mexico, spain = (replace(OPEN, territories=frozenset({country})) for country in ("MX", "ES"))
    assert rules(channel=channel, rights=[mexico]) == ["rights"]
    assert rules(channel=channel, rights=[mexico, spain]) == []


def test_judging_by_what_editions_share_says_what_judging_each_pair_says():
    kinds = [
        {},
        {"language": "es-419"},
        {"language": "zh-Hans"},
        {"age_rating": 18},
        {"genres": frozenset({"werewolf", "mafia"})},
        {"tier": "C"},
        {"origin": "ai"},
        {"is_releasable": False},
        {"synthetic_media": None},
        {"is_retired": True},
    ]
    editions = [replace(EDITION, key=n, **a, **b) for n, (a, b) in enumerate(combinations(kinds, 2)) if not {*a} & {*b}]
    ways = [{}, {"also_takes": ("es-419", "zh-Hant")}, {"genres": frozenset()}, {"tiers": frozenset("C")}]
    ways += [{"most_age_rating": 18}, {"takes_ai": False}, {"is_active": False}, {"language": "zh-Hant"}]
    channels = [replace(CHANNEL, key=n, **a, **b) for n, (a, b) in enumerate(combinations(ways, 2)) if not {*a} & {*b}]
    matching = Matching(channels, WINDOW)
    for edition in editions:
        fits = {one.key for one in channels if not eligibility.lasting_stoppers(edition, one)}
        assert {one.key for one in matching.fitting(edition)} == fits


@pytest.mark.parametrize(
    ("channel", "language", "speaks"),
    [
        ({}, "es", True),
        ({}, "es-419", False),
        ({"also_takes": ("es-419",)}, "es-419", True),
        ({"also_takes": ("en",)}, "en", True),
        ({"language": "zh-Hant"}, "zh-Hant", True),
        ({"language": "zh-Hant"}, "zh-Hans", False),
        ({"language": "zh-Hant", "also_takes": ("zh-Hans",)}, "zh-Hans", False),
        ({"language": "pt-BR"}, "pt", True),
        ({"language": "pt-BR"}, "pt-PT", False),
    ],
)
def test_a_channel_takes_its_language_and_what_it_names_besides(channel, language, speaks):
    assert eligibility.speaks(replace(CHANNEL, **channel), language) == speaks


@pytest.mark.parametrize(
    ("platform", "clip", "rules"),
    [
        ("tiktok", ClipFacts(), []),
        ("tiktok", ClipFacts(60_000, 4 * 1024**3, 1080, 1920), []),
        ("tiktok", ClipFacts(60_000, 4 * 1024**3 + 1, 1080, 1920), ["size"]),
        ("tiktok", ClipFacts(60_000, 10, 359, 1920), ["shape"]),
        ("tiktok", ClipFacts(700_000, 10, 360, 4097), ["length", "shape"]),
        ("youtube", ClipFacts(60_000, 5 * 1024**3, 100, 9000), []),
        ("youtube", ClipFacts(60_000, 256 * 1024**3 + 1, 720, 1280), ["size"]),
    ],
)
def test_a_file_is_within_the_platform_s_limits_of_bytes_and_pixels(platform, clip, rules):
    found = eligibility.clip_stoppers(clip, replace(CHANNEL, platform=platform))
    assert [stopper.rule for stopper in found] == rules


def test_rights_that_open_in_the_middle_leave_the_rest_of_the_plan():
    first = replace(OPEN, opens_at=NOON + timedelta(days=1), closes_at=NOON + timedelta(days=2))
    second = replace(OPEN, opens_at=NOON + timedelta(days=2), closes_at=NOON + timedelta(days=2, hours=1))
    spans = eligibility.open_spans(EDITION, CHANNEL, [first, second], WINDOW)
    assert spans == (Window(NOON + timedelta(days=1), NOON + timedelta(days=2, hours=1)),)
    assert eligibility.closes_at(EDITION, CHANNEL, [first], NOON + timedelta(days=1)) == NOON + timedelta(days=2)


@pytest.mark.parametrize(
    ("platform", "may_be_long", "minutes", "fits"),
    [
        ("youtube", False, 15, True),
        ("youtube", False, 16, False),
        ("youtube", True, 16, True),
        ("tiktok", False, 10, True),
        ("tiktok", True, 11, False),
    ],
)
def test_a_clip_is_no_longer_than_the_account_may_post(platform, may_be_long, minutes, fits):
    channel = replace(CHANNEL, platform=platform, may_be_long=may_be_long)
    assert (eligibility.length_stopper(minutes * 60_000, channel) is None) == fits


@pytest.mark.parametrize(
    ("zone", "day", "time", "utc"),
    [
        ("America/Mexico_City", "2026-03-02", "18:30", "2026-03-03T00:30"),
        ("Europe/Madrid", "2026-03-29", "02:30", "2026-03-29T01:30"),  # left out: moves an hour forward
        ("Europe/Madrid", "2026-10-25", "02:30", "2026-10-25T00:30"),  # twice: taken the first time
        ("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:30"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30"),
        ("Asia/Kolkata", "2026-03-02", "00:15", "2026-03-01T18:45"),
    ],
)
def test_a_slot_is_a_local_time_through_every_change_of_the_clock(zone, day, time, utc):
    start = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(days=1)
    hours = [slots.Hours(tuple(range(7)), (time,))]
    found = slots.between(hours, zone, start, start + timedelta(days=3))
    assert datetime.fromisoformat(utc).replace(tzinfo=UTC) in found
    assert len(found) == len(set(found)) == 3


@pytest.mark.parametrize(
    ("platform", "minutes", "upload_before", "scheduled"),
    [("youtube", 60, 30, True), ("youtube", 1, 30, False), ("youtube", -5, 30, False), ("tiktok", 60, 0, False)],
)
def test_only_youtube_is_sent_ahead_and_publishes_by_itself(platform, minutes, upload_before, scheduled):
    due = NOON + timedelta(minutes=minutes)
    assert posting.upload_at(platform, due) == due - timedelta(minutes=upload_before)
    assert posting.publish_at(platform, due, now=NOON) == (due if scheduled else None)


@pytest.mark.parametrize(
    ("age", "next_age"),
    [
        (timedelta(minutes=1), timedelta(minutes=5)),
        (timedelta(minutes=5), timedelta(hours=1)),
        (timedelta(hours=1), timedelta(hours=2)),
        (timedelta(hours=23, minutes=30), timedelta(hours=24)),
        (timedelta(hours=80), timedelta(hours=96)),
    ],
)
def test_a_live_clip_is_looked_at_often_while_it_is_young(age, next_age):
    assert looks.next_live(NOON, now=NOON + age) == NOON + next_age


@pytest.mark.parametrize(
    ("age", "step"),
    [
        (timedelta(minutes=3), timedelta(minutes=1)),
        (timedelta(hours=2), timedelta(minutes=10)),
        (timedelta(hours=30), timedelta(hours=1)),
        (timedelta(hours=48), None),
    ],
)
def test_a_missing_id_is_asked_for_ever_more_seldom(age, step):
    now = NOON + age
    assert looks.next_pending(NOON, now=now) == (now + step if step else None)


@pytest.mark.parametrize(("last", "stops"), [([], False), ([1, 1], False), ([1, 1, 1], True), ([0, 1, 1, 1], False)])
def test_three_rejections_in_a_row_stop_a_channel(last, stops):
    assert health.should_stop([bool(one) for one in last]) == stops


def test_a_platform_that_names_no_scopes_is_believed_to_have_given_all():
    assert tokens.missing((), ("a",)) == ()
    assert tokens.missing(("a",), ("a", "b")) == ("b",)


def subject(**more):
    given = {"title": "Corazón", "synopsis": "Una historia.", "kind": "episode", "first_episode": 3, "last_episode": 3}
    return texts.Subject(**(given | {"language": "es", "genres": ("romance",)} | more))


@pytest.mark.parametrize(
    ("language", "more", "title"),
    [
        ("es-419", {}, "Corazón | Episodio 3"),
        ("zh-Hans", {}, "Corazón | 第3集"),
        ("ar", {"last_episode": 9}, "Corazón | الحلقات 3–9"),
        ("id", {"kind": "hook"}, "Corazón | Momen terbaik"),
        ("sw", {}, "Corazón | Episode 3"),
        ("es", {"title": "<3 Corazón>"}, "3 Corazón | Episodio 3"),
    ],
)
def test_a_title_names_the_part_in_the_channels_language(language, more, title):
    assert texts.write(subject(**more), language=language).title == title


def test_texts_of_any_length_are_within_every_limit():
    written = texts.write(subject(title="Amor 💔 " * 60, synopsis="ñ" * 9000, genres=("romance",) * 90), language="es")
    assert written.title.endswith("| Episodio 3")
    for platform in ("youtube", "tiktok"):
        given = {"title": written.title, "description": written.description, "tags": written.tags}
        assert texts.problems(platform, **given, marker="dp0123456789ab") == []


def test_the_mark_of_a_caption_stands_where_the_listing_still_shows_it():
    caption = texts.caption("T" * 100, ["two words", ""], marker="dp0123456789ab")
    assert caption.index("dp0123456789ab") < text_limits.TIKTOK_LISTED_CHARACTERS - 14
    assert caption.endswith("#twowords")


@pytest.mark.parametrize(
    ("audience", "rating", "points"),
    [
        ("", 18, 150),
        ("18-24, 25-34", 18, 300),
        ("13–17, 18–24", 16, 150),
        ("13-17", 18, 0),
        ("25+", 18, 300),
        ("x", 0, 150),
    ],
)
def test_an_audience_is_worth_the_share_of_its_bands_that_may_see_it(audience, rating, points):
    assert value.of_audience(rating, audience)["points"] == points


def test_every_part_of_a_value_is_a_whole_number_and_they_add_up():
    edition = replace(EDITION, since=NOON - timedelta(days=7), genres=frozenset({"romance", "mafia"}))
    worth = value.of_pair(
        edition,
        CHANNEL,
        closes_at=NOON + timedelta(days=10),
        is_running=True,
        expected=completion.Expected(550, 500, clips=40, here=3),
        room=value.Room(free=2, taken=1),
        now=NOON,
    )
    points = {one["code"]: one["points"] for one in worth.reasons}
    assert all(isinstance(one, int) for one in points.values())
    assert worth.points == sum(points.values())
    assert (points["worth_niche"], points["worth_closing"], points["worth_completion"]) == (500, 400, 200)
    assert (points["worth_room"], points["worth_new"]) == (333, 480)


def test_little_data_moves_the_guess_little_and_much_data_much():
    def guess(clips):
        rows = [completion.Seen("romance", "es", 1, clips, 0.9), completion.Seen("mafia", "es", 2, 500, 0.4)]
        return completion.learn(rows).expect(frozenset({"romance"}), language="es", channel=1)

    few, many = guess(2), guess(400)
    assert few.usual_per_mille < few.per_mille < 600 < 800 < many.per_mille < 900
    assert completion.learn([]).expect(frozenset({"romance"}), language="es", channel=1) == completion.Expected(
        500, 500
    )


def test_best_hours_are_those_of_the_channel_s_clock_and_sooner_is_slightly_better():
    moments = [NOON + timedelta(hours=hour) for hour in (0, 6, 12)]
    found = value.of_slots(moments, best_hours=[12], zone="America/Mexico_City", starts_at=NOON)
    assert found == [(moments[0], 240), (moments[1], 538), (moments[2], 236)]


def test_times_are_thinned_to_what_the_packs_allow():
    moments = [NOON + timedelta(minutes=20 * n) for n in range(7)]
    assert slots.thinned(moments, beside=[], gap=timedelta(minutes=40), most_per_hour=None) == moments[::2]
    assert slots.thinned(moments, beside=[], gap=timedelta(0), most_per_hour=2) == [moments[n] for n in (0, 1, 3, 4, 6)]
    late = slots.thinned(moments, beside=[NOON], gap=timedelta(minutes=60), most_per_hour=None)
    assert late == [moments[3], moments[6]]
