"""Posting times through every change of the clock, for any rule."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from channels.rules import slots
from tests.channels import properties
from tests.checker import wall

weekdays = st.sets(st.integers(0, 6), min_size=1)
rules = st.lists(st.tuples(weekdays, st.lists(properties.times, min_size=1, max_size=4)), min_size=1, max_size=3)


def between(drawn, zone, start, end):
    hours = [slots.Hours(tuple(sorted(days)), tuple(f"{at:%H:%M}" for at in times)) for days, times in drawn]
    return slots.between(hours, zone, start, end)


@properties.STABLE
@given(rules, properties.zones, properties.days, st.integers(1, 12), st.integers(0, 23))
def test_slots_are_in_order_each_once_in_range_and_in_utc(drawn, zone, first, length, hour):
    start = datetime(first.year, first.month, first.day, hour, tzinfo=UTC)
    found = between(drawn, zone, start, start + timedelta(days=length))
    assert found == sorted(set(found))
    assert all(start <= one < start + timedelta(days=length) for one in found)
    assert all(one.tzinfo is UTC for one in found)


@properties.STABLE
@given(rules, properties.zones, properties.days)
@example([({5, 6}, [datetime(2000, 1, 1, 2, 30).time()])], "Europe/Madrid", date(2026, 3, 27))
@example([({5, 6}, [datetime(2000, 1, 1, 2, 30).time()])], "Europe/Madrid", date(2026, 10, 23))
@example([({5, 6}, [datetime(2000, 1, 1, 2, 15).time()])], "Australia/Lord_Howe", date(2026, 10, 2))
def test_each_time_comes_on_each_of_its_local_days_exactly_once(drawn, zone, first):
    days = [first + timedelta(days=step) for step in range(5)]
    expected = {
        wall.moment(day, at, zone) for day in days for chosen, times in drawn if day.weekday() in chosen for at in times
    }
    margin = timedelta(days=3)
    start = datetime(first.year, first.month, first.day, tzinfo=UTC) - margin
    found = between(drawn, zone, start, start + 2 * margin + timedelta(days=5))
    kept = {one for one in found if wall.day_of(one, zone) in days}
    # A time left out near midnight may come on the next day.
    assert {one for one in expected if wall.day_of(one, zone) in days} == kept
    for days_chosen, times in drawn:
        alone = [between([(days_chosen, [at])], zone, start, start + margin * 4) for at in times]
        assert all(
            later - earlier > timedelta(hours=20)
            for several in alone
            for earlier, later in zip(several, several[1:], strict=False)
        )


@properties.STABLE
@given(properties.times, properties.zones, properties.days)
def test_a_slot_shows_its_time_on_the_wall_or_the_hour_was_left_out(at, zone, day):
    slot = slots.moment(day, at, zone)
    shown = slot.astimezone(ZoneInfo(zone))
    if shown.replace(tzinfo=None) == datetime.combine(day, at):
        assert shown.fold == 0
        return
    late = shown.replace(tzinfo=None) - datetime.combine(day, at)
    jump = shown.utcoffset() - (slot - late - timedelta(minutes=1)).astimezone(ZoneInfo(zone)).utcoffset()
    assert timedelta(0) < late == jump
