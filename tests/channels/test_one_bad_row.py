"""One row that cannot be worked on, or one secret that cannot be read, stops nothing but itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from channels.errors import ConsentLost, Misconfigured
from channels.models import Channel, Grant, Publication
from channels.platforms.base import SeenState
from channels.rules.words import Purpose
from channels.services import accounts, gateway, grants, looking
from config.kernel import clock
from config.kernel.models import News
from tests.channels import desk, stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def spoil(table, column, **where):
    [(name, value)] = where.items()
    with connection.cursor() as cursor:
        cursor.execute(f"update {table} set {column}='garbage' where {name}=%s", [value])


@pytest.fixture
def two(noon, youtube):
    """Two channels whose tokens are about to end; the first one's cannot be deciphered."""
    bad, good = stage.a_channel("A"), stage.a_channel("B")
    Grant.objects.update(expires_at=noon + timedelta(minutes=1))
    youtube.refresh_tokens.add("refresh-0")
    spoil("channels_grant", "access_token", channel_id=bad.pk)
    spoil("channels_grant", "refresh_token", channel_id=bad.pk)
    return bad, good


def live(noon, number):
    """Two published clips, each on a channel of its own, to be looked at now."""
    clip = stage.a_clip(stage.an_edition(stage.a_drama()))
    rows = [
        stage.a_publication(stage.a_channel(f"C{n}"), clip, status="accepted", external_id=f"v{n}")
        for n in range(number)
    ]
    for n, row in enumerate(rows):
        Publication.objects.filter(pk=row.pk).update(next_look_at=noon - timedelta(hours=2 - n))
    return rows


def test_a_token_that_cannot_be_deciphered_keeps_no_other_from_being_refreshed(two):
    assert grants.refresh_due() == "1 tokens refreshed, 1 not"
    assert Grant.objects.get(channel=two[1]).expires_at > clock.now() + timedelta(minutes=30)
    grant = Grant.objects.get(channel=two[0])
    assert (grant.revoked_at, grant.lease_until) == (clock.now(), None)
    assert "connect it again" in grant.trouble


def test_a_token_that_cannot_be_deciphered_asks_once_to_connect_again(two):
    with pytest.raises(ConsentLost, match="connect it again"):
        gateway.call(two[0], "whoami", purpose=Purpose.LOOK)
    grants.refresh_due()
    two[0].refresh_from_db()
    assert (two[0].status, News.objects.filter(code="channel_disconnected").count()) == ("disconnected", 1)


def test_connecting_again_mends_a_token_that_cannot_be_deciphered(two, youtube):
    Grant.objects.filter(channel=two[1]).delete()
    Channel.objects.filter(pk=two[0].pk).update(external_id="ACC")
    two[0].refresh_from_db()
    accounts.connect(two[0], family="youtube", grant=youtube.grant(), by=None)
    assert grants.access(two[0], "youtube")[0].startswith("token-")


def test_a_client_secret_that_cannot_be_read_is_asked_for_again(noon, youtube):
    channel = stage.a_channel()
    Grant.objects.update(expires_at=noon - timedelta(minutes=1))
    spoil("channels_apiclient", "client_secret", id=channel.api_client_id)
    channel = Channel.objects.get()
    with pytest.raises(Misconfigured, match="enter it again"):
        gateway.call(channel, "whoami", purpose=Purpose.LOOK)
    assert Grant.objects.get().revoked_at is None


@pytest.mark.parametrize("page", ["channel", "grant", "apiclient", "quotawindow", "quotaentry"])
def test_an_unreadable_secret_breaks_no_page(noon, youtube, page):
    rows = desk.Rows()
    rows.add(1)
    spoil("channels_apiclient", "client_secret", platform="youtube")
    for column in ("access_token", "refresh_token"):
        spoil("channels_grant", column, family="youtube")
    browser = desk.person("manager")
    assert browser.get(reverse(f"admin:channels_{page}_changelist")).status_code == 200
    row = {"channel": Channel.objects.first()}.get(page) or Channel.objects.first().api_client_id
    key = getattr(row, "pk", row) if page in ("channel", "apiclient") else None
    if key:
        assert browser.get(reverse(f"admin:channels_{page}_change", args=[key])).status_code == 200
    assert browser.get(reverse("admin:index")).status_code == 200


def test_a_secret_that_cannot_be_read_is_replaced_on_its_page(noon):
    client = stage.an_api_client()
    spoil("channels_apiclient", "client_secret", id=client.pk)
    address = reverse("admin:channels_apiclient_change", args=[client.pk])
    said = {"platform": "youtube", "name": client.name, "client_id": "client", "client_secret": "new", "limits": ""}
    assert desk.person("manager").post(address, said).status_code == 302
    client.refresh_from_db()
    assert client.client_secret == "new"


def test_a_row_that_was_settled_while_we_looked_stops_no_other(noon, youtube, monkeypatch):
    rows, real = live(noon, 2), youtube.look

    def look(token, external_ids):
        Publication.objects.filter(pk=rows[0].pk).update(status="withdrawn")
        seen = real(token, external_ids)
        return {key: replace(one, state=SeenState.LIVE) for key, one in seen.items()}

    monkeypatch.setattr(youtube, "look", look)
    assert looking.look_all() == "1 publications of 2 channels looked at"
    for row in rows:
        row.refresh_from_db()
    assert [row.status for row in rows] == ["withdrawn", "published"]
    assert News.objects.filter(code="look_failed").count() == 1


def test_a_channel_whose_look_is_refused_is_told_once_and_the_others_are_looked_at(noon, youtube, monkeypatch):
    rows, real = live(noon, 2), gateway.call

    def call(channel, verb, **more):
        if channel.pk == rows[0].channel_id:
            raise looking.ProductError("the row is odd")
        return real(channel, verb, **more)

    monkeypatch.setattr(gateway, "call", call)
    assert looking.look_all() == "1 publications of 2 channels looked at, 1 channels in trouble"
    with clock.at(noon + timedelta(hours=1)):
        assert looking.look_all().endswith("1 channels in trouble")
    assert News.objects.filter(code="look_failed").count() == 1
