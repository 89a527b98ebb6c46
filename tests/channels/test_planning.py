from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Rights
from channels.models import Publication, Run
from channels.rules import reasons
from channels.rules.planner.fill import fill
from channels.rules.planner.problem import Problem
from channels.services import approving, deciding, moving, planning, scene
from config.kernel import clock
from config.kernel.errors import Invalid, MoveRefused
from tests.channels import stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube", "tiktok")]
DAYS = timedelta(days=3)


def make(days=DAYS, **more):
    return planning.make(starts_at=clock.now(), ends_at=clock.now() + days, **more)


def placed(plan):
    rows = plan.publications.order_by("due_at", "channel__name")
    return [(row.channel.name, row.clip.first_episode, row.due_at) for row in rows]


def test_a_run_keeps_episode_order_in_the_slots_of_its_channel():
    edition = stage.an_edition(stage.a_drama())
    for number in (3, 1, 2):
        stage.a_clip(edition, number)
    stage.a_channel(times=["18:00"])
    assert [episode for _, episode, _ in placed(make())] == [1, 2, 3]


def test_each_publication_says_why_and_what_was_checked():
    stage.a_clip(stage.an_edition(stage.a_drama()))
    stage.a_channel()
    row = make().publications.get()
    assert "Tier A: +30 points." in reasons.sentences(row.reasons)
    assert {one["rule"] for one in row.preflight.get().outcomes if one["passed"]} >= {
        "rights",
        "qc",
        "texts",
        "ai_disclosure",
    }
    assert (row.title, row.status) == ("Título DR-0001 | Episodio 1", "proposed")


def test_a_clip_that_the_channel_had_is_never_planned_again():
    stage.a_clip(stage.an_edition(stage.a_drama()))
    channel = stage.a_channel()
    make()
    assert placed(make()) == []
    moving.cancel(Publication.objects.get(), by=None, why="not this one")
    assert placed(make()) == [(channel.name, 1, clock.now().replace(hour=18))]


def test_the_gap_between_clips_of_one_drama_and_the_daily_cap_hold():
    edition = stage.an_edition(stage.a_drama())
    for number in range(1, 9):
        stage.a_clip(edition, number)
    stage.a_channel(times=["13:00", "14:00", "18:00", "22:00"], daily_cap=2, drama_gap_hours=4)
    plan = make()
    dues = [due for *_, due in placed(plan)]
    assert all(later - earlier >= timedelta(hours=4) for earlier, later in zip(dues, dues[1:], strict=False))
    assert max(Counter(due.date() for due in dues).values()) == 2
    assert {one.rule for one in plan.left_out.all()} <= {"daily_cap", "drama_gap", "order"}
    assert plan.left_out.count() == 8 - len(dues)


def test_a_clip_still_being_cut_holds_back_what_comes_after_it():
    edition = stage.an_edition(stage.a_drama())
    stage.a_clip(edition, 1)
    stage.a_clip(edition, 2, status="waiting")
    stage.a_clip(edition, 3)
    stage.a_channel()
    plan = make()
    assert [episode for _, episode, _ in placed(plan)] == [1]
    assert [(one.clip.first_episode, one.rule) for one in plan.left_out.order_by("clip")] == [
        (2, "not_cut"),
        (3, "order"),
    ]


def test_the_api_clients_uploads_a_day_are_the_plans_limit():
    client = stage.an_api_client(limits={"uploads": 1})
    for number in range(3):
        drama = stage.a_drama(f"DR-000{number}")
        stage.a_clip(stage.an_edition(drama))
        stage.a_channel(f"ES {number}", times=["18:00"])
    plan = make()
    assert client.limits == {"uploads": 1}
    assert all(line["promised"] + line["planned"] <= 1 for line in plan.summary["quota"])
    assert max(Counter(due for *_, due in placed(plan)).values()) == 1


def test_tiktok_takes_no_more_posts_a_day_than_it_allows():
    edition = stage.an_edition(stage.a_drama())
    for number in range(1, 25):
        stage.a_clip(edition, number)
    times = [f"{hour:02d}:{minute:02d}" for hour in range(24) for minute in (0, 30)]
    stage.a_channel(platform="tiktok", times=times, daily_cap=40, drama_gap_hours=0)
    plan = make(timedelta(hours=12))
    assert len(placed(plan)) == 15
    assert plan.left_out.order_by("clip").first().rule == "account_cap"


def test_tiktok_s_day_is_any_24_hours_and_not_a_date():
    edition = stage.an_edition(stage.a_drama())
    for number in range(1, 60):
        stage.a_clip(edition, number)
    times = [f"{hour:02d}:{minute:02d}" for hour in range(24) for minute in (0, 30)]
    stage.a_channel(platform="tiktok", times=times, daily_cap=40, drama_gap_hours=0)
    moments = [due for *_, due in placed(make(timedelta(hours=40)))]
    fullest = max(sum(start <= one < start + timedelta(hours=24) for one in moments) for start in moments)
    assert (fullest, len(moments) > 15) == (15, True)


def test_an_edition_runs_on_one_channel_of_each_platform():
    stage.a_clip(stage.an_edition(stage.a_drama()))
    stage.a_channel("ES 1")
    stage.a_channel("ES 2")
    stage.a_channel("ES 3", platform="tiktok")
    assert Counter(run.channel.platform for run in (make(), Run.objects.all())[1]) == {"youtube": 1, "tiktok": 1}


def test_an_edition_that_fits_nowhere_is_left_out_with_the_exact_rule():
    edition = stage.an_edition(stage.a_drama())
    stage.a_clip(edition)
    stage.a_channel(countries=["MX", "US"])
    Rights.objects.update(territories=["MX"])
    left = make().left_out.get()
    assert (left.rule, left.sentence) == ("rights", "No open rights for US on youtube in es.")


def test_a_clip_that_a_newer_version_mends_is_not_planned():
    edition = stage.an_edition(stage.a_drama())
    bad = stage.a_clip(edition, 1)
    edition.versions.update(status="superseded")
    version = stage.a_version(edition, number=2)
    stage.a_master(version, 1, content="mended")
    good = stage.a_clip(edition, 1, version=version, supersedes=bad)
    stage.a_channel()
    assert make().publications.get().clip == good


def test_an_unchanged_clip_of_an_older_version_still_goes_out():
    edition = stage.an_edition(stage.a_drama())
    clip = stage.a_clip(edition, 1)
    edition.versions.update(status="superseded")
    stage.a_master(stage.a_version(edition, number=2), 1, content="delivered anew")
    stage.a_channel()
    assert make().publications.count() == 0
    master = clip.segments.get().master
    edition.versions.get(number=2).masters.update(sha256=master.sha256)
    assert make().publications.get().clip == clip


def test_the_same_input_in_any_order_gives_the_same_plan():
    for number in range(6):
        edition = stage.an_edition(stage.a_drama(f"DR-000{number}", tier="SABC"[number % 4]))
        for episode in range(1, 5):
            stage.a_clip(edition, episode)
    for number in range(3):
        stage.a_channel(f"ES {number}", times=["13:00", "18:00", "20:00"])
    window = scene.Window(clock.now(), clock.now() + DAYS)
    problem = scene.read(window, scene.active(None)).problem()
    plans = set()
    for seed in range(5):
        mixed = random.Random(seed)
        pairs, lanes = list(problem.pairs), list(problem.lanes)
        mixed.shuffle(pairs)
        mixed.shuffle(lanes)
        plans.add(str(fill(Problem(tuple(pairs), tuple(lanes), problem.budgets)).placed))
    assert len(plans) == 1
    assert plans.pop()


def test_approving_lets_the_plan_go_out_and_starts_its_runs(admin_user):
    stage.a_clip(stage.an_edition(stage.a_drama()))
    stage.a_channel()
    plan = make()
    assert approving.approve(plan, by=admin_user) == 1
    row = plan.publications.get()
    assert (row.status, row.approved_by, row.run.status) == ("approved", admin_user, "active")


@pytest.mark.parametrize("status", ["uploading", "needs_person", "failed"])
def test_an_approval_is_no_way_to_send_blindly_again(admin_user, status):
    stage.a_clip(stage.an_edition(stage.a_drama()))
    stage.a_channel()
    plan = make()
    approving.approve(plan, by=admin_user)
    plan.publications.update(status=status)
    with pytest.raises(MoveRefused):
        approving.approve_publication(plan.publications.get(), by=admin_user)
    assert plan.publications.get().status == status


@pytest.mark.parametrize("status", ["uploading", "needs_person", "proposed"])
def test_only_what_failed_gets_another_try(admin_user, status):
    stage.a_clip(stage.an_edition(stage.a_drama()))
    stage.a_channel()
    plan = make()
    approving.approve(plan, by=admin_user)
    plan.publications.update(status=status)
    with pytest.raises(MoveRefused):
        deciding.try_again(plan.publications.get(), by=admin_user)


def test_a_move_is_refused_with_the_rule_that_forbids_it():
    edition = stage.an_edition(stage.a_drama())
    stage.a_clip(edition, 1)
    stage.a_clip(edition, 2)
    stage.a_channel(times=["18:00"])
    first, second = make().publications.order_by("due_at")
    with pytest.raises(Invalid, match="keeps 4 hours"):
        moving.move(second, due_at=first.due_at + timedelta(hours=1), by=None)
    with pytest.raises(Invalid, match="has passed"):
        moving.move(second, due_at=clock.now(), by=None)
    Rights.objects.update(closes_at=clock.now() + timedelta(days=10))
    with pytest.raises(Invalid, match="no open rights"):
        moving.move(second, due_at=clock.now() + timedelta(days=20), by=None)
    assert moving.move(second, due_at=second.due_at + timedelta(hours=1), by=None)
    assert Publication.objects.get(pk=second.pk).is_pinned
    Publication.objects.filter(pk=second.pk).update(status="cancelled")
    with pytest.raises(MoveRefused):
        moving.move(second, due_at=second.due_at + timedelta(hours=2), by=None)


def test_a_refused_move_leaves_no_check_behind_and_a_move_leaves_one():
    stage.a_clip(stage.an_edition(stage.a_drama()))
    stage.a_channel(times=["18:00"])
    row = make().publications.get()
    before = row.preflight.count()
    Rights.objects.update(closes_at=clock.now() + timedelta(days=10))
    with pytest.raises(Invalid, match="no open rights"):
        moving.move(row, due_at=clock.now() + timedelta(days=20), by=None)
    assert row.preflight.count() == before
    moving.move(row, due_at=row.due_at + timedelta(hours=1), by=None)
    assert (row.preflight.count(), row.preflight.filter(passed=False).count()) == (before + 1, 0)


@pytest.mark.parametrize("far", [datetime(2028, 3, 3, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)])
def test_nothing_is_planned_more_than_two_years_ahead(far):
    stage.a_clip(stage.an_edition(stage.a_drama()))
    stage.a_channel(time_zone="America/Mexico_City")
    row = make().publications.get()
    with pytest.raises(Invalid, match="two years"):
        planning.make(starts_at=far - timedelta(days=1), ends_at=far)
    with pytest.raises(Invalid, match="two years"):
        moving.move(row, due_at=far, by=None)


def test_a_plan_that_ends_before_it_starts_is_refused():
    with pytest.raises(Invalid, match="ends before"):
        planning.make(starts_at=clock.now(), ends_at=clock.now() - timedelta(hours=1))


def test_a_large_plan_reads_in_a_fixed_number_of_queries(django_assert_num_queries):
    def add(numbers):
        for number in numbers:
            edition = stage.an_edition(stage.a_drama(f"DR-{number:04d}"))
            stage.a_clip(edition, 1)
            stage.a_channel(f"ES {number}")

    window = scene.Window(clock.now(), clock.now() + DAYS)
    add(range(3))
    with CaptureQueriesContext(connection) as few:
        scene.read(window, scene.active(None)).problem()
    add(range(3, 20))
    with django_assert_num_queries(len(few)):
        scene.read(window, scene.active(None)).problem()
    assert len(few) < 30


def test_a_large_plan_is_written_in_a_fixed_number_of_queries():
    def add(numbers):
        for number in numbers:
            stage.a_clip(stage.an_edition(stage.a_drama(f"DR-{number:04d}")))
            stage.a_channel(f"ES {number}")

    add(range(2))
    with CaptureQueriesContext(connection) as few:
        make(timedelta(days=1))
    Publication.objects.all().delete()
    add(range(2, 12))
    with CaptureQueriesContext(connection) as many:
        plan = make(timedelta(days=1))
    assert plan.publications.count() == 12
    assert len(many) == len(few)


def test_what_is_being_released_leaves_its_slot_its_clip_and_its_quota_free():
    edition = stage.an_edition(stage.a_drama())
    for number in (1, 2):
        stage.a_clip(edition, number)
    stage.a_channel(times=["18:00"])
    first, second = make().publications.order_by("due_at")
    window = scene.Window(clock.now(), clock.now() + DAYS)
    kept = scene.read(window, scene.active(None), releasing=[second.pk]).problem()
    assert [[clip.key for clip in pair.clips] for pair in kept.pairs] == [[second.clip_id]]
    assert [pair.not_before for pair in kept.pairs] == [first.due_at]
    assert [len(lane.slots) for lane in kept.lanes] == [2]
    assert sum(sum(budget.promised.values()) for budget in kept.budgets) == 1


def test_a_night_slot_in_spring_and_autumn_comes_once():
    edition = stage.an_edition(stage.a_drama())
    for number in range(1, 5):
        stage.a_clip(edition, number)
    stage.a_channel(times=["02:30"], time_zone="Europe/Madrid", countries=["ES"])
    for day, utc in ((datetime(2026, 3, 28, 12), "01:30"), (datetime(2026, 10, 24, 12), "00:30")):
        start = day.replace(tzinfo=clock.now().tzinfo)
        with clock.at(start):
            plan = planning.make(starts_at=start, ends_at=start + timedelta(days=1))
            assert [f"{due:%H:%M}" for *_, due in placed(plan)] == [utc]
            planning.discard(plan)
