"""What is offered to a person who moves a clip is what the move will take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from channels.models import Publication
from channels.rules import reasons
from channels.services import batches, bulk, moving, openings
from config.kernel.errors import Invalid
from tests.channels import desk, stage
from tests.channels.calendar_desk import do, planned
from tests.conftest import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube", "tiktok")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SLOT = {"code": "best_slot", "time": "12:00", "zone": "UTC", "points": 300}
TIER = {"code": "worth_tier", "tier": "A", "points": 500}


def at(day, hour):
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def a_run(channel, *times):
    edition = stage.an_edition(stage.a_drama("DR-0077"))
    clips = [stage.a_clip(edition, number + 1) for number in range(len(times))]
    return [stage.a_publication(channel, clip, due_in=time - NOON) for clip, time in zip(clips, times, strict=True)]


def test_the_nearest_time_is_neither_taken_nor_past():
    channel = stage.a_channel(times=["13:00", "18:00"])
    planned(channel, days=1.25)
    row = planned(channel, drama="DR-0002", days=5)
    assert openings.nearest(row, around=NOON - 3 * DAY) == NOON + HOUR
    assert openings.nearest(row, around=at(3, 18)) == at(3, 13)


def test_a_full_day_is_passed_over():
    channel = stage.a_channel(times=["13:00", "18:00"], daily_cap=1)
    planned(channel, days=1.25)
    row = planned(channel, drama="DR-0002", days=5)
    assert openings.nearest(row, around=at(3, 20)) == at(4, 13)
    assert openings.within(row, starts_at=at(3, 0), ends_at=at(5, 0), most=9) == [at(4, 13), at(4, 18)]


def test_a_time_ahead_of_the_predecessor_is_passed_over():
    _first, row = a_run(stage.a_channel(times=["13:00"]), at(4, 13), at(8, 13))
    assert openings.nearest(row, around=at(3, 13)) == at(5, 13)


def test_what_is_offered_is_taken_and_what_is_left_out_is_refused():
    channel = stage.a_channel(times=["09:00", "13:00", "18:00"], daily_cap=2)
    planned(channel, days=2), planned(channel, drama="DR-0002", days=2.1)
    first, row, _third = a_run(channel, at(3, 13), at(7, 13), at(8, 13))
    times = [at(day, hour) for day in range(3, 9) for hour in (9, 13, 18) if at(day, hour) != row.due_at]
    offered = openings.within(row, starts_at=at(3, 0), ends_at=at(9, 0), most=99)
    assert offered and offered == [time for time in times if not openings.why_not(row, time)]
    for time in times:
        if time not in offered:
            with pytest.raises(Invalid):
                moving.move(row, due_at=time, by=None)
    for time in offered:
        assert moving.move(row, due_at=time, by=None)
    assert first.due_at == at(3, 13)


def test_looking_costs_no_query_for_each_time_that_a_rule_of_the_channel_forbids(django_assert_max_num_queries):
    channel = stage.a_channel(times=[f"{hour:02d}:00" for hour in range(24)], daily_cap=24)
    _first, row = a_run(channel, at(9, 0), at(12, 13))
    with django_assert_max_num_queries(40):
        assert openings.nearest(row, around=at(5, 12)) is None


# --- in the calendar


def moved_to(row, day, hour):
    said = {"deed": "move", "publications": [row.pk], "day": f"2026-03-{day:02d}", "hour": hour}
    return do(desk.person("operator"), **said)


def test_a_posting_time_that_is_taken_is_named_so_and_not_offered_again():
    channel = stage.a_channel(times=["18:00"])
    row, other = planned(channel, days=1), planned(channel, drama="DR-0002", days=2.25)
    answer = moved_to(row, 4, 18).json()
    assert answer["ask"] == f"2026-03-04 18:00 is taken by {other.clip}."
    assert [choice.get("swap") or choice["at"][:16] for choice in answer["choices"]] == [
        [row.pk, other.pk],
        "2026-03-03T18:00",
    ]


def test_a_day_dropped_on_a_taken_time_says_by_whom():
    channel = stage.a_channel(times=["12:00"])
    row, other = planned(channel, days=1), planned(channel, drama="DR-0002", days=3)
    answer = do(desk.person("operator"), deed="move", publications=[row.pk], day="2026-03-05").json()
    assert f"is taken by {other.clip}" in answer["ask"]


def test_a_swap_that_would_be_refused_is_not_offered():
    first, second = a_run(stage.a_channel(times=["18:00"]), at(3, 18), at(4, 18))
    answer = moved_to(first, 4, 18)
    assert answer.status_code == 200 and not any("swap" in choice for choice in answer.json()["choices"])
    assert second.due_at == at(4, 18)


def test_a_free_posting_time_that_a_rule_forbids_is_refused_with_that_rule():
    channel = stage.a_channel(times=["13:00", "18:00"], daily_cap=1)
    planned(channel, days=2.25)
    row = planned(channel, drama="DR-0002", days=5)
    answer = moved_to(row, 4, 13).json()
    assert "posts at most 1 clip a day" in answer["ask"]
    assert [choice["at"][:16] for choice in answer["choices"]] == ["2026-03-03T18:00"]


def test_where_nothing_is_possible_nothing_is_offered():
    first, _second = a_run(stage.a_channel(times=["13:00"]), at(3, 13), at(3, 18))
    answer = moved_to(first, 20, 13)
    assert answer.status_code == 409 and "It comes before" in answer.json()["refused"]
    assert Publication.objects.get(pk=first.pk).due_at == at(3, 13)


def test_where_no_posting_time_is_either_the_refusal_names_the_rule():
    first, _second = a_run(stage.a_channel(times=["13:00"]), at(3, 13), at(3, 18))
    said = moved_to(first, 20, 7).json()["refused"]
    assert "no free posting time there. It comes before DR-0077 es E2" in said


def test_a_card_offers_what_may_be_taken_and_chooses_the_closest():
    channel = stage.a_channel(times=["09:00", "20:00"], daily_cap=1)
    row = planned(channel, days=2)
    planned(channel, drama="DR-0002", days=3.1)
    html = desk.person("operator").get(reverse("admin:channels_calendar_card", args=[row.pk])).content.decode()
    assert '<option value="2026-03-04T09:00:00+00:00" selected>' in html and "data-refused" in html
    assert "2026-03-03 20:00" in html and "2026-03-05 20:00" not in html


# --- why here


def told(row):
    return [reasons.sentence(one) for one in Publication.objects.get(pk=row.pk).reasons]


def test_a_move_by_hand_ends_what_was_said_of_the_former_time():
    row = planned(stage.a_channel(), days=1, reasons=[TIER, SLOT])
    user = User.objects.create(username="Olga")
    for hours in (1, 2):
        moving.move(row, due_at=row.due_at + hours * HOUR, by=user)
        assert told(row) == ["Tier A: +5 points.", "This time was chosen by hand (Olga, 2026-03-02 12:00 UTC)."]


def test_both_of_two_that_were_exchanged_say_so():
    channel = stage.a_channel()
    rows = [planned(channel, drama=f"DR-{day}001", days=day, reasons=[SLOT]) for day in (1, 3)]
    moving.swap(*rows, by=None)
    assert [told(row) for row in rows] == [["This time was chosen by hand (–, 2026-03-02 12:00 UTC)."]] * 2


def test_an_undone_move_has_its_former_reasons_again():
    row = planned(stage.a_channel(), days=1, reasons=[TIER, SLOT])
    user = User.objects.create(username="Olga")
    batch = bulk.move([row.pk], by=user, span=HOUR).batch
    assert "chosen by hand" in told(row)[-1]
    batches.undo(batch, by=user)
    assert Publication.objects.get(pk=row.pk).reasons == [TIER, SLOT]
