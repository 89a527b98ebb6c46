from __future__ import annotations

import hashlib
import io

import pytest
import requests
from googleapiclient.http import MediaIoBaseUpload

from tests.sandbox.people import CHUNK, World, fresh


def test_the_products_client_uploads_in_chunks_and_reads_the_video_back(world: World, clip: bytes) -> None:
    channel, data = world.channel(), fresh(clip)
    body = {"snippet": {"title": "Uno", "categoryId": "24"}, "status": {"privacyStatus": "unlisted"}}
    media = MediaIoBaseUpload(io.BytesIO(data), mimetype="video/mp4", chunksize=CHUNK, resumable=True)
    with channel.google() as youtube:
        request = youtube.videos().insert(part="snippet,status", body=body, media_body=media)
        request.headers["slug"] = "job-7.mp4"
        video = None
        while video is None:
            _, video = request.next_chunk()
        found = youtube.videos().list(part="status,fileDetails", id=video["id"]).execute()["items"][0]
    assert found["status"]["uploadStatus"] == "processed"
    assert (found["fileDetails"]["fileName"], found["fileDetails"]["fileSize"]) == ("job-7.mp4", str(len(data)))
    assert [one["sha256"] for one in world.books(channel.id)] == [hashlib.sha256(data).hexdigest()]


def test_an_upload_survives_kill_9_and_goes_on_where_it_stood(own_world: World, clip: bytes) -> None:
    channel = own_world.channel()
    data = fresh(clip * 4)
    session = channel.open_upload(len(data)).headers["Location"]
    assert channel.put(session, data[:CHUNK], total=len(data)).status_code == 308
    own_world.server.kill()
    own_world.server.start()
    told = channel.how_far(session)
    assert (told.status_code, told.headers["Range"]) == (308, f"bytes=0-{CHUNK - 1}")
    assert channel.put(session, data[CHUNK:], first=CHUNK, total=len(data)).status_code == 201
    assert [entry["size"] for entry in own_world.books(channel.id)] == [len(data)]


def test_nothing_stored_yet_is_told_without_a_range(world: World) -> None:
    channel = world.channel()
    told = channel.how_far(channel.open_upload(1000).headers["Location"])
    assert told.status_code == 308
    assert "Range" not in told.headers


def test_a_chunk_off_the_grain_is_refused(world: World) -> None:
    channel = world.channel()
    session = channel.open_upload(CHUNK * 3).headers["Location"]
    assert channel.put(session, b"x" * (CHUNK - 1), total=CHUNK * 3).status_code == 400


@pytest.mark.parametrize("first", [0, CHUNK * 2])
def test_an_overlap_or_a_gap_stores_nothing(world: World, first: int) -> None:
    channel, total = world.channel(), CHUNK * 4
    session = channel.open_upload(total).headers["Location"]
    channel.put(session, b"x" * CHUNK, total=total)
    told = channel.put(session, b"y" * CHUNK, first=first, total=total)
    assert (told.status_code, told.headers["Range"]) == (308, f"bytes=0-{CHUNK - 1}")


def test_a_lost_final_answer_leaves_one_video_that_the_session_still_tells(world: World, clip: bytes) -> None:
    channel, data = world.channel(), fresh(clip)
    session = channel.open_upload(len(data)).headers["Location"]
    world.fault("drop_after_final_chunk", match={"account": channel.id})
    with pytest.raises(requests.ConnectionError):
        channel.put(session, data)
    told = [channel.how_far(session), channel.how_far(session)]
    assert [one.status_code for one in told] == [201, 201]
    assert {one.json()["id"] for one in told} == {world.books(channel.id)[0]["external_id"]}
    assert len(world.books(channel.id)) == 1


def test_a_forgotten_session_is_404_for_good(world: World) -> None:
    channel = world.channel()
    session = channel.open_upload(1000).headers["Location"]
    world.fault("forget_session", match={"account": channel.id})
    assert [channel.how_far(session).status_code for _ in range(2)] == [404, 404]
    assert world.books(channel.id) == []


def test_a_chunk_answered_503_may_or_may_not_be_stored(world: World) -> None:
    channel, total = world.channel(), CHUNK * 2
    for stored in (False, True):
        session = channel.open_upload(total).headers["Location"]
        world.fault("chunk_503", match={"account": channel.id}, options={"stored": stored})
        assert channel.put(session, b"x" * CHUNK, total=total).status_code == 503
        assert ("Range" in channel.how_far(session).headers) is stored


def test_a_platform_that_died_between_the_last_byte_and_the_video_makes_it_when_asked(
    world: World, clip: bytes
) -> None:
    channel, data = world.channel(), fresh(clip)
    session = channel.open_upload(len(data)).headers["Location"]
    world.fault("chunk_503", match={"account": channel.id}, options={"stored": True})
    assert channel.put(session, data).status_code == 503
    video = channel.how_far(session).json()["id"]
    assert [one["external_id"] for one in world.books(channel.id)] == [video]


def test_the_bucket_of_uploads_runs_dry_and_refills_at_midnight_in_los_angeles(own_world: World) -> None:
    own_world.limit(video_uploads=2)
    channel = own_world.channel()
    assert [channel.open_upload(10).status_code for _ in range(3)] == [200, 200, 429]
    error = channel.open_upload(10).json()["error"]
    assert error["errors"][0]["reason"] == "rateLimitExceeded"
    assert "quota metric 'Video Uploads' and limit 'Video Uploads per day'" in error["message"]
    own_world.server.travel(hours=24)
    channel.keys = own_world.channel(handle=channel.facts["handle"]).keys
    assert channel.open_upload(10).status_code == 200


def test_the_shared_pool_is_counted_per_client_and_a_wrong_request_costs_one(world: World) -> None:
    world.limit(queries=51)
    channel, stranger = world.channel(), World(world.server).channel()
    assert channel.call("GET", "videos", part="nonsense", id="x").status_code == 400
    assert channel.call("DELETE", "videos", id="unknown").status_code == 404
    refused = channel.call("GET", "videos", part="id", id="x")
    assert (refused.status_code, refused.json()["error"]["errors"][0]["reason"]) == (403, "quotaExceeded")
    assert stranger.call("GET", "videos", part="id", id="x").status_code == 200


def test_the_same_file_twice_on_one_channel_is_rejected_and_on_another_is_not(world: World, clip: bytes) -> None:
    channel, other, data = world.channel(), world.channel(), fresh(clip)
    first, second = channel.publish(data), channel.publish(data)
    assert channel.status(first)["uploadStatus"] == "processed"
    assert channel.status(second)["rejectionReason"] == "duplicate"
    assert other.status(other.publish(data))["uploadStatus"] == "processed"


def test_bytes_that_are_no_film_fail(world: World) -> None:
    channel = world.channel()
    status = channel.status(channel.publish(b"no film at all"))
    assert (status["uploadStatus"], status["failureReason"]) == ("failed", "invalidFile")


def test_a_channel_over_its_daily_uploads_is_told_so_apart_from_quota(world: World, clip: bytes) -> None:
    channel = world.channel(uploads_per_day=1)
    channel.publish(fresh(clip))
    refused = channel.open_upload(10)
    assert (refused.status_code, refused.json()["error"]["errors"][0]["reason"]) == (400, "uploadLimitExceeded")
