"""That nothing is found must mean something: each rule is broken here on purpose, and that very rule is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.checker import judge
from tests.checker.rows import ChannelRow, ClientRow, ClipRow, EditionRow, ItemRow, Pace, RightsRow, RunRow, World

NOW = datetime(2026, 10, 20, 0, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MADRID = ChannelRow(
    key=1, name="Madrid", platform="youtube", client=1, language="es", countries=("ES", "AD"), zone="Europe/Madrid",
    daily_cap=2, gap=4 * HOUR, rules=((tuple(range(7)), ("02:30", "12:00", "19:00")),), genres=frozenset({"romance"}),
)  # fmt: skip
TIKTOK = replace(MADRID, key=2, name="TikTok", platform="tiktok", client=2, posts=2, daily_cap=9, gap=0 * HOUR)
SECOND = replace(MADRID, key=3, name="Second")
CLIENTS = {
    1: ClientRow(1, "YouTube", "America/Los_Angeles", 3, 200),
    2: ClientRow(2, "TikTok", "UTC", None, None),
}
EDITIONS = {key: EditionRow(key, drama=key, language="es") for key in (1, 2, 3)}
CLIPS = {10 * one + n: ClipRow(10 * one + n, one, "episode", n, n) for one in EDITIONS for n in (1, 2, 3)}


def noon(day=1):
    """12:00 in Madrid, in summer: two hours before UTC."""
    return NOW + day * DAY + 10 * HOUR


def evening(day=1):
    return NOW + day * DAY + 17 * HOUR


def an_item(key, clip, at, *, channel=1, **more):
    lead = timedelta(0) if channel == 2 else timedelta(minutes=30)
    return ItemRow(key, channel, clip, at, at - lead, **more)


def a_world(*items, **more):
    rights = tuple(RightsRow(drama, ("*",), ("*",), ("*",), NOW - 90 * DAY) for drama in EDITIONS)
    defaults = {
        "clients": CLIENTS,
        "channels": {1: MADRID, 2: TIKTOK, 3: SECOND},
        "editions": EDITIONS,
        "clips": CLIPS,
        "rights": rights,
    }
    return World(now=NOW, starts_at=NOW, ends_at=NOW + 30 * DAY, items=items, **(defaults | more))


def found(world):
    return {violation.rule for violation in judge.violations(world)}


ONE = an_item(1, 11, noon())


def test_a_lawful_plan_is_found_lawful():
    items = (ONE, an_item(2, 12, evening()), an_item(3, 13, noon(2)), an_item(4, 11, noon(), channel=2))
    assert found(a_world(*items)) == set()


@pytest.mark.parametrize(
    ("rule", "edition"),
    [
        ("language", {"language": "es-419"}),
        ("language", {"language": "pt"}),
        ("age", {"age": 21}),
        ("genre", {"genres": frozenset({"crime"})}),
        ("tier", {"tier": "X"}),
        ("qc", {"is_released": False}),
        ("ai", {"ai_answered": False}),
        ("retired", {"is_retired": True}),
    ],
)
def test_an_edition_that_does_not_fit_the_channel_is_found(rule, edition):
    assert found(a_world(ONE, editions={**EDITIONS, 1: replace(EDITIONS[1], **edition)})) == {rule}


def test_an_ai_generated_drama_where_none_is_taken_is_found():
    made = {**EDITIONS, 1: replace(EDITIONS[1], origin="ai")}
    assert found(a_world(ONE, editions=made)) == set()
    assert found(a_world(ONE, editions=made, channels={1: replace(MADRID, takes_ai=False)})) == {"origin"}


def test_a_variant_is_taken_only_where_the_channel_names_it():
    regional = {**EDITIONS, 1: replace(EDITIONS[1], language="es-419")}
    channels = {1: replace(MADRID, also_takes=("es-419",))}
    assert found(a_world(ONE, editions=regional, channels=channels)) == set()


def test_another_script_is_never_taken_named_or_not():
    simplified = {**EDITIONS, 1: replace(EDITIONS[1], language="zh-Hans")}
    channels = {1: replace(MADRID, language="zh-Hant", also_takes=("zh-Hans",))}
    assert found(a_world(ONE, editions=simplified, channels=channels)) == {"language"}


def test_a_channel_that_is_not_active_is_found():
    assert found(a_world(ONE, channels={1: replace(MADRID, is_active=False)})) == {"channel"}


@pytest.mark.parametrize(
    "window",
    [
        {"territories": ("ES",)},
        {"platforms": ("tiktok",)},
        {"languages": ("fr",)},
        {"languages": ("es-419",)},
        {"opens_at": noon() + timedelta(seconds=1)},
        {"closes_at": noon()},
    ],
)
def test_rights_that_are_shut_at_the_moment_of_going_live_are_found(window):
    shut = replace(RightsRow(1, ("*",), ("*",), ("*",), NOW - DAY), **window)
    assert found(a_world(ONE, rights=(shut,))) == {"rights"}


def test_two_windows_together_may_open_all_the_countries():
    windows = tuple(RightsRow(1, (country,), ("youtube",), ("es",), noon()) for country in ("ES", "AD"))
    assert found(a_world(ONE, rights=windows)) == set()


@pytest.mark.parametrize(
    ("rule", "channel", "clip"),
    [
        ("length", 1, {"duration_ms": 900_001}),
        ("length", 2, {"duration_ms": 600_001}),
        ("size", 2, {"size_bytes": 4 * 1024**3 + 1}),
        ("shape", 2, {"width": 320, "height": 568}),
        ("shape", 2, {"width": 2304, "height": 4098}),
        ("clip", 1, {"status": "waiting"}),
        ("clip", 1, {"is_outdated": True}),
    ],
)
def test_a_clip_that_the_account_cannot_post_is_found(rule, channel, clip):
    item = an_item(1, 11, noon(), channel=channel)
    assert found(a_world(item, clips={**CLIPS, 11: replace(CLIPS[11], **clip)})) == {rule}


def test_an_account_that_may_be_long_takes_more_than_a_quarter_of_an_hour():
    clips = {**CLIPS, 11: replace(CLIPS[11], duration_ms=900_001)}
    assert found(a_world(ONE, clips=clips, channels={1: replace(MADRID, may_be_long=True)})) == set()


@pytest.mark.parametrize("minutes", [1, -1, 60])
def test_a_moment_that_is_no_posting_time_is_found(minutes):
    assert found(a_world(an_item(1, 11, noon() + timedelta(minutes=minutes)))) == {"slot"}


def test_the_second_half_past_two_of_an_autumn_night_is_no_posting_time():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert found(a_world(an_item(1, 11, first))) == set()
    assert found(a_world(an_item(1, 11, first + HOUR))) == {"slot"}


def test_a_time_that_a_spring_night_leaves_out_comes_an_hour_later_on_the_wall():
    start = datetime(2027, 3, 20, tzinfo=UTC)
    world = replace(a_world(), now=start, starts_at=start, ends_at=start + 30 * DAY)
    half_past_three = datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert found(replace(world, items=(an_item(1, 11, half_past_three),))) == set()
    assert found(replace(world, items=(an_item(1, 11, half_past_three - HOUR),))) == {"slot"}


def test_what_goes_out_before_the_plan_is_made_is_found():
    early = replace(a_world(ONE), now=noon() + HOUR)
    assert found(early) == {"past"}
    assert found(replace(a_world(ONE), starts_at=noon() + HOUR)) == {"window"}
    assert found(a_world(replace(ONE, upload_at=noon() + HOUR))) == {"past"}


def test_more_in_a_local_day_than_the_channel_takes_is_found():
    night = NOW + DAY + timedelta(minutes=30)
    items = (an_item(1, 11, night), an_item(2, 12, noon()), an_item(3, 13, evening()))
    roomy = {1: replace(CLIENTS[1], uploads=9)}
    assert found(a_world(*items, clients=roomy)) == {"daily_cap"}
    # The night's slot belongs to the day on the wall, not to that of UTC.
    later = (an_item(1, 11, noon()), an_item(2, 12, evening()), an_item(3, 13, night + DAY))
    assert found(a_world(*later, clients=roomy)) == set()


def test_more_in_24_hours_than_the_account_may_post_is_found():
    two = (an_item(1, 11, noon(), channel=2), an_item(2, 12, evening(), channel=2))
    at_night = NOW + 2 * DAY + timedelta(minutes=30)
    assert found(a_world(*two, an_item(3, 13, at_night, channel=2))) == {"account_cap"}
    assert found(a_world(*two, an_item(3, 13, noon(2), channel=2))) == set()


def test_more_uploads_than_the_client_is_granted_in_a_day_of_the_platform_are_found():
    items = (an_item(1, 11, noon()), an_item(2, 21, evening()), an_item(3, 31, noon(), channel=3))
    assert found(a_world(*items)) == set()
    assert found(a_world(*items, an_item(4, 32, evening(), channel=3))) == {"uploads"}


def test_the_day_of_a_grant_begins_at_the_platforms_midnight():
    early = {1: MADRID, 3: replace(SECOND, rules=((tuple(range(7)), ("08:30",)),))}
    # 08:30 in Madrid is still the day before in Los Angeles.
    morning = NOW + DAY + timedelta(hours=6, minutes=30)
    items = (ONE, an_item(2, 21, evening()), an_item(3, 31, morning, channel=3))
    two_a_day = {1: replace(CLIENTS[1], uploads=2)}
    assert found(a_world(*items, channels=early, clients=two_a_day)) == set()
    next_morning = an_item(4, 32, morning + DAY, channel=3)
    assert found(a_world(*items, next_morning, channels=early, clients=two_a_day)) == {"uploads"}


def test_what_the_ledger_has_spent_counts_into_the_day():
    today = an_item(1, 11, NOW + 10 * HOUR)
    day = (NOW + 10 * HOUR).date()
    assert found(a_world(today, spent={(1, day): 2})) == set()
    assert found(a_world(today, spent={(1, day): 3})) == {"uploads"}


def test_follow_ups_that_the_pool_of_units_cannot_pay_are_found():
    rich = replace(ONE, extras=("thumbnail", "playlist"))
    assert found(a_world(rich, replace(an_item(2, 12, evening()), extras=("thumbnail",)))) == set()
    assert found(a_world(rich, replace(an_item(2, 12, evening()), extras=("captions",)))) == {"units"}


def test_two_clips_of_a_drama_too_close_to_each_other_are_found():
    wide = {1: replace(MADRID, gap=8 * HOUR)}
    assert found(a_world(ONE, an_item(2, 12, evening()), channels=wide)) == {"spacing"}
    sister = {**EDITIONS, 2: replace(EDITIONS[2], drama=1)}
    assert found(a_world(ONE, an_item(2, 21, evening()), channels=wide, editions=sister)) == {"spacing"}


def test_a_clip_that_goes_out_twice_on_a_channel_is_found():
    assert found(a_world(ONE, an_item(2, 11, noon(2)))) == {"clip_twice"}
    had = an_item(2, 11, NOW - 30 * DAY, status="withdrawn", is_new=False)
    assert found(a_world(ONE, had)) == {"clip_twice"}
    assert found(a_world(ONE, replace(had, status="cancelled"))) == set()


def test_two_clips_in_one_slot_are_found():
    assert found(a_world(ONE, an_item(2, 21, noon()))) == {"slot_twice"}


def test_episodes_out_of_order_are_found():
    assert found(a_world(an_item(1, 12, noon()), an_item(2, 11, evening()))) == {"order"}
    live = an_item(2, 13, NOW - DAY, status="published", is_new=False)
    assert found(a_world(an_item(1, 12, noon()), an_item(3, 11, NOW - 3 * DAY, is_new=False), live)) == {"order"}


def test_an_episode_that_is_passed_over_is_found():
    assert found(a_world(ONE, an_item(2, 13, evening()))) == {"skipped"}
    too_long = {**CLIPS, 12: replace(CLIPS[12], duration_ms=900_001)}
    assert found(a_world(ONE, an_item(2, 13, evening()), clips=too_long)) == set()
    waiting = {**CLIPS, 12: replace(CLIPS[12], status="waiting")}
    assert found(a_world(ONE, an_item(2, 13, evening()), clips=waiting)) == {"skipped"}


def test_a_compilation_before_its_last_episode_is_found():
    clips = {**CLIPS, 12: replace(CLIPS[12], kind="compilation", first=1, last=3)}
    assert found(a_world(ONE, an_item(2, 12, evening()), an_item(3, 13, noon(2)), clips=clips)) == {"order"}
    assert found(a_world(ONE, an_item(2, 13, evening()), an_item(3, 12, noon(2)), clips=clips)) == set()


def test_an_edition_on_two_channels_of_a_platform_is_found():
    assert found(a_world(ONE, an_item(2, 11, noon(), channel=3))) == {"two_channels"}
    assert found(a_world(ONE, runs=(RunRow(1, 3, "active"),))) == {"two_channels"}
    assert found(a_world(ONE, runs=(RunRow(1, 3, "ended"), RunRow(1, 2, "active")))) == set()


@pytest.mark.parametrize("status", ["paused", "ended"])
def test_an_edition_where_a_person_stopped_it_is_found(status):
    assert found(a_world(ONE, runs=(RunRow(1, 1, status),))) == {"stopped_run"}


def test_look_alikes_on_one_channel_are_found():
    clips = {**CLIPS, **{key: replace(CLIPS[key], whole=7) for key in (11, 21)}}
    assert found(a_world(ONE, an_item(2, 21, noon(2)), clips=clips)) == {"channel_likeness"}
    assert found(a_world(ONE, an_item(2, 21, noon(15) + HOUR), clips=clips)) == set()


def test_look_alikes_in_one_language_of_a_platform_are_found():
    clips = {**CLIPS, **{key: replace(CLIPS[key], whole=7) for key in (11, 21, 31)}}
    third = replace(SECOND, key=4)
    channels = {1: MADRID, 2: TIKTOK, 3: SECOND, 4: third}
    two = (ONE, an_item(2, 21, noon(), channel=3))
    assert found(a_world(*two, clips=clips, channels=channels)) == set()
    assert found(a_world(*two, an_item(3, 31, noon(2), channel=4), clips=clips, channels=channels)) == {
        "language_likeness"
    }
    assert found(a_world(*two, an_item(3, 31, noon(2), channel=2), clips=clips, channels=channels)) == set()
    other = {**channels, 4: replace(third, language="pt", also_takes=("es",))}
    assert found(a_world(*two, an_item(3, 31, noon(2), channel=4), clips=clips, channels=other)) == set()


def test_a_pinned_or_published_item_that_was_moved_is_found():
    pinned = an_item(5, 21, noon(), is_pinned=True, status="approved", is_new=False)
    live = an_item(6, 31, NOW - DAY, status="published", is_new=False)
    before = (pinned, live)
    assert found(a_world(pinned, live, before=before)) == set()
    assert found(a_world(replace(pinned, due_at=evening()), live, before=before)) == {"moved"}
    assert found(a_world(replace(pinned, status="cancelled"), live, before=before)) == {"moved"}
    assert found(a_world(pinned, before=before)) == {"moved"}
    free = replace(pinned, is_pinned=False)
    assert found(a_world(replace(free, due_at=evening()), live, before=(free, live))) == set()


def test_what_stood_there_before_is_not_the_plans_fault():
    old = [an_item(n, 10 * n + 1, noon(), is_new=False) for n in (1, 2)]
    assert found(a_world(*old)) == set()


@pytest.mark.parametrize(
    ("rule", "limits"),
    [("pace_day", {"per_day": 1}), ("pace_hour", {"per_hour": 1}), ("pace_gap", {"gap": timedelta(minutes=31)})],
)
def test_a_channel_that_posts_faster_than_a_pack_lets_it_is_found(rule, limits):
    times = replace(MADRID, rules=((tuple(range(7)), ("12:00", "12:30")),))
    world = a_world(ONE, an_item(2, 21, noon() + timedelta(minutes=30)), channels={1: times})
    assert found(world) == set()
    assert found(replace(world, paces=(Pace(platform="youtube", countries=("ES",), **limits),))) == {rule}
    others = ({"platform": "tiktok"}, {"countries": ("MX",)}, {"languages": ("fr",)})
    assert found(replace(world, paces=tuple(Pace(**other, **limits) for other in others))) == set()
