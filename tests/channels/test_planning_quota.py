"""What a plan takes from each budget: the forecast never passes the grant, and follow-ups go to what is worth most."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from catalog.models import Clip
from channels.models import Extra, QuotaWindow
from channels.platforms.base import Price
from channels.services import approving, planning, publishing
from config.kernel import clock
from tests.channels import stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube", "tiktok")]
DAYS = timedelta(days=3)


def make(**more):
    return planning.make(starts_at=clock.now(), ends_at=clock.now() + DAYS, **more)


def two_titles(*, thumbnails=True):
    for code, tier in (("DR-0001", "C"), ("DR-0002", "S")):
        clip = stage.a_clip(stage.an_edition(stage.a_drama(code, tier=tier)))
        if thumbnails:
            Clip.objects.filter(pk=clip.pk).update(thumbnail="thumbnails/x.jpg")


def spent(plan, bucket):
    return {line["day"]: line for line in plan.summary["quota"] if line["bucket"] == bucket}


def test_the_thumbnail_that_there_are_units_for_goes_to_the_more_valuable_clip():
    stage.an_api_client(limits={"units": 70})
    two_titles()
    stage.a_channel(times=["18:00", "23:00"])
    plan = make()
    wanted = {row.clip.edition.drama.tier: row.wanted_extras for row in plan.publications.all()}
    assert wanted == {"S": ["thumbnail"], "C": []}
    line = spent(plan, "units")["2026-03-02"]
    assert (line["planned"], line["limit"]) == (50, 70)


def test_an_upload_whose_hour_has_passed_is_planned_and_forecast_on_today():
    """Five past midnight in Los Angeles: what is shown at 00:20 there should have been uploaded yesterday."""
    with clock.at(datetime(2026, 3, 3, 8, 5, tzinfo=UTC)):
        stage.an_api_client(limits={"uploads": 1})
        two_titles(thumbnails=False)
        stage.a_channel(times=["08:20", "20:00"])
        plan = planning.make(starts_at=clock.now(), ends_at=clock.now() + timedelta(hours=20))
        assert plan.publications.count() == 1
        assert {day: line["planned"] for day, line in spent(plan, "uploads").items()} == {"2026-03-03": 1}


def test_no_day_is_forecast_above_its_grant_with_what_is_spent_and_promised():
    client = stage.an_api_client(limits={"units": 130, "uploads": 2})
    now = clock.now()
    day = {"opens_at": now - timedelta(hours=4), "closes_at": now + timedelta(hours=20)}
    QuotaWindow.objects.create(api_client=client, bucket="units", limit=130, spent=60, **day)
    QuotaWindow.objects.create(api_client=client, bucket="uploads", limit=2, spent=1, **day)
    two_titles()
    channel = stage.a_channel(times=["18:00", "23:00"])
    before = stage.a_clip(stage.an_edition(stage.a_drama("DR-0003")), 1)
    stage.a_publication(channel, before, due_in=timedelta(days=1, hours=8))
    plan = make()
    for line in plan.summary["quota"]:
        assert line["promised"] + line["planned"] + line.get("reserved", 0) <= line["limit"], line
    today = spent(plan, "uploads")["2026-03-02"]
    assert (today["promised"], today["planned"]) == (1, 1)
    assert {row.clip.edition.drama.tier: row.wanted_extras for row in plan.publications.all()}["S"] == ["thumbnail"]


def test_watching_and_looking_are_paid_before_a_thumbnail():
    stage.an_api_client(limits={"units": 54})
    two_titles()
    stage.a_channel(times=["18:00"])
    plan = make()
    assert {tuple(row.wanted_extras) for row in plan.publications.all()} == {()}
    assert spent(plan, "units")["2026-03-02"]["reserved"] == 5


@pytest.mark.parametrize(("wanted", "hung"), [(None, 1), (["thumbnail"], 1), ([], 0)])
def test_only_what_the_plan_wants_follows_the_upload(admin_user, drain_jobs, wanted, hung):
    clip = stage.a_clip(stage.an_edition(stage.a_drama()))
    Clip.objects.filter(pk=clip.pk).update(thumbnail="thumbnails/x.jpg")
    stage.a_channel(times=["18:00"])
    row = make().publications.get()
    type(row).objects.filter(pk=row.pk).update(wanted_extras=wanted)
    row.refresh_from_db()
    approving.approve_publication(row, by=admin_user)
    with clock.at(row.upload_at):
        publishing.push(row.pk)
    assert Extra.objects.filter(kind="thumbnail").count() == hung


def test_the_fullest_account_of_a_day_is_told_where_each_has_its_own_budget(tiktok, monkeypatch):
    monkeypatch.setattr(tiktok, "PRICES", {**tiktok.PRICES, "open_session": (Price("posts", 1),)})
    edition = stage.an_edition(stage.a_drama())
    for number in (1, 2):
        stage.a_clip(edition, number)
    stage.a_channel("TT", platform="tiktok", times=["14:00", "20:00"])
    line = spent(make(), "posts")["2026-03-02"]
    assert (line["client"], line["planned"], line["limit"]) == ("TT", 2, 15)
