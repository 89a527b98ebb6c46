"""What we read of how much was watched: with its date and source, and nothing where nobody said anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from channels.models import Grant, Observation, Publication, QuotaEntry
from channels.services import learning, looking
from config.kernel import clock
from config.kernel.models import Bell
from tests.channels import stage

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with clock.at(NOW):
        yield


def a_live_one(channel, number=1, *, days_ago=5, fake=None, completion=None, views=0):
    clip = stage.a_clip(stage.an_edition(stage.a_drama(f"DR-{number:04d}")), number)
    row = stage.a_publication(
        channel, clip, status="published", external_id=f"vid-{number}", due_in=-timedelta(days=days_ago)
    )
    Publication.objects.filter(pk=row.pk).update(published_at=NOW - timedelta(days=days_ago))
    if fake is not None:
        fake.show(f"vid-{number}", views=views, completion=completion)
    return row


def test_a_completion_is_kept_with_its_date_and_source_and_paid_for(youtube):
    channel = stage.a_channel()
    row = a_live_one(channel, fake=youtube, completion=0.46, views=120)
    assert learning.read(channel.pk) == "1 of 1 clips have a completion"
    seen = Observation.objects.get(publication=row)
    assert (seen.completion, seen.views, seen.source, seen.at) == (0.46, 120, "fake-insights", NOW)
    assert QuotaEntry.objects.get().purpose == "learn"


def test_no_data_leaves_no_row(youtube):
    channel = stage.a_channel()
    a_live_one(channel, fake=youtube, completion=None)
    assert learning.read(channel.pk) == "0 of 1 clips have a completion"
    assert not Observation.objects.exists()


@pytest.mark.parametrize("days_ago", [1, 91])
def test_what_is_too_young_or_too_old_is_not_asked_for(youtube, days_ago):
    channel = stage.a_channel()
    a_live_one(channel, days_ago=days_ago, fake=youtube, completion=0.5)
    assert learning.read(channel.pk) == "0 of 0 clips have a completion"
    assert youtube.count("watched") == 0


def test_an_older_consent_without_insights_is_left_alone(youtube, monkeypatch):
    channel = stage.a_channel()
    a_live_one(channel, fake=youtube, completion=0.5)
    monkeypatch.setattr(type(youtube), "scopes", lambda self, family="": ("upload", "insights"))
    Grant.objects.update(scopes=["upload"])
    assert learning.read(channel.pk) == "nobody to ask"
    assert learning.read_all() == "0 channels asked for"
    assert (youtube.count("watched"), Bell.objects.count()) == (0, 0)


def test_every_watched_channel_is_rung_for_once(youtube):
    stage.a_channel("One")
    stage.a_channel("Two", status="paused")
    stage.a_channel("Three", status="retired")
    assert learning.read_all() == "2 channels asked for"
    assert learning.read_all() == "0 channels asked for"


def test_an_answer_about_watching_does_not_hide_that_a_clip_was_seen_gone_before(tiktok):
    channel = stage.a_channel(platform="tiktok")
    row = a_live_one(channel)
    Observation.objects.create(publication=row, at=NOW - timedelta(hours=1), source="x", state="removed")
    Observation.objects.create(publication=row, at=NOW, source="fake-insights", state="", completion=0.4)
    looking.look(channel, [row])
    assert Publication.objects.get(pk=row.pk).status == "withdrawn"
