"""The day as it looks: the present moment, clips that last no hours, the page's own name."""

from __future__ import annotations

import re

import pytest

from tests.channels import desk, stage
from tests.channels.calendar_desk import page, planned

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube", "tiktok")]


@pytest.fixture
def operator():
    return desk.person("operator")


def presents(html):
    """In which column of each row the present moment is marked, and how far into the hour."""
    rows = [re.findall(r"<td.*?</td>", one, re.S) for one in re.findall(r"<tr data-row.*?</tr>", html, re.S)]
    found = [(place, cell) for cells in rows for place, cell in enumerate(cells) if "cal-now" in cell]
    return [(place, re.search(r"inset-inline-start:(\d+)%", cell)[1]) for place, cell in found]


def test_today_marks_the_present_moment_on_each_channels_own_clock(operator):
    stage.a_channel("A", time_zone="Asia/Kolkata")
    stage.a_channel("B", time_zone="UTC")
    assert presents(page(operator, view="day", on="2026-03-02")) == [(17, "50"), (12, "0")]
    assert presents(page(operator, view="day", on="2026-03-02", clock="mine")) == [(12, "0")] * 2


def test_where_it_is_tomorrow_already_the_moment_is_marked_there(operator):
    stage.a_channel("A", time_zone="Pacific/Kiritimati")
    assert presents(page(operator, view="day", on="2026-03-03")) == [(2, "0")]
    assert presents(page(operator, view="day", on="2026-03-02")) == []


@pytest.mark.parametrize("view", ["week", "month", "heat"])
def test_only_a_day_has_a_present_moment(operator, view):
    stage.a_channel()
    assert "cal-now" not in page(operator, view=view, on="2026-03-02")


def test_a_clip_reaches_into_the_next_hour_at_most_and_not_where_another_stands(operator):
    channel = stage.a_channel()
    for number, hours in enumerate((1, 2, 6)):
        planned(channel, drama=f"DR-{number}001", days=hours / 24)
    html = page(operator, view="day", on="2026-03-02")
    assert re.findall(r'class="chip [\w ]*\b(w\d)\b', html) == ["w1", "w2", "w2"]


def test_the_page_is_headed_by_its_own_name_and_says_whose_time_it_shows(operator):
    html = page(operator, clock="mine", tz="Asia/Tokyo")
    head = re.sub(r"<[^>]+>|\s+", " ", html[html.index("<h1") : html.index("</h1>")])
    assert "Calendar" in head and "Publications" not in head
    assert "Times: Asia/Tokyo" in html
    assert "My zone: Asia/Tokyo" in page(operator, clock="channel")
