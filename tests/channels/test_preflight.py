"""The checks before a clip is planned, moved or uploaded: what each asks, what is written down, where it goes then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from catalog.models import Clip, Drama, EditionVersion, Rights
from channels.models import Channel, Publication
from channels.services import moving, publishing
from config.kernel import clock
from config.kernel.errors import Invalid
from tests.channels import stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def due(noon, youtube):
    """An approved publication on YouTube that is due now."""
    return stage.a_publication(stage.a_channel(), stage.a_clip(stage.an_edition(stage.a_drama())))


def fresh(publication):
    publication.refresh_from_db()
    return publication


@pytest.mark.parametrize(
    ("break_it", "rule", "fate"),
    [
        (lambda row: Rights.objects.update(closes_at=clock.now()), "rights", "proposed"),
        (lambda row: Drama.objects.update(age_rating=18), "age_rating", "proposed"),
        (lambda row: Publication.objects.update(synthetic_media=None), "ai_disclosure", "proposed"),
        (lambda row: Publication.objects.update(made_for_kids=None), "made_for_kids", "proposed"),
        (lambda row: Publication.objects.update(title="<b>"), "texts", "proposed"),
        (lambda row: Channel.objects.update(language="id"), "channel", "proposed"),
        (lambda row: EditionVersion.objects.update(status="refused"), "qc", "cancelled"),
        (lambda row: Clip.objects.update(status="failed"), "clip", "failed"),
        (lambda row: Clip.objects.update(duration_ms=16 * 60_000), "length", "failed"),
        (lambda row: Clip.objects.update(size_bytes=257 * 1024**3), "size", "failed"),
    ],
)
def test_what_broke_since_planning_is_refused_and_recorded(due, youtube, break_it, rule, fate):
    Channel.objects.update(most_age_rating=16)
    break_it(due)
    publishing.push(due.pk)
    row = fresh(due)
    assert (row.status, youtube.count("open_session")) == (fate, 0)
    check = row.preflight.get(stage="upload")
    of_the_house = [one for one in check.outcomes if "pack" not in one]
    refused = [one["rule"] for one in of_the_house if not one["passed"]]
    assert (check.passed, refused, len(of_the_house)) == (False, [rule], 13)


@pytest.mark.parametrize(
    ("changes", "rule", "evidence"),
    [
        ({"width": 200, "height": 300}, "shape", "200 × 300, tiktok takes sides of 360 to 4096"),
        ({"width": 2160, "height": 4097}, "shape", "2160 × 4097"),
        ({"size_bytes": 5 * 1024**3}, "size", "5368 MB, tiktok takes 4294 MB"),
        ({"duration_ms": 601_000}, "length", "601 s, ES Romance may post 600 s"),
    ],
)
def test_a_file_that_tiktok_would_refuse_is_not_sent_and_the_numbers_are_told(noon, tiktok, changes, rule, evidence):
    row = stage.a_publication(stage.a_channel(platform="tiktok"), stage.a_clip(stage.an_edition(stage.a_drama())))
    Clip.objects.update(**changes)
    publishing.push(row.pk)
    assert (fresh(row).status, tiktok.count("open_session")) == ("failed", 0)
    check = row.preflight.get(stage="upload")
    [refused] = [one for one in check.outcomes if not one["passed"] and "pack" not in one]
    assert (refused["rule"], evidence in refused["evidence"]) == (rule, True), refused


def test_the_record_of_what_passed_has_the_numbers_of_the_file(due, youtube):
    publishing.push(due.pk)
    told = {one["rule"]: one["evidence"] for one in due.preflight.get(stage="upload").outcomes}
    assert (told["length"], told["shape"], told["size"]) == ("60.0 s", "720 × 1280", "0.0 MB")


def test_the_same_bytes_a_second_time_on_a_channel_are_cancelled(noon, due, youtube):
    publishing.push(due.pk)
    twin = stage.a_clip(stage.an_edition(stage.a_drama("DR-0002")))
    Clip.objects.filter(pk=twin.pk).update(sha256=due.clip.sha256)
    second = stage.a_publication(due.channel, twin, due_in=timedelta(minutes=1))
    with clock.at(noon + timedelta(minutes=2)):
        publishing.push(second.pk)
    assert (fresh(second).status, len(youtube.videos)) == ("cancelled", 1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"width": 200, "height": 300}, "shape: The picture is 200 × 300"),
        ({"size_bytes": 5 * 1024**3}, "size: The file"),
    ],
)
def test_a_file_that_tiktok_would_refuse_is_moved_nowhere(noon, tiktok, changes, said):
    channel, clip = stage.a_channel(platform="tiktok"), stage.a_clip(stage.an_edition(stage.a_drama()))
    row = stage.a_publication(channel, clip, due_in=timedelta(days=1))
    Clip.objects.update(**changes)
    with pytest.raises(Invalid) as refused:
        moving.move(row, due_at=noon + timedelta(days=2), by=None)
    assert said in str(refused.value)
