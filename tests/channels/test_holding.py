from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connections

from channels.models import Hold, Plan, Publication
from channels.rules.hold import Overdue, Pace, at_once
from channels.services import extras, holding, looking, publishing, withdrawing
from config.kernel import clock
from config.kernel.errors import Invalid
from config.kernel.models import News
from tests.channels import stage
from tests.channels.fake_platform import Killed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube", "tiktok")]


def a_due(name="ES", *, number=1, code="DR-0001", platform="youtube", **more):
    channel = stage.a_channel(name, platform=platform)
    return stage.a_publication(channel, stage.a_clip(stage.an_edition(stage.a_drama(code)), number), **more)


def fresh(row):
    row.refresh_from_db()
    return row


def in_minutes(minutes):
    return clock.at(clock.now() + timedelta(minutes=minutes))


def everything(**more):
    return holding.hold("everything", why="strike", by=None, **more)


def test_while_everything_is_held_nothing_is_uploaded_and_its_time_stays(youtube, drain_jobs):
    row = a_due()
    due_at = row.due_at
    everything()
    assert publishing.sweep().startswith("0 due")
    assert "strike" in publishing.push(row.pk)
    assert (fresh(row).status, row.due_at, youtube.calls) == ("approved", due_at, [])


def test_a_lifted_hold_lets_what_is_still_in_time_go_at_once(youtube, drain_jobs):
    row = a_due()
    hold = everything()
    with in_minutes(20):
        publishing.push(row.pk)
        assert holding.lift(hold, by=None) == 1
        drain_jobs()
    assert (fresh(row).status, len(youtube.videos)) == ("accepted", 1)


def test_a_hold_on_one_platform_leaves_the_other_alone(youtube, tiktok):
    there, here = a_due("YT"), a_due("TT", platform="tiktok", code="DR-0002")
    holding.hold("platform", platform="youtube", why="outage", by=None)
    assert "outage" in publishing.push(there.pk)
    assert publishing.push(here.pk).startswith("accepted")
    assert (len(youtube.videos), len(tiktok.videos)) == (0, 1)


class HoldsMidway:
    """Puts a hold in force while the platform takes the `after`-th chunk."""

    def __init__(self, platform, *, after, put):
        self.platform, self.left, self.put = platform, after, put
        self.send, platform.send = platform.send, self

    def __call__(self, *given, **named):
        state = self.send(*given, **named)
        self.left -= 1
        if self.left == 0:
            self.put()
        return state


@pytest.mark.parametrize("put", [everything, None], ids=["everything", "items"])
def test_an_upload_under_way_stops_at_its_next_chunk_and_goes_on_later_as_the_same_upload(youtube, drain_jobs, put):
    row = a_due()
    HoldsMidway(youtube, after=2, put=put or (lambda: holding.hold("items", items=[row], why="strike", by=None)))
    assert "strike" in publishing.push(row.pk)
    sent = youtube.count("send")
    publishing.sweep()
    drain_jobs()
    assert (youtube.count("send"), fresh(row).status, row.sessions.get().status) == (sent, "uploading", "open")
    with in_minutes(30):
        holding.lift(Hold.objects.get(), by=None)
        publishing.sweep()
        drain_jobs()
    assert (fresh(row).status, youtube.count("open_session")) == ("accepted", 1)
    assert [video.content for video in youtube.videos] == [stage.content_of(row.clip)]


def test_what_may_have_arrived_is_asked_about_during_a_hold_and_nothing_more_is_sent(youtube, drain_jobs):
    row = a_due()
    youtube.fail("final:after", Killed())
    with pytest.raises(Killed):
        publishing.push(row.pk)
    everything()
    sent = youtube.count("send")
    with in_minutes(3):
        publishing.sweep()
        drain_jobs()
    assert (fresh(row).status, youtube.count("send"), len(youtube.videos)) == ("accepted", sent, 1)


def test_a_killed_worker_of_a_held_upload_is_not_taken_over_before_the_hold_is_lifted(youtube, drain_jobs):
    row = a_due()
    youtube.fail("send:after", Killed())
    with pytest.raises(Killed):
        publishing.push(row.pk)
    hold, calls = everything(), len(youtube.calls)
    with in_minutes(3):
        publishing.sweep()
        drain_jobs()
        assert len(youtube.calls) == calls
        holding.lift(hold, by=None)
        drain_jobs()
    assert (fresh(row).status, len(youtube.videos)) == ("accepted", 1)


def test_what_became_too_late_behind_a_hold_is_planned_anew(youtube, drain_jobs):
    row = a_due()
    hold = everything()
    with in_minutes(4 * 60):
        publishing.sweep()
        assert fresh(row).status == "approved"
        holding.lift(hold, by=None)
        drain_jobs()
    assert (fresh(row).status, row.approved_at, youtube.videos) == ("proposed", None, [])


def test_a_lifted_hold_sends_no_burst_of_one_drama(youtube, drain_jobs):
    edition, channel = stage.an_edition(stage.a_drama()), stage.a_channel(drama_gap_hours=1)
    rows = [
        stage.a_publication(channel, stage.a_clip(edition, number), due_in=timedelta(minutes=number))
        for number in (1, 2, 3)
    ]
    hold = everything()
    with in_minutes(60):
        assert holding.lift(hold, by=None) == 3
        drain_jobs()
        assert News.objects.filter(code="publications_too_late").count() == 1
    assert [fresh(row).status for row in rows] == ["accepted", "proposed", "proposed"]


HOUR = timedelta(hours=1)
HOOK, ONE, TWO = (0, 0, 1), (1, 1, 2), (2, 1, 3)


def overdue(key, due_at, *, edition=5, order=ONE, channel=7, **more):
    return Overdue(key, channel, edition, edition, order, due_at, **more)


@pytest.mark.parametrize(
    ("cap", "gap", "shown", "goes"),
    [
        (9, 0, [], {1}),
        (2, 0, [0], {1}),
        (1, 0, [0], set()),
        (9, 1, [0.5], {3}),
        (9, 1, [1], {1}),
    ],
)
def test_of_what_is_overdue_one_goes_out_at_once_and_only_as_the_channel_posts(noon, cap, gap, shown, goes):
    rows = [
        overdue(1, noon - 3 * HOUR),
        overdue(2, noon - 2 * HOUR, order=TWO),
        overdue(3, noon - HOUR, edition=6),
    ]
    pace = Pace("UTC", cap, gap * HOUR, tuple((noon + at * HOUR, 5) for at in shown))
    assert at_once(reversed(rows), {7: pace}, now=noon) == goes


@pytest.mark.parametrize("lost", [{"is_in_time": False}, {"is_behind": True}])
def test_a_run_whose_next_clip_may_not_go_sends_none_of_the_clips_behind_it(noon, lost):
    rows = [overdue(1, noon - 3 * HOUR, order=HOOK, **lost), overdue(2, noon - HOUR)]
    assert at_once(rows, {7: Pace("UTC", 9, 0 * HOUR)}, now=noon) == set()


def test_where_an_interrupted_upload_goes_on_nothing_else_goes_out_at_once(noon):
    assert at_once([overdue(1, noon - HOUR)], {7: Pace("UTC", 9, 0 * HOUR, is_busy=True)}, now=noon) == set()


def a_held_run(*, channel, minutes, code="DR-0001"):
    """A hook and the episodes behind it, due at these minutes after noon."""
    edition = stage.an_edition(stage.a_drama(code))
    kinds = ["hook", *("episode" for _one in minutes[1:])]
    return [
        stage.a_publication(channel, stage.a_clip(edition, max(number, 1), kind=kind), due_in=timedelta(minutes=at))
        for number, (kind, at) in enumerate(zip(kinds, minutes, strict=True))
    ]


def all_day(**more):
    times = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(0, 1440, 45)]
    return stage.a_channel(times=times, daily_cap=40, drama_gap_hours=0, **more)


def test_after_a_lift_one_of_each_channel_goes_out_and_the_rest_is_placed_anew_in_order(youtube, drain_jobs):
    rows = a_held_run(channel=all_day(late_minutes=60), minutes=[0, 45, 90, 135])
    everything()
    with in_minutes(150):
        holding.lift(Hold.objects.get(), by=None)
        drain_jobs()
        assert [fresh(row).status for row in rows] == ["proposed"] * 4
        plan = Plan.objects.get(kind="change")
        moved = {line.publication_id: line.to_at for line in plan.changes.all()}
        times = [moved[row.pk] for row in rows]
        assert times == sorted(times)
        assert times[0] > clock.now() and len(set(times)) == 4
    assert youtube.videos == []


def test_after_a_short_hold_the_next_of_the_run_goes_out_and_none_with_it(youtube, drain_jobs):
    rows = a_held_run(channel=all_day(), minutes=[0, 45, 90])
    everything()
    with in_minutes(100):
        holding.lift(Hold.objects.get(), by=None)
        drain_jobs()
        assert [fresh(row).status for row in rows] == ["accepted", "proposed", "proposed"]
        assert set(Plan.objects.get(kind="change").changes.values_list("publication", flat=True)) == {
            rows[1].pk,
            rows[2].pk,
        }


def test_a_clip_behind_one_that_was_given_up_waits_for_it_even_at_its_own_time(youtube, drain_jobs):
    rows = a_held_run(channel=all_day(late_minutes=60), minutes=[0, 180])
    everything()
    with in_minutes(150):
        holding.lift(Hold.objects.get(), by=None)
    with in_minutes(185):
        publishing.push(rows[1].pk)
    assert (fresh(rows[0]).status, fresh(rows[1]).status, youtube.videos) == ("proposed", "approved", [])
    assert "planned anew first" in rows[1].status_reason


def test_the_news_of_lifted_publications_speaks_of_several(youtube):
    holding.lift(holding.hold("items", items=[a_due().pk], why="x", by=None), by=None)
    assert News.objects.get(code="hold").sentence == "Some publications are no longer held (lifted by –)."


def test_a_bad_clip_is_taken_down_while_everything_is_held(youtube, drain_jobs):
    row = a_due()
    publishing.push(row.pk)
    with in_minutes(6):
        looking.look_all()
        everything()
        withdrawing.withdraw(fresh(row), by=None, why="bad dubbing")
        drain_jobs()
        extras.sweep()
        drain_jobs()
    assert (fresh(row).status, youtube.videos) == ("withdrawn", [])


def test_a_hold_says_how_many_the_platform_will_show_by_itself(youtube):
    row = a_due(due_in=timedelta(minutes=20))
    publishing.push(row.pk)
    assert holding.going_live_by_themselves(everything()) == 1


# --- in force once


def test_everything_is_held_once_at_a_time(noon):
    first = everything()
    again = holding.hold("everything", why="another reason", by=None)
    assert (again.pk, again.why) == (first.pk, "strike")
    holding.lift(first, by=None)
    assert holding.lift(first, by=None) == 0
    assert everything().pk != first.pk


@pytest.mark.django_db(transaction=True)
def test_two_people_who_hold_everything_at_once_make_one_hold():
    gate, found = threading.Barrier(2), []

    def work():
        gate.wait(10)
        try:
            found.append(everything().pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(found), len(set(found)), Hold.objects.count()) == (2, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_lift_at_once_lift_it_once(drain_jobs):
    a_due()
    hold, gate, found = everything(), threading.Barrier(2), []

    def work():
        gate.wait(10)
        try:
            with clock.at(hold.since + timedelta(minutes=5)):
                found.append(holding.lift(Hold.objects.get(pk=hold.pk), by=None))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(found) == [0, 1]
    assert News.objects.filter(code="hold").count() == 2


# --- chosen publications


def test_chosen_publications_are_held_and_freed_and_the_history_says_by_whom(youtube):
    boss = User.objects.create_user("boss")
    row, other = a_due("A"), a_due("B", code="DR-0002")
    hold = holding.hold("items", items=[row.pk], why="new rule", by=boss)
    assert list(Publication.objects.due(clock.now())) == [other]
    assert (fresh(row).hold, row.status) == (hold, "approved")
    assert holding.lift(hold, by=boss) == 1
    assert fresh(row).hold is None
    changes = row.history.filter(history_user=boss).order_by("-history_id")
    assert [(one.hold_id, one.history_change_reason) for one in changes] == [
        (None, "the hold was lifted"),
        (hold.pk, "new rule"),
    ]


def test_what_is_held_already_or_live_is_not_held_again(youtube):
    row = a_due()
    holding.hold("items", items=[row], why="first", by=None)
    with pytest.raises(Invalid, match="held already"):
        holding.hold("items", items=[row], why="second", by=None)
    assert Hold.objects.count() == 1


@pytest.mark.parametrize(
    ("scope", "more"),
    [
        ("items", {}),
        ("platform", {}),
        ("platform", {"platform": "myspace"}),
        ("half", {}),
        ("everything", {"platform": "youtube"}),
    ],
)
def test_a_hold_on_nothing_known_is_refused(scope, more):
    with pytest.raises(Invalid):
        holding.hold(scope, why="x", by=None, **more)
    assert not Hold.objects.exists()
