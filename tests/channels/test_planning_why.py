"""Why here, why not, and what would change it: nothing goes missing without a rule."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from catalog.models import Clip, Rights
from channels.models import NotPlaced, Observation, Publication, Run
from channels.rules import reasons
from channels.rules.publication import HOLDING
from channels.services import planning, scene
from config.kernel import clock
from tests.channels import stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube", "tiktok")]
DAYS = timedelta(days=3)


def make(days=DAYS, **more):
    return planning.make(starts_at=clock.now(), ends_at=clock.now() + days, **more)


def said(plan):
    rows = plan.left_out.order_by("edition", "clip", "rule")
    return [(row.rule, row.sentence, row.remedy_sentence) for row in rows]


def missing(plan):
    """Clips of active dramas that are neither used nor accounted for."""
    used = set(Publication.objects.filter(status__in=HOLDING).values_list("clip", flat=True))
    told = set(plan.left_out.exclude(clip=None).values_list("clip", flat=True))
    whole = set(plan.left_out.filter(clip=None).values_list("edition", flat=True))
    rows = Clip.objects.filter(edition__drama__retired_at=None).exclude(status="retired")
    return [row for row in rows if row.pk not in used | told and row.edition_id not in whole]


@pytest.mark.parametrize(
    ("channel", "drama", "rule", "sentence", "remedy"),
    [
        ({"most_age_rating": 7}, {}, "age_rating", "Rated 12+, ES takes up to 7+.", "Let ES take ratings up to 12+."),
        ({"tiers": ["S"]}, {}, "tier", "Tier A, ES takes S.", "Let ES take tier A."),
        (
            {"takes_ai": False},
            {"origin": "ai"},
            "origin",
            "It is AI-generated, and ES takes none.",
            "Let ES take AI-generated dramas.",
        ),
        (
            {"language": "en"},
            {},
            "language",
            "No channel of this plan speaks es.",
            "Connect a channel that speaks es.",
        ),
    ],
)
def test_an_edition_that_fits_nowhere_names_the_rule_and_the_smallest_change(channel, drama, rule, sentence, remedy):
    stage.a_clip(stage.an_edition(stage.a_drama(**drama)))
    stage.a_channel("ES", **channel)
    plan = make()
    assert said(plan) == [(rule, sentence, remedy)]
    assert missing(plan) == []


def test_rights_that_open_later_name_their_day():
    stage.a_clip(stage.an_edition(stage.a_drama()))
    stage.a_channel("ES")
    Rights.objects.update(opens_at=clock.now() + timedelta(days=30))
    assert said(make()) == [
        ("rights", "Rights for MX open on April 1, 2026.", "Plan beyond April 1, 2026, when the rights open.")
    ]


def test_the_nearest_channel_is_the_one_with_the_fewest_rules_broken_and_each_is_named():
    stage.a_clip(stage.an_edition(stage.a_drama()))
    stage.a_channel("ES Far", most_age_rating=7, tiers=["S"])
    near = stage.a_channel("ES Near", tiers=["S"])
    plan = make()
    assert [(row.channel, row.rule) for row in plan.left_out.all()] == [(near, "tier")]


def test_a_regional_variant_is_taken_only_by_a_channel_that_names_it():
    stage.a_clip(stage.an_edition(stage.a_drama(), "es-419"))
    channel = stage.a_channel("ES")
    assert said(make()) == [("language", "No channel of this plan speaks es-419.", "Let ES also take es-419.")]
    channel.also_takes = ["es-419"]
    channel.save()
    assert make().publications.count() == 1


def test_traditional_readers_never_get_the_simplified_script_though_it_is_named():
    stage.a_clip(stage.an_edition(stage.a_drama(), "zh-Hans"))
    stage.a_channel("TW", language="zh-Hant", also_takes=["zh-Hans"], countries=["TW"])
    assert [rule for rule, *_ in said(make())] == ["language"]


def test_every_clip_is_placed_or_used_or_left_out_with_its_rule():
    fits = stage.an_edition(stage.a_drama("DR-0001"))
    for number in range(1, 9):
        stage.a_clip(fits, number)
    long = stage.an_edition(stage.a_drama("DR-0002"))
    stage.a_clip(long, 1, duration_ms=16 * 60_000)
    stage.a_clip(long, 2, width=200, height=300)
    stage.a_clip(long, 3, status="failed", reason="no sound")
    stage.a_clip(stage.an_edition(stage.a_drama("DR-0003"), status="draft"))
    stage.a_clip(stage.an_edition(stage.a_drama("DR-0004"), "id"))
    empty = stage.an_edition(stage.a_drama("DR-0005"))
    paused = stage.an_edition(stage.a_drama("DR-0006"))
    stage.a_clip(paused)
    channel = stage.a_channel("ES", times=["14:00", "18:00", "22:00"])
    Run.objects.create(channel=channel, edition=paused, status="paused")
    plan = make()
    assert missing(plan) == []
    rules = {(row.edition_id, row.rule, row.facts["code"]) for row in plan.left_out.all()}
    assert {
        (long.pk, "length", "length_unverified"),
        (long.pk, "clip", "not_cut"),
        (empty.pk, "clip", "no_clips"),
        (paused.pk, "run", "run_paused"),
    } <= rules
    assert {row.clip.first_episode for row in plan.publications.filter(clip__edition=long)} == {2}
    assert all(row.sentence and "Rule:" not in row.sentence for row in plan.left_out.all())


def test_a_tiktok_picture_too_small_or_too_large_stays_out():
    edition = stage.an_edition(stage.a_drama())
    stage.a_clip(edition, 1, width=200, height=300)
    stage.a_clip(edition, 2, width=2160, height=5000)
    stage.a_channel("TT", platform="tiktok")
    assert said(make()) == [
        (
            "shape",
            f"The picture is {size}, tiktok takes sides of 360 to 4096 pixels.",
            "Scale it to sides of 360 to 4096 pixels.",
        )
        for size in ("200 × 300", "2160 × 5000")
    ]


def test_an_edition_that_is_out_already_is_not_told_as_left_out():
    edition = stage.an_edition(stage.a_drama())
    stage.a_publication(stage.a_channel("ES"), stage.a_clip(edition))
    other = stage.a_channel("EN", language="en")
    assert make(channels=[other]).left_out.count() == 0


def test_reasons_are_read_in_the_reader_s_language():
    stage.a_clip(stage.an_edition(stage.a_drama()))
    stage.a_channel("ES", most_age_rating=7)
    make()
    with translation.override("zh-hans"):
        assert "ES" in NotPlaced.objects.get().sentence
        assert NotPlaced.objects.get().sentence != "Rated 12+, ES takes up to 7+."


def test_viewers_who_watch_to_the_end_make_a_genre_worth_more_and_no_data_is_neutral():
    watched, unknown = stage.a_drama("DR-0001", genres=("romance",)), stage.a_drama("DR-0002", genres=("mafia",))
    other = stage.a_drama("DR-0003", genres=("revenge",))
    channel = stage.a_channel("ES", times=["18:00"])
    for drama, share in ((watched, 0.9), (other, 0.1)):
        edition = stage.an_edition(drama, "es", kind="original")
        for number in range(1, 31):
            row = stage.a_publication(
                channel,
                stage.a_clip(edition, number),
                status="published",
                due_in=-timedelta(days=number, minutes=round(share * 60)),
                external_id=f"{drama.code}-{number}",
                published_at=clock.now() - timedelta(days=number),
            )
            for hours, seen in ((2, 0.5), (1, share)):
                at = clock.now() - timedelta(hours=hours)
                Observation.objects.create(publication=row, at=at, source="test", completion=seen)
    for drama in (watched, unknown, other):
        stage.a_clip(stage.an_edition(drama))
    window = scene.Window(clock.now(), clock.now() + DAYS)
    pairs = {pair.drama: pair for pair in scene.read(window, scene.active(None)).pairs if pair.clips}
    codes = {key: {one["code"]: one["points"] for one in pair.reasons} for key, pair in pairs.items()}
    assert codes[unknown.pk]["worth_completion_unknown"] == 0
    assert codes[watched.pk]["worth_completion"] > 500
    assert codes[other.pk]["worth_completion"] < -500
    words = reasons.sentences(list(pairs[watched.pk].reasons))
    assert any("from 30 clips in the language, 30 of them on this channel" in one for one in words)


def test_the_best_hours_of_the_audience_are_taken_first_and_said():
    stage.a_clip(stage.an_edition(stage.a_drama()))
    stage.a_channel("ES", times=["14:00", "20:00"], best_hours=[20])
    row = make(timedelta(days=1)).publications.get()
    assert row.due_at.hour == 20
    assert any("one of the audience's best hours" in one for one in reasons.sentences(row.reasons))
