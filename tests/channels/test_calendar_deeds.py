"""What is done in the calendar, and by whom: each deed judged by its service, each refusal with its reason."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from catalog.models import Partner, PartnerMember
from channels.models import Batch, Hold, Publication
from tests.channels import desk, stage
from tests.channels.calendar_desk import do, page, planned
from tests.conftest import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube", "tiktok")]
DAY = timedelta(days=1)


@pytest.fixture
def operator():
    return desk.person("operator")


# --- what is done


def test_a_drop_into_an_hour_takes_the_free_posting_time_in_it(operator):
    one = planned(stage.a_channel(times=["18:30"], time_zone="Europe/Berlin"), days=1)
    answer = do(operator, deed="move", publications=[one.pk], day="2026-03-04", hour=18, clock="channel")
    assert answer.status_code == 200 and answer.json()["channels"] == [one.channel_id]
    one.refresh_from_db()
    assert (one.due_at, one.is_pinned) == (datetime(2026, 3, 4, 17, 30, tzinfo=UTC), True)


def test_a_drop_on_a_day_takes_the_free_posting_time_nearest_to_its_hour(operator):
    one = planned(stage.a_channel(times=["09:00", "13:00", "21:00"]), days=1)
    assert do(operator, deed="move", publications=[one.pk], day="2026-03-05", clock="channel").status_code == 200
    one.refresh_from_db()
    assert one.due_at == datetime(2026, 3, 5, 13, tzinfo=UTC)


def test_where_no_posting_time_is_free_it_asks_and_changes_nothing(operator):
    one = planned(stage.a_channel(times=["18:00"]), days=1)
    answer = do(operator, deed="move", publications=[one.pk], day="2026-03-04", hour=7).json()
    assert "no free posting time there" in answer["ask"]
    assert [choice["at"][:16] for choice in answer["choices"]] == ["2026-03-04T18:00", "2026-03-04T07:00"]
    one.refresh_from_db()
    assert one.due_at == NOON + DAY
    answer = do(operator, deed="move", publications=[one.pk], at=answer["choices"][1]["at"])
    assert "not one of the channel's posting times" in answer.json()["say"]


def test_where_another_holds_the_posting_time_a_swap_is_offered(operator):
    channel = stage.a_channel(times=["18:00"])
    one, other = planned(channel, days=1), planned(channel, drama="DR-0002", days=2.25)
    answer = do(operator, deed="move", publications=[one.pk], day="2026-03-04", hour=18).json()
    assert f"is taken by {other.clip}" in answer["ask"] and answer["choices"][0]["swap"] == [one.pk, other.pk]
    assert do(operator, deed="swap", publications=[one.pk, other.pk]).status_code == 200
    assert Publication.objects.get(pk=one.pk).due_at == NOON + 2.25 * DAY


def test_a_refused_drop_says_why_and_changes_nothing(operator):
    one = planned(stage.a_channel(times=["09:00"]), days=1)
    answer = do(operator, deed="move", publications=[one.pk], day="2026-03-02", hour=9)
    assert (answer.status_code, answer.json()["refused"]) == (409, "2026-03-02 09:00 UTC has passed.")
    answer = do(operator, deed="move", publications=[one.pk], day="2030-03-02", hour=9)
    assert "two years" in answer.json()["refused"]
    assert Publication.objects.get(pk=one.pk).due_at == NOON + DAY


def test_an_hour_that_the_night_leaves_out_takes_nothing(operator):
    one = planned(stage.a_channel(time_zone="America/New_York"), days=1)
    answer = do(operator, deed="move", publications=[one.pk], day="2026-03-08", hour=2, clock="channel")
    assert "leaves this hour out" in answer.json()["refused"]


def test_in_ones_own_time_the_hour_is_ones_own(operator):
    page(operator, tz="Asia/Tokyo")
    one = planned(stage.a_channel(times=["18:00"]), days=1)
    assert do(operator, deed="move", publications=[one.pk], day="2026-03-05", hour=3, clock="mine").status_code == 200
    assert Publication.objects.get(pk=one.pk).due_at == datetime(2026, 3, 4, 18, tzinfo=UTC)


def test_several_are_pinned_and_cancelled_as_a_list_that_can_be_taken_back(operator):
    channel = stage.a_channel()
    keys = [planned(channel, drama=f"DR-{number}001", days=number + 1).pk for number in range(3)]
    assert do(operator, deed="pin", publications=keys).json()["say"] == "3 publications are pinned."
    assert do(operator, deed="cancel", publications=keys).status_code == 409, "a reason is asked for"
    answer = do(operator, deed="cancel", publications=keys, why="rights in doubt").json()
    assert Publication.objects.filter(status="cancelled", status_reason="rights in doubt").count() == 3
    assert Batch.objects.get(pk=answer["undo"]).by == operator.user
    assert "3 publications are as they were" in do(operator, deed="undo", batch=answer["undo"]).json()["say"]
    assert set(Publication.objects.values_list("status", "is_pinned")) == {("approved", True)}


def test_nobody_takes_back_here_what_another_did(operator):
    key = planned(stage.a_channel(), days=1).pk
    batch = do(operator, deed="pin", publications=[key]).json()["undo"]
    assert do(desk.person("operator", name="Other"), deed="undo", batch=batch).status_code == 404


ONE = {"deed": "move", "publications": ["P"]}
NONSENSE = [
    "x", 7, None, True, [1], {}, {"deed": None}, {"deed": 1}, {"deed": ["a"]}, {"deed": {"move": 1}}, {"deed": "fly"},
    {"deed": "pin"}, *({"deed": "pin", "publications": keys} for keys in (
        "1", 1, None, True, {}, {"1": 1}, [], ["1"], [True], [None], [1.0], [[1]], [{}], [0], [-1], [10**30], [1e30],
        [2**63], [1] * 501,
    )),
    *({**ONE, "day": day} for day in (
        None, True, 20260304, [], {}, "", "soon", "2026-02-30", "1999-12-31", "2100-01-01", "9999-12-31", "\ud800",
    )),
    *({**ONE, "day": "2026-03-04", "hour": hour} for hour in (None, True, "7", 7.0, 25, -1, 10**30, [], {})),
    *({**ONE, "day": "2026-03-04", "hour": 7, "fold": fold} for fold in (True, "0", 2, 10**30, [], {})),
    *({**ONE, "at": at} for at in (
        None, True, 1772668800, 1e400, [], {}, "", "soon", "0001-01-01T00:00", "9999-12-31T23:59:59-12:00",
        "9999-12-31T23:59", "\0", "1" * 10_000,
    )),
    *({**ONE, "day": "2026-03-05", "clock": clock} for clock in (True, 0, "", "theirs", [], {})),
    {"deed": "move", "publications": ["P", "Q"], "day": "2026-03-05"},
    *({"deed": "cancel", "publications": ["P"], "why": why} for why in (
        None, True, 5, ["x"], {"a": 1}, "a\0b", "a\ud800b",
    )),
    *({"deed": "undo", "batch": batch} for batch in (None, True, "1", 1.0, 0, -1, 10**30, [1], {})), {"deed": "undo"},
]  # fmt: skip


def meant(said, keys):
    """The nonsense with real publications where it speaks of P and Q."""
    if isinstance(said, dict) and said.get("publications") in (["P"], ["P", "Q"]):
        return said | {"publications": keys[: len(said["publications"])]}
    return said


def test_what_makes_no_sense_is_answered_with_a_sentence_and_changes_nothing(operator):
    channel = stage.a_channel()
    keys = [planned(channel, days=1).pk, planned(channel, drama="DR-0002", days=2).pk]
    before, wrong = list(Publication.objects.values()), []
    for said in NONSENSE:
        text = json.dumps(meant(said, keys))
        answer = operator.post(reverse("admin:channels_calendar_deed"), text, content_type="application/json")
        if answer.status_code != 400 or not answer.json()["refused"].endswith("."):
            wrong.append((str(said)[:100], answer.status_code))
    assert wrong == []
    assert list(Publication.objects.values()) == before


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"deed": ' + b"9" * 5000 + b"}", "application/json"),
        (b'{"deed": "pin", "publications": [' + b"1, " * 1_000_000 + b"1]}", "application/json"),
        (b"deed=pin&publications=1", "application/x-www-form-urlencoded"),
        (
            b'--x\r\nContent-Disposition: form-data; name="deed"\r\n\r\npin\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
    ids=["nothing", "half", "no text", "deep", "long number", "huge", "form", "parts"],
)
def test_what_is_no_json_is_answered_with_a_sentence(operator, body, kind):
    page_of = page(operator)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page_of)[1]
    operator.handler.enforce_csrf_checks = True
    address = reverse("admin:channels_calendar_deed")
    answer = operator.post(address, body, content_type=kind, headers={"X-CSRFToken": token})
    assert (answer.status_code, answer.json()["refused"]) == (400, "This is no wish in JSON, or it is too large.")


def test_a_publication_that_is_gone_is_not_found(operator):
    assert do(operator, deed="pin", publications=[99]).status_code == 404
    assert operator.get(reverse("admin:channels_calendar_card", args=[99])).status_code == 404


# --- one publication


def test_a_card_shows_both_times_and_offers_what_may_be_done(operator):
    one = planned(stage.a_channel(time_zone="Asia/Tokyo", times=["21:00"]), days=1, reasons=["Tier A."])
    html = operator.get(reverse("admin:channels_calendar_card", args=[one.pk])).content.decode()
    assert "2026-03-03 21:00" in html and "2026-03-03 12:00" in html and "Tier A." in html
    assert re.findall(r'data-deed="(\w+)"', html) == ["move", "move", "pin", "cancel"]
    Publication.objects.filter(pk=one.pk).update(status="uploading")
    assert "data-deed" not in operator.get(reverse("admin:channels_calendar_card", args=[one.pk])).content.decode()


def test_only_what_waits_can_be_dragged(operator):
    channel = stage.a_channel("ES")
    states = [{}, {"status": "uploading"}, {"status": "failed"}, {"lease_until": NOON + DAY}]
    states += [{"hold": Hold.objects.create(scope="items", why="x", since=NOON)}, {"days": -0.1}]
    for number, more in enumerate(states):
        planned(channel, drama=f"DR-{number}001", **({"days": 0.02 * (number + 1)} | more))
    html = page(operator, view="day", on="2026-03-02")
    assert (html.count('draggable="true"'), html.count('draggable="false"')) == (1, 5)


# --- who


def addresses():
    return [
        reverse("admin:channels_calendar"),
        reverse("admin:channels_calendar_card", args=[Publication.objects.get().pk]),
    ]


def test_a_reader_sees_all_and_changes_nothing():
    key = planned(stage.a_channel(), days=0.1).pk
    auditor = desk.person("auditor")
    assert [auditor.get(address).status_code for address in addresses()] == [200, 200]
    assert 'draggable="true"' not in page(auditor, view="day", on="2026-03-02")
    assert do(auditor, deed="pin", publications=[key]).status_code == 403
    assert not Publication.objects.get().is_pinned


@pytest.mark.parametrize("role", ["", "vendor", "production"])
def test_those_without_the_right_see_nothing(role):
    key = planned(stage.a_channel(), days=1).pk
    other = desk.person(role)
    assert [other.get(address).status_code for address in addresses()] == [403, 403]
    assert do(other, deed="pin", publications=[key]).status_code == 403


def test_a_partners_people_see_nothing_whatever_rights_they_hold(operator):
    key = planned(stage.a_channel(), days=1).pk
    PartnerMember.objects.create(partner=Partner.objects.get(name="Supplier"), user=operator.user)
    assert [operator.get(address).status_code for address in addresses()] == [403, 403]
    assert do(operator, deed="pin", publications=[key]).status_code == 403


def test_a_deed_is_posted_and_carries_the_token_of_the_page(operator):
    assert operator.get(reverse("admin:channels_calendar_deed")).status_code == 405
    operator.handler.enforce_csrf_checks = True
    assert do(operator, deed="pin", publications=[planned(stage.a_channel()).pk]).status_code == 403


def test_the_page_runs_no_script_of_its_own(operator):
    planned(stage.a_channel())
    html = page(operator, view="day", on="2026-03-02")
    sheet = html[html.index('id="cal"') :]
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|javascript:", sheet[: sheet.index("</dialog>")])
