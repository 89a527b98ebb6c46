"""A move by hand is held to every rule, and a refusal says which and changes nothing."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection

from catalog.models import Rights
from channels.models import Hold, Publication
from channels.rules import moving as rules
from channels.services import moving, stock
from config.kernel.errors import Invalid, MoveRefused
from tests.channels import stage
from tests.conftest import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube", "tiktok")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def a_run(channel, days, *, drama="DR-0001", kind="episode", **more):
    """Episodes 1, 2, … of one edition, each so many days from now."""
    edition = stage.an_edition(stage.a_drama(drama))
    clips = [stage.a_clip(edition, number + 1, kind=kind) for number in range(len(days))]
    pairs = zip(clips, days, strict=True)
    return [stage.a_publication(channel, clip, due_in=timedelta(days=day), **more) for clip, day in pairs]


def stands(row):
    return Publication.objects.get(pk=row.pk).due_at


def refusal(row, due_at):
    """The sentence with which the move is refused; nothing has changed then."""
    before, checks = Publication.objects.filter(pk=row.pk).values().get(), row.preflight.count()
    with pytest.raises((Invalid, MoveRefused)) as refused:
        moving.move(row, due_at=due_at, by=None)
    assert (Publication.objects.filter(pk=row.pk).values().get(), row.preflight.count()) == (before, checks)
    return str(refused.value)


def test_a_move_pins_and_leaves_a_check_and_a_history_with_who_did_it():
    channel = stage.a_channel()
    [row] = a_run(channel, [1])
    user = User.objects.create(username="Olga")
    assert moving.move(row, due_at=NOON + 2 * DAY, by=user)
    assert (stands(row), row.is_pinned, row.upload_at) == (NOON + 2 * DAY, True, NOON + 2 * DAY - timedelta(minutes=30))
    assert (row.preflight.get().passed, row.history.first().history_user) == (True, user)
    assert not moving.move(row, due_at=NOON + 2 * DAY, by=user)


def test_a_clip_does_not_go_before_its_predecessor_nor_after_its_successor():
    first, second, third = a_run(stage.a_channel(), [1, 2, 3])
    assert "It follows DR-0001 es E1" in refusal(second, NOON + DAY - HOUR)
    assert "It comes before DR-0001 es E3" in refusal(second, NOON + 3 * DAY + 5 * HOUR)
    assert moving.move(second, due_at=NOON + 2 * DAY + HOUR, by=None)
    Publication.objects.filter(pk=first.pk).update(status="cancelled")
    assert moving.move(second, due_at=NOON + HOUR, by=None)


def test_what_needs_a_person_keeps_its_place_in_the_run():
    first, second = a_run(stage.a_channel(), [1, 2])
    Publication.objects.filter(pk=first.pk).update(status="needs_person")
    assert "It follows" in refusal(second, NOON + 2 * HOUR)


def test_the_gap_of_a_drama_counts_over_all_its_editions():
    channel = stage.a_channel(also_takes=["es-419"])
    [row] = a_run(channel, [1])
    other = stage.an_edition(row.clip.edition.drama, "es", kind="dubbed", voice="human")
    second = stage.a_publication(channel, stage.a_clip(other, 1), due_in=2 * DAY)
    assert "keeps 4 hours between clips of one drama" in refusal(second, NOON + DAY + 3 * HOUR)
    assert moving.move(second, due_at=NOON + DAY + 4 * HOUR, by=None)


def test_the_daily_cap_is_of_the_channels_own_day():
    channel = stage.a_channel(daily_cap=1, time_zone="Asia/Tokyo")
    [_first] = a_run(channel, [1])
    [second] = a_run(channel, [4], drama="DR-0002")
    tomorrow = datetime(2026, 3, 3, tzinfo=UTC)
    assert "at most 1 clip a day, and 2026-03-03 has 1" in refusal(second, tomorrow.replace(hour=14, minute=59))
    assert moving.move(second, due_at=tomorrow.replace(hour=15), by=None), "midnight in Tokyo"


def test_within_a_day_that_is_too_full_already_one_may_still_move():
    channel = stage.a_channel(daily_cap=1)
    a_run(channel, [1])
    [second] = a_run(channel, [1.2], drama="DR-0002")
    assert moving.move(second, due_at=NOON + DAY + 6 * HOUR, by=None)


def test_an_account_takes_so_many_posts_in_any_24_hours():
    channel = stage.a_channel(platform="tiktok", daily_cap=50)
    for number in range(15):
        a_run(channel, [1 + number / 24], drama=f"DR-1{number:03d}")
    [row] = a_run(channel, [9], drama="DR-0002")
    said = refusal(row, NOON + 2 * DAY - timedelta(minutes=1))
    assert "takes 15 posts in any 24 hours from one account; here it would be 16" in said
    assert moving.move(row, due_at=NOON + 2 * DAY + 14 * HOUR, by=None)


def test_the_clients_uploads_of_a_platform_day_are_counted_over_its_channels():
    stage.an_api_client(limits={"uploads": 1})
    a_run(stage.a_channel("Other"), [1])
    [row] = a_run(stage.a_channel("Mine"), [5], drama="DR-0002")
    assert "may upload 1 a day; 2026-03-03 has 1" in refusal(row, NOON + DAY + HOUR)
    assert moving.move(row, due_at=NOON + DAY + 22 * HOUR, by=None), "another day in Los Angeles"


def test_a_taken_slot_is_refused_and_says_by_what():
    channel = stage.a_channel()
    [first], [second] = a_run(channel, [1]), a_run(channel, [2], drama="DR-0002")
    assert f"is taken by {first.clip}" in refusal(second, first.due_at)


@pytest.mark.parametrize("span", [timedelta(0), -HOUR])
def test_the_past_is_refused(span):
    [row] = a_run(stage.a_channel(), [1])
    assert "has passed" in refusal(row, NOON + span)


def test_all_broken_rules_are_named_at_once():
    channel = stage.a_channel(daily_cap=1)
    a_run(channel, [3], drama="DR-0002")
    _first, second = a_run(channel, [4, 6])
    Rights.objects.update(closes_at=NOON + 2 * DAY)
    said = refusal(second, NOON + 3 * DAY)
    assert [part in said for part in ("no open rights", "is taken by", "at most 1 clip", "It follows")] == [True] * 4


def test_held_started_and_live_ones_stay():
    [row] = a_run(stage.a_channel(), [1])
    hold = Hold.objects.create(scope="items", why="a word is checked", since=NOON)
    Publication.objects.filter(pk=row.pk).update(hold=hold)
    assert "held back (a word is checked)" in refusal(row, NOON + 2 * DAY)
    with pytest.raises(MoveRefused):
        moving.pin(row, by=None)
    Publication.objects.filter(pk=row.pk).update(hold=None, lease_until=NOON + HOUR)
    assert "on its way" in refusal(row, NOON + 2 * DAY)
    Publication.objects.filter(pk=row.pk).update(lease_until=None, status="uploading")
    assert "on its way" in refusal(row, NOON + 2 * DAY)


def test_any_minute_may_be_chosen_and_the_service_says_that_it_is_no_posting_time():
    [row] = a_run(stage.a_channel(times=["18:00"]), [1])
    assert moving.move(row, due_at=NOON + DAY + timedelta(minutes=7), by=None)
    assert not moving.is_posting_time(row, row.due_at)
    assert moving.is_posting_time(row, datetime(2026, 3, 3, 18, tzinfo=UTC))


# --- pins


def test_a_pin_is_set_once_and_taken_off_once():
    [row] = a_run(stage.a_channel(), [1])
    assert [moving.pin(row, by=None), moving.pin(row, by=None), row.is_pinned] == [True, False, True]
    assert [moving.unpin(row, by=None), moving.unpin(row, by=None), row.is_pinned] == [True, False, False]


# --- two times exchanged


def test_two_swap_their_times_on_one_channel_and_are_pinned():
    channel = stage.a_channel()
    [one], [other] = a_run(channel, [1]), a_run(channel, [2], drama="DR-0002")
    assert moving.swap(one, other, by=None)
    assert (stands(one), stands(other)) == (NOON + 2 * DAY, NOON + DAY)
    assert one.is_pinned and other.is_pinned and one.upload_at == NOON + 2 * DAY - timedelta(minutes=30)


def test_two_channels_swap_their_times_each_on_its_own():
    [one], [other] = a_run(stage.a_channel("A"), [1]), a_run(stage.a_channel("B"), [2], drama="DR-0002")
    assert moving.swap(one, other, by=None)
    assert (stands(one), stands(other), one.channel.name) == (NOON + 2 * DAY, NOON + DAY, "A")


def test_a_swap_that_either_may_not_have_changes_neither():
    channel = stage.a_channel()
    first, second = a_run(channel, [1, 3])
    [other] = a_run(channel, [4], drama="DR-0002")
    with pytest.raises(Invalid, match="It comes before DR-0001 es E2"):
        moving.swap(first, other, by=None)
    with pytest.raises(Invalid, match="It follows|It comes before"):
        moving.swap(first, second, by=None)
    assert [stands(row) for row in (first, second, other)] == [NOON + day * DAY for day in (1, 3, 4)]


def test_a_swap_adds_nothing_to_days_that_are_full():
    stage.an_api_client(limits={"uploads": 1})
    channel = stage.a_channel(daily_cap=1)
    [one], [other] = a_run(channel, [1]), a_run(channel, [2], drama="DR-0002")
    assert moving.swap(one, other, by=None)


def test_one_cannot_be_swapped_with_itself():
    [row] = a_run(stage.a_channel(), [1])
    with pytest.raises(Invalid, match="Two different"):
        moving.swap(row, row, by=None)


# --- from values alone


def test_the_fullest_day_slides():
    posted = [NOON + number * HOUR for number in range(0, 48, 2)]
    assert rules.fullest_day(posted, NOON + 23 * HOUR) == 13
    assert rules.fullest_day([], NOON) == 1
    assert rules.fullest_day([NOON], NOON + 24 * HOUR) == 1


def test_of_two_equally_near_times_the_earlier_is_taken():
    assert rules.by_nearness([NOON + HOUR, NOON - HOUR], NOON) == [NOON - HOUR, NOON + HOUR]
    assert rules.by_nearness([], NOON) == []


def test_a_hook_comes_first_and_a_compilation_after_its_last_episode():
    edition = stage.an_edition(stage.a_drama())
    hook, first = stage.a_clip(edition, 1, kind="hook"), stage.a_clip(edition, 1)
    whole = stage.a_clip(edition, 2, kind="compilation")
    assert stock.order(hook) < stock.order(first) < stock.order(whole)


# --- two people at once


def at_once(*works):
    """Each in a thread with a connection of its own, let go together; what each came to."""
    together, said = threading.Barrier(len(works)), {}

    def work(place, do):
        try:
            together.wait(10)
            said[place] = do()
        except Exception as error:  # noqa: BLE001  (the test looks at all that may come)
            said[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return [said[place] for place in range(len(works))]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("apart", [timedelta(0), HOUR], ids=["one slot", "one place in a day"])
def test_of_two_people_who_move_into_one_place_one_wins_and_one_is_told(apart):
    channel = stage.a_channel(daily_cap=1)
    [one], [other] = a_run(channel, [3]), a_run(channel, [4], drama="DR-0002")
    wanted = NOON + DAY
    said = at_once(
        lambda: moving.move(Publication.objects.get(pk=one.pk), due_at=wanted, by=None),
        lambda: moving.move(Publication.objects.get(pk=other.pk), due_at=wanted + apart, by=None),
    )
    assert sorted(type(one).__name__ for one in said) == ["Invalid", "bool"]
    assert Publication.objects.filter(due_at__date=wanted.date()).count() == 1
