from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from channels.errors import ConsentLost, PlatformDown, TokenRefused
from channels.models import Channel, Grant
from channels.platforms.base import Grant as Given
from channels.rules.words import Purpose
from channels.services import accounts, gateway, grants
from config.kernel import clock
from config.kernel.errors import Invalid
from config.kernel.models import News
from tests.channels import stage
from tests.channels.fake_platform import Killed

pytestmark = [pytest.mark.usefixtures("noon")]


@pytest.fixture
def channel(db, noon, youtube):
    return stage.a_channel()


def later(minutes):
    return clock.at(clock.now() + timedelta(minutes=minutes))


@pytest.mark.parametrize(("minutes", "refreshes"), [(10, 0), (47, 0), (49, 1), (58, 1), (90, 1)])
def test_a_token_is_renewed_in_its_last_fifth(channel, youtube, minutes, refreshes):
    with later(minutes):
        grants.access(channel, "youtube")
    assert youtube.count("refresh") == refreshes


def test_a_rotated_refresh_token_is_stored_before_the_new_token_is_used(channel, youtube):
    with later(50):
        token, account = grants.access(channel, "youtube")
    grant = Grant.objects.get()
    assert (token, account) == (grant.access_token, "ACC")
    assert youtube.refresh_tokens == {grant.refresh_token}


def test_an_empty_answer_never_overwrites_a_token(channel, youtube, monkeypatch):
    answer = Given("", "", expires_at=clock.now())
    monkeypatch.setattr(youtube, "refresh", lambda *_args, **_more: answer)
    with later(90), pytest.raises(PlatformDown):
        grants.access(channel, "youtube")
    assert (Grant.objects.get().access_token, Grant.objects.get().refresh_token) == ("token-0", "refresh-0")
    monkeypatch.setattr(
        youtube, "refresh", lambda *_a, **_m: replace(answer, access_token="new", expires_at=clock.now())
    )
    with later(120):
        grants.access(channel, "youtube")
    assert Grant.objects.get().refresh_token == "refresh-0"


def test_an_outage_of_the_token_endpoint_disconnects_nobody(channel, youtube):
    youtube.fail("refresh:before", *[PlatformDown("down")] * 3)
    with later(50):
        assert grants.access(channel, "youtube")[0] == "token-0"
    with later(61), pytest.raises(PlatformDown):
        grants.access(channel, "youtube")
    channel.refresh_from_db()
    assert channel.status == "active"
    with later(70):
        assert grants.refresh_due() == "0 tokens refreshed, 1 not"
    with later(80):
        assert grants.refresh_due() == "1 tokens refreshed, 0 not"


def test_a_lost_consent_disconnects_and_tells(channel, youtube):
    youtube.refresh_tokens.clear()
    with later(50), pytest.raises(ConsentLost):
        grants.access(channel, "youtube")
    channel.refresh_from_db()
    assert channel.status == "disconnected"
    assert News.objects.filter(code="channel_disconnected").count() == 1


def test_a_worker_killed_while_refreshing_blocks_nobody_for_long(channel, youtube):
    youtube.fail("refresh:before", Killed())
    with later(50), pytest.raises(Killed):
        grants.access(channel, "youtube")
    with later(51):
        assert grants.access(channel, "youtube")[0] == "token-0"
    with later(53):
        assert grants.access(channel, "youtube")[0] != "token-0"


def test_a_refused_token_is_renewed_once_and_the_call_repeated(channel, youtube):
    youtube.tokens.clear()
    assert gateway.call(channel, "whoami", purpose=Purpose.CONNECT).external_id == "ACC"
    assert youtube.count("refresh") == 1


def test_a_token_refused_twice_must_be_connected_again(channel, youtube):
    youtube.fail("whoami:before", TokenRefused("no"), TokenRefused("no"))
    with pytest.raises(ConsentLost):
        gateway.call(channel, "whoami", purpose=Purpose.CONNECT)
    assert Channel.objects.get().status == "disconnected"


def test_a_consent_for_another_account_is_refused(channel, youtube):
    youtube.tokens["token-x"] = "SOMEBODY"
    given = Given("token-x", "r", expires_at=clock.now() + timedelta(hours=1), scopes=("upload", "comments"))
    with pytest.raises(Invalid, match="SOMEBODY"):
        accounts.connect(channel, family="youtube", grant=given, by=None)
    assert Grant.objects.get().access_token == "token-0"


def test_an_account_belongs_to_one_channel(channel, youtube):
    Channel.objects.update(external_id="ACC")
    other = stage.a_channel("Another", connected=False)
    Channel.objects.filter(pk=other.pk).update(external_id="")
    other.refresh_from_db()
    with pytest.raises(Invalid, match="ES Romance"):
        accounts.connect(other, family="youtube", grant=youtube.grant(), by=None)


def test_a_consent_that_leaves_a_permission_out_is_refused(channel, youtube):
    with pytest.raises(Invalid, match="comments"):
        accounts.connect(channel, family="youtube", grant=replace(youtube.grant(), scopes=("upload",)), by=None)


def test_connecting_again_brings_a_disconnected_channel_back(channel, youtube):
    Channel.objects.update(external_id="ACC", posts_from=clock.now())
    accounts.disconnect(channel, family="youtube", why="revoked")
    channel.refresh_from_db()
    accounts.connect(channel, family="youtube", grant=youtube.grant(), by=None)
    assert (Channel.objects.get().status, Grant.objects.get().revoked_at) == ("active", None)


def test_a_channel_that_a_person_paused_stays_paused_when_connected_again(channel, youtube):
    Channel.objects.update(external_id="ACC", posts_from=clock.now(), status="paused")
    channel.refresh_from_db()
    accounts.connect(channel, family="youtube", grant=youtube.grant(), by=None)
    assert Channel.objects.get().status == "paused"


def test_test_mode_ends_the_connection_after_seven_days(channel, youtube):
    channel.api_client.in_test_mode = True
    Channel.objects.update(external_id="ACC")
    channel.external_id = "ACC"
    grant = accounts.connect(channel, family="youtube", grant=youtube.grant(), by=None)
    assert grant.refresh_expires_at == clock.now() + timedelta(days=7)


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_refresh_one_token_once(noon, youtube):
    channel = stage.a_channel()
    gate = threading.Barrier(4)
    tokens: list[str] = []
    with later(61):

        def work() -> None:
            gate.wait()
            tokens.append(grants.access(Channel.objects.get(pk=channel.pk), "youtube")[0])
            connection.close()

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert youtube.count("refresh") == 1
    assert len(tokens) == 4
    assert set(tokens) == {Grant.objects.get().access_token}


def test_an_ended_connection_is_not_switched_on_by_a_click(channel, youtube):
    accounts.disconnect(channel, family="youtube", why="revoked")
    channel.refresh_from_db()
    with pytest.raises(Invalid, match="connected again first"):
        accounts.resume(channel, by=None)
