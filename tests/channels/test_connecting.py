from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Permission, User

from channels.models import Channel, Grant
from tests.channels import stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(noon, youtube):
    row = stage.a_channel(connected=False, status="paused")
    Channel.objects.update(external_id="")
    return row


@pytest.fixture
def operator(client):
    user = User.objects.create_user("operator", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="connect_channel"))
    client.force_login(user)
    return client


def begin(client, channel):
    answer = client.get(f"/channels/connect/{channel.uuid}/")
    return parse_qs(urlsplit(answer["Location"]).query)["state"][0]


def come_back(client, **query):
    return client.get("/channels/connected/youtube/", query)


def test_an_owners_consent_connects_the_channel_and_switches_it_on(operator, channel):
    answer = come_back(operator, state=begin(operator, channel), code="good")
    assert answer.status_code == 200
    assert "is connected" in answer.content.decode()
    channel.refresh_from_db()
    assert (channel.status, channel.external_id, channel.handle) == ("active", "ACC", "@account")
    assert "token-" not in answer.content.decode()


def test_a_stranger_and_a_person_without_the_right_get_nowhere(client, channel):
    assert client.get(f"/channels/connect/{channel.uuid}/").status_code == 302
    assert "/login/" in client.get(f"/channels/connect/{channel.uuid}/")["Location"]
    client.force_login(User.objects.create_user("auditor", is_staff=True))
    assert client.get(f"/channels/connect/{channel.uuid}/").status_code == 403
    assert come_back(client, state="x", code="good").status_code == 403
    assert Grant.objects.count() == 0


def test_a_state_works_once_for_its_person_and_for_ten_minutes(operator, channel):
    state = begin(operator, channel)
    assert come_back(operator, state=state + "x", code="good").status_code == 400
    assert come_back(operator, state=state, code="good").status_code == 200
    assert come_back(operator, state=state, code="good").status_code == 400


def test_anothers_state_is_refused(operator, client, channel):
    state = begin(operator, channel)
    client.force_login(User.objects.create_superuser("other"))
    assert come_back(client, state=state, code="good").status_code == 400


def test_a_refusal_is_said_and_changes_nothing(operator, channel):
    said = come_back(operator, state=begin(operator, channel), error="access_denied").content.decode()
    assert "access_denied" in said
    wrong = come_back(operator, state=begin(operator, channel), code="bad")
    assert (wrong.status_code, "not known" in wrong.content.decode()) == (409, True)
    assert Grant.objects.count() == 0


def test_a_consent_for_another_account_is_refused_by_name(operator, channel):
    Channel.objects.update(external_id="OLD")
    answer = come_back(operator, state=begin(operator, channel), code="good")
    assert (answer.status_code, "OLD" in answer.content.decode()) == (409, True)
    assert Grant.objects.count() == 0


@pytest.fixture
def two_families(noon, tiktok):
    """A channel whose platform has one API for posting and another for comments; nothing is connected."""
    row = stage.a_channel(platform="tiktok", connected=False, status="paused")
    Channel.objects.update(external_id="")
    return row


def back_from(client, channel, family, **query):
    answer = client.get(f"/channels/connect/{channel.uuid}/{family}/")
    state = parse_qs(urlsplit(answer["Location"]).query)["state"][0]
    return client.get("/channels/connected/tiktok/", {"state": state, **query}).content.decode()


@pytest.mark.parametrize("said", [{"error": "access_denied"}, {"code": "bad"}])
@pytest.mark.parametrize("family", ["tiktok_open", "tiktok_accounts"])
def test_starting_again_after_a_refusal_asks_for_the_same_api(operator, two_families, family, said):
    page = back_from(operator, two_families, family, **said)
    assert f'href="/channels/connect/{two_families.uuid}/{family}/"' in page


def test_the_other_api_is_offered_by_its_name(operator, two_families):
    page = back_from(operator, two_families, "tiktok_open", code="good")
    assert "Connect TikTok Accounts API (comments) as well" in page
    assert f'href="/channels/connect/{two_families.uuid}/tiktok_accounts/"' in page
