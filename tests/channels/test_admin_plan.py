from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from catalog.models import Clip, Genre
from channels.models import NotPlaced, Plan, Publication
from channels.services import planning
from config.kernel import clock
from tests.channels import desk, stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    return desk.person("operator")


def span(starts, ends, **more):
    return {
        "starts_at_0": f"{starts:%Y-%m-%d}", "starts_at_1": f"{starts:%H:%M}",
        "ends_at_0": f"{ends:%Y-%m-%d}", "ends_at_1": f"{ends:%H:%M}", **more,
    }  # fmt: skip


def make(browser, starts, ends, **more):
    return browser.post(reverse("admin:channels_plan_add"), span(starts, ends, **more))


def test_a_plan_is_made_for_the_chosen_channels_and_shown(noon, operator):
    stage.a_clip(stage.an_edition(stage.a_drama()))
    chosen, _other = stage.a_channel("Chosen"), stage.a_channel("Other")
    answer = make(operator, noon, noon + timedelta(days=2), channels=[chosen.pk])

    plan = Plan.objects.get()
    assert plan.status == "making"
    planning.make_asked(plan.pk)
    assert answer.url == reverse("admin:channels_plan_change", args=[plan.pk])
    assert set(plan.publications.values_list("channel__name", flat=True)) == {"Chosen"}
    assert "Chosen" in operator.get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("starts", "ends", "sentence"),
    [
        (5, 2, "The plan ends before it starts."),
        (-9, -2, "This lies in the past; nothing can be planned there."),
        (0, 40, "A plan covers 31 days at most."),
    ],
)
def test_wrong_days_get_a_sentence_and_make_nothing(noon, operator, starts, ends, sentence):
    answer = make(operator, noon + timedelta(days=starts), noon + timedelta(days=ends))

    assert sentence in answer.content.decode()
    assert not Plan.objects.exists()


@pytest.fixture
def draft(noon):
    clip = stage.a_clip(stage.an_edition(stage.a_drama()))
    plan = Plan.objects.create(starts_at=noon, ends_at=noon + timedelta(days=2), made_at=noon)
    stage.a_publication(
        stage.a_channel(), clip, status="proposed", plan=plan, due_in=timedelta(hours=6), approved_at=None
    )
    return plan


def test_approving_a_plan_lets_its_publications_go_out(draft, operator):
    answer = operator.post(reverse("admin:channels_plan_approve", args=[draft.pk]), follow=True)

    assert "1 publication was approved." in answer.content.decode()
    draft.refresh_from_db()
    assert (draft.status, draft.publications.get().status) == ("approved", "approved")


def test_discarding_a_plan_cancels_what_it_proposed(draft, operator):
    operator.post(reverse("admin:channels_plan_discard", args=[draft.pk]))

    draft.refresh_from_db()
    assert (draft.status, draft.publications.get().status) == ("discarded", "cancelled")


def test_an_approved_plan_is_not_discarded(draft, operator):
    operator.post(reverse("admin:channels_plan_approve", args=[draft.pk]))
    answer = operator.post(reverse("admin:channels_plan_discard", args=[draft.pk]), follow=True)

    assert "An approved plan is not discarded" in answer.content.decode()
    assert draft.publications.get().status == "approved"


@pytest.fixture
def big(noon):
    edition = stage.an_edition(stage.a_drama())
    version = edition.versions.get()
    clips = Clip.objects.bulk_create(
        Clip(edition=edition, version=version, kind="episode", first_episode=n, last_episode=n, content_key=f"k{n}")
        for n in range(1, 121)
    )
    plan = Plan.objects.create(starts_at=noon, ends_at=noon + timedelta(days=10), made_at=noon)
    Publication.objects.bulk_create(
        Publication(
            channel=channel, clip=clip, plan=plan, title=str(clip.first_episode),
            due_at=noon + timedelta(hours=n), upload_at=noon + timedelta(hours=n),
        )
        for channel in [stage.a_channel(f"Channel {c}", times=("12:00", "18:00")) for c in range(10)]
        for n, clip in enumerate(clips)
    )  # fmt: skip
    NotPlaced.objects.bulk_create(
        NotPlaced(plan=plan, edition=edition, rule="rights" if n % 3 else "no_slot", facts={"text": f"Sentence {n}."})
        for n in range(300)
    )
    return plan


def test_a_plan_of_twelve_hundred_opens_page_by_page(big, operator, django_assert_max_num_queries):
    address = reverse("admin:channels_plan_change", args=[big.pk])
    operator.get(address)
    with django_assert_max_num_queries(30):
        page = operator.get(address)

    assert (page.context["rows"].paginator.count, len(page.context["rows"])) == (1200, 60)
    assert [(one.code, one.count) for one in page.context["statuses"]] == [("proposed", 1200)]
    assert [(one.code, one.count) for one in page.context["rules"]] == [("rights", 200), ("no_slot", 100)]
    assert operator.get(address, {"page": 20}).context["rows"].number == 20


def test_a_plan_is_narrowed_to_a_channel_and_to_a_rule(big, operator):
    address = reverse("admin:channels_plan_change", args=[big.pk])
    channel = Publication.objects.first().channel
    page = operator.get(address, {"channel": channel.pk, "rule": "no_slot"})

    assert page.context["rows"].paginator.count == 120
    assert page.context["left_out"].paginator.count == 100


def test_the_forecast_marks_the_days_that_take_more_than_the_quota(draft, operator):
    line = {"client": "Desk", "bucket": "uploads", "limit": 200}
    draft.summary = {
        "quota": [
            {**line, "day": "2026-03-02", "promised": 0, "planned": 100},
            {**line, "day": "2026-03-03", "promised": 1, "planned": 200},
        ]
    }
    draft.save()
    page = operator.get(reverse("admin:channels_plan_change", args=[draft.pk]))

    [strip] = page.context["strips"]
    assert [one.tone for one in strip.days] == ["is-some", "is-over"]
    assert strip.words == "fullest day 03-03: 201 of 200"


def test_a_channel_that_got_nothing_stands_first_among_the_fills(draft, operator):
    empty = stage.a_channel("Empty")
    draft.summary = {"fill": [{"channel": empty.pk, "slots": 4, "full_until": None}]}
    draft.save()
    page = operator.get(reverse("admin:channels_plan_change", args=[draft.pk]))

    assert [(one.channel.name, one.placed, one.slots) for one, _bar in page.context["fills"]][0] == ("Empty", 0, 4)


def test_languages_and_niches_are_counted_and_a_title_on_two_channels_is_named(draft, operator):
    other = stage.a_channel("ES Two")
    other.genres.set([Genre.objects.get(slug="romance")])
    clip = draft.publications.get().clip
    stage.a_publication(other, clip, status="proposed", plan=draft, due_in=timedelta(hours=6), approved_at=None)
    page = operator.get(reverse("admin:channels_plan_change", args=[draft.pk]))

    [(language, _bar)] = page.context["languages"]
    assert (language.language, language.channels, language.editions, language.placed) == ("Spanish", 2, 1, 2)
    assert [(one.genre, one.channels) for one, _bar in page.context["niches"]] == [("romance", 1)]
    [overlap] = page.context["overlaps"]
    assert (overlap.platform, overlap.channels) == ("YouTube", "ES Romance, ES Two")


def test_a_plan_says_how_much_of_the_best_it_reaches_and_never_too_much(draft, operator):
    draft.score, draft.bound = 99_996, 100_000
    draft.save()
    assert "99.9 %" in operator.get(reverse("admin:channels_plan_change", args=[draft.pk])).content.decode()


def test_a_plan_in_the_making_tells_how_far_it_is_and_why_it_failed(draft, operator):
    Plan.objects.update(status="making", progress={"step": "place", "done": 1, "of": 2})
    address = reverse("admin:channels_plan_change", args=[draft.pk])
    told = operator.get(reverse("admin:channels_plan_progress", args=[draft.pk])).json()
    assert told == {"made": False, "percent": 45, "sentence": "Choosing channels and times"}
    assert (
        "The plan is being made"
        in operator.get(reverse("admin:channels_plan_change", args=[draft.pk])).content.decode()
    )
    Plan.objects.update(status="failed", status_reason="Another plan took these slots.")
    assert operator.get(reverse("admin:channels_plan_progress", args=[draft.pk])).json()["made"]
    assert "Another plan took these slots." in operator.get(address).content.decode()


def test_nobody_without_the_right_sees_how_far_a_plan_is(draft):
    address = reverse("admin:channels_plan_progress", args=[draft.pk])
    assert desk.person("vendor").get(address).status_code in {403, 404}


def test_the_fill_counts_the_posting_times_of_the_plans_days(draft, operator):
    page = operator.get(reverse("admin:channels_plan_change", args=[draft.pk]))

    [(fill, _bar)] = page.context["fills"]
    assert (fill.placed, fill.slots) == (1, 2)
    assert clock.now() == draft.starts_at


@pytest.mark.parametrize("chosen", ["²", "x", "٣", "9" * 30])
def test_a_channel_that_is_no_number_shows_the_plan_as_it_is(noon, chosen):
    plan = Plan.objects.create(starts_at=noon, ends_at=noon + timedelta(days=1), made_at=noon)
    address = reverse("admin:channels_plan_change", args=[plan.pk])
    assert desk.person("operator").get(address, {"channel": chosen}).status_code == 200


@pytest.mark.parametrize(("starts", "ends"), [("9999-12-01", "9999-12-31"), ("0001-01-01", "0001-01-03")])
def test_a_plan_at_the_end_of_time_is_refused_with_a_sentence(noon, starts, ends):
    stage.a_channel(time_zone="America/Mexico_City")
    said = {"starts_at_0": starts, "starts_at_1": "00:00", "ends_at_0": ends, "ends_at_1": "23:59"}
    answer = desk.person("operator").post(reverse("admin:channels_plan_add"), said)
    assert (answer.status_code, Plan.objects.count()) == (200, 0)


def test_a_change_has_its_own_page_and_is_not_approved_as_a_plan(draft, operator):
    Plan.objects.update(kind="change", cause={"code": "channel_paused"})
    answer = operator.post(reverse("admin:channels_plan_approve", args=[draft.pk]), {"sure": "yes"}, follow=True)
    draft.refresh_from_db()
    assert (draft.status, draft.publications.get().status) == ("draft", "proposed")
    assert "A change is applied or discarded on its own page." in answer.content.decode()
    assert "channels/admin/change.html" in [one.name for one in answer.templates]
