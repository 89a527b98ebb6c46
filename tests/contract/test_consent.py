"""From an owner's yes to the day the consent ends; only a true end may disconnect a channel."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from channels.errors import ConsentLost, Misconfigured, PlatformDown, TokenRefused
from channels.platforms.base import App
from config.kernel import clock
from tests.contract.stage import Stage

BACK = "http://127.0.0.1:9/back/"
VERIFIER = "v" * 50


def test_a_refresh_gives_keys_that_open_the_account(platform: Stage) -> None:
    for family in platform.families:
        grant = platform.refresh(family)
        assert grant.expires_at > clock.now()
        assert set(platform.adapter.scopes(family=family)) <= set(grant.scopes)
        platform.tokens[family] = grant.access_token
        assert platform.refresh(family, token=grant.refresh_token).access_token != grant.access_token
    assert platform.call("whoami").external_id == platform.accounts[platform.families[0]]


def test_a_refresh_token_that_turned_over_is_dead(tiktoks: Stage) -> None:
    for family in tiktoks.families:
        old = tiktoks.refresh_tokens[family]
        fresh = tiktoks.refresh(family)
        assert fresh.refresh_token != old
        with pytest.raises(ConsentLost):
            tiktoks.refresh(family, token=old)
        assert tiktoks.refresh(family, token=fresh.refresh_token).access_token


def test_youtube_keeps_its_refresh_token(youtube: Stage) -> None:
    assert youtube.refresh().refresh_token == youtube.refresh_tokens["youtube"]
    assert youtube.refresh().access_token


def test_a_token_endpoint_that_is_down_ends_no_consent(platform: Stage) -> None:
    for family in platform.families:
        platform.fault("token_endpoint_down")
        with pytest.raises(PlatformDown) as down:
            platform.refresh(family)
        assert down.value.retryable
        assert platform.refresh(family).access_token


def test_a_lost_answer_of_the_token_endpoint_ends_no_consent_by_itself(platform: Stage) -> None:
    for family in platform.families:
        platform.fault("refresh_answer_lost")
        with pytest.raises(PlatformDown) as lost:
            platform.refresh(family)
        assert lost.value.retryable


def test_a_consent_that_is_gone_is_said_to_be_lost(platform: Stage) -> None:
    for family in platform.families:
        platform.fault("invalid_grant")
        for _time in range(2):
            with pytest.raises(ConsentLost) as lost:
                platform.refresh(family)
            assert not lost.value.retryable


def test_a_wrong_secret_is_our_fault_and_not_the_owners(real: Stage) -> None:
    for family in real.families:
        real.app = App(real.app.client_id, "wrong")
        with pytest.raises(Misconfigured):
            real.refresh(family)


def consent(stage: Stage, family: str, *, verifier: str = VERIFIER):
    """The owner's browser: to the platform and back with a code, which is then turned in."""
    asked = {"redirect_uri": BACK, "code_verifier": VERIFIER, "family": family}
    url = stage.adapter.authorize_url(stage.app, state="our state", **asked)
    said_yes = requests.get(f"{url}&{urlencode({'sandbox_account': stage.id})}", allow_redirects=False, timeout=20)
    back = parse_qs(urlsplit(said_yes.headers["Location"]).query)
    assert back["state"] == ["our state"]
    code = (back.get("code") or back["auth_code"])[0]
    return stage.adapter.exchange(stage.app, code=code, **{**asked, "code_verifier": verifier})


def test_a_consent_brings_keys_with_every_scope_that_was_asked_for(real: Stage) -> None:
    for family in real.families:
        grant = consent(real, family)
        assert set(real.adapter.scopes(family=family)) <= set(grant.scopes)
        assert grant.account_id in {"", real.accounts[family]}
        real.tokens[family] = grant.access_token
    external_id = real.post()
    assert real.comments(external_id) == []


def test_a_code_is_good_for_its_own_verifier_only(build) -> None:
    for name, family in (("youtube", "youtube"), ("tiktok", "tiktok_open")):
        with pytest.raises(ConsentLost):
            consent(build(name), family, verifier="w" * 50)


def test_a_revoked_consent_opens_nothing_and_revoking_twice_does_no_harm(real: Stage) -> None:
    for family in real.families:
        for _time in range(2):
            real.adapter.revoke(real.app, token=real.tokens[family], family=family)
        with pytest.raises(ConsentLost):
            real.refresh(family)
    with pytest.raises(TokenRefused):
        real.call("whoami")
