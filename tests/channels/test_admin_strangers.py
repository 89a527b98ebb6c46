"""Every address that the channels' admin has, old or new: a vendor's person sees none, and nobody's knock breaks it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from channels.models import Batch, Hold, Plan, PolicyPack, Publication
from config.kernel import clock
from tests.channels import desk, stage

pytestmark = pytest.mark.django_db


def names(resolver: Any) -> Iterator[str]:
    for one in resolver.url_patterns:
        if not isinstance(one, URLPattern):
            yield from names(one)
        elif (one.name or "").startswith("channels_"):
            yield one.name


def addresses(keys: dict[str, int]) -> list[str]:
    found = set()
    for name in names(get_resolver()):
        for arguments in ([], [keys.get(name.split("_")[1], 1)]):
            try:
                found.add(reverse(f"admin:{name}", args=arguments))
            except NoReverseMatch:
                continue
    return sorted(found)


@pytest.fixture
def keys(noon):
    """One row behind each kind of page."""
    days = {"starts_at": noon, "ends_at": noon + timedelta(days=1), "made_at": noon}
    plan, change = Plan.objects.create(**days), Plan.objects.create(**days, kind="change")
    channel = stage.a_channel()
    clip = stage.a_clip(stage.an_edition(stage.a_drama()))
    row = stage.a_publication(channel, clip, status="proposed", approved_at=None, plan=plan)
    batch = Batch.objects.create(deed="cancel", at=clock.now())
    hold = Hold.objects.create(scope="everything", why="x", since=clock.now())
    return {
        "plan": plan.pk, "planchange": change.pk, "channel": channel.pk, "publication": row.pk, "calendar": row.pk,
        "batch": batch.pk, "hold": hold.pk, "policypack": PolicyPack.objects.first().pk,
    }  # fmt: skip


def standing() -> list[Any]:
    rows = (Plan, Publication, PolicyPack)
    return [list(model.objects.order_by("pk").values_list("pk", "status")) for model in rows] + [
        list(Hold.objects.values_list("pk", "lifted_at")),
        list(Batch.objects.values_list("pk", "undone_at")),
    ]


@pytest.mark.parametrize("role", ["vendor", "production", "auditor"])
def test_who_may_change_nothing_changes_nothing_and_gets_an_answer(keys, role):
    person, before, asked = desk.person(role), standing(), addresses(keys)
    answers = {(verb, url): getattr(person, verb)(url).status_code for url in asked for verb in ("get", "post")}
    assert len(asked) > 60
    assert [what for what, status in answers.items() if status >= 500] == []
    assert standing() == before
    if role == "vendor":
        assert [what for what, status in answers.items() if status == 200] == []
