"""Of too many, the later ones are stopped; and what is stopped is not one too many for the next."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from channels.models import PolicyPack, Publication
from channels.rules.words import Stage
from channels.services import policy_packs, policy_trying, preflight
from tests.channels import stage

pytestmark = pytest.mark.django_db
HALF_A_DAY = timedelta(hours=12)


@pytest.fixture(autouse=True)
def _held_clock(noon):
    """Monday noon."""


@pytest.fixture
def six():
    """Six proposals on one channel, twelve hours apart."""
    channel = stage.a_channel(times=())
    edition = stage.an_edition(stage.a_drama())
    return [
        stage.a_publication(
            channel, stage.a_clip(edition, n), status="proposed", approved_at=None, due_in=n * HALF_A_DAY, title=str(n)
        )
        for n in range(1, 7)
    ]


def one_a_day():
    rules = [{"code": "pace", "kind": "cadence", "most_per_day": 1}]
    pack = PolicyPack(code="pace", version=1, name="Pace", starts_on=date(2026, 1, 1), rules=rules)
    policy_packs.save_draft(pack, by=None)
    return pack


def test_one_a_day_holds_every_other_one_of_two_a_day(six):
    found = policy_trying.preview(one_a_day())
    assert [Publication.objects.get(pk=key).title for key in found.held] == ["2", "4", "6"]


def test_what_is_held_is_not_one_too_many_for_the_next_at_upload(six):
    PolicyPack.objects.exclude(code="pace").update(status="off")
    policy_packs.switch_on(one_a_day(), by=None)
    assert list(Publication.objects.exclude(hold=None).order_by("pk").values_list("title", flat=True)) == [
        "2",
        "4",
        "6",
    ]
    third = Publication.objects.get(title="3")
    assert [one.rule for one in preflight.outcomes(third, stage=Stage.UPLOAD) if one.pack and not one.passed] == []
