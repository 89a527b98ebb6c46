from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from catalog.models import Rights
from channels.models import Plan, Publication
from channels.services import accounts, changing, holding, publishing, replanning
from channels.services.causes import Cause
from config.kernel import clock, leases, lifecycle
from config.kernel.errors import MoveRefused, NotAllowed
from tests.channels import stage
from tests.channels.fake_platform import Killed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube", "tiktok")]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
EVENING = timedelta(hours=6)  # 18:00 of the day whose noon it is


@pytest.fixture
def boss():
    return User.objects.create_user("boss")


def a_run(channel, count, *, code="DR-0001", tier="A", first=EVENING, step=DAY, status="approved", **more):
    """`count` episodes of one edition, at 18:00 of the coming days."""
    edition = stage.an_edition(stage.a_drama(code, tier=tier))
    return [
        stage.a_publication(
            channel, stage.a_clip(edition, number + 1), due_in=first + number * step, status=status, **more
        )
        for number in range(count)
    ]


def snapshot():
    return {row["id"]: row for row in Publication.objects.values()}


def lines(plan):
    return [(line.kind, line.publication_id, line.to_at) for line in plan.changes.all()]


def by_kind(plan):
    return {kind: n for kind, n in plan.summary["changes"].items() if n}


def codes(line):
    return [one["code"] for one in line.reasons]


def fresh(row):
    row.refresh_from_db()
    return row


# --- nothing to do


@pytest.mark.parametrize(
    "code", ["channel_rules", "channel_resumed", "too_late", "channel_paused"], ids=lambda code: code
)
def test_where_nothing_breaks_a_rule_no_change_is_made(code):
    channel = stage.a_channel()
    a_run(channel, 3)
    assert replanning.propose(Cause(code, channel.pk)) is None
    assert not Plan.objects.exists()


# --- a client is granted less


def quota(limit):
    client = stage.an_api_client()
    client.limits = {"uploads": limit}
    client.save()
    return Cause("quota_lowered", client.pk)


def three_channels():
    return [a_run(stage.a_channel(f"C{n}", times=["18:00", "20:00"]), 2, code=f"DR-{n}", tier=tier)
            for n, tier in enumerate("SAB")]  # fmt: skip


def test_a_lower_quota_releases_only_the_excess_of_each_day_and_the_least_valuable_first():
    runs = three_channels()
    before = snapshot()
    plan = replanning.propose(quota(2))
    assert snapshot() == before
    moved = {line.publication_id: line for line in plan.changes.all()}
    assert set(moved) == {row.pk for row in runs[2]}
    assert {tuple(codes(line)) for line in moved.values()} == {("change_budget",)}
    assert plan.cause["name"] == "youtube client"


def test_what_is_not_named_by_a_change_stays_as_it_is_in_every_column(boss):
    runs = three_channels()
    before = snapshot()
    plan = replanning.propose(quota(2))
    replanning.apply(plan, by=boss)
    after = snapshot()
    untouched = {row.pk for run in runs[:2] for row in run}
    assert {key: after[key] for key in untouched} == {key: before[key] for key in untouched}
    assert after[runs[2][0].pk] != before[runs[2][0].pk]


def test_days_under_the_lower_limit_keep_all_they_have(boss):
    busy = three_channels()
    alone = stage.a_publication(
        stage.a_channel("Alone"),
        stage.a_clip(stage.an_edition(stage.a_drama("DR-9", tier="C"))),
        due_in=9 * DAY + EVENING,
    )
    plan = replanning.propose(quota(2))
    assert alone.pk not in {line.publication_id for line in plan.changes.all()}
    assert {line.from_at.date() for line in plan.changes.all()} == {row.due_at.date() for row in busy[0]}


def test_after_the_cut_no_day_holds_more_than_is_granted_and_runs_keep_their_order(boss):
    runs = three_channels()
    replanning.apply(replanning.propose(quota(1)), by=boss)
    live = Publication.objects.filter(status__in=["approved", "proposed"])
    days = [(row.due_at - timedelta(minutes=30) - 8 * HOUR).date() for row in live]
    assert len(days) == len(set(days))
    for run in runs:
        dues = [fresh(row).due_at for row in run if fresh(row).status != "cancelled"]
        assert dues == sorted(dues)


def test_a_limit_of_nothing_drops_what_finds_no_day_and_says_so():
    three_channels()
    plan = replanning.propose(quota(0))
    assert by_kind(plan) == {"dropped": 6}
    assert {codes(line)[0] for line in plan.changes.all()} <= {"change_budget", "change_waits_behind"}


def test_a_pinned_publication_is_never_moved_and_named_when_it_must_go():
    channel = stage.a_channel(times=["18:00", "20:00"])
    pinned = a_run(channel, 1, is_pinned=True)[0]
    plan = replanning.propose(quota(0))
    assert lines(plan) == [("dropped", pinned.pk, None)]
    assert codes(plan.changes.get()) == ["change_budget", "change_was_pinned"]


def test_a_pinned_publication_goes_last():
    one, other = (stage.a_channel(name) for name in "AB")
    pinned = a_run(one, 1, tier="C", is_pinned=True, code="DR-1")[0]
    a_run(other, 1, tier="S", code="DR-2")
    plan = replanning.propose(quota(1))
    assert pinned.pk not in {line.publication_id for line in plan.changes.all()}


@pytest.mark.parametrize("status", ["uploading", "accepted", "published", "needs_person"])
def test_what_has_started_is_never_part_of_a_change(status):
    channel = stage.a_channel()
    a_run(channel, 1, status=status, external_id="v1")
    assert replanning.propose(quota(0)) is None


def test_what_is_held_is_never_part_of_a_change():
    row = a_run(stage.a_channel(), 1)[0]
    holding.hold("items", items=[row], why="x", by=None)
    assert replanning.propose(quota(0)) is None


def test_a_proposal_takes_as_many_queries_for_many_lines_as_for_few():
    channel = stage.a_channel(times=["18:00", "21:00"])
    a_run(channel, 2)
    channel.rules.update(times=["19:00", "21:00"])
    cause = Cause("channel_rules", channel.pk)
    with CaptureQueriesContext(connection) as few:
        assert by_kind(replanning.propose(cause, by=User.objects.create_user("a"))) == {"moved": 2}
    for number in range(2, 10):
        a_run(channel, 1, code=f"DR-{number}", first=EVENING + number * DAY)
    with CaptureQueriesContext(connection) as many:
        assert by_kind(replanning.propose(cause, by=User.objects.create_user("b"))) == {"moved": 10}
    assert len(many) <= len(few)


# --- rights


def close_rights(row, *, after):
    Rights.objects.update(closes_at=clock.now() + after)
    return Cause("rights_changed", row.clip.edition.drama_id)


def test_what_lies_behind_the_close_is_moved_before_it_where_a_time_is_free_and_else_dropped():
    channel = stage.a_channel(times=["18:00", "22:00"])
    rows = a_run(channel, 4)
    plan = replanning.propose(close_rights(rows[0], after=2 * DAY + 8 * HOUR))
    assert lines(plan) == [("dropped", rows[3].pk, None)]
    plan = replanning.propose(close_rights(rows[0], after=1 * DAY + 11 * HOUR))
    found = {line.publication_id: line for line in plan.changes.all()}
    assert set(found) == {rows[2].pk, rows[3].pk}
    assert (found[rows[2].pk].kind, found[rows[2].pk].to_at) == ("moved", clock.now() + DAY + 10 * HOUR)
    assert codes(found[rows[3].pk])[0] == "change_rights"


def test_what_is_due_in_a_minute_or_was_due_is_left_alone_where_its_rights_are_open():
    channel = stage.a_channel()
    rows = a_run(channel, 3, first=timedelta(minutes=-20), step=timedelta(minutes=21))
    cause = Cause("rights_changed", rows[0].clip.edition.drama_id)
    assert replanning.propose(cause) is None


def test_what_is_due_in_a_minute_is_left_to_its_upload_where_its_rights_have_closed():
    channel = stage.a_channel()
    soon, later = a_run(channel, 2, first=timedelta(minutes=1))
    Rights.objects.all().delete()
    plan = replanning.propose(Cause("rights_changed", soon.clip.edition.drama_id))
    assert lines(plan) == [("dropped", later.pk, None)]


def test_rights_that_were_deleted_drop_all_of_the_drama_and_nothing_else():
    channel = stage.a_channel(times=["18:00", "22:00"])
    rows = a_run(channel, 2)
    a_run(channel, 2, code="DR-2", first=10 * HOUR)
    Rights.objects.filter(drama=rows[0].clip.edition.drama).delete()
    plan = replanning.propose(Cause("rights_changed", rows[0].clip.edition.drama_id))
    assert {line.publication_id for line in plan.changes.all()} == {row.pk for row in rows}


def test_a_newer_change_for_the_same_event_takes_the_place_of_the_older_draft():
    rows = a_run(stage.a_channel(), 3)
    first = replanning.propose(close_rights(rows[0], after=2 * DAY))
    second = replanning.propose(close_rights(rows[0], after=DAY))
    assert (fresh(first).status, second.status) == ("discarded", "draft")
    Rights.objects.update(closes_at=None)
    assert replanning.propose(Cause("rights_changed", rows[0].clip.edition.drama_id)) is None
    assert fresh(second).status == "discarded"


# --- failures, and what missed its time


def failed(row):
    lifecycle.advance(row, to="uploading")
    lifecycle.advance(row, to="failed", status_reason="refused")
    return Cause("item_failed", row.pk)


def test_a_failed_clip_takes_the_next_free_time_and_nothing_else_moves():
    channel = stage.a_channel(times=["14:00", "18:00"], drama_gap_hours=1)
    rows = a_run(channel, 3)
    plan = replanning.propose(failed(rows[0]))
    assert lines(plan) == [("moved", rows[0].pk, clock.now() + 2 * HOUR)]


def test_the_episodes_behind_a_failed_one_make_room_only_as_far_as_order_demands(boss):
    channel = stage.a_channel(times=["18:00"])
    now = clock.now()
    rows = a_run(channel, 3, first=EVENING) + []
    late = stage.a_publication(channel, stage.a_clip(rows[0].clip.edition, 9), due_in=EVENING + 4 * DAY)
    Publication.objects.filter(pk=rows[0].pk).update(due_at=now - HOUR)
    other = a_run(channel, 1, code="DR-2", first=EVENING)[0]
    plan = replanning.propose(failed(fresh(rows[0])))
    assert lines(plan) == [
        ("moved", rows[0].pk, now + EVENING + DAY),
        ("moved", rows[1].pk, now + EVENING + 2 * DAY),
        ("moved", rows[2].pk, now + EVENING + 3 * DAY),
    ]
    untouched = {other.pk, late.pk}
    before = {key: row for key, row in snapshot().items() if key in untouched}
    assert replanning.apply(plan, by=boss) == changing.Applied(moved=3)
    assert [fresh(row).status for row in rows] == ["approved"] * 3
    assert [fresh(row).due_at for row in rows] == [now + EVENING + n * DAY for n in (1, 2, 3)]
    assert {key: row for key, row in snapshot().items() if key in untouched} == before


def test_a_pinned_follower_is_not_pushed_and_the_failed_clip_is_dropped_when_nothing_lies_before_it():
    channel = stage.a_channel(times=["18:00"])
    rows = a_run(channel, 2)
    Publication.objects.filter(pk=rows[1].pk).update(is_pinned=True)
    Publication.objects.filter(pk=rows[0].pk).update(due_at=clock.now() - HOUR)
    a_run(channel, 1, code="DR-2")
    plan = replanning.propose(failed(fresh(rows[0])))
    assert lines(plan) == [("dropped", rows[0].pk, None)]


def test_what_missed_its_time_while_a_channel_was_paused_is_placed_as_soon_as_it_can(boss):
    channel = stage.a_channel(times=["18:00"])
    rows = a_run(channel, 2, first=HOUR)
    Publication.objects.filter(pk=rows[1].pk).update(due_at=clock.now() + EVENING + DAY)
    with clock.at(clock.now() + 5 * HOUR):
        publishing.sweep()
        assert fresh(rows[0]).status == "proposed"
        plan = replanning.propose(Cause("channel_resumed", channel.pk))
        assert lines(plan) == [("moved", rows[0].pk, clock.now() + HOUR)]
        replanning.apply(plan, by=boss)
        assert (fresh(rows[0]).status, rows[0].approved_at) == ("proposed", None)


# --- the channel


def test_a_posting_time_that_is_gone_asks_for_the_nearest_other_and_a_pinned_one_may_stand_at_any_minute():
    channel = stage.a_channel(times=["18:00", "21:00"])
    rows = a_run(channel, 2)
    pinned = a_run(channel, 1, code="DR-2", first=EVENING + 2 * DAY, is_pinned=True)[0]
    channel.rules.update(times=["19:00", "21:00"])
    plan = replanning.propose(Cause("channel_rules", channel.pk))
    assert lines(plan) == [("moved", row.pk, row.due_at + HOUR) for row in rows]
    assert pinned.pk not in {line.publication_id for line in plan.changes.all()}


def test_a_lower_daily_cap_moves_the_least_valuable_of_the_day():
    channel = stage.a_channel(times=["14:00", "18:00", "22:00"])
    a_run(channel, 1, tier="S")
    poor = a_run(channel, 1, code="DR-2", tier="C", first=10 * HOUR)[0]
    channel.daily_cap = 1
    channel.save()
    plan = replanning.propose(Cause("channel_rules", channel.pk))
    assert lines(plan) == [("moved", poor.pk, clock.now() + DAY + 2 * HOUR)]
    assert codes(plan.changes.get()) == ["change_daily_cap"]


def test_what_a_channel_takes_no_more_is_dropped():
    channel = stage.a_channel()
    rows = a_run(channel, 2, tier="C")
    channel.tiers = ["S"]
    channel.save()
    plan = replanning.propose(Cause("channel_rules", channel.pk))
    assert [(line.kind, line.publication_id, codes(line)[0]) for line in plan.changes.all()] == [
        ("dropped", row.pk, "tier") for row in rows
    ]


# --- a pause


def test_a_pause_without_an_end_leaves_everything_where_it_is():
    channel = stage.a_channel()
    a_run(channel, 2)
    accounts.pause(channel, why="x", by=None)
    assert replanning.propose(Cause("channel_paused", channel.pk)) is None


def test_with_an_end_of_the_pause_what_falls_into_it_goes_out_after_it_in_order():
    channel = stage.a_channel(times=["18:00", "23:00"], drama_gap_hours=1)
    rows = a_run(channel, 3)
    until = clock.now() + DAY + 8 * HOUR
    plan = replanning.propose(Cause("channel_paused", channel.pk, until=until))
    assert lines(plan) == [
        ("moved", rows[0].pk, clock.now() + DAY + 11 * HOUR),
        ("moved", rows[1].pk, clock.now() + 2 * DAY + 6 * HOUR),
        ("moved", rows[2].pk, clock.now() + 2 * DAY + 11 * HOUR),
    ]


def test_asked_for_a_run_not_yet_begun_goes_to_another_channel_whole_and_waits_for_approval(boss):
    paused, other = stage.a_channel("Paused"), stage.a_channel("Other")
    rows = a_run(paused, 2)
    accounts.pause(paused, why="x", by=None)
    plan = replanning.propose(Cause("channel_paused", paused.pk, elsewhere=True))
    assert by_kind(plan) == {"dropped": 2, "added": 2}
    assert replanning.apply(plan, by=boss) == changing.Applied(dropped=2, added=2)
    moved = list(other.publications.order_by("due_at"))
    assert [(row.clip_id, row.due_at, row.status) for row in moved] == [
        (row.clip_id, row.due_at, "proposed") for row in rows
    ]


def test_a_clip_that_another_channel_does_not_take_keeps_its_run_where_it_is():
    paused = stage.a_channel("Paused", can_upload_long=True)
    stage.a_channel("Other")
    edition = stage.an_edition(stage.a_drama())
    stage.a_publication(paused, stage.a_clip(edition, 1), due_in=EVENING)
    stage.a_publication(paused, stage.a_clip(edition, 2, duration_ms=20 * 60_000), due_in=EVENING + DAY)
    accounts.pause(paused, why="x", by=None)
    assert replanning.propose(Cause("channel_paused", paused.pk, elsewhere=True)) is None


@pytest.mark.parametrize("which", [0, 1])
def test_a_run_goes_elsewhere_whole_or_not_at_all(boss, which):
    paused, other = stage.a_channel("Paused"), stage.a_channel("Other")
    rows = a_run(paused, 2)
    accounts.pause(paused, why="x", by=None)
    plan = replanning.propose(Cause("channel_paused", paused.pk, elsewhere=True))
    taken = plan.changes.filter(kind="added").order_by("to_at")[which].to_at
    blocking = stage.an_edition(stage.a_drama("DR-0009"))
    stage.a_publication(other, stage.a_clip(blocking), due_in=taken - clock.now())
    assert replanning.apply(plan, by=boss) == changing.Applied(refused=4)
    assert [fresh(row).status for row in rows] == ["approved", "approved"]
    assert other.publications.count() == 1
    assert {line.publication for line in plan.changes.filter(kind="added")} == {None}
    assert "whole or not at all" in plan.changes.first().refusal


def test_a_run_of_which_one_clip_moved_on_goes_nowhere(boss):
    paused, other = stage.a_channel("Paused"), stage.a_channel("Other")
    first, last = a_run(paused, 2)
    accounts.pause(paused, why="x", by=None)
    plan = replanning.propose(Cause("channel_paused", paused.pk, elsewhere=True))
    Publication.objects.filter(pk=last.pk).update(due_at=last.due_at + HOUR)
    assert replanning.apply(plan, by=boss) == changing.Applied(refused=4)
    assert (fresh(first).status, other.publications.count()) == ("approved", 0)


def test_a_run_that_viewers_follow_stays_with_them():
    paused = stage.a_channel("Paused")
    stage.a_channel("Other")
    rows = a_run(paused, 2)
    stage.a_publication(
        paused, stage.a_clip(rows[0].clip.edition, 9), due_in=-DAY, status="published", external_id="v1"
    )
    assert replanning.propose(Cause("channel_paused", paused.pk, elsewhere=True)) is None


# --- applying


def test_yeses_stay_with_what_is_moved_and_whoever_applies_says_yes_to_the_new_time(boss):
    other = User.objects.create_user("other")
    runs = three_channels()
    row = runs[2][0]
    row.approvals.create(by=other, at=clock.now())
    replanning.apply(replanning.propose(quota(2)), by=boss)
    assert fresh(row).status == "approved"
    assert {one.by.username for one in row.approvals.filter(lapsed_at=None)} >= {"boss", "other"}
    assert row.history.first().history_user is None


def test_a_line_whose_publication_was_changed_meanwhile_is_refused_with_a_sentence(boss):
    runs = three_channels()
    plan = replanning.propose(quota(2))
    Publication.objects.filter(pk=runs[2][1].pk).update(due_at=clock.now() + 20 * DAY)
    applied = replanning.apply(plan, by=boss)
    assert (applied.refused, fresh(plan).status) == (1, "approved")
    assert plan.changes.get(publication=runs[2][1]).refusal == "It was changed since this was proposed."


def test_a_line_that_would_now_break_a_rule_is_refused_with_what_needs_it_and_the_rest_is_applied(boss):
    three_channels()
    free = a_run(stage.a_channel("Free"), 1, code="DR-8", tier="C")[0]
    plan = replanning.propose(quota(2))
    line = plan.changes.filter(kind="moved").exclude(publication=free).order_by("-to_at").first()
    stage.a_publication(
        line.channel, stage.a_clip(stage.an_edition(stage.a_drama("DR-7"))), due_in=line.to_at - clock.now()
    )
    applied = replanning.apply(plan, by=boss)
    refused = {one.publication_id: one.refusal for one in plan.changes.filter(applied=False)}
    assert (applied.moved, applied.refused, fresh(free).due_at) == (1, 2, plan.changes.get(publication=free).to_at)
    assert "is taken by DR-7" in refused[line.publication_id]
    assert any("It comes before" in sentence for sentence in refused.values())


def test_a_change_is_applied_once_and_by_a_person(boss):
    three_channels()
    plan = replanning.propose(quota(2))
    with pytest.raises(NotAllowed):
        replanning.apply(plan, by=None)
    replanning.apply(plan, by=boss)
    before = snapshot()
    with pytest.raises(MoveRefused):
        replanning.apply(plan, by=boss)
    with pytest.raises(MoveRefused):
        replanning.discard(plan, by=boss)
    assert snapshot() == before


def test_a_discarded_change_changes_nothing(boss):
    three_channels()
    before = snapshot()
    plan = replanning.propose(quota(2))
    assert replanning.discard(plan, by=boss) is True
    assert (snapshot() == before, fresh(plan).status) == (True, "discarded")


def test_after_a_kill_between_two_channels_applying_again_does_the_rest_and_nothing_twice(boss, monkeypatch):
    for n, tier in enumerate("SABC"):
        a_run(stage.a_channel(f"C{n}", times=["18:00", "20:00"]), 2, code=f"DR-{n}", tier=tier)
    plan = replanning.propose(quota(2))
    assert plan.changes.values("channel").distinct().count() == 2
    real, turns = changing._write, []

    def killed_at_the_second(*given, **named):
        turns.append(1)
        if len(turns) == 2:
            raise Killed
        real(*given, **named)

    monkeypatch.setattr(changing, "_write", killed_at_the_second)
    with pytest.raises(Killed):
        replanning.apply(plan, by=boss)
    assert fresh(plan).status == "draft"
    done = {line.publication_id for line in plan.changes.filter(applied=True)}
    halfway = snapshot()
    monkeypatch.setattr(changing, "_write", real)
    with clock.at(clock.now() + timedelta(minutes=5)):
        applied = replanning.apply(plan, by=boss)
    assert (len(done), applied.refused, fresh(plan).status) == (2, 0, "approved")
    assert {key: snapshot()[key] for key in done} == {key: halfway[key] for key in done}
    assert plan.changes.filter(applied=True).count() == plan.changes.count()


def test_two_who_apply_at_once_apply_each_line_once(boss):
    three_channels()
    plan = replanning.propose(quota(2))
    leases.claim(Plan.objects.get(pk=plan.pk), seconds=60)
    before = snapshot()
    assert replanning.apply(plan, by=boss).is_done is False
    assert snapshot() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["upload", "apply"])
def test_an_upload_that_starts_while_a_change_is_applied_ends_up_once_and_at_one_time(boss, youtube, first):
    """Two connections: the change wants to move a clip that a worker begins to upload at the same moment."""
    channel = stage.a_channel(times=["18:00", "20:00"])
    row = a_run(channel, 1, first=timedelta(minutes=10))[0]
    plan = replanning.propose(quota(0)) or pytest.fail("nothing to change")
    to_at = clock.now() + EVENING
    plan.changes.update(kind="moved", to_at=to_at)
    stage.an_api_client().__class__.objects.update(limits={})
    gate, said = threading.Barrier(2), {}

    def work(name, do):
        gate.wait(10)
        try:
            said[name] = do()
        finally:
            connections.close_all()

    jobs = {
        "upload": lambda: publishing.push(row.pk),
        "apply": lambda: replanning.apply(Plan.objects.get(pk=plan.pk), by=boss),
    }
    threads = [
        threading.Thread(target=work, args=(name, jobs[name])) for name in sorted(jobs, key=lambda n: n != first)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    row.refresh_from_db()
    line = plan.changes.get()
    if line.applied:
        assert (row.status, row.due_at, len(youtube.videos)) == ("approved", to_at, 0)
        assert said["upload"].startswith(("not due", "another worker"))
    else:
        assert (row.status, len(youtube.videos)) == ("accepted", 1)
        assert row.due_at == line.from_at
