from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django_q.models import OrmQ

from config.kernel import clock, jobs, workers
from config.kernel.models import News, ProcessLife, Routine

CALLS: list[str] = []


def good_round() -> str:
    CALLS.append("good")
    return "3 done"


def bad_round() -> str:
    raise ValueError("no luck")


@pytest.fixture
def routines(monkeypatch, db):
    monkeypatch.setattr(jobs, "_routines", {})
    CALLS.clear()
    return jobs


@pytest.mark.django_db
def test_a_bell_rolls_back_with_the_row_it_speaks_of():
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.enqueue("tests.kernel.test_jobs.good_round")
        raise RuntimeError
    assert OrmQ.objects.count() == 0


def test_a_due_routine_is_rung_once_and_says_how_it_went(routines, drain_jobs, noon):
    routines.routine("tests.kernel.test_jobs.good_round", every=timedelta(minutes=5))
    routines.lay_out()
    assert (routines.tick(), routines.tick()) == (1, 0)
    drain_jobs()
    row = Routine.objects.get()
    assert (CALLS, row.result, row.failed, row.next_at) == (["good"], "3 done", False, noon + timedelta(minutes=5))


def test_a_ticker_that_was_late_rings_once_and_not_for_every_missed_round(routines, noon):
    routines.routine("tests.kernel.test_jobs.good_round", every=timedelta(minutes=5))
    routines.lay_out()
    with clock.at(noon + timedelta(hours=8)):
        assert (routines.tick(), routines.tick()) == (1, 0)


def test_on_a_fast_clock_a_bell_that_nobody_answered_is_not_rung_over_and_over(routines, drain_jobs, noon, monkeypatch):
    monkeypatch.setenv("CLOCK_RATE", "240")
    routines.routine("tests.kernel.test_jobs.good_round", every=timedelta(minutes=5))
    routines.lay_out()
    rung = []
    for minutes in (0, 10, 20, 30, 40):
        with clock.at(noon + timedelta(minutes=minutes)):
            rung.append(routines.tick())
    with clock.at(noon + timedelta(minutes=41)):
        drain_jobs()
    with clock.at(noon + timedelta(minutes=50)):
        rung.append(routines.tick())
    assert rung == [1, 0, 0, 0, 1, 1]


def test_a_failing_routine_is_kept_with_its_reason_and_comes_again(routines, drain_jobs, noon):
    routines.routine("tests.kernel.test_jobs.bad_round", every=timedelta(minutes=5))
    routines.lay_out()
    routines.tick()
    with pytest.raises(ValueError, match="no luck"):
        drain_jobs()
    row = Routine.objects.get()
    assert (row.failed, row.result) == (True, "ValueError: no luck")


def test_a_routine_that_is_no_more_loses_its_row(routines):
    Routine.objects.create(name="gone.for.good", next_at=clock.now())
    routines.lay_out()
    assert not Routine.objects.exists()


@pytest.mark.django_db
def test_a_killed_process_is_told_on_the_board(noon):
    ProcessLife.objects.create(
        role="worker", host=workers.socket.gethostname(), pid=2**22 + 1, started_at=noon, seen_at=noon
    )
    workers.begin("worker")
    assert ProcessLife.objects.filter(was_killed=True).count() == 1
    assert "worker" in News.objects.get(code="process_killed").sentence


@pytest.mark.django_db
def test_what_a_killed_worker_had_taken_from_the_queue_is_rung_for_again(noon):
    life = workers.begin("worker")
    assert jobs.remind("tests.kernel.test_jobs.good_round")
    OrmQ.objects.all().delete()
    assert not jobs.remind("tests.kernel.test_jobs.good_round")
    ProcessLife.objects.filter(pk=life.pk).update(pid=2**22 + 1)
    workers.begin("worker")
    assert jobs.remind("tests.kernel.test_jobs.good_round")
    assert OrmQ.objects.count() == 1


@pytest.mark.django_db
def test_a_process_that_ended_in_order_is_no_news(noon):
    workers.end(workers.begin("worker"))
    workers.begin("worker")
    assert not News.objects.exists()


@pytest.mark.django_db
def test_a_reminder_that_waits_is_not_put_into_the_queue_again(drain_jobs, noon):
    CALLS.clear()
    path = "tests.kernel.test_jobs.good_round"
    assert [jobs.remind(path), jobs.remind(path), OrmQ.objects.count()] == [True, False, 1]
    drain_jobs()
    assert (CALLS, jobs.remind(path)) == (["good"], True)


@pytest.mark.django_db
def test_reminders_of_different_rows_do_not_silence_each_other(noon):
    assert jobs.remind("channels.jobs.push_upload", 1) and jobs.remind("channels.jobs.push_upload", 2)
    assert OrmQ.objects.count() == 2


@pytest.mark.django_db
def test_a_lost_reminder_is_rung_again_after_a_while(noon):
    jobs.remind("channels.jobs.push_upload", 1)
    OrmQ.objects.all().delete()
    assert jobs.remind("channels.jobs.push_upload", 1) is False
    with clock.at(noon + timedelta(seconds=jobs.REMINDER_SECONDS + 1)):
        assert jobs.remind("channels.jobs.push_upload", 1) is True


@pytest.mark.django_db
def test_a_job_that_fails_may_be_reminded_of_at_once(noon, drain_jobs):
    jobs.remind("tests.kernel.test_jobs.bad_round")
    with pytest.raises(ValueError, match="no luck"):
        drain_jobs()
    assert jobs.remind("tests.kernel.test_jobs.bad_round") is True
