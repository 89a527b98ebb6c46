from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.sandbox.people import World, fresh


def test_a_post_by_file_is_public_with_an_id_and_on_the_list(world: World, clip: bytes) -> None:
    creator = world.creator()
    post = creator.publish(fresh(clip))
    listed = creator.open("video/list/?fields=id,title", {"max_count": 20}).json()["data"]["videos"]
    assert listed == [{"id": post, "title": "a caption"}]


def test_chunks_go_in_order_and_the_last_one_carries_the_rest(world: World) -> None:
    creator, chunk = world.creator(), 5_242_880
    total = chunk * 2 + 1000
    made = creator.init(total, chunk=chunk).json()["data"]
    data = b"x" * total
    early = creator.put(made["upload_url"], data[chunk:], first=chunk, total=total)
    first = creator.put(made["upload_url"], data[:chunk], total=total)
    assert (early.status_code, first.status_code) == (416, 206)
    assert first.headers["Content-Range"] == f"bytes 0-{chunk - 1}/{total}"
    assert creator.status(made["publish_id"])["uploaded_bytes"] == chunk
    short = creator.put(made["upload_url"], data[chunk : chunk * 2], first=chunk, total=total)
    last = creator.put(made["upload_url"], data[chunk:], first=chunk, total=total)
    assert (short.status_code, last.status_code) == (400, 201)


def test_a_platform_that_died_between_the_last_byte_and_the_post_makes_it_when_asked(world: World, clip: bytes) -> None:
    creator, data = world.creator(), fresh(clip)
    made = creator.init(len(data)).json()["data"]
    world.fault("chunk_503", match={"account": creator.id}, options={"stored": True})
    assert creator.put(made["upload_url"], data).status_code == 503
    assert creator.status(made["publish_id"])["status"] == "PUBLISH_COMPLETE"
    assert len(world.books(creator.id)) == 1


def test_an_expired_or_unknown_upload_url_is_told_apart(world: World) -> None:
    creator = world.creator()
    address = creator.init(1000).json()["data"]["upload_url"]
    world.fault("url_expired", match={"account": creator.id})
    assert creator.put(address, b"x" * 1000).status_code == 403
    assert creator.put(address[:-4] + "none", b"x" * 1000).status_code == 404


@pytest.mark.parametrize(
    ("post", "source", "code"),
    [
        ({"privacy_level": ""}, {}, "invalid_params"),
        ({"privacy_level": "FOLLOWER_OF_CREATOR"}, {}, "privacy_level_option_mismatch"),
        ({"title": "😀" * 1101}, {}, "invalid_params"),
        ({"schedule_time": 1}, {}, "invalid_params"),
        ({"is_aigc": "yes"}, {}, "invalid_params"),
        ({}, {"total_chunk_count": 2}, "invalid_params"),
        ({}, {"video_size": 20_000_000, "chunk_size": 1000, "total_chunk_count": 20_000}, "invalid_params"),
    ],
)
def test_a_post_that_breaks_a_rule_is_refused(world: World, post: Any, source: Any, code: str) -> None:
    whole = {"source": "FILE_UPLOAD", "video_size": 1000, "chunk_size": 1000, "total_chunk_count": 1, **source}
    body = {"post_info": {"privacy_level": "PUBLIC_TO_EVERYONE", **post}, "source_info": whole}
    refused = world.creator().open("post/publish/video/init/", body)
    assert refused.status_code in (400, 403)
    assert refused.json()["error"]["code"] == code


def test_the_sixteenth_post_of_a_day_is_refused_and_creator_info_says_so_with_200(world: World, clip: bytes) -> None:
    creator = world.creator(posts_per_day=1)
    creator.publish(fresh(clip))
    told = creator.open("post/publish/creator_info/query/")
    assert (told.status_code, told.json()["error"]["code"]) == (200, "spam_risk_too_many_posts")
    refused = creator.init(1000)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "spam_risk_too_many_posts")


def test_more_than_six_inits_a_minute_are_refused(world: World) -> None:
    creator, other = world.creator(), world.creator()
    codes = [creator.init(1000).status_code for _ in range(13)]  # the minute may turn once meanwhile
    assert codes.count(200) <= 12
    assert codes[-1] == 429 or codes[6] == 429
    assert other.init(1000).status_code == 200


def test_a_lost_answer_to_a_file_init_leaves_nothing_public(world: World) -> None:
    creator = world.creator()
    world.fault("init_answer_dropped", match={"account": creator.id})
    with pytest.raises(requests.ConnectionError):
        creator.init(1000)
    assert world.books(creator.id) == []


@pytest.fixture
def shelf(clip: bytes) -> Iterator[str]:
    """Somewhere TikTok can fetch a file from."""
    data = fresh(clip)

    class Shelf(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/clip.mp4" else 404)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *words: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_post_by_url_publishes_even_when_its_answer_is_lost(world: World, shelf: str) -> None:
    creator = world.creator()
    world.fault("init_answer_dropped", match={"account": creator.id})
    with pytest.raises(requests.ConnectionError):
        creator.business("POST", "video/publish/", video_url=f"{shelf}/clip.mp4", post_info={"caption": "uno"})
    listed = creator.business("GET", "video/list/", fields='["item_id","caption"]')["data"]["videos"]
    assert [one["caption"] for one in listed] == ["uno"]


def test_a_url_that_is_not_there_fails_the_post(world: World, shelf: str) -> None:
    creator = world.creator()
    made = creator.business("POST", "video/publish/", video_url=f"{shelf}/none.mp4", post_info={})
    told = creator.business("GET", "publish/status/", publish_id=made["data"]["share_id"])["data"]
    assert (told["status"], told["reason"]) == ("FAILED", "video_pull_failed")


def test_comments_come_in_no_order_unless_one_is_asked_for(world: World, clip: bytes) -> None:
    creator = world.creator()
    post = creator.publish(fresh(clip))
    for number in range(20):
        world.say(post, f"{number:02d}")
    query = {"video_id": post, "max_count": 30}
    loose = [
        [one["text"] for one in creator.business("GET", "comment/list/", **query)["data"]["comments"]] for _ in "ab"
    ]
    query |= {"sort_field": "create_time", "sort_order": "desc"}
    strict = [one["text"] for one in creator.business("GET", "comment/list/", **query)["data"]["comments"]]
    assert loose[0] != loose[1]
    assert strict == [f"{number:02d}" for number in reversed(range(20))]


def test_hidden_comments_and_replies_read_back(world: World, clip: bytes) -> None:
    creator = world.creator()
    post = creator.publish(fresh(clip))
    where = {"video_id": post, "comment_id": world.say(post, "rude")}
    made = creator.business("POST", "comment/reply/create/", text="please", **where)["data"]
    creator.business("POST", "comment/hide/", action="HIDE", **where)
    listed = creator.business("GET", "comment/list/", video_id=post, include_replies="true")["data"]["comments"]
    assert [(one["status"], one["replies"]) for one in listed] == [("HIDDEN", 1)]
    assert [one["comment_id"] for one in listed[0]["reply_list"]] == [made["comment_id"]]


def test_a_post_deleted_by_hand_is_gone_for_both_families(world: World, clip: bytes) -> None:
    creator = world.creator()
    post = creator.publish(fresh(clip))
    world.server.control("POST", "delete-by-hand", {"external_id": post})
    assert creator.business("GET", "comment/list/", video_id=post)["code"] == 40007
    assert creator.open("video/list/?fields=id").json()["data"]["videos"] == []
    assert world.books(creator.id)[0]["deleted_at"]


def test_too_many_calls_lock_the_account_for_five_minutes_but_not_another(world: World) -> None:
    world.limit(account_per_minute=2)
    creator, other = world.creator(), world.creator()
    codes = [creator.business("GET", "get/")["code"] for _ in range(5)]
    assert (codes[0], codes[-1]) == (0, 40100)
    assert other.business("GET", "get/")["code"] == 0


@pytest.mark.parametrize(("token", "code"), [("", 40104), ("act.wrong", 40105)])
def test_a_bad_token_is_an_error_under_http_200(world: World, token: str, code: int) -> None:
    assert world.creator().business("GET", "get/", token=token)["code"] == code
