from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.sandbox.people import World

BACK = "http://127.0.0.1:1/back/"
SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"
VERIFIER = "v" * 64


def s256(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def consent(world: World, path: str, account: str, **query: str) -> dict[str, str]:
    """What comes back to the redirect address."""
    query = {"redirect_uri": BACK, "response_type": "code", "state": "s1", "sandbox_account": account, **query}
    sent = requests.get(f"{world.server.url}{path}", params=query, allow_redirects=False, timeout=10)
    assert sent.status_code == 302
    return {name: values[0] for name, values in parse_qs(urlsplit(sent.headers["Location"]).query).items()}


def google(world: World, **form: str) -> requests.Response:
    form = {"client_id": world.client_id, "client_secret": world.secret, "redirect_uri": BACK, **form}
    return requests.post(f"{world.server.url}/token", data=form, timeout=10)


def google_code(world: World, account: str, **query: str) -> str:
    query = {"client_id": world.client_id, "scope": SCOPE, "access_type": "offline", **query}
    back = consent(world, "/o/oauth2/v2/auth", account, **query)
    assert back["state"] == "s1"
    return back["code"]


def test_the_consent_page_lists_the_accounts_and_escapes_them(world: World) -> None:
    world.channel(title="<b>Sol & Luna</b>")
    query = {"client_id": world.client_id, "scope": SCOPE, "redirect_uri": BACK, "response_type": "code"}
    page = requests.get(f"{world.server.url}/o/oauth2/v2/auth", params=query, timeout=10)
    assert "&lt;b&gt;Sol &amp; Luna&lt;/b&gt;" in page.text


def test_a_code_with_the_wrong_verifier_is_refused_and_used_up(world: World) -> None:
    account = world.channel(grant=True).id
    code = google_code(world, account, code_challenge=s256(VERIFIER), code_challenge_method="S256")
    wrong = google(world, grant_type="authorization_code", code=code, code_verifier="w" * 64)
    right = google(world, grant_type="authorization_code", code=code, code_verifier=VERIFIER)
    assert [(one.status_code, one.json()["error"]) for one in (wrong, right)] == [(400, "invalid_grant")] * 2


def test_only_prompt_consent_gives_a_second_refresh_token(world: World) -> None:
    account = world.channel().id  # has granted before
    plain = google(world, grant_type="authorization_code", code=google_code(world, account)).json()
    asked = google(world, grant_type="authorization_code", code=google_code(world, account, prompt="consent")).json()
    assert ("refresh_token" in plain, "refresh_token" in asked) == (False, True)
    assert asked["scope"] == SCOPE


def test_after_revoke_google_refuses_the_refresh_and_the_access_token(world: World) -> None:
    channel = world.channel()
    token = channel.keys["refresh_token"]
    assert google(world, grant_type="refresh_token", refresh_token=token).json()["expires_in"] > 3000
    assert requests.post(f"{world.server.url}/revoke", data={"token": token}, timeout=10).status_code == 200
    refused = google(world, grant_type="refresh_token", refresh_token=token)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert channel.call("GET", "channels", part="id", mine="true").status_code == 401


def test_a_token_endpoint_that_is_down_kills_no_grant(world: World) -> None:
    channel = world.channel()
    world.fault("token_endpoint_down", match={"platform": "youtube"})
    form = {"grant_type": "refresh_token", "refresh_token": channel.keys["refresh_token"]}
    assert [google(world, **form).status_code for _ in range(2)] == [503, 200]


def tiktok(world: World, **form: str) -> dict[str, Any]:
    form = {"client_key": world.client_id, "client_secret": world.secret, "redirect_uri": BACK, **form}
    return requests.post(f"{world.server.url}/tiktok/v2/oauth/token/", data=form, timeout=10).json()


def test_a_tiktok_refresh_kills_the_token_it_was_made_with(world: World) -> None:
    old = world.creator().keys["tiktok_open"]["refresh_token"]
    first = tiktok(world, grant_type="refresh_token", refresh_token=old)
    assert tiktok(world, grant_type="refresh_token", refresh_token=old)["error"] == "invalid_grant"
    second = tiktok(world, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert 7000 < second["expires_in"] <= 7200
    assert second["open_id"] == first["open_id"]


def test_a_lost_answer_to_a_refresh_leaves_a_dead_token(world: World) -> None:
    creator = world.creator()
    old = creator.keys["tiktok_open"]["refresh_token"]
    world.fault("refresh_answer_lost", match={"account": creator.id})
    with pytest.raises(requests.ConnectionError):
        tiktok(world, grant_type="refresh_token", refresh_token=old)
    assert tiktok(world, grant_type="refresh_token", refresh_token=old)["error"] == "invalid_grant"


def test_login_kit_takes_the_hex_digest_as_challenge(world: World) -> None:
    creator = world.creator()
    query = {"client_key": world.client_id, "scope": "video.publish", "code_challenge_method": "S256"}
    for challenge, works in ((hashlib.sha256(VERIFIER.encode()).hexdigest(), True), (s256(VERIFIER), False)):
        back = consent(world, "/tiktok-auth/v2/auth/authorize/", creator.id, code_challenge=challenge, **query)
        pair = tiktok(world, grant_type="authorization_code", code=back["code"], code_verifier=VERIFIER)
        assert ("access_token" in pair) is works


def test_the_two_tiktok_families_name_an_account_differently(world: World) -> None:
    creator = world.creator()
    back = consent(world, "/tiktok-auth/v2/auth/authorize/", creator.id, client_id=world.client_id)
    body = {"client_id": world.client_id, "client_secret": world.secret, "grant_type": "authorization_code"}
    body |= {"auth_code": back["auth_code"], "redirect_uri": BACK}
    address = f"{world.server.url}/tiktok-business/tt_user/oauth2/token/"
    answer = requests.post(address, json=body, timeout=10).json()
    assert answer["data"]["open_id"] == creator.facts["business_id"] != creator.facts["open_id"]
    assert requests.post(address, json=body, timeout=10).json()["code"] != 0


def test_tokens_live_as_long_as_the_platform_says(own_world: World) -> None:
    creator, channel = own_world.creator(), own_world.channel()
    own_world.server.travel(hours=3)
    assert creator.open("post/publish/creator_info/query/").json()["error"]["code"] == "access_token_invalid"
    assert channel.call("GET", "channels", part="id", mine="true").status_code == 401
    assert creator.business("GET", "get/")["code"] == 0
    own_world.server.travel(hours=24)
    assert creator.business("GET", "get/")["code"] == 40102
