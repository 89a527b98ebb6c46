"""TikTok's adapter against a server that says what each test tells it to."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from channels.errors import (
    Action,
    Ambiguous,
    ChannelBlocked,
    ConsentLost,
    ItemRefused,
    Misconfigured,
    ObjectGone,
    OnlyByHand,
    PlatformDown,
    QuotaSpent,
    RateLimited,
    TokenRefused,
)
from channels.platforms import meter, registry
from channels.platforms.base import App, Privacy, SeenState, Upload, UploadHandle, UploadKind
from channels.platforms.tiktok import errors
from config.kernel import clock
from tests.channels.scripted import DROP, Answer, running

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
APP = App("key", "app-secret")
OK = {"code": "ok", "message": "", "log_id": "L1"}
MB = 1_000_000


@pytest.fixture
def tiktok(settings):
    with running() as script, clock.at(NOON):
        settings.TIKTOK_API_ROOT = script.root
        settings.TIKTOK_BUSINESS_API_ROOT = script.root + "open_api/v1.3/"
        settings.TIKTOK_UPLOAD_HOSTS = ["*.tiktokapis.com"]
        script.adapter = registry.adapter("tiktok")
        yield script


def an_upload(**changes):
    facts = {
        "title": "The Heiress 1 #drama",
        "marker": "dp7k2",
        "size_bytes": 1000,
        "duration_ms": 61_000,
        "privacy": Privacy.PUBLIC,
        "made_for_kids": False,
        "is_synthetic": True,
        "is_own_brand": True,
        "allow_duet": False,
    }
    return Upload(**(facts | changes))


def data(**values):
    return Answer(200, {"data": values, "error": OK})


def no(code, *, status=200):
    return Answer(status, {"data": {}, "error": {"code": code, "message": "no", "log_id": "L9"}})


def business(code=0, **values):
    return Answer(200, {"code": code, "message": "", "request_id": "R1", "data": values})


def handle(script, **changes):
    facts = {
        "secret": script.root + "video/?upload_token=s3cr3t",
        "chunk_bytes": 10,
        "publish_id": "v_pub_file~1",
        "expires_at": NOON + timedelta(hours=1),
    }
    return UploadHandle(**(facts | changes))


# --- what the account may post


def test_the_account_says_what_it_may_post(tiktok):
    tiktok.will(
        data(
            creator_nickname="Nick",
            privacy_level_options=["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
            comment_disabled=False,
            duet_disabled=True,
            stitch_disabled=False,
            max_video_post_duration_sec=60,
        )
    )
    limits = tiktok.adapter.limits("token")
    assert limits.privacy_options == (Privacy.FOLLOWERS, Privacy.FRIENDS, Privacy.PRIVATE)
    assert limits.clashes(an_upload(allow_duet=True)) == ("privacy_not_offered", "too_long", "duet_disabled")
    assert limits.clashes(an_upload(privacy=Privacy.PRIVATE, duration_ms=60_000)) == ()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("spam_risk_too_many_posts", QuotaSpent),
        ("spam_risk_user_banned_from_posting", ChannelBlocked),
        ("reached_active_user_cap", QuotaSpent),
    ],
)
def test_a_refusal_that_comes_with_http_200_is_a_refusal(tiktok, code, error):
    tiktok.will(no(code))
    with pytest.raises(error) as caught:
        tiktok.adapter.limits("token")
    assert (caught.value.platform_code, caught.value.log_id, caught.value.http_status) == (code, "L9", 200)


# --- opening


def test_a_post_is_announced_in_full(tiktok):
    tiktok.will(data(publish_id="v_pub_file~1", upload_url=tiktok.root + "video/?upload_token=s3cr3t"))
    opened = tiktok.adapter.open_session("token", an_upload(caption="Caption dp7k2", cover_ms=1500))
    asked = tiktok.asked[0]
    assert (asked.path, asked.headers["authorization"]) == ("/v2/post/publish/video/init/", "Bearer token")
    assert asked.json == {
        "post_info": {
            "title": "Caption dp7k2",
            "privacy_level": "PUBLIC_TO_EVERYONE",
            "disable_comment": False,
            "disable_duet": True,
            "disable_stitch": False,
            "brand_content_toggle": False,
            "brand_organic_toggle": True,
            "is_aigc": True,
            "video_cover_timestamp_ms": 1500,
        },
        "source_info": {"source": "FILE_UPLOAD", "video_size": 1000, "chunk_size": 1000, "total_chunk_count": 1},
    }
    assert (opened.publish_id, opened.expires_at) == ("v_pub_file~1", NOON + timedelta(hours=1))
    assert "s3cr3t" not in repr(opened)


@pytest.mark.parametrize(
    "changes",
    [
        {"privacy": Privacy.UNLISTED},
        {"publish_at": NOON + timedelta(minutes=1)},
        {"is_paid_promotion": True, "privacy": Privacy.PRIVATE},
        {"size_bytes": 0},
        {"size_bytes": 4_000_000_001},
        {"content_type": "video/x-matroska"},
    ],
)
def test_what_tiktok_cannot_do_is_refused_before_it_is_asked(tiktok, changes):
    with pytest.raises(ItemRefused):
        tiktok.adapter.open_session("token", an_upload(**changes))
    assert tiktok.asked == []


def test_a_clip_that_is_due_may_carry_its_time(tiktok):
    tiktok.will(data(publish_id="p", upload_url=tiktok.root + "v"))
    assert tiktok.adapter.open_session("token", an_upload(publish_at=NOON)).publish_id == "p"


@pytest.mark.parametrize(
    "url",
    [
        "http://open-upload.tiktokapis.com.evil.example/v",
        "https://tiktokapis.com.evil.example/v",
        "ftp://a.tiktokapis.com/",
    ],
)
def test_bytes_go_only_to_hosts_on_the_list(tiktok, url):
    tiktok.will(data(publish_id="p", upload_url=url))
    with pytest.raises(Misconfigured):
        tiktok.adapter.open_session("token", an_upload())


def test_a_plain_http_upload_host_is_refused_when_the_api_is_https(settings):
    settings.TIKTOK_API_ROOT = "https://open.tiktokapis.com/"
    with pytest.raises(Misconfigured):
        registry.adapter("tiktok").send(
            "token", UploadHandle("http://open-upload.tiktokapis.com/v", 10), offset=0, chunk=b"x", total=1
        )


# --- chunks


@pytest.mark.parametrize(
    ("total", "chunk", "spans"),
    [
        (1, 1, [1]),
        (64 * MB, 64 * MB, [64 * MB]),
        (64 * MB + 1, 10_485_760, [10_485_760] * 5 + [11_571_201]),
        (104_857_600, 10_485_760, [10_485_760] * 10),
        (104_857_599, 10_485_760, [10_485_760] * 8 + [20_971_519]),
    ],
)
def test_the_remainder_rides_in_the_last_chunk(total, chunk, spans):
    adapter = registry.adapter("tiktok")
    assert adapter.chunks(total) == chunk
    offset, sent = 0, []
    while offset < total:
        length = adapter.span(offset=offset, total=total, chunk_bytes=chunk)
        assert adapter.is_final(offset=offset, length=length, total=total) == (offset + length == total)
        sent.append(length)
        offset += length
    assert sent == spans
    assert len(sent) == max(total // chunk, 1)


@pytest.mark.parametrize(
    ("answer", "final", "kind", "offset", "may_exist"),
    [
        (Answer(206, headers={"Content-Range": "bytes 0-9/25"}), False, UploadKind.OPEN, 10, False),
        (Answer(206, headers={"Content-Range": "bytes 0-10/25"}), False, UploadKind.OPEN, 10, False),
        (Answer(206), False, UploadKind.OPEN, 10, False),
        (Answer(201), True, UploadKind.FINISHED, 0, True),
        (Answer(403), False, UploadKind.GONE, 0, True),
        (Answer(404), False, UploadKind.GONE, 0, True),
        (Answer(403), True, UploadKind.GONE, 0, True),
    ],
)
def test_a_chunk_is_answered_with_where_the_upload_stands(tiktok, answer, final, kind, offset, may_exist):
    tiktok.will(answer)
    begin, chunk = (10, b"x" * 15) if final else (0, b"x" * 10)
    state = tiktok.adapter.send("token", handle(tiktok), offset=begin, chunk=chunk, total=25)
    assert (state.kind, state.next_offset, state.may_exist) == (kind, offset, may_exist)
    asked = tiktok.asked[0]
    assert asked.headers["content-range"] == f"bytes {begin}-{begin + len(chunk) - 1}/25"
    assert asked.headers["content-type"] == "video/mp4"
    assert asked.query == {"upload_token": ["s3cr3t"]}
    assert "authorization" not in asked.headers


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (DROP, PlatformDown),
        (Answer(502), PlatformDown),
        (Answer(206, headers={"Content-Range": "bytes 0-4/25"}), PlatformDown),
        (Answer(400, b"bad length"), ItemRefused),
    ],
)
def test_a_doubtful_chunk_is_never_called_stored(tiktok, answer, error):
    tiktok.will(answer)
    with pytest.raises(error):
        tiktok.adapter.send("token", handle(tiktok), offset=0, chunk=b"x" * 10, total=25)
    assert len(tiktok.asked) == 1


def test_a_chunk_out_of_place_makes_us_ask(tiktok):
    tiktok.will(Answer(416), data(status="PROCESSING_UPLOAD", uploaded_bytes=10))
    with meter.reading() as taken:
        state = tiktok.adapter.send("token", handle(tiktok), offset=0, chunk=b"x" * 10, total=25)
    assert (state.kind, state.next_offset) == (UploadKind.OPEN, 10)
    assert taken == {"status": 1}


# --- asking


@pytest.mark.parametrize(
    ("answer", "kind", "external_id", "is_published"),
    [
        ({"status": "PROCESSING_UPLOAD", "uploaded_bytes": 25}, UploadKind.FINISHED, "", False),
        ({"status": "PROCESSING_DOWNLOAD"}, UploadKind.FINISHED, "", False),
        ({"status": "PUBLISH_COMPLETE"}, UploadKind.FINISHED, "", True),
        ({"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": []}, UploadKind.FINISHED, "", True),
        (
            {"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": [7512345678901234567, 2]},
            UploadKind.FINISHED,
            "7512345678901234567",
            True,
        ),
        ({"status": "PUBLISH_COMPLETE", "publicly_available_post_id": [3]}, UploadKind.FINISHED, "3", True),
        ({"status": "FAILED", "fail_reason": "spam_risk_text"}, UploadKind.FAILED, "", False),
    ],
)
def test_the_publish_status_is_understood(tiktok, answer, kind, external_id, is_published):
    tiktok.will(data(**answer))
    state = tiktok.adapter.ask("token", handle(tiktok), total=25)
    assert (state.kind, state.external_id, state.is_published) == (kind, external_id, is_published)
    assert state.reason == answer.get("fail_reason", "")
    assert state.publish_id == "v_pub_file~1"
    assert tiktok.asked[0].json == {"publish_id": "v_pub_file~1"}


def test_a_count_of_bytes_does_not_prove_that_a_dead_address_left_nothing(tiktok):
    tiktok.will(*[data(status="PROCESSING_UPLOAD", uploaded_bytes=10)] * 2)
    alive = tiktok.adapter.ask("token", handle(tiktok), total=25)
    dead = tiktok.adapter.ask("token", handle(tiktok, expires_at=NOON), total=25)
    assert (alive.kind, alive.next_offset) == (UploadKind.OPEN, 10)
    assert (dead.kind, dead.may_exist) == (UploadKind.GONE, True)


def test_an_upload_that_tiktok_does_not_know_is_looked_for(tiktok):
    tiktok.will(no("invalid_publish_id", status=400))
    with pytest.raises(Ambiguous) as caught:
        tiktok.adapter.publish_status("token", "v_pub_file~1")
    assert caught.value.action == Action.RECONCILE


# --- finding, looking, withdrawing


def test_our_post_is_found_by_the_marker_in_its_caption(tiktok):
    now = int(NOON.timestamp())
    listed = [
        {"id": 2, "title": "other", "create_time": now},
        {"id": 1, "title": "", "video_description": "The Heiress dp7k2", "create_time": now - 60},
    ]
    old = [{"id": 0, "title": "dp7k2 of long ago", "create_time": now - 9999}]
    tiktok.will(data(videos=listed, has_more=True, cursor=99), data(videos=old, has_more=True, cursor=98))
    found = tiktok.adapter.find_upload("token", marker="dp7k2", size_bytes=1, duration_ms=1, since=NOON)
    assert [(hit.external_id, hit.is_certain) for hit in found] == [("1", True)]
    assert [asked.json for asked in tiktok.asked] == [{"max_count": 20}, {"max_count": 20, "cursor": 99}]
    assert "create_time" in tiktok.asked[0].query["fields"][0]


def test_a_look_counts_what_tiktok_says_and_nothing_else(tiktok):
    tiktok.will(data(videos=[{"id": 7512345678901234567, "view_count": 0, "share_url": "u", "create_time": 1}]))
    seen = tiktok.adapter.look("token", ["7512345678901234567", "8"])
    live = seen["7512345678901234567"]
    assert (live.state, live.views, live.likes, live.url) == (SeenState.LIVE, 0, None, "u")
    assert seen["8"].state == SeenState.REMOVED
    assert tiktok.asked[0].json == {"filters": {"video_ids": ["7512345678901234567", "8"]}}


def test_taking_down_is_a_persons_work(tiktok):
    with pytest.raises(OnlyByHand) as caught:
        tiktok.adapter.withdraw("token", "42", handle="@heiress")
    assert caught.value.link == "https://www.tiktok.com/@heiress/video/42"
    assert tiktok.asked == []


# --- comments


def a_comment(key, at, **more):
    return {
        "comment_id": key,
        "text": f"says {key}",
        "create_time": str(int(at.timestamp())),
        "likes": 1,
        "replies": 0,
        "unique_identifier": "viewer",
        "status": "PUBLIC",
        "owner": False,
    } | more


def test_the_walk_goes_through_every_video_newest_first(tiktok):
    old = NOON - timedelta(days=2)
    tiktok.will(
        business(comments=[a_comment("c9", NOON)], has_more=True, cursor=30),
        business(comments=[a_comment("c8", old)], has_more=True, cursor=60),
        business(comments=[a_comment("d1", NOON)], has_more=False, cursor=0),
    )
    seen, page = [], ""
    for _turn in range(3):
        walked = tiktok.adapter.comments_page(
            "token",
            account_id="biz",
            since=NOON - timedelta(days=1),
            page_token=page,
            external_ids=["v1", "v2"],
        )
        page = walked.next_page
        seen += [(item.video_id, item.external_id) for item in walked.items]
    assert seen == [("v1", "c9"), ("v1", "c8"), ("v2", "d1")]
    assert page == ""
    assert [(a.query["video_id"], a.query["cursor"]) for a in tiktok.asked] == [
        (["v1"], ["0"]),
        (["v1"], ["30"]),
        (["v2"], ["0"]),
    ]
    first = tiktok.asked[0]
    assert first.path == "/open_api/v1.3/business/comment/list/"
    assert first.headers["access-token"] == "token"
    assert (first.query["sort_field"], first.query["sort_order"]) == (["create_time"], ["desc"])


def test_a_comment_keeps_its_place_its_state_and_whose_it_is(tiktok):
    reply = a_comment(99, NOON, owner=True)
    tiktok.will(business(comments=[a_comment(7, NOON, replies=5, status="HIDDEN", reply_list=[reply])]))
    top, ours = tiktok.adapter.comments_page("token", account_id="biz", since=None, external_ids=["v1"]).items
    assert (top.external_id, top.parent_id, top.replies, top.is_held, top.is_own) == ("7", "", 5, True, False)
    assert (ours.external_id, ours.parent_id, ours.is_own, ours.posted_at) == ("99", "7", True, NOON)


def test_no_video_means_no_call(tiktok):
    page = tiktok.adapter.comments_page("token", account_id="biz", since=None)
    assert (page.items, page.next_page, page.calls) == ((), "", 0)
    assert tiktok.asked == []


def test_a_reply_names_its_video_and_returns_its_own_id(tiktok):
    tiktok.will(business(comment_id=7512345678901234567))
    assert reply_to(tiktok) == "7512345678901234567"
    assert tiktok.asked[0].json == {"business_id": "biz", "video_id": "v1", "comment_id": "c1", "text": "Sorry!"}


@pytest.mark.parametrize(
    "answer", [DROP, Answer(502), business(50000), business(99999), business(), Answer(200, b"<html>")]
)
def test_a_reply_without_a_clear_answer_is_sent_once_and_called_doubtful(tiktok, answer):
    tiktok.will(answer, business(comment_id="twice"))
    with pytest.raises(Ambiguous):
        reply_to(tiktok)
    assert len(tiktok.asked) == 1


def reply_to(script):
    return script.adapter.reply("token", account_id="biz", external_id="v1", parent_id="c1", text="Sorry!")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (40001, ConsentLost),
        (40002, ItemRefused),
        (40007, ObjectGone),
        (40100, RateLimited),
        (40105, TokenRefused),
        (50000, PlatformDown),
        (12345, PlatformDown),
    ],
)
def test_an_accounts_refusal_comes_with_http_200(tiktok, code, error):
    tiktok.will(business(code))
    with pytest.raises(error) as caught:
        tiktok.adapter.hide("token", account_id="biz", external_id="v1", comment_ids=["c1"])
    assert (caught.value.platform_code, caught.value.log_id) == (str(code), "R1")


def test_hiding_takes_one_call_a_comment(tiktok):
    tiktok.will(business(), business())
    with meter.reading() as taken:
        tiktok.adapter.hide("token", account_id="biz", external_id="v1", comment_ids=["c1", "c2"])
    assert [asked.json["comment_id"] for asked in tiktok.asked] == ["c1", "c2"]
    assert taken == {"comment_hide": 2, "accounts_app": 2}


# --- consent


def test_the_challenge_is_in_hex_as_tiktok_wants_it(settings):
    settings.TIKTOK_OAUTH_AUTH_URL = "https://www.tiktok.com/v2/auth/authorize/"
    adapter = registry.adapter("tiktok")
    facts = {"redirect_uri": "https://us/back/", "state": "st", "code_verifier": "verifier"}
    posting = parse_qs(urlsplit(adapter.authorize_url(APP, **facts)).query)
    comments = parse_qs(urlsplit(adapter.authorize_url(APP, **facts, family="tiktok_accounts")).query)
    assert posting["code_challenge"] == [hashlib.sha256(b"verifier").hexdigest()]
    assert "video.publish" in posting["scope"][0].split(",")
    assert "comment.list" in comments["scope"][0].split(",") and "code_challenge" not in comments


def test_each_family_has_its_own_token_endpoint(tiktok):
    tokens = {"access_token": "a", "refresh_token": "r2", "expires_in": 7200, "open_id": "o", "scope": "x,y"}
    tiktok.will(
        Answer(200, tokens | {"refresh_expires_in": 100}),
        business(**tokens, refresh_token_expires_in=200),
    )
    posting = tiktok.adapter.refresh(APP, refresh_token="r1")
    comments = tiktok.adapter.refresh(APP, refresh_token="r1", family="tiktok_accounts")
    assert [asked.path for asked in tiktok.asked] == [
        "/v2/oauth/token/",
        "/open_api/v1.3/tt_user/oauth2/refresh_token/",
    ]
    assert tiktok.asked[0].form["client_key"] == "key"
    assert tiktok.asked[1].json["client_id"] == "key"
    assert posting.refresh_token == comments.refresh_token == "r2"
    assert (posting.account_id, posting.scopes) == ("o", ("x", "y"))
    assert posting.expires_at == NOON + timedelta(hours=2)
    assert posting.refresh_expires_at == NOON + timedelta(seconds=100)
    assert comments.refresh_expires_at == NOON + timedelta(seconds=200)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(200, {"error": "invalid_grant", "error_description": "gone", "log_id": "L"}), ConsentLost),
        (Answer(200, {"error": "invalid_client"}), Misconfigured),
        (Answer(200, {"error": "something_else"}), PlatformDown),
        (Answer(200, {}), PlatformDown),
        (Answer(503), PlatformDown),
        (DROP, PlatformDown),
    ],
)
def test_a_refused_refresh_is_read_from_the_body(tiktok, answer, error):
    tiktok.will(answer)
    with pytest.raises(error):
        tiktok.adapter.refresh(APP, refresh_token="r1")


@pytest.mark.parametrize(
    ("code", "error"),
    [(40105, ConsentLost), (40110, ConsentLost), (40001, Misconfigured), (50000, PlatformDown), (40100, RateLimited)],
)
def test_a_refused_accounts_refresh_is_never_an_invitation_to_refresh(tiktok, code, error):
    tiktok.will(business(code))
    with pytest.raises(error):
        tiktok.adapter.refresh(APP, refresh_token="r1", family="tiktok_accounts")


def test_revoking_what_is_revoked_is_done(tiktok):
    tiktok.will(Answer(400, {"error": "invalid_request", "error_description": "unknown token"}), business(40105))
    tiktok.adapter.revoke(APP, token="a")
    tiktok.adapter.revoke(APP, token="a", family="tiktok_accounts")
    assert tiktok.asked[0].form["token"] == "a"
    assert tiktok.asked[1].json["access_token"] == "a"


def test_revoking_with_a_wrong_secret_is_not_done(tiktok):
    tiktok.will(Answer(401, {"error": "invalid_client"}))
    with pytest.raises(Misconfigured):
        tiktok.adapter.revoke(APP, token="a")


def test_a_verb_says_which_grant_it_needs():
    adapter = registry.adapter("tiktok")
    needs = {verb: adapter.family_of(verb) for verb in ("open_session", "look", "comments_page", "reply", "withdraw")}
    assert needs == {
        "open_session": "tiktok_open",
        "look": "tiktok_open",
        "comments_page": "tiktok_accounts",
        "reply": "tiktok_accounts",
        "withdraw": "tiktok_open",
    }


# --- tables


@pytest.mark.parametrize(
    ("http", "code", "action", "until", "bucket"),
    [
        (401, "access_token_invalid", Action.REAUTH, None, ""),
        (401, "scope_not_authorized", Action.PAUSE_CHANNEL, None, ""),
        (403, "spam_risk_too_many_posts", Action.WAIT, NOON + timedelta(hours=1), "posts"),
        (403, "spam_risk_too_many_pending_share", Action.WAIT, NOON + timedelta(days=1), "drafts"),
        (403, "spam_risk_user_banned_from_posting", Action.PAUSE_CHANNEL, None, ""),
        (403, "reached_active_user_cap", Action.WAIT, datetime(2026, 11, 22, tzinfo=UTC), "active_accounts"),
        (403, "unaudited_client_can_only_post_to_private_accounts", Action.CONFIG, None, ""),
        (403, "privacy_level_option_mismatch", Action.FIX_ITEM, None, ""),
        (429, "rate_limit_exceeded", Action.RETRY, NOON + timedelta(minutes=1), "init"),
        (429, "", Action.RETRY, NOON + timedelta(minutes=1), "init"),
        (500, "internal_error", Action.RETRY, None, ""),
        (400, "something_new", Action.RETRY, None, ""),
    ],
)
def test_a_refusal_asks_for_one_thing(http, code, action, until, bucket):
    with clock.at(NOON):
        problem = errors.translate(http, {"error": {"code": code, "logid": "L"}}, bucket="init")
    assert (problem.action, problem.until, problem.bucket, problem.log_id) == (action, until, bucket, "L")


@pytest.mark.parametrize(
    ("reason", "action"),
    [
        ("file_format_check_failed", Action.FIX_ITEM),
        ("internal", Action.RETRY),
        ("auth_removed", Action.PAUSE_CHANNEL),
        ("spam_risk_too_many_posts", Action.WAIT),
        ("spam_risk_text", Action.FIX_ITEM),
        ("never heard of", Action.FIX_ITEM),
    ],
)
def test_a_failed_post_says_what_to_do(reason, action):
    assert registry.adapter("tiktok").explain(reason).action == action


def test_a_fault_behind_a_call_that_must_not_be_repeated_is_doubtful():
    body = {"error": {"code": "internal_error"}}
    assert errors.translate(500, body).action == Action.RETRY
    assert errors.translate(500, body, once=True).action == Action.RECONCILE


def test_a_refusal_shows_the_platforms_own_words_without_its_secrets():
    problem = errors.translate(400, {"error": {"code": "invalid_params", "message": "bad access_token=act.123"}})
    assert str(problem).endswith("(400: invalid_params: bad access_token=…)")
    assert str(errors.explain("spam_risk_text")) == "TikTok takes the caption for spam."


@pytest.mark.parametrize("key", ["youtube", "tiktok"])
def test_every_price_is_paid_from_a_bucket_that_exists(key):
    adapter = registry.adapter(key)
    buckets = {bucket.name for bucket in adapter.buckets}
    verbs = ["whoami", "limits", "open_session", "send", "ask", "find_upload", "look", "publish_status", "withdraw"]
    verbs += ["set_thumbnail", "comments_page", "replies_page", "reply", "hide"]
    assert {price.bucket for verb in verbs for price in adapter.prices(verb)} <= buckets
    assert {adapter.family_of(verb) for verb in verbs} == set(adapter.families)


def test_an_unknown_platform_is_named():
    with pytest.raises(Exception, match="vimeo.*youtube, tiktok"):
        registry.adapter("vimeo")
