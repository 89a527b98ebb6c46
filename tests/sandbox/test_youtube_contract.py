"""What the real API would refuse is refused here, in the same envelope."""

from __future__ import annotations

import io
from typing import Any

import pytest
import requests
from googleapiclient.http import MediaIoBaseUpload

from tests.sandbox.people import World, fresh

SNIPPET = {"title": "A clip", "categoryId": "24"}
PRIVATE = {"privacyStatus": "private"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"snippet": {**SNIPPET, "title": "x" * 101}, "status": PRIVATE}, "invalidTitle"),
        ({"snippet": {**SNIPPET, "title": "a <b>"}, "status": PRIVATE}, "invalidTitle"),
        ({"snippet": {**SNIPPET, "description": "é" * 2501}, "status": PRIVATE}, "invalidDescription"),
        ({"snippet": {**SNIPPET, "tags": ["two words"] * 46}, "status": PRIVATE}, "invalidTags"),
        ({"snippet": {**SNIPPET, "tags": [""]}, "status": PRIVATE}, "invalidTags"),
        ({"snippet": {"title": "A clip"}, "status": PRIVATE}, "invalidCategoryId"),
        (
            {"snippet": SNIPPET, "status": {"privacyStatus": "public", "publishAt": "2030-01-01T00:00:00Z"}},
            "invalidPublishAt",
        ),
        ({"snippet": SNIPPET, "status": {"privacyStatus": "secret"}}, "badRequest"),
        ({"snippet": {**SNIPPET, "titel": "x"}, "status": PRIVATE}, "badRequest"),
        ({"snippet": SNIPPET, "status": PRIVATE, "recordingDetails": {}}, "unexpectedPart"),
    ],
)
def test_a_video_that_breaks_a_rule_is_refused_with_its_reason(world: World, body: Any, reason: str) -> None:
    refused = world.channel().open_upload(10, body)
    assert (refused.status_code, refused.json()["error"]["errors"][0]["reason"]) == (400, reason)


@pytest.mark.parametrize(
    ("path", "query", "reason"),
    [
        ("videos", {"id": "x"}, "missingRequiredParameter"),
        ("videos", {"part": "snippet"}, "missingRequiredParameter"),
        ("videos", {"part": "snippet", "id": "x", "published": "1"}, "unexpectedParameter"),
        ("videos", {"part": "snippets", "id": "x"}, "invalidPart"),
        ("commentThreads", {"part": "id", "videoId": "x", "maxResults": 101}, "invalidParameter"),
        ("commentThreads", {"part": "id", "videoId": "x", "order": "oldest"}, "invalidParameter"),
        ("commentThreads", {"part": "id", "videoId": "x", "id": "y"}, "incompatibleParameters"),
        ("playlistItems", {"part": "id", "playlistId": "UUx", "maxResults": 51}, "invalidParameter"),
    ],
)
def test_a_query_the_contract_does_not_know_is_refused(world: World, path: str, query: Any, reason: str) -> None:
    refused = world.channel().call("GET", path, **query)
    assert (refused.status_code, refused.json()["error"]["errors"][0]["reason"]) == (400, reason)


def test_a_missing_privacy_status_means_public(world: World, clip: bytes) -> None:
    channel = world.channel()
    video = channel.publish(fresh(clip), {"snippet": SNIPPET})
    assert channel.status(video)["privacyStatus"] == "public"


def test_a_scheduled_video_is_the_owners_alone_until_its_hour(own_world: World, clip: bytes) -> None:
    owner, stranger = own_world.channel(), own_world.channel()
    now = own_world.server.control("GET", "health")["now"]
    at = now.replace("+00:00", "Z")[:10] + "T23:59:59Z"
    video = owner.publish(fresh(clip), {"snippet": SNIPPET, "status": {**PRIVATE, "publishAt": at}})
    assert (owner.status(video)["privacyStatus"], owner.status(video)["publishAt"]) == ("private", at)
    assert stranger.status(video) == {}
    own_world.server.travel(hours=24)
    again = own_world.channel(handle=stranger.facts["handle"])
    assert again.status(video)["privacyStatus"] == "public"
    assert own_world.books(owner.id)[0]["visible_at"].startswith(at[:19])


def test_update_replaces_whole_parts_and_only_for_the_owner(world: World, clip: bytes) -> None:
    owner, stranger = world.channel(), world.channel()
    body = {"snippet": {**SNIPPET, "tags": ["a"]}, "status": PRIVATE}
    video = owner.publish(fresh(clip), body)
    changed = {"id": video, "snippet": {"title": "Another", "categoryId": "24"}}
    assert stranger.call("PUT", "videos", changed, part="snippet").status_code == 403
    shown = owner.call("PUT", "videos", changed, part="snippet").json()["snippet"]
    assert (shown["title"], shown.get("tags")) == ("Another", None)


def test_file_details_are_for_the_owner_only(world: World, clip: bytes) -> None:
    owner, stranger = world.channel(), world.channel()
    video = owner.publish(fresh(clip))
    assert stranger.call("GET", "videos", part="snippet", id=video).json()["items"]
    assert stranger.call("GET", "videos", part="fileDetails", id=video).status_code == 403


def test_the_uploads_list_shows_the_owner_private_ones_newest_first(world: World, clip: bytes) -> None:
    owner, stranger = world.channel(), world.channel()
    public = owner.publish(fresh(clip))
    private = owner.publish(fresh(clip), {"snippet": SNIPPET, "status": PRIVATE})
    query = {"part": "contentDetails", "playlistId": owner.facts["uploads_playlist"]}
    seen = [
        [item["contentDetails"]["videoId"] for item in who.call("GET", "playlistItems", **query).json()["items"]]
        for who in (owner, stranger)
    ]
    assert seen == [[private, public], [public]]


def test_a_video_stands_in_a_playlist_once(world: World, clip: bytes) -> None:
    channel = world.channel()
    video = channel.publish(fresh(clip))
    playlist = channel.call("POST", "playlists", {"snippet": {"title": "All"}}, part="snippet").json()["id"]
    item = {"snippet": {"playlistId": playlist, "resourceId": {"kind": "youtube#video", "videoId": video}}}
    answers = [channel.call("POST", "playlistItems", item, part="snippet") for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 409]
    assert answers[1].json()["error"]["errors"][0]["reason"] == "videoAlreadyInPlaylist"


def test_thumbnails_and_captions_arrive_through_the_products_client(world: World, clip: bytes) -> None:
    channel = world.channel()
    video = channel.publish(fresh(clip))
    picture = MediaIoBaseUpload(io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"\x00\r\n" * 50), mimetype="image/png")
    words = MediaIoBaseUpload(io.BytesIO(b"1\n00:00:01,000 --> 00:00:02,000\nhola\n"), mimetype="text/plain")
    body = {"snippet": {"videoId": video, "language": "es", "name": "Spanish"}}
    with channel.google() as youtube:
        assert youtube.thumbnails().set(videoId=video, media_body=picture).execute()["items"]
        made = youtube.captions().insert(part="snippet", body=body, media_body=words).execute()
    assert made["snippet"]["status"] == "serving"


def test_a_token_without_the_scope_is_refused(world: World) -> None:
    channel = world.channel(scope="https://www.googleapis.com/auth/youtube.upload")
    refused = channel.call("DELETE", "videos", id="x")
    assert (refused.status_code, refused.json()["error"]["errors"][0]["reason"]) == (403, "insufficientPermissions")


def test_analytics_answers_no_rows_rather_than_zero_while_it_does_not_know(own_world: World, clip: bytes) -> None:
    channel = own_world.channel()
    video = channel.publish(fresh(clip))
    day = own_world.server.control("GET", "health")["now"][:10]
    own_world.server.travel(hours=96)
    channel.keys = own_world.channel(handle=channel.facts["handle"]).keys
    query = {"ids": "channel==MINE", "metrics": "views,averageViewPercentage", "dimensions": "video,day"}
    query |= {"filters": f"video=={video}", "startDate": "2020-01-01", "endDate": "2020-01-02"}
    address = f"{channel.root}/analytics/v2/reports"
    assert "rows" not in requests.get(address, params=query, headers=channel.headers, timeout=10).json()
    query |= {"startDate": day, "endDate": day}
    row = requests.get(address, params=query, headers=channel.headers, timeout=10).json()["rows"][0]
    assert row[:2] == [video, day]
    assert row[2] > 100
