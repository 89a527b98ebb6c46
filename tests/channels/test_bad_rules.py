"""Rules under which nothing would ever go out are refused where they are entered, in words."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from channels.admin.api_client import ApiClientForm
from channels.admin.channel import ChannelForm, RuleForm
from channels.models import ApiClient, Channel, PostingRule
from tests.channels import desk, stage

pytestmark = pytest.mark.django_db


def said_of(row, field):
    """What full validation says of one field."""
    with pytest.raises(ValidationError) as refusal:
        row.full_clean()
    return refusal.value.message_dict[field]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("weekdays", [], "This field cannot be blank."),
        ("weekdays", [7], "A list of weekdays is needed, from 0 (Monday) to 6 (Sunday)."),
        ("weekdays", ["1"], "A list of weekdays is needed, from 0 (Monday) to 6 (Sunday)."),
        ("weekdays", [[1]], "A list of weekdays is needed, from 0 (Monday) to 6 (Sunday)."),
        ("weekdays", [1, 1], "“1” is there twice."),
        ("times", [], "This field cannot be blank."),
        ("times", ["24:00"], "“24:00” is not a time of day, such as 18:30."),
        ("times", ["18:3"], "“18:3” is not a time of day, such as 18:30."),
        ("times", ["T1830"], "“T1830” is not a time of day, such as 18:30."),
        ("times", [1830], "“1830” is not a time of day, such as 18:30."),
        ("times", ["18:30", "18:30"], "“18:30” is there twice."),
    ],
)
def test_a_slot_that_never_comes_is_refused(field, value, sentence):
    rule = PostingRule(**({"channel": stage.a_channel(times=()), "times": ["18:30"]} | {field: value}))
    assert sentence in said_of(rule, field)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("daily_cap", 0, "A cap of 0 posts nothing; pause it instead."),
        ("drama_gap_hours", 745, "With 745 hours between its clips a drama never gets on; at most 744 (31 days)."),
        ("late_minutes", 4, "A clip that may not be 5 minutes late would be too late for its own upload."),
        ("best_hours", [24], "A list of whole hours is needed, from 0 to 23: [18, 19, 20, 21]."),
        ("best_hours", [-1], "A list of whole hours is needed, from 0 to 23: [18, 19, 20, 21]."),
        ("best_hours", [True], "A list of whole hours is needed, from 0 to 23: [18, 19, 20, 21]."),
        ("best_hours", [18, 18], "“18” is there twice."),
        ("countries", ["Mexico"], "“Mexico” is not a country code (ISO 3166), such as MX or ID."),
        ("countries", [["MX"]], "At least one country is needed: [“MX”]."),
        ("countries", ["MX", "MX"], "“MX” is there twice."),
        ("also_takes", ["spanish!"], "“spanish!” is not a language tag (BCP 47), such as es, pt-BR or zh-Hans."),
        ("also_takes", ["ES-419"], "“ES-419” is written “es-419”."),
        ("also_takes", ["es"], "“es” is the channel's own language."),
        ("also_takes", "es-419", "A list of language tags is needed: [“es-419”]."),
        ("tiers", [["S"]], "A list of tiers is needed: [“S”, “A”, “B”, “C”]."),
    ],
)
def test_a_channels_rule_that_lets_nothing_out_is_refused(field, value, sentence):
    channel = stage.a_channel()
    setattr(channel, field, value)
    assert sentence in said_of(channel, field)


def test_a_language_in_another_script_is_refused():
    channel = stage.a_channel(language="zh-Hant")
    channel.also_takes = ["zh-Hans"]
    sentence = "“zh-Hans” is the channel's language in another script, which its audience cannot read."
    assert said_of(channel, "also_takes") == [sentence]


def test_no_countries_at_all_are_refused():
    channel = stage.a_channel()
    channel.countries = []
    assert said_of(channel, "countries") == ["This field cannot be blank."]


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"uploads": 0}, "A limit of 0 for “uploads” lets nothing through; pause the channels instead."),
        ({"uploads": -5}, "A limit of -5 for “uploads” lets nothing through; pause the channels instead."),
        ({"uploads": "many"}, "The limit of “uploads” is no whole number: “many”."),
        ({"uploads": "1000"}, "The limit of “uploads” is no whole number: “1000”."),
        ({"uploads": True}, "The limit of “uploads” is no whole number: “True”."),
        ({"uploads": 1.5}, "The limit of “uploads” is no whole number: “1.5”."),
        ({"uploads": 10_000_001}, "The limit of “uploads” is at most 10000000."),
        ([1000], "Limits are given by budget: {“uploads”: 1000}."),
    ],
)
def test_a_limit_that_grants_nothing_is_refused(limits, sentence):
    client = ApiClient(platform="youtube", name="New", client_id="new", limits=limits)
    assert said_of(client, "limits") == [sentence]


# --- on the pages


def typed(**more):
    return {
        "platform": "youtube", "name": "New", "api_client": stage.an_api_client().pk, "language": "es",
        "countries": "MX", "time_zone": "America/Mexico_City", "tiers": ["S", "A"], "most_age_rating": 18,
        "daily_cap": 10, "drama_gap_hours": 4, "late_minutes": 180, **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"drama_gap_hours": 30_000}, "With 30000 hours between its clips a drama never gets on"),
        ({"late_minutes": 0}, "A clip that may not be 5 minutes late would be too late for its own upload."),
        ({"best_hours": "25"}, "“25” is no hour of the day, such as 18, nor a span of hours, such as 18-21."),
        ({"best_hours": "21-18"}, "“21-18” is no hour of the day"),
        ({"best_hours": "evening"}, "“evening” is no hour of the day"),
        ({"also_takes": "spanish!"}, "“spanish!” is not a language tag (BCP 47)"),
        ({"also_takes": "es-419, es"}, "“es” is the channel&#x27;s own language."),
    ],
)
def test_the_channels_page_says_what_is_wrong_and_keeps_nothing(more, sentence):
    answer = desk.person("manager").post(
        reverse("admin:channels_channel_add"), typed(**more) | {"rules-TOTAL_FORMS": 0, "rules-INITIAL_FORMS": 0}
    )
    assert sentence in answer.content.decode()
    assert not Channel.objects.exists()


def test_best_hours_and_other_languages_are_typed_as_people_write_them():
    form = ChannelForm(typed(best_hours="18 - 20, 9;22", also_takes="ES-419 pt"))
    assert form.is_valid(), form.errors
    row = form.save()
    assert (row.best_hours, row.also_takes) == ([9, 18, 19, 20, 22], ["es-419", "pt"])
    again = ChannelForm(typed(best_hours="9, 18-20, 22", also_takes="es-419, pt"), instance=row)
    assert not {"best_hours", "also_takes"} & set(again.changed_data)


def test_a_rule_without_a_weekday_is_refused_on_its_page():
    form = RuleForm({"weekdays": [], "times": "12:00", "is_on": "on"})
    assert form.errors["weekdays"] == ["This field is required."]


def test_a_limit_of_nothing_is_refused_by_its_line():
    form = ApiClientForm({"platform": "youtube", "name": "A", "client_id": "b", "limits": "units: 5\nuploads: 0"})
    assert form.errors["limits"] == ["Line 2: a limit of 0 lets nothing through; pause the channels instead."]
