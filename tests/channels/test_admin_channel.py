from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from channels.admin.api_client import ApiClientForm
from channels.admin.channel import ChannelForm, RuleForm
from channels.models import ApiClient, Channel
from config.kernel import lifecycle
from tests.channels import desk, stage

pytestmark = pytest.mark.django_db


def errors(form):
    return {name: [str(one) for one in found] for name, found in form.errors.items()}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("12:00, 18:30", ["12:00", "18:30"]), ("18:30 9:00", ["09:00", "18:30"]), ("18:30;18:30", ["18:30"])],
)
def test_times_are_typed_as_people_write_them(typed, kept):
    form = RuleForm({"weekdays": ["0", "4"], "times": typed, "is_on": "on"})
    form.instance.channel = stage.a_channel()

    assert form.is_valid(), form.errors
    assert (form.instance.times, form.instance.weekdays) == (kept, [0, 4])


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("times", "25:00", "“25:00” is not a time of day, such as 18:30."),
        ("times", "noon", "“noon” is not a time of day, such as 18:30."),
        ("weekdays", ["9"], "Select a valid choice. 9 is not one of the available choices."),
    ],
)
def test_a_wrong_posting_rule_gets_a_sentence(field, typed, sentence):
    form = RuleForm({"weekdays": ["0"], "times": "12:00", "is_on": "on", field: typed})

    assert errors(form)[field] == [sentence]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"countries": "mx, XQ"}, "“XQ” is not a country code (ISO 3166), such as MX or ID."),
        ({"countries": ""}, "This field is required."),
        ({"tiers": []}, "This field is required."),
        ({"language": "espanol!"}, "“espanol!” is not a language tag (BCP 47), such as es, pt-BR or zh-Hans."),
        ({"time_zone": "Mexico"}, "“Mexico” is not a time zone, such as America/Mexico_City."),
        ({"daily_cap": 0}, "A cap of 0 posts nothing; pause it instead."),
    ],
)
def test_a_wrong_channel_gets_a_sentence(typed, sentence):
    assert sentence in errors(ChannelForm(_typed(**typed)))[next(iter(typed))]


def test_countries_are_typed_with_commas_and_kept_as_codes():
    form = ChannelForm(_typed(countries="mx, co;pe"))

    assert form.is_valid(), form.errors
    assert form.save().countries == ["MX", "CO", "PE"]


def _typed(**more):
    return {
        "platform": "youtube", "name": "New", "api_client": stage.an_api_client().pk, "language": "es",
        "countries": "MX", "time_zone": "America/Mexico_City", "tiers": ["S", "A"], "most_age_rating": 18,
        "daily_cap": 10, "drama_gap_hours": 4, "late_minutes": 180, **more,
    }  # fmt: skip


def test_pausing_many_channels_keeps_why_and_counts():
    browser = desk.person("operator")
    rows = [stage.a_channel("Runs"), stage.a_channel("Held", status="paused"), stage.a_channel("Old", status="retired")]
    answer = browser.post(
        reverse("admin:channels_channel_changelist"),
        {"action": "pause", "_selected_action": [row.pk for row in rows], "sure": "1", "why": "holiday"},
    )

    assert str(next(iter(get_messages(answer.wsgi_request)))) == "1 done, 1 skipped (already so), 1 refused."
    first = Channel.objects.get(name="Runs")
    assert (first.status, first.status_reason) == ("paused", "holiday")
    assert lifecycle.history(first)[0].by == browser.user


def test_a_channel_leads_to_the_platforms_consent_for_those_who_may_connect():
    channel = stage.a_channel(platform="tiktok")
    address = reverse("admin:channels_channel_change", args=[channel.pk])
    road = reverse("channels:connect_family", args=[channel.uuid, "tiktok_accounts"])

    assert road in desk.person("manager").get(address).content.decode()
    assert road not in desk.person("operator").get(address).content.decode()


def test_an_empty_secret_field_keeps_the_secret_that_is_stored():
    client = stage.an_api_client()
    said = {"platform": "youtube", "name": "Renamed", "client_id": client.client_id, "limits": "uploads: 500"}
    form = ApiClientForm({**said, "client_secret": ""}, instance=client)

    assert form.is_valid(), form.errors
    form.save()
    kept = ApiClient.objects.get(pk=client.pk)
    assert (kept.name, kept.client_secret, kept.limits) == ("Renamed", "s", {"uploads": 500})
    ApiClientForm({**said, "client_secret": "fresh"}, instance=kept).save()
    assert ApiClient.objects.get(pk=client.pk).client_secret == "fresh"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("uploads: 5\nunits many", "Line 2: “units many” is not a limit, such as “uploads: 1000”."),
        ("uploads: 5\nuploads: 6", "Line 2: “uploads” was given above already."),
        ("uploads: -5", "Line 1: “uploads: -5” is not a limit, such as “uploads: 1000”."),
    ],
)
def test_wrong_limits_name_their_line(typed, sentence):
    form = ApiClientForm({"platform": "youtube", "name": "A", "client_id": "b", "limits": typed})

    assert errors(form)["limits"] == [sentence]


def test_one_click_on_its_page_pauses_a_channel_and_only_one_that_runs(noon):
    channel = stage.a_channel()
    operator, auditor = desk.person("operator"), desk.person("auditor")
    address = reverse("admin:channels_channel_change", args=[channel.pk])
    click = reverse("admin:channels_channel_pause_one", args=[channel.pk])
    assert f'action="{click}"' in operator.get(address).content.decode()
    assert f'action="{click}"' not in auditor.get(address).content.decode()
    operator.post(click, {"why": "paused with one click, no reason given"})
    channel.refresh_from_db()
    assert (channel.status, channel.status_reason) == ("paused", "paused with one click, no reason given")
    assert f'action="{click}"' not in operator.get(address).content.decode()
