"""Clips that look and sound alike: so many in a language and on a channel, whoever planned them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from catalog.models import Fingerprint
from catalog.services import lookalikes
from channels.services import planning
from config.kernel import clock
from tests.channels import stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube", "tiktok")]


def make(**more):
    return planning.make(starts_at=clock.now(), ends_at=clock.now() + timedelta(days=3), **more)


def in_one_family(*clips):
    for number, clip in enumerate(clips):
        Fingerprint.objects.update_or_create(
            clip=clip,
            defaults={
                "version": lookalikes.VERSION,
                "serial": clip.pk + number,
                "picture_family": clips[0].pk,
                "whole_family": clips[0].pk,
            },
        )


def test_what_looks_and_sounds_alike_is_shown_twice_in_a_language_and_the_third_is_told_why():
    clips = [stage.a_clip(stage.an_edition(stage.a_drama(f"DR-000{number}"))) for number in range(3)]
    in_one_family(*clips)
    for number in range(3):
        stage.a_channel(f"ES {number}")
    plan = make()
    assert (plan.publications.count(), [one.rule for one in plan.left_out.all()]) == (2, ["sameness"])


def test_what_channels_outside_the_plan_show_counts_as_alike_too():
    clips = [stage.a_clip(stage.an_edition(stage.a_drama(f"DR-000{number}"))) for number in range(3)]
    in_one_family(*clips)
    for number in (0, 1):
        stage.a_publication(stage.a_channel(f"ES {number}"), clips[number], due_in=timedelta(days=1))
    channel = stage.a_channel("ES own")
    assert make(channels=[channel]).publications.count() == 0
    Fingerprint.objects.all().delete()
    assert make(channels=[channel]).publications.count() == 3
