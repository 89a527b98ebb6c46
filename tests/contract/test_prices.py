"""What a verb costs is said beforehand, and what it took is counted as the platform counts it."""

from __future__ import annotations

import inspect

import pytest

from channels.platforms import meter
from channels.platforms.base import Platform
from tests.contract.stage import Stage, minutes_ago

VERBS = sorted(
    name
    for name, verb in inspect.getmembers(Platform, inspect.isfunction)
    if "access_token" in inspect.signature(verb).parameters
)


def test_there_are_verbs_to_price() -> None:
    assert len(VERBS) == 15


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_price_in_buckets_that_the_platform_names(platform: Stage, verb: str) -> None:
    buckets = {bucket.name for bucket in platform.adapter.buckets}
    for price in platform.adapter.prices(verb):
        assert price.bucket in buckets
        assert price.units >= 1
        assert price.batch >= 1
    assert platform.adapter.family_of(verb) in platform.adapter.families


@pytest.mark.parametrize("verb", ["whoami", "look", "open_session", "find_upload"])
def test_a_verb_takes_what_it_said(platform: Stage, verb: str) -> None:
    film = platform.film()
    external_id = platform.post(film)
    calls = {
        "whoami": lambda: platform.call("whoami"),
        "look": lambda: platform.call("look", [external_id]),
        "open_session": lambda: platform.open(platform.film()),
        "find_upload": lambda: platform.find(film, since=minutes_ago(10)),
    }
    with meter.reading() as taken:
        calls[verb]()
    assert dict(taken) == {price.bucket: price.units for price in platform.adapter.prices(verb)}


def test_we_never_count_less_than_youtube_does(youtube: Stage) -> None:
    with meter.reading() as taken:
        film = youtube.film()
        video = youtube.post(film)
        parent = youtube.say(video, "where is part two?")
        youtube.call("reply", external_id=video, parent_id=parent, text="tomorrow")
        youtube.call("hide", external_id=video, comment_ids=[parent])
        youtube.comments(video)
        youtube.call("set_thumbnail", video, image=b"\xff\xd8\xff" + bytes(50))
        youtube.call("withdraw", video)
        youtube.call("withdraw", video)  # a refused call is charged too
    spent = youtube.spent()
    assert spent["video_uploads"] == taken["uploads"] == 1
    assert 251 <= spent["queries"] <= taken["units"] <= spent["queries"] + 2
