"""Rights that close within the planned days: a run that cannot go out whole is not begun, one that goes on goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from catalog.models import Rights
from channels.models import Run
from channels.rules import closing, reasons
from channels.rules.eligibility import Window
from channels.services import planning
from config.kernel import clock
from tests.channels import stage
from tests.channels.planned import at

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DAILY = [at(days=day) for day in range(10)]


def stopped(clips, *spans, gap=HOUR, times=DAILY, ends=10):
    windows = [Window(at(days=start), at(days=end)) for start, end in spans]
    found = closing.stopper("ES", clips=clips, times=times, spans=windows, gap=gap, ends_at=at(days=ends))
    return found.reason["fit"] if found else None


@pytest.mark.parametrize(
    ("clips", "spans", "fit"),
    [
        (2, [(0, 2)], None),
        (3, [(0, 2)], 2),
        (9, [(0, 10)], None),
        (9, [(0, 11)], None),
        (9, [(0, 2), (8, 10)], None),
        (4, [(0, 2), (5, 7)], None),
        (5, [(0, 2), (5, 7)], 4),
        (1, [(0.2, 0.8)], 0),
        (0, [(0, 2)], None),
    ],
)
def test_a_run_needs_as_many_posting_times_as_clips_before_its_rights_close(clips, spans, fit):
    assert stopped(clips, *spans) == fit


def test_only_times_that_keep_the_gap_between_clips_of_one_drama_count():
    assert stopped(2, (0, 3), gap=2 * DAY) is None
    assert stopped(3, (0, 3), gap=2 * DAY) == 2


# --- in a plan


def a_drama_that_closes(*, days, clips):
    drama = stage.a_drama()
    Rights.objects.filter(drama=drama).update(closes_at=clock.now() + days * DAY)
    edition = stage.an_edition(drama)
    return edition, [stage.a_clip(edition, number) for number in range(1, clips + 1)]


def make(days=10):
    return planning.make(starts_at=clock.now(), ends_at=clock.now() + days * DAY)


@pytest.mark.django_db
@pytest.mark.usefixtures("noon", "youtube")
@pytest.mark.parametrize(("clips", "placed"), [(2, 2), (5, 0)])
def test_a_new_run_is_begun_only_where_all_of_it_goes_out_before_the_rights_close(clips, placed):
    a_drama_that_closes(days=2, clips=clips)
    stage.a_channel()
    plan = make()
    assert plan.publications.count() == placed
    assert plan.left_out.count() == clips - placed


@pytest.mark.django_db
@pytest.mark.usefixtures("noon", "youtube")
def test_a_run_that_is_not_begun_says_how_much_would_fit_and_what_would_help():
    a_drama_that_closes(days=2, clips=5)
    stage.a_channel()
    left = make().left_out.first()
    assert (left.rule, left.sentence) == (
        "rights",
        "Its rights close on March 4, 2026; until then ES Romance has times for 2 of its 5 clips.",
    )
    assert reasons.sentence(left.remedy) == (
        "Extend the rights beyond March 4, 2026, or give ES Romance more posting times until then."
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("noon", "youtube")
def test_it_goes_to_a_channel_that_has_the_times():
    a_drama_that_closes(days=2, clips=3)
    stage.a_channel("Rare")
    stage.a_channel("Often", times=["13:00", "18:00"])
    assert set(make().publications.values_list("channel__name", flat=True)) == {"Often"}


@pytest.mark.django_db
@pytest.mark.usefixtures("noon", "youtube")
def test_a_run_that_goes_on_already_continues_until_the_rights_close():
    edition, clips = a_drama_that_closes(days=2, clips=5)
    channel = stage.a_channel()
    run = Run.objects.create(channel=channel, edition=edition, status="active")
    stage.a_publication(channel, clips[0], status="published", external_id="x", due_in=-DAY, run=run)
    assert list(make().publications.order_by("due_at").values_list("clip", flat=True)) == [clips[1].pk, clips[2].pk]


@pytest.mark.django_db
@pytest.mark.usefixtures("noon", "youtube")
def test_rights_that_close_after_the_planned_days_stop_no_run():
    a_drama_that_closes(days=4, clips=9)
    stage.a_channel()
    assert make(days=3).publications.count() == 3
