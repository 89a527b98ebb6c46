from __future__ import annotations

import pytest
from django.urls import reverse

from tests.channels import desk, stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(noon):
    return stage.an_api_client(limits={"uploads": 7})


def save(row, limits):
    said = {"platform": row.platform, "name": row.name, "client_id": "client", "client_secret": "", "limits": limits}
    answer = desk.person("manager").post(reverse("admin:channels_apiclient_change", args=[row.pk]), said)
    row.refresh_from_db()
    return answer


@pytest.mark.parametrize("number", ["10000001", "99999999999999999999", "9" * 5000])
def test_a_limit_past_every_platforms_is_refused_by_its_line(row, number):
    answer = save(row, f"uploads: 5\nunits: {number}")
    assert (answer.status_code, row.limits) == (200, {"uploads": 7})
    assert "Line 2: a limit is at most 10000000." in answer.content.decode()


def test_a_budget_that_the_platform_does_not_have_is_refused_and_the_known_ones_named(row):
    answer = save(row, "uplods: 5")
    assert (answer.status_code, row.limits) == (200, {"uploads": 7})
    assert "no budget “uplods” here; there are: uploads," in answer.content.decode()


def test_a_granted_limit_is_stored_and_the_secret_kept(row):
    assert save(row, "uploads: 10000000").status_code == 302
    assert (row.limits, row.client_secret) == ({"uploads": 10_000_000}, "s")
