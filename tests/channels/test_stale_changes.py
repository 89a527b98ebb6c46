"""A proposal that lies too long is taken back or made anew; it never turns into an approved change of nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from channels.models import Plan
from channels.services import moving, noticing, replanning, staleness
from channels.services.causes import Cause
from config.kernel import clock
from config.kernel.models import News
from tests.channels import desk, stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube", "tiktok")]
HOUR = timedelta(hours=1)


@pytest.fixture
def missed():
    channel = stage.a_channel(times=["14:00", "18:00", "22:00"], late_minutes=60)
    clip = stage.a_clip(stage.an_edition(stage.a_drama()))
    return stage.a_publication(channel, clip, status="proposed", due_in=-2 * HOUR)


def proposed():
    noticing.answer("too_late", 0)
    return Plan.objects.get(status="draft")


def later(hours):
    return clock.at(clock.now() + hours * HOUR)


def boss():
    return User.objects.create_user("boss")


def test_a_change_of_which_no_line_could_be_applied_is_discarded_and_not_approved(missed):
    plan = proposed()
    moving.cancel(missed, by=boss(), why="x")
    found = replanning.apply(plan, by=User.objects.get(username="boss"))
    plan.refresh_from_db()
    assert (found.moved, found.refused, plan.status) == (0, 1, "discarded")
    assert plan.status_reason == "None of its lines could be applied."


def test_a_line_whose_new_time_has_passed_no_longer_stands_and_cannot_be_applied(missed):
    plan = proposed()
    with later(3):
        assert set(staleness.stale(plan).values()) == {"Its new time has passed."}
        address = reverse("admin:channels_planchange_of", args=[plan.pk])
        page = desk.person("operator").get(address).content.decode()
    assert "One line no longer stands." in page and "Its new time has passed." in page
    assert reverse("admin:channels_planchange_apply", args=[plan.pk]) not in page


def test_the_sweep_proposes_anew_what_lies_too_long_and_the_news_speaks_of_the_newest(missed, drain_jobs):
    old = proposed()
    with later(3):
        noticing.sweep()
        drain_jobs()
    new = Plan.objects.get(status="draft")
    old.refresh_from_db()
    assert (old.status, old.status_reason) == ("discarded", "A newer change took its place.")
    assert new.changes.get().to_at == clock.now() + 6 * HOUR
    [told] = News.objects.filter(code="change_proposed")
    assert told.url.endswith(f"/{new.pk}/")


def test_the_sweep_discards_a_proposal_of_which_nothing_is_needed_any_more(missed, drain_jobs):
    plan = proposed()
    moving.cancel(missed, by=boss(), why="x")
    noticing.sweep()
    drain_jobs()
    plan.refresh_from_db()
    assert (plan.status, plan.status_reason) == ("discarded", "Nothing of it has to change any more.")


def test_what_a_person_asked_for_is_discarded_by_the_sweep_when_no_line_stands(missed, drain_jobs):
    plan = replanning.propose(Cause("too_late", 0), by=boss())
    with later(3):
        noticing.sweep()
    plan.refresh_from_db()
    assert (plan.status, plan.status_reason) == ("discarded", "Nothing of it can be applied any more.")


def test_what_a_person_threw_away_is_not_proposed_again_by_itself(missed):
    someone = boss()
    replanning.discard(proposed(), by=someone)
    noticing.answer("too_late", 0)
    assert not Plan.objects.filter(status="draft").exists()
    assert replanning.propose(Cause("too_late", 0), by=someone) is not None


def test_what_a_person_threw_away_is_proposed_again_when_more_has_happened(missed):
    replanning.discard(proposed(), by=boss())
    clip = stage.a_clip(missed.clip.edition, 2)
    stage.a_publication(missed.channel, clip, status="proposed", due_in=-HOUR)
    noticing.answer("too_late", 0)
    assert Plan.objects.get(status="draft").changes.count() == 2
