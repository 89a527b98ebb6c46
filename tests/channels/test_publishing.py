from __future__ import annotations

from datetime import timedelta

import pytest

from channels.errors import PlatformDown
from channels.services import looking, publishing
from config.kernel import clock
from tests.channels import stage
from tests.channels.fake_platform import Killed

pytestmark = pytest.mark.django_db


@pytest.fixture
def due(noon, youtube):
    """An approved publication on YouTube that is due now."""
    clip = stage.a_clip(stage.an_edition(stage.a_drama()))
    return stage.a_publication(stage.a_channel(), clip)


def look_again(publication):
    publication.refresh_from_db()
    return publication


def test_a_due_clip_arrives_whole_and_once(due, youtube):
    assert publishing.push(due.pk).startswith("accepted as vid-")
    assert [video.content for video in youtube.videos] == [stage.content_of(due.clip)]
    assert publishing.push(due.pk) == "not due, or another worker holds it"
    assert len(youtube.videos) == 1


def test_what_was_accepted_goes_live_with_the_first_look(due, youtube):
    publishing.push(due.pk)
    with clock.at(clock.now() + timedelta(minutes=6)):
        looking.look_all()
    row = look_again(due)
    assert (row.status, row.url) == ("published", f"https://watch.example/{row.external_id}")
    assert row.observations.get().views == 0
    assert row.next_look_at == row.accepted_at + timedelta(hours=1)


def test_a_clip_for_later_goes_up_ahead_and_is_published_by_the_platform(noon, youtube):
    clip = stage.a_clip(stage.an_edition(stage.a_drama()))
    row = stage.a_publication(stage.a_channel(), clip, due_in=timedelta(minutes=20))
    publishing.push(row.pk)
    assert youtube.videos[0].publish_at == row.due_at
    with clock.at(noon + timedelta(minutes=6)):
        looking.look_all()
        assert look_again(row).status == "accepted"
    with clock.at(row.due_at + timedelta(minutes=2)):
        looking.look_all()
    assert look_again(row).status == "published"


STEPS = [
    "open_session:before",
    "open_session:after",
    "send:before",
    "send:after",
    "final:before",
    "final:after",
    "limits:before",
]


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_leads_to_exactly_one_upload(due, youtube, drain_jobs, step):
    youtube.fail(step, Killed())
    with pytest.raises(Killed):
        publishing.push(due.pk)
    with clock.at(clock.now() + timedelta(minutes=3)):
        publishing.sweep()
        drain_jobs()
    assert look_again(due).status == "accepted"
    assert [video.content for video in youtube.videos] == [stage.content_of(due.clip)]


@pytest.mark.parametrize("step", STEPS)
def test_a_lost_answer_at_any_step_leads_to_exactly_one_upload(due, youtube, drain_jobs, step):
    youtube.fail(step, PlatformDown("no answer"))
    publishing.push(due.pk)
    with clock.at(clock.now() + timedelta(minutes=3)):
        publishing.sweep()
        drain_jobs()
    assert look_again(due).status == "accepted"
    assert len(youtube.videos) == 1
