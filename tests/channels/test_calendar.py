"""The calendar: what it shows in whose time, what may be done in it, and by whom."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse

from channels.models import Hold, Plan, Publication
from channels.rules import calendar as rules
from channels.rules.calendar import Hour, State, View
from tests.channels import desk, stage
from tests.channels.calendar_desk import column, page, planned, row
from tests.conftest import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube", "tiktok")]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def operator():
    return desk.person("operator")


# --- days and hours from values alone


@pytest.mark.parametrize(
    ("zone", "day", "count", "odd"),
    [
        ("America/New_York", date(2026, 3, 8), 23, {2: "gone"}),
        ("America/New_York", date(2026, 11, 1), 25, {1: "twice"}),
        ("America/Santiago", date(2026, 9, 6), 23, {0: "gone"}),
        ("Europe/Berlin", date(2026, 10, 25), 25, {2: "twice"}),
        ("Asia/Kolkata", date(2026, 3, 8), 24, {}),
        ("Pacific/Apia", date(2011, 12, 30), 0, dict.fromkeys(range(24), "gone")),
    ],
)
def test_a_day_has_the_hours_that_its_clock_shows(zone, day, count, odd):
    assert (len(rules.real_hours(day, zone)), rules.odd_hours(day, zone)) == (count, odd)


def test_an_hour_that_comes_twice_has_two_moments_and_a_skipped_one_none():
    night, zone = date(2026, 11, 1), "America/New_York"
    assert rules.moment_in(night, time(1, 30), zone) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert rules.moment_in(night, time(1, 30), zone, fold=1) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert [rules.offset(night, Hour(1, fold), zone) for fold in (0, 1)] == ["-04", "-05"]
    assert rules.moment_in(date(2026, 3, 8), time(2, 30), zone) is None


def test_a_moment_is_put_into_the_day_that_its_zone_has_then():
    days = rules.in_zone([date(2026, 3, 1), date(2026, 3, 2)], "Asia/Tokyo")
    edge = datetime(2026, 2, 28, 15, tzinfo=UTC)
    assert [days.place(edge + step) for step in (-HOUR, 0 * HOUR, DAY, 2 * DAY)] == [None, 0, 1, None]


@pytest.mark.parametrize(
    ("view", "first", "last", "before", "after"),
    [
        (View.DAY, (3, 4), (3, 4), (3, 3), (3, 5)),
        (View.WEEK, (3, 2), (3, 8), (2, 25), (3, 11)),
        (View.MONTH, (3, 1), (3, 31), (2, 1), (4, 1)),
    ],
)
def test_a_view_shows_its_days_and_has_neighbours(view, first, last, before, after):
    on = date(2026, 3, 4)
    shown = rules.days(view, on)
    found = [shown[0], shown[-1], rules.beside(view, on, step=-1), rules.beside(view, on, step=1)]
    assert [(day.month, day.day) for day in found] == [first, last, before, after]


def test_only_what_waits_is_held_and_every_status_has_a_colour():
    assert {rules.state_of(status, is_held=False) for status in Publication.MOVES} >= {State.PROPOSED, State.TROUBLE}
    assert rules.state_of("approved", is_held=True) == State.HELD
    assert rules.state_of("published", is_held=True) == State.LIVE


@pytest.mark.parametrize(("planned", "level"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5)])
def test_a_cell_is_the_darker_the_more_of_its_posting_times_are_used(planned, level):
    assert rules.level(planned, 4) == level
    assert rules.level(1, 0) == rules.LEVELS


# --- in whose time


def test_each_row_stands_in_its_channels_own_time_or_all_in_the_readers(operator):
    planned(stage.a_channel("Tokyo", time_zone="Asia/Tokyo"), days=0.5)
    assert column(page(operator, view="week", on="2026-03-02"), "Tokyo") == [1], "Tuesday 9:00 in Tokyo"
    assert column(page(operator, view="day", on="2026-03-03"), "Tokyo") == [9]
    mine = {"clock": "mine", "tz": "America/Mexico_City"}
    assert column(page(operator, view="week", on="2026-03-02", **mine), "Tokyo") == [0]
    assert column(page(operator, view="day", on="2026-03-02", clock="mine"), "Tokyo") == [18], "the zone is remembered"


def test_a_night_of_25_hours_has_25_columns_in_ones_own_time_and_a_mark_in_the_channels(operator):
    channel = stage.a_channel("NY", time_zone="America/New_York")
    for number, hour in enumerate((5, 6)):
        at = datetime(2026, 11, 1, hour, 30, tzinfo=UTC)
        planned(channel, drama=f"DR-{number}001", days=(at - NOON) / DAY)
    night = {"view": "day", "on": "2026-11-01"}
    mine = page(operator, **night, clock="mine", tz="America/New_York")
    assert (len(row(mine, "NY")), column(mine, "NY")) == (25, [1, 2])
    theirs = page(operator, **night)
    assert (len(row(theirs, "NY")), column(theirs, "NY")) == (24, [1])
    assert 'class="twice"' in theirs and "01:30 EDT" in theirs and "01:30 EST" in theirs


def test_a_night_of_23_hours_shows_the_hour_that_is_not_there(operator):
    stage.a_channel("NY", time_zone="America/New_York")
    html = page(operator, view="day", on="2026-03-08")
    assert html.count('<td class="gone"></td>') == 1


# --- what is shown


def test_a_day_counts_by_state_and_marks_pins(operator):
    channel = stage.a_channel("ES")
    planned(channel, status="proposed", is_pinned=True)
    planned(channel, drama="DR-0002", days=0.1)
    planned(channel, drama="DR-0003", days=1.1, status="failed")
    html = page(operator, view="month", on="2026-03-02")
    assert row(html, "ES")[1:3] == ["2", "1"]
    assert '<td class="n pinned">2<span><i class="proposed" style="flex:1"></i><i class="approved"' in html
    assert '<td class="n trouble">1</td>' in html


def test_what_was_cancelled_is_shown_only_when_asked_for(operator):
    planned(stage.a_channel("ES"), status="cancelled")
    assert column(page(operator, on="2026-03-02"), "ES") == []
    assert column(page(operator, on="2026-03-02", status="cancelled"), "ES") == [0]


def test_by_drama_one_row_opens_to_its_channels_in_all_languages(operator):
    drama = stage.a_drama()
    for place, (name, language) in enumerate([("ES one", "es"), ("PT one", "pt")]):
        clip = stage.a_clip(stage.an_edition(drama, language))
        stage.a_publication(stage.a_channel(name, language=language), clip, due_in=timedelta(days=place))
    for place in range(7):
        planned(stage.a_channel(f"Other {place}"), drama=f"DR-{place}009", days=1)
    asked = {"view": "week", "by": "drama", "on": "2026-03-02"}
    html = page(operator, **asked)
    assert row(html, "Name of DR-0001")[:3] == ["1", "1", ""] and "ES one" not in html
    html = page(operator, **asked, open=drama.pk)
    assert (column(html, "ES one"), column(html, "PT one")) == ([0], [1])


def test_a_drama_without_anything_in_the_days_of_its_channels_has_no_row(operator):
    planned(stage.a_channel("Tokyo", time_zone="Asia/Tokyo"), days=0.5)
    assert "Name of DR-0001" not in page(operator, view="day", by="drama", on="2026-03-02")
    assert "Name of DR-0001" in page(operator, view="day", by="drama", on="2026-03-03")


@pytest.mark.parametrize(
    "asked",
    [
        {"platform": "tiktok"}, {"language": "pt"}, {"q": "wan"}, {"d": "dr-0002"}, {"tier": "S"}, {"genre": "revenge"},
        {"status": "proposed"}, {"status": "held"}, {"problems": "1"}, {"pinned": "1"}, {"plan": "P"},
        {"drama": "D"}, {"channel": "C"},
    ],
    ids=str,
)  # fmt: skip
def test_each_filter_leaves_what_it_names(operator, asked):
    planned(stage.a_channel("Other"))
    drama = stage.a_drama("DR-0002", tier="S", genres=["revenge"])
    channel = stage.a_channel("Wanted", platform="tiktok", language="pt")
    plan = Plan.objects.create(starts_at=NOON, ends_at=NOON + DAY, made_at=NOON)
    hold = Hold.objects.create(scope="items", why="x", since=NOON)
    clip = stage.a_clip(stage.an_edition(drama, "pt"))
    stage.a_publication(channel, clip, status="proposed", is_pinned=True, hold=hold, plan=plan)
    keys = {"P": plan.pk, "D": drama.pk, "C": channel.pk}
    html = page(operator, on="2026-03-02", **{name: keys.get(value, value) for name, value in asked.items()})
    assert (column(html, "Wanted"), ">Other<" in html) == ([0], False)


def test_filters_stay_when_the_view_the_day_or_the_page_changes(operator):
    html = page(operator, on="2026-03-02", language="pt", problems="1", q="wan")
    links = re.findall(r'class="cal-(?:group|group cal-views)">(.*?)</span>', html, re.S)
    found = re.findall(r'href="([^"]+)"', "".join(links))
    assert len(found) == 11
    assert all("language=pt" in one and "problems=1" in one and "q=wan" in one for one in found)


@pytest.mark.parametrize(
    "asked",
    [{"view": "x", "by": "y", "on": "2026-99-99", "clock": "?", "page": "-3", "open": "a,b,,1e9"},
     {"plan": "9" * 30, "channel": "²", "drama": "x", "tz": "../etc", "status": "x", "language": "%%"},
     {"on": "0001-01-01"}, {"on": "9999-12-31", "view": "month"}, {"page": "999999", "part": "rows", "only": "1,x"},
     {"q": "\x00'\"<script>"}],
)  # fmt: skip
def test_an_address_that_says_nonsense_shows_the_calendar(operator, asked):
    planned(stage.a_channel("ES"))
    assert "<script>'" not in page(operator, **asked)


def test_titles_of_any_script_are_escaped_and_turn_as_they_must(operator):
    planned(stage.a_channel("ES"), title="<b>عنوان</b>")
    html = page(operator, view="day", on="2026-03-02")
    assert '<span dir="auto">&lt;b&gt;عنوان&lt;/b&gt;</span>' in html and "<b>عنوان" not in html


def test_the_heat_map_sets_what_is_planned_against_posting_times_and_best_hours(operator):
    channel = stage.a_channel("ES", times=["18:00"], best_hours=[18, 20], time_zone="Europe/Berlin")
    planned(channel, days=5 / 24)
    planned(channel, drama="DR-0002", days=0)
    html = page(operator, view="heat", on="2026-03-02")
    assert [(place, text) for place, text in enumerate(row(html, "ES")) if text] == [
        (13, "1/0"), (18, "1/31"), (24, "2/31"),
    ]  # fmt: skip
    assert 'class="heat1 best">1/31' in html and 'class="heat5">1/0' in html and 'class="heat0 best"></td>' in html


@pytest.mark.parametrize("asked", [{"view": view} for view in View.values] + [{"by": "drama"}], ids=str)
def test_the_number_of_queries_does_not_grow_with_the_rows(operator, asked):
    for number in range(3):
        planned(stage.a_channel(f"A {number}"), drama=f"DR-1{number}00")
    address = reverse("admin:channels_calendar") + f"?on=2026-03-02&{'&'.join(f'{k}={v}' for k, v in asked.items())}"
    few = desk.queries(operator, address)
    for number in range(60):
        planned(stage.a_channel(f"B {number}"), drama=f"DR-2{number:02d}0", days=number / 30)
    assert desk.queries(operator, address) == few


def test_the_pages_of_a_channel_and_of_a_drama_lead_to_their_calendar(operator):
    one = planned(stage.a_channel("ES"))
    drama = one.clip.edition.drama
    addresses = {
        reverse("admin:channels_channel_change", args=[one.channel_id]): f"view=month&amp;channel={one.channel_id}",
        reverse("admin:catalog_drama_change", args=[drama.pk]): f"by=drama&amp;drama={drama.pk}",
    }
    for address, query in addresses.items():
        assert query in operator.get(address).content.decode()


def test_the_rows_of_the_next_page_come_alone(operator):
    for number in range(52):
        stage.a_channel(f"ES {number:02d}", connected=False)
    whole = page(operator, on="2026-03-02")
    assert 'data-next="2" data-last="2" data-before="0"' in whole and whole.count("<tr data-row=") == 50
    part = page(operator, on="2026-03-02", part="rows", page="2")
    assert (part.count("<tr"), ">ES 51<" in part, "<table" in part) == (2, True, False)
