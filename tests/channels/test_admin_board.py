from __future__ import annotations

from datetime import timedelta

import pytest
from django.template.loader import render_to_string

from channels import board
from channels.models import QuotaWindow
from channels.rules.publication import Status
from config.kernel import lifecycle
from tests.channels import desk, stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(rf):
    def asking(read, role="operator"):
        request = rf.get("/admin/")
        request.user = desk.person(role, name=f"{role}-{read.__name__}").user
        return read(request)

    return asking


@pytest.fixture
def clip(noon):
    return stage.a_clip(stage.an_edition(stage.a_drama()))


def text(template, data):
    return render_to_string(f"channels/{template}.html", data)


@pytest.mark.parametrize("read", [board.due, board.live, board.left])
def test_a_stranger_is_shown_no_panel(ask, read):
    assert ask(read, role="") is None


def test_empty_panels_say_what_to_do_next(ask):
    assert "Add one and connect its account." in text("board_due", ask(board.due, role="manager"))
    assert "Approve a plan" in text("board_live", ask(board.live))
    assert "No API client yet" in text("board_quota", ask(board.left))
    stage.a_channel()
    assert "Make a plan." in text("board_due", ask(board.due))


def test_the_day_counts_what_is_due_and_names_what_is_late(ask, clip, noon):
    for name, status, hours in (
        ("a", "approved", 1),
        ("b", "proposed", 1),
        ("c", "approved", 30),
        ("late", "approved", -1),
    ):
        stage.a_publication(stage.a_channel(name), clip, status=status, due_in=timedelta(hours=hours), title=name)
    seen = ask(board.due)

    assert (seen["total"], seen["unapproved"], seen["late"]) == (2, 1, 1)
    assert [line.title for line in seen["late_lines"]] == ["late"]
    assert [(hour.label, hour.count) for hour in seen["hours"] if hour.count] == [("13", 2)]


def test_what_went_wrong_since_yesterday_is_shown_with_its_why(ask, clip):
    row = stage.a_publication(stage.a_channel("x"), clip, status="uploading", title="Broken")
    lifecycle.advance(row, to=Status.FAILED, why="refused", status_reason="The file is refused.")
    stage.a_channel("gone", status="disconnected")
    seen = ask(board.live)

    assert (seen["failed"], seen["disconnected"]) == (1, 1)
    assert "The file is refused." in text("board_live", seen)


def test_quota_left_is_the_open_window_or_the_untouched_default(ask, noon):
    client = stage.an_api_client(limits={"uploads": 1000})
    QuotaWindow.objects.create(
        api_client=client, bucket="units", limit=10_000, spent=9_000,
        opens_at=noon - timedelta(hours=1), closes_at=noon + timedelta(hours=9),
    )  # fmt: skip
    lines = {one.bucket: one for one in ask(board.left)["lines"]}

    assert (lines["units"].left, lines["units"].tone) == (1_000, "dp-warn")
    assert (lines["uploads"].left, lines["uploads"].tone) == (1_000, "")


@pytest.mark.parametrize("read", [board.due, board.live, board.left])
def test_a_panel_takes_as_many_queries_for_fifty_as_for_five(rf, read, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    rows = desk.Rows()
    rows.add(15)
    request = rf.get("/admin/")
    request.user = desk.person("manager").user
    read(request)
    with CaptureQueriesContext(connection) as few:
        read(request)
    rows.add(35)

    with django_assert_num_queries(len(few)):
        read(request)
