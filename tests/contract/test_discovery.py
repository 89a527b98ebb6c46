"""Every request that the YouTube adapter builds stands in Google's own contract; what does not is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests

from channels.errors import PlatformError
from channels.platforms import transport
from channels.platforms.base import Withdrawal
from channels.platforms.youtube import client, errors
from channels.platforms.youtube.adapter import CALLS
from config.kernel import clock
from tests.contract.over_http import OverHttp
from tests.contract.stage import minutes_ago

Verb = Callable[[OverHttp, str, str], Any]
EVERYTHING = {
    "description": "Ella vuelve. #drama",
    "is_paid_promotion": True,
    "notify_subscribers": True,
}


def later() -> datetime:
    return clock.now() + timedelta(hours=1)


VERBS: dict[str, Verb] = {
    "whoami": lambda stage, video, comment: stage.call("whoami"),
    "open_session": lambda stage, video, comment: stage.open(stage.film(), publish_at=later(), **EVERYTHING),
    "find_upload": lambda stage, video, comment: stage.find(stage.film(), since=minutes_ago(10)),
    "look": lambda stage, video, comment: stage.call("look", [video, "another"]),
    "watched": lambda stage, video, comment: stage.call("watched", external_ids=[video, "another"]),
    "withdraw": lambda stage, video, comment: (
        stage.call("withdraw", video, how=Withdrawal.MADE_PRIVATE),
        stage.call("withdraw", video, how=Withdrawal.DELETED),
    ),
    "set_thumbnail": lambda stage, video, comment: stage.call("set_thumbnail", video, image=b"\xff\xd8\xff" + bytes(9)),
    "comments_page": lambda stage, video, comment: (
        stage.call("comments_page", since=minutes_ago(10)),
        stage.comments(video),
        stage.comments(video, held=True),
    ),
    "replies_page": lambda stage, video, comment: stage.call("replies_page", external_id=video, parent_id=comment),
    "reply": lambda stage, video, comment: stage.call("reply", external_id=video, parent_id=comment, text="Gracias"),
    "hide": lambda stage, video, comment: stage.call("hide", external_id=video, comment_ids=[comment]),
}


@pytest.fixture
def answered(monkeypatch) -> list[tuple[str, int]]:
    """(address, status) of every call that left the house."""
    heard: list[tuple[str, int]] = []
    send = transport.send

    def listen(call: transport.Call) -> requests.Response:
        response = send(call)
        heard.append((f"{call.method} {call.url.partition('?')[0]}", response.status_code))
        return response

    monkeypatch.setattr(transport, "send", listen)
    return heard


def test_every_verb_that_calls_is_tried() -> None:
    assert set(VERBS) == {verb for verb, calls in CALLS.items() if calls}


@pytest.mark.parametrize("verb", VERBS)
def test_every_request_of_a_verb_is_accepted(youtube: OverHttp, answered, verb: str) -> None:
    video = youtube.post()
    comment = youtube.say(video, "¿dónde está la parte dos?")
    answered.clear()
    VERBS[verb](youtube, video, comment)
    assert len(answered) >= len(CALLS[verb])
    assert [one for one in answered if one[1] not in (200, 204)] == []


def test_the_upload_is_announced_in_every_part_that_it_speaks_of(youtube: OverHttp) -> None:
    film = youtube.film()
    video = youtube.post(film, publish_at=later(), **EVERYTHING)
    request = client.service().videos().list(part="snippet,status,paidProductPlacementDetails,fileDetails", id=video)
    shown = client.call(youtube.tokens["youtube"], request)["items"][0]
    assert shown["snippet"]["tags"] == ["drama", film.marker]
    assert shown["snippet"]["defaultAudioLanguage"] == "es"
    assert shown["fileDetails"]["fileName"] == f"{film.marker}.mp4"
    assert shown["paidProductPlacementDetails"] == {"hasPaidProductPlacement": True}
    said = {name: shown["status"][name] for name in ("privacyStatus", "selfDeclaredMadeForKids")}
    assert said == {"privacyStatus": "private", "selfDeclaredMadeForKids": False}
    assert shown["status"]["containsSyntheticMedia"] is True


REFUSED = [
    ("videos", {"id": "x"}, "missingRequiredParameter", "part"),
    ("videos", {"part": "snippet", "id": "x", "published": "1"}, "unexpectedParameter", "published"),
    ("commentThreads", {"part": "id", "videoId": "x", "order": "oldest"}, "invalidParameter", "order"),
]


@pytest.mark.parametrize(("path", "query", "reason", "location"), REFUSED)
def test_what_the_contract_does_not_know_is_refused_in_googles_envelope(
    youtube: OverHttp, path: str, query: dict[str, str], reason: str, location: str
) -> None:
    answer = requests.get(
        f"{youtube.world.server.url}/youtube/youtube/v3/{path}",
        params=query,
        headers={"Authorization": f"Bearer {youtube.tokens['youtube']}"},
        timeout=20,
    )
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["status"]) == (400, 400, "INVALID_ARGUMENT")
    entry = error["errors"][0]
    assert (entry["reason"], entry["location"], entry["locationType"]) == (reason, location, "parameter")
    assert entry["message"] == error["message"]
    understood = errors.translate(answer.status_code, answer.json())
    assert isinstance(understood, PlatformError)
    assert (understood.platform_code, understood.detail) == (reason, error["message"])
