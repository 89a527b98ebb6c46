"""YouTube's adapter against a server that says what each test tells it to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from channels.errors import (
    Action,
    Ambiguous,
    ConsentLost,
    ItemRefused,
    Misconfigured,
    PlatformDown,
    QuotaSpent,
    TokenRefused,
)
from channels.platforms import meter, registry
from channels.platforms.base import App, Privacy, Proof, SeenState, Upload, UploadHandle, UploadKind, Withdrawal
from channels.platforms.youtube import errors
from config.kernel import clock
from tests.channels.scripted import DROP, Answer, running

NOON = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)  # noon in Los Angeles, in winter time
APP = App("client", "app-secret")
GRAIN = 256 * 1024


@pytest.fixture
def youtube(settings):
    with running() as script, clock.at(NOON):
        settings.YOUTUBE_API_ROOT = script.root + "px"
        settings.GOOGLE_OAUTH_TOKEN_URL = script.root + "token"
        settings.UPLOAD_CHUNK_BYTES = 300_000
        script.adapter = registry.adapter("youtube")
        yield script


def an_upload(**changes):
    facts = {
        "title": "The Heiress – 1",
        "marker": "dp-7k2",
        "size_bytes": 600_000,
        "duration_ms": 61_000,
        "privacy": Privacy.PUBLIC,
        "made_for_kids": False,
        "is_synthetic": True,
        "tags": ("drama",),
    }
    return Upload(**(facts | changes))


def handle(script, *, path="px/upload/youtube/v3/videos?upload_id=s3cr3t"):
    return UploadHandle(secret=script.root + path, chunk_bytes=GRAIN)


def refusal(reason, message="no", *, status=400):
    return Answer(status, {"error": {"code": status, "message": message, "errors": [{"reason": reason}]}})


# --- opening a session


def test_a_session_is_opened_with_everything_said_and_nothing_sent(youtube):
    address = youtube.root + "px/upload/youtube/v3/videos?upload_id=s3cr3t"
    youtube.will(Answer(200, headers={"Location": address}))

    opened = youtube.adapter.open_session("token", an_upload())

    (asked,) = youtube.asked
    assert (asked.method, asked.path) == ("POST", "/px/upload/youtube/v3/videos")
    assert asked.query["uploadType"] == ["resumable"]
    assert asked.query["part"] == ["snippet,status"]
    assert asked.query["notifySubscribers"] == ["false"]
    assert asked.headers["authorization"] == "Bearer token"
    assert asked.headers["x-upload-content-length"] == "600000"
    assert asked.headers["x-upload-content-type"] == "video/mp4"
    assert asked.headers["slug"] == "dp-7k2.mp4"
    assert asked.json["snippet"]["tags"] == ["drama", "dp-7k2"]
    assert asked.json["status"] == {
        "privacyStatus": "public",
        "selfDeclaredMadeForKids": False,
        "containsSyntheticMedia": True,
    }
    assert opened.secret == address
    assert opened.chunk_bytes == GRAIN  # 300,000 is not a multiple of 256 KiB
    assert "s3cr3t" not in repr(opened)


def test_a_scheduled_clip_is_private_until_its_time(youtube):
    youtube.will(Answer(200, headers={"Location": youtube.root + "px/u"}))
    youtube.adapter.open_session("token", an_upload(publish_at=datetime(2026, 11, 22, 3, tzinfo=UTC)))
    status = youtube.asked[0].json["status"]
    assert (status["privacyStatus"], status["publishAt"]) == ("private", "2026-11-22T03:00:00Z")


def test_an_unlisted_clip_cannot_be_scheduled(youtube):
    with pytest.raises(ItemRefused):
        youtube.adapter.open_session("token", an_upload(privacy=Privacy.UNLISTED, publish_at=NOON))
    assert youtube.asked == []


def test_an_empty_file_is_refused_before_it_costs_an_upload(youtube):
    with pytest.raises(ItemRefused):
        youtube.adapter.open_session("token", an_upload(size_bytes=0))
    assert youtube.asked == []


def test_a_session_at_a_foreign_host_is_never_used(youtube):
    youtube.will(Answer(200, headers={"Location": "http://127.0.0.1:1/steal?upload_id=x"}))
    with pytest.raises(Misconfigured):
        youtube.adapter.open_session("token", an_upload())
    with pytest.raises(Misconfigured):
        youtube.adapter.send(
            "token", UploadHandle("http://evil.example/?upload_id=x", GRAIN), offset=0, chunk=b"x", total=1
        )
    assert len(youtube.asked) == 1


# --- sending


def test_chunks_are_placed_and_answered_with_the_next_offset(youtube):
    youtube.will(
        Answer(308, headers={"Range": f"bytes=0-{GRAIN - 1}"}),
        Answer(201, {"id": "vid1"}),
    )
    first = youtube.adapter.send("token", handle(youtube), offset=0, chunk=b"a" * GRAIN, total=GRAIN + 5)
    last = youtube.adapter.send("token", handle(youtube), offset=GRAIN, chunk=b"b" * 5, total=GRAIN + 5)

    assert (first.kind, first.next_offset) == (UploadKind.OPEN, GRAIN)
    assert (last.kind, last.external_id, last.is_published) == (UploadKind.FINISHED, "vid1", True)
    assert [asked.headers["content-range"] for asked in youtube.asked] == [
        f"bytes 0-{GRAIN - 1}/{GRAIN + 5}",
        f"bytes {GRAIN}-{GRAIN + 4}/{GRAIN + 5}",
    ]
    assert youtube.asked[1].body == b"bbbbb"


@pytest.mark.parametrize(
    ("answer", "kind", "offset", "video"),
    [
        (Answer(308), UploadKind.OPEN, 0, ""),
        (Answer(308, headers={"Range": "bytes=0-262143"}), UploadKind.OPEN, 262144, ""),
        (
            Answer(308, headers={"Range": "bytes=0-262143", "Location": "http://127.0.0.1:1/"}),
            UploadKind.OPEN,
            262144,
            "",
        ),
        (Answer(200, {"id": "vid1"}), UploadKind.FINISHED, 0, "vid1"),
        (Answer(201, {"id": "vid1"}), UploadKind.FINISHED, 0, "vid1"),
        (Answer(404, {"error": {}}), UploadKind.GONE, 0, ""),
        (Answer(410), UploadKind.GONE, 0, ""),
    ],
)
def test_the_question_how_far_has_four_answers(youtube, answer, kind, offset, video):
    youtube.will(answer)
    state = youtube.adapter.ask("token", handle(youtube), total=600_000)
    assert (state.kind, state.next_offset, state.external_id) == (kind, offset, video)
    asked = youtube.asked[0]
    assert (asked.method, asked.headers["content-range"], asked.body) == ("PUT", "bytes */600000", b"")
    assert asked.headers["content-length"] == "0"


def test_a_session_that_is_gone_may_have_left_a_video(youtube):
    youtube.will(Answer(404))
    assert youtube.adapter.ask("token", handle(youtube), total=1).may_exist


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (DROP, PlatformDown),
        (Answer(503), PlatformDown),
        (Answer(500, b"<html>oops</html>"), PlatformDown),
        (Answer(201, b"{not json"), PlatformDown),
        (Answer(308, headers={"Range": "items=0-5"}), PlatformDown),
        (Answer(401, {"error": {"errors": [{"reason": "authError"}]}}), TokenRefused),
        (refusal("quotaExceeded", status=403), QuotaSpent),
    ],
)
def test_a_doubtful_chunk_is_never_called_stored(youtube, answer, error):
    youtube.will(answer)
    with pytest.raises(error):
        youtube.adapter.send("token", handle(youtube), offset=0, chunk=b"x", total=1)
    assert len(youtube.asked) == 1  # nothing is sent again behind the caller's back


def test_a_lost_connection_does_not_tell_the_session_address(youtube):
    youtube.will(DROP)
    with pytest.raises(PlatformDown) as caught:
        youtube.adapter.send("token", handle(youtube), offset=0, chunk=b"x", total=1)
    problem = caught.value
    assert problem.__context__ is None and problem.__cause__ is None
    assert "s3cr3t" not in f"{problem} {problem.facts}"


@pytest.mark.parametrize(
    ("setting", "chunk"), [(1, GRAIN), (GRAIN, GRAIN), (2 * GRAIN - 1, GRAIN), (8 * 1024 * 1024, 8 * 1024 * 1024)]
)
def test_a_chunk_is_a_whole_number_of_256_kib(settings, setting, chunk):
    settings.UPLOAD_CHUNK_BYTES = setting
    assert registry.adapter("youtube").chunks(10**9) == chunk


# --- finding, looking, withdrawing


def a_video(external_id, *, tags=(), **file):
    return {
        "id": external_id,
        "snippet": {"title": "t", "publishedAt": "2026-11-21T19:59:30Z", "tags": list(tags)},
        "fileDetails": file,
    }


def test_our_upload_is_found_by_name_then_tag_then_measure(youtube):
    ids = ["named", "tagged", "alike", "stranger"]
    youtube.will(
        Answer(200, {"items": [{"id": "UC1", "contentDetails": {"relatedPlaylists": {"uploads": "UU1"}}}]}),
        Answer(200, {"items": [recent(key, NOON) for key in ids] + [recent("old", NOON - timedelta(days=1))]}),
        Answer(
            200,
            {
                "items": [
                    a_video("alike", fileSize="600000", durationMs="61200"),
                    a_video("stranger", fileSize="600000", durationMs="70000", fileName="other.mp4"),
                    a_video("tagged", tags=["dp-7k2"]),
                    a_video("named", fileName="dp-7k2.mp4"),
                ]
            },
        ),
    )
    with meter.reading() as taken:
        found = youtube.adapter.find_upload(
            "token", marker="dp-7k2", size_bytes=600_000, duration_ms=61_000, since=NOON - timedelta(minutes=5)
        )
    assert {hit.external_id: (hit.proof, hit.is_certain) for hit in found} == {
        "tagged": (Proof.TAG, True),
        "named": (Proof.FILE_NAME, True),
        "alike": (Proof.SIZE_AND_DURATION, False),
    }
    assert found[-1].external_id == "alike"
    assert youtube.asked[2].query["id"] == ids
    assert taken == {"units": 3}


def recent(external_id, at):
    return {"snippet": {"publishedAt": at.isoformat()}, "contentDetails": {"videoId": external_id}}


@pytest.mark.parametrize(
    ("status", "processing", "state", "reason"),
    [
        ({"uploadStatus": "uploaded", "privacyStatus": "public"}, {}, SeenState.PROCESSING, ""),
        ({"uploadStatus": "processed", "privacyStatus": "public"}, {}, SeenState.LIVE, ""),
        ({"uploadStatus": "processed", "privacyStatus": "unlisted"}, {}, SeenState.UNLISTED, ""),
        ({"uploadStatus": "processed", "privacyStatus": "private"}, {}, SeenState.PRIVATE, ""),
        (
            {"uploadStatus": "processed", "privacyStatus": "private", "publishAt": "2026-11-22T03:00:00Z"},
            {},
            SeenState.SCHEDULED,
            "",
        ),
        ({"uploadStatus": "rejected", "rejectionReason": "duplicate"}, {}, SeenState.REJECTED, "duplicate"),
        ({"uploadStatus": "failed", "failureReason": "codec"}, {}, SeenState.REJECTED, "codec"),
        ({"uploadStatus": "deleted"}, {}, SeenState.REMOVED, "deleted"),
        (
            {"uploadStatus": "uploaded"},
            {"processingStatus": "failed", "processingFailureReason": "transcodeFailed"},
            SeenState.REJECTED,
            "transcodeFailed",
        ),
    ],
)
def test_a_look_says_what_became_of_the_clip(youtube, status, processing, state, reason):
    video = {"id": "v", "status": status, "processingDetails": processing, "statistics": {"viewCount": "0"}}
    youtube.will(Answer(200, {"items": [video | {"snippet": {"publishedAt": "2026-11-21T19:00:00Z"}}]}))
    seen = youtube.adapter.look("token", ["v", "away"])
    assert (seen["v"].state, seen["v"].reason) == (state, reason)
    assert (seen["v"].views, seen["v"].likes) == (0, None)
    assert (seen["away"].state, seen["away"].views) == (SeenState.REMOVED, None)
    assert seen["v"].observed_at == NOON


def test_withdrawing_twice_says_that_it_was_gone(youtube):
    youtube.will(Answer(204), refusal("videoNotFound", status=404))
    first = youtube.adapter.withdraw("token", "v")
    again = youtube.adapter.withdraw("token", "v")
    assert (first.how, again.how) == (Withdrawal.DELETED, Withdrawal.ALREADY_GONE)
    assert (youtube.asked[0].method, youtube.asked[0].query["id"]) == ("DELETE", ["v"])


def test_making_private_keeps_what_was_declared_and_drops_the_schedule(youtube):
    status = {
        "uploadStatus": "processed",
        "privacyStatus": "private",
        "publishAt": "2026-11-22T03:00:00Z",
        "containsSyntheticMedia": True,
        "selfDeclaredMadeForKids": False,
        "embeddable": False,
    }
    youtube.will(Answer(200, {"items": [{"id": "v", "status": status}]}), Answer(200, {"id": "v"}))
    youtube.adapter.withdraw("token", "v", how=Withdrawal.MADE_PRIVATE)
    assert youtube.asked[1].json == {
        "id": "v",
        "status": {
            "privacyStatus": "private",
            "containsSyntheticMedia": True,
            "selfDeclaredMadeForKids": False,
            "embeddable": False,
        },
    }


def test_a_thumbnail_goes_as_the_picture_it_is(youtube):
    youtube.will(Answer(200, {"items": []}))
    youtube.adapter.set_thumbnail("token", "v", image=b"\x89PNG\r\nrest")
    asked = youtube.asked[0]
    assert (asked.path, asked.headers["content-type"]) == ("/px/upload/youtube/v3/thumbnails/set", "image/png")
    assert asked.body == b"\x89PNG\r\nrest"
    with pytest.raises(ItemRefused):
        youtube.adapter.set_thumbnail("token", "v", image=b"GIF89a")


# --- comments


def a_thread(external_id, posted, *, replies=(), total=None, status="published"):
    def comment(key, author="UCviewer", parent=None):
        snippet = {
            "textDisplay": f"says {key}",
            "publishedAt": posted,
            "updatedAt": posted,
            "likeCount": 2,
            "authorChannelId": {"value": author},
            "moderationStatus": status,
        }
        return {"id": key, "snippet": snippet | ({"parentId": parent} if parent else {})}

    return {
        "id": external_id,
        "snippet": {
            "videoId": "v",
            "topLevelComment": comment(external_id),
            "totalReplyCount": len(replies) if total is None else total,
        },
        "replies": {"comments": [comment(key, "UCme", external_id) for key in replies]},
    }


def test_the_walk_ends_on_the_page_that_reaches_back_far_enough(youtube):
    youtube.will(
        Answer(200, {"items": [a_thread("c2", "2026-11-21T19:00:00Z")], "nextPageToken": "p2"}),
        Answer(200, {"items": [a_thread("c1", "2026-11-21T10:00:00Z")], "nextPageToken": "p3"}),
    )
    since = datetime(2026, 11, 21, 12, tzinfo=UTC)
    first = youtube.adapter.comments_page("token", account_id="UCme", since=since)
    second = youtube.adapter.comments_page("token", account_id="UCme", since=since, page_token=first.next_page)
    assert (first.next_page, second.next_page) == ("p2", "")
    assert [item.external_id for item in second.items] == ["c1"]
    query = youtube.asked[0].query
    assert query["allThreadsRelatedToChannelId"] == ["UCme"]
    assert (query["order"], query["textFormat"], query["maxResults"]) == (["time"], ["plainText"], ["100"])
    assert youtube.asked[1].query["pageToken"] == ["p2"]


def test_a_thread_brings_its_replies_and_says_how_many_there_are(youtube):
    youtube.will(Answer(200, {"items": [a_thread("c1", "2026-11-21T19:00:00Z", replies=["r1"], total=9)]}))
    top, reply = youtube.adapter.comments_page("token", account_id="UCme", since=None).items
    assert (top.external_id, top.parent_id, top.replies, top.likes, top.is_own) == ("c1", "", 9, 2, False)
    assert (reply.external_id, reply.parent_id, reply.video_id, reply.is_own) == ("r1", "c1", "v", True)
    assert top.text == "says c1"


def test_held_comments_are_asked_for_apart(youtube):
    youtube.will(Answer(200, {"items": [a_thread("c1", "2026-11-21T19:00:00Z", status="heldForReview")]}))
    page = youtube.adapter.comments_page("token", account_id="UCme", since=None, held=True)
    assert youtube.asked[0].query["moderationStatus"] == ["heldForReview"]
    assert page.items[0].is_held


def test_a_reply_whose_answer_is_lost_is_sent_once_and_called_doubtful(youtube):
    youtube.will(DROP, Answer(200, {"id": "twice"}))
    with meter.reading() as taken, pytest.raises(Ambiguous) as caught:
        youtube.adapter.reply("token", account_id="UCme", external_id="v", parent_id="c1", text="Sorry!")
    assert caught.value.action == Action.RECONCILE
    assert len(youtube.asked) == 1
    assert youtube.asked[0].json == {"snippet": {"parentId": "c1", "textOriginal": "Sorry!"}}
    assert taken == {"units": 52}


def test_a_reply_that_never_left_may_be_repeated(youtube, settings):
    settings.YOUTUBE_API_ROOT = "http://127.0.0.1:1/"
    with meter.reading() as taken, pytest.raises(PlatformDown):
        youtube.adapter.reply("token", account_id="UCme", external_id="v", parent_id="c1", text="Sorry!")
    assert taken == {}


def test_a_reply_goes_over_a_connection_of_its_own(youtube):
    youtube.will(Answer(200, {"items": []}), Answer(200, {"items": []}), Answer(200, {"id": "r1"}))
    for _twice in range(2):
        youtube.adapter.look("token", ["v"])
    youtube.adapter.reply("token", account_id="UCme", external_id="v", parent_id="c1", text="Sorry!")
    first, second, reply = (asked.connection for asked in youtube.asked)
    assert first == second != reply


def test_many_comments_are_hidden_by_one_call(youtube):
    youtube.will(Answer(204))
    with meter.reading() as taken:
        youtube.adapter.hide("token", account_id="UCme", external_id="v", comment_ids=["c1", "c2"])
    assert youtube.asked[0].query == {"id": ["c1", "c2"], "moderationStatus": ["rejected"]}
    assert taken == {"units": 50}


# --- consent


def test_the_consent_page_is_asked_for_a_lasting_token(settings):
    settings.GOOGLE_OAUTH_AUTH_URL = "https://accounts.google.com/o/oauth2/v2/auth"
    url = registry.adapter("youtube").authorize_url(
        APP, redirect_uri="https://us/back", state="st", code_verifier="verifier"
    )
    query = parse_qs(urlsplit(url).query)
    assert query["access_type"] == ["offline"] and query["prompt"] == ["consent select_account"]
    assert query["code_challenge"] == ["iMnq5o6zALKXGivsnlom_0F5_WYda32GHkxlV7mq7hQ"]
    assert "app-secret" not in url


def test_a_refresh_keeps_the_refresh_token_that_google_does_not_repeat(youtube):
    youtube.will(Answer(200, {"access_token": "new", "expires_in": 3599, "scope": "a b"}))
    grant = youtube.adapter.refresh(APP, refresh_token="old-refresh")
    assert (grant.access_token, grant.refresh_token, grant.scopes) == ("new", "old-refresh", ("a", "b"))
    assert grant.expires_at == NOON + timedelta(seconds=3599)
    assert youtube.asked[0].form["client_secret"] == "app-secret"
    assert "new" not in repr(grant) and "old-refresh" not in repr(grant) and "app-secret" not in repr(APP)


@pytest.mark.parametrize(
    ("answer", "error", "action"),
    [
        (Answer(400, {"error": "invalid_grant", "error_description": "revoked"}), ConsentLost, Action.PAUSE_CHANNEL),
        (Answer(401, {"error": "invalid_client"}), Misconfigured, Action.CONFIG),
        (Answer(503), PlatformDown, Action.RETRY),
        (Answer(200, {}), PlatformDown, Action.RETRY),
        (Answer(200, {"access_token": ""}), PlatformDown, Action.RETRY),
        (DROP, PlatformDown, Action.RETRY),
    ],
)
def test_a_revoked_consent_is_told_from_an_endpoint_that_is_down(youtube, answer, error, action):
    youtube.will(answer)
    with pytest.raises(error) as caught:
        youtube.adapter.refresh(APP, refresh_token="old")
    assert caught.value.action == action


def test_a_consent_without_a_refresh_token_is_not_taken(youtube):
    youtube.will(Answer(200, {"access_token": "a", "expires_in": 3599}))
    with pytest.raises(ConsentLost):
        youtube.adapter.exchange(APP, code="c", redirect_uri="https://us/back", code_verifier="v")


def test_revoking_what_is_revoked_is_done(youtube):
    youtube.will(Answer(400, {"error": "invalid_token"}))
    youtube.adapter.revoke(APP, token="t")
    assert youtube.asked[0].path == "/revoke"


def test_an_account_without_a_channel_is_told_so(youtube):
    youtube.will(Answer(200, {"items": []}))
    with pytest.raises(ConsentLost):
        youtube.adapter.whoami("token")


# --- the table of refusals

MIDNIGHT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DAILY = "Quota exceeded for quota metric '{0}' and limit '{0} per day' of service 'youtube.googleapis.com'."


@pytest.mark.parametrize(
    ("http", "reason", "message", "action", "until", "bucket"),
    [
        (429, "rateLimitExceeded", DAILY.format("Video Uploads"), Action.WAIT, MIDNIGHT, "uploads"),
        (429, "rateLimitExceeded", DAILY.format("Search Queries"), Action.WAIT, MIDNIGHT, "search"),
        (429, "rateLimitExceeded", DAILY.format("Queries"), Action.WAIT, MIDNIGHT, "units"),
        (429, "rateLimitExceeded", DAILY.format("Something New"), Action.WAIT, MIDNIGHT, "stats"),
        (429, "rateLimitExceeded", "limit 'Queries per minute'", Action.RETRY, NOON + timedelta(minutes=1), "stats"),
        (403, "quotaExceeded", "", Action.WAIT, MIDNIGHT, "units"),
        (400, "uploadLimitExceeded", "", Action.WAIT, NOON + timedelta(days=1), "channel_uploads"),
        (403, "uploadLimitExceeded", "", Action.WAIT, NOON + timedelta(days=1), "channel_uploads"),
        (401, "authError", "", Action.REAUTH, None, ""),
        (401, "youtubeSignupRequired", "", Action.PAUSE_CHANNEL, None, ""),
        (403, "channelSuspended", "", Action.PAUSE_CHANNEL, None, ""),
        (400, "invalidTitle", "", Action.FIX_ITEM, None, ""),
        (403, "accessNotConfigured", "", Action.CONFIG, None, ""),
        (404, "commentNotFound", "", Action.GONE, None, ""),
        (400, "somethingNew", "", Action.RETRY, None, ""),
    ],
)
def test_a_refusal_asks_for_one_thing(http, reason, message, action, until, bucket):
    body = {"error": {"message": message, "errors": [{"reason": reason}]}}
    with clock.at(NOON):
        problem = errors.translate(http, body, bucket="stats")
    assert (problem.action, problem.until, problem.bucket) == (action, until, bucket)
    assert (problem.http_status, problem.platform_code) == (http, reason)


def test_midnight_comes_an_hour_earlier_in_summer():
    with clock.at(datetime(2026, 7, 1, 20, tzinfo=UTC)):
        problem = errors.translate(403, {"error": {"errors": [{"reason": "quotaExceeded"}]}})
    assert problem.until == datetime(2026, 7, 2, 7, tzinfo=UTC)


@pytest.mark.parametrize("http", [400, 500, 503])
def test_an_unknown_refusal_of_a_reply_is_doubtful(http):
    assert errors.translate(http, {}, once=True).action == Action.RECONCILE


@pytest.mark.parametrize(("http", "asked", "seconds"), [(503, 120, 120), (429, 120, 120), (429, 5, 60)])
def test_the_longer_of_two_waits_is_kept(http, asked, seconds):
    with clock.at(NOON):
        problem = errors.translate(http, {}, retry_after=asked)
    assert problem.until == NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("verb", "price"),
    [
        ("open_session", {"uploads": 1}),
        ("send", {}),
        ("find_upload", {"units": 3}),
        ("withdraw", {"units": 51}),
        ("reply", {"units": 52}),
        ("hide", {"units": 50}),
        ("set_thumbnail", {"units": 50}),
        ("comments_page", {"units": 1}),
    ],
)
def test_a_verb_has_its_price(verb, price):
    assert {part.bucket: part.units for part in registry.adapter("youtube").prices(verb)} == price


def test_a_look_takes_fifty_clips_for_one_unit():
    (price,) = registry.adapter("youtube").prices("look")
    assert (price.units, price.batch) == (1, 50)
