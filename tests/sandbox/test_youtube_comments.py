from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.sandbox.people import Channel, World, fresh


@pytest.fixture
def stage(world: World, clip: bytes) -> tuple[Channel, str]:
    channel = world.channel()
    video = channel.publish(fresh(clip))
    channel.status(video)
    return channel, video


def threads(channel: Channel, **query: Any) -> dict[str, Any]:
    query = {
        "part": "id,snippet,replies",
        "allThreadsRelatedToChannelId": channel.id,
        "textFormat": "plainText",
        **query,
    }
    return channel.call("GET", "commentThreads", **query).json()


def texts(page: dict[str, Any]) -> list[str]:
    return [item["snippet"]["topLevelComment"]["snippet"]["textDisplay"] for item in page["items"]]


def test_threads_come_newest_first_in_pages_until_the_last(world: World, stage: Any) -> None:
    channel, video = stage
    for number in range(5):
        world.say(video, f"word {number}")
    first = threads(channel, maxResults=3)
    second = threads(channel, maxResults=3, pageToken=first["nextPageToken"])
    assert texts(first) + texts(second) == [f"word {number}" for number in (4, 3, 2, 1, 0)]
    assert "nextPageToken" not in second


def test_a_page_token_of_another_question_is_refused(world: World, stage: Any) -> None:
    channel, video = stage
    world.say(video, "one")
    world.say(video, "two")
    token = threads(channel, maxResults=1)["nextPageToken"]
    refused = threads(channel, maxResults=1, order="relevance", pageToken=token)
    assert refused["error"]["errors"][0]["reason"] == "invalidPageToken"


def test_pages_shift_when_people_write_between_them(world: World, stage: Any) -> None:
    channel, video = stage
    for number in range(4):
        world.say(video, f"word {number}")
    first = threads(channel, maxResults=2)
    world.fault("pages_shift", match={"account": channel.id}, options={"count": 40})
    second = threads(channel, maxResults=2, pageToken=first["nextPageToken"])
    assert "word 1" not in texts(second)


def test_html_is_escaped_and_the_original_is_the_authors_alone(world: World, stage: Any) -> None:
    channel, video = stage
    world.say(video, "a < b\nyes")
    snippet = threads(channel, textFormat="html")["items"][0]["snippet"]["topLevelComment"]["snippet"]
    assert snippet["textDisplay"] == "a &lt; b<br>yes"
    assert "textOriginal" not in snippet


def test_held_comments_are_for_the_owner_and_apart(world: World, stage: Any) -> None:
    channel, video = stage
    world.say(video, "seen")
    world.say(video, "held", status="heldForReview")
    assert texts(threads(channel)) == ["seen"]
    assert texts(threads(channel, moderationStatus="heldForReview")) == ["held"]
    query = {"part": "id", "videoId": video, "moderationStatus": "heldForReview"}
    assert world.channel().call("GET", "commentThreads", **query).status_code == 403


def test_hiding_takes_many_ids_and_only_the_owner_may(world: World, stage: Any) -> None:
    channel, video = stage
    ids = [world.say(video, text) for text in ("one", "two", "three")]
    query = {"id": ids[:2], "moderationStatus": "rejected"}
    assert world.channel().call("POST", "comments/setModerationStatus", **query).status_code == 403
    assert channel.call("POST", "comments/setModerationStatus", **query).status_code == 204
    assert texts(threads(channel)) == ["three"]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"moderationStatus": "published", "banAuthor": "true"}, "banWithoutReject"),
        ({"moderationStatus": "likelySpam"}, "operationNotSupported"),
    ],
)
def test_moderation_that_makes_no_sense_is_refused(world: World, stage: Any, query: Any, reason: str) -> None:
    channel, video = stage
    refused = channel.call("POST", "comments/setModerationStatus", id=world.say(video, "x"), **query)
    assert (refused.status_code, refused.json()["error"]["errors"][0]["reason"]) == (400, reason)


def test_a_reply_whose_answer_was_lost_is_there_all_the_same(world: World, stage: Any) -> None:
    channel, video = stage
    parent = world.say(video, "where is part two?")
    world.fault("reply_stored_answer_lost", match={"account": channel.id})
    body = {"snippet": {"parentId": parent, "textOriginal": "tomorrow"}}
    with pytest.raises(requests.ConnectionError):
        channel.call("POST", "comments", body, part="snippet")
    replies = channel.call("GET", "comments", part="snippet", parentId=parent).json()["items"]
    assert [reply["snippet"]["textOriginal"] for reply in replies] == ["tomorrow"]
    assert threads(channel)["items"][0]["snippet"]["totalReplyCount"] == 1


def test_disabled_comments_are_an_answer_of_their_own(world: World, stage: Any) -> None:
    channel, video = stage
    world.fault("comments_disabled", match={"account": channel.id})
    refused = channel.call("GET", "commentThreads", part="id", videoId=video)
    assert (refused.status_code, refused.json()["error"]["errors"][0]["reason"]) == (403, "commentsDisabled")
