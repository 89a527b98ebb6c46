"""How a platform says no, by what has to be done about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from channels.errors import Action, ChannelBlocked, ItemRefused, PlatformDown, QuotaSpent, RateLimited, TokenRefused
from channels.platforms import meter
from config.kernel import clock
from tests.contract.stage import Stage


def test_a_text_that_is_too_long_is_refused_with_a_sentence(platform: Stage) -> None:
    longest = {"youtube": {"title": "x" * 100}, "tiktok": {"caption": "x" * 2200}}[platform.key]
    film = platform.film()
    with pytest.raises(ItemRefused) as refused:
        platform.open(film, **{name: f"{text}x" for name, text in longest.items()})
    assert (refused.value.retryable, refused.value.action) == (False, Action.FIX_ITEM)
    assert " " in str(refused.value.message)
    assert platform.books() == []
    platform.has_exactly(film, platform.post(film, **longest))


@pytest.mark.parametrize(
    "facts", [{"tags": ("x" * 501,)}, {"description": "é" * 2501}, {"category": "999"}, {"title": "a <b>"}]
)
def test_what_youtube_does_not_take_is_refused_before_a_byte_is_sent(youtube: Stage, facts) -> None:
    with pytest.raises(ItemRefused) as refused:
        youtube.open(youtube.film(), **facts)
    assert refused.value.platform_code.startswith("invalid")
    assert youtube.books() == []


def test_a_refusal_shows_no_secret(real: Stage) -> None:
    film = real.film()
    handle = real.open(film)
    real.fault("drop_after_final_chunk")
    with pytest.raises(PlatformDown) as lost:
        real.send_rest(handle, film)
    assert handle.secret.rpartition("=")[2] not in f"{lost.value} {lost.value.facts} {lost.value.__cause__} {handle}"
    assert lost.value.__context__ is None


def test_an_unknown_token_is_refused(platform: Stage) -> None:
    platform.tokens = dict.fromkeys(platform.tokens, "nobody's")
    for verb in ("whoami", "limits", "look"):
        if verb == "limits" and platform.key == "youtube":
            continue  # asks nobody
        with pytest.raises(TokenRefused):
            platform.call(verb, *([["7300000000000000001"]] if verb == "look" else []))


def test_an_expired_token_is_refused_and_a_fresh_one_taken(platform: Stage) -> None:
    film = platform.film()
    external_id = platform.post(film)
    platform.let_token_expire()
    with pytest.raises(TokenRefused) as refused:
        platform.call("look", [external_id])
    assert (refused.value.action, refused.value.retryable) == (Action.REAUTH, True)
    for family in platform.families:
        if family != platform.adapter.family_of("look"):
            with pytest.raises(TokenRefused):
                platform.comments(external_id)
        platform.tokens[family] = platform.refresh(family).access_token
    assert external_id in platform.call("look", [external_id])
    platform.has_exactly(film, external_id)


def test_youtubes_upload_budget_comes_back_at_midnight_pacific(youtube: Stage) -> None:
    youtube.world.limit(video_uploads=1)
    film = youtube.film()
    external_id = youtube.post(film)
    with pytest.raises(QuotaSpent) as spent:
        youtube.open(youtube.film())
    assert (spent.value.action, spent.value.bucket, spent.value.scope) == (Action.WAIT, "uploads", "app")
    local = spent.value.until.astimezone(ZoneInfo("America/Los_Angeles"))
    assert (local.hour, local.minute, local.second) == (0, 0, 0)
    assert timedelta(0) < spent.value.until - clock.now() <= timedelta(hours=25)
    assert youtube.call("look", [external_id])
    youtube.has_exactly(film, external_id)


def test_youtubes_pool_is_a_budget_of_its_own(youtube: Stage) -> None:
    youtube.world.limit(queries=1)
    youtube.call("whoami")
    with pytest.raises(QuotaSpent) as spent:
        youtube.call("whoami")
    assert (spent.value.bucket, spent.value.scope) == ("units", "app")
    film = youtube.film()
    youtube.has_exactly(film, youtube.post(film))


def test_a_channel_that_may_upload_no_more_today_is_not_the_apps_budget(build) -> None:
    stage = build("youtube", uploads_per_day=1)
    stage.post()
    with pytest.raises(QuotaSpent) as spent:
        stage.open(stage.film())
    assert (spent.value.bucket, spent.value.scope) == ("channel_uploads", "account")
    assert spent.value.until > clock.now()


def test_tiktok_tells_by_the_limits_and_by_the_opening_that_the_day_is_full(build) -> None:
    stage = build("tiktok", posts_per_day=1)
    film = stage.film()
    external_id = stage.post(film)
    for ask in (lambda: stage.call("limits"), lambda: stage.open(stage.film())):
        with pytest.raises(QuotaSpent) as spent:
            ask()
        assert (spent.value.bucket, spent.value.scope) == ("posts", "account")
        assert timedelta(0) < spent.value.until - clock.now() <= timedelta(hours=1)
    stage.has_exactly(film, external_id)


def test_a_full_day_of_the_app_ends_at_midnight_utc(tiktok: Stage) -> None:
    tiktok.fault("active_user_cap")
    with pytest.raises(QuotaSpent) as spent:
        tiktok.open(tiktok.film())
    assert (spent.value.bucket, spent.value.scope) == ("active_accounts", "app")
    tomorrow = (clock.now() + timedelta(days=1)).date()
    assert spent.value.until == datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=UTC)


def test_a_ban_stops_the_account_and_not_the_item(tiktok: Stage) -> None:
    tiktok.fault("banned_from_posting")
    with pytest.raises(ChannelBlocked) as refused:
        tiktok.open(tiktok.film())
    assert (refused.value.action, refused.value.retryable) == (Action.PAUSE_CHANNEL, False)


def test_too_many_calls_a_minute_are_no_spent_day(real: Stage) -> None:
    real.fault("rate_limited")
    with pytest.raises(RateLimited) as busy:
        real.call("whoami")
    assert timedelta(0) < busy.value.until - clock.now() <= timedelta(minutes=1)
    assert real.call("whoami").external_id


@pytest.mark.parametrize("name", ["internal_error_500", "internal_error_503", "drop_before", "drop_answer"])
def test_a_passing_fault_is_retryable_and_counted(real: Stage, name: str) -> None:
    real.fault(name)
    with meter.reading() as taken, pytest.raises(PlatformDown) as down:
        real.call("whoami")
    assert (down.value.action, down.value.retryable) == (Action.RETRY, True)
    assert sum(taken.values()) == 1
    assert real.call("whoami").external_id


def test_a_passing_fault_at_the_comments_ends_no_consent(real: Stage) -> None:
    video = real.post()
    real.fault("internal_error_500")
    with pytest.raises(PlatformDown) as down:
        real.comments(video)
    assert down.value.retryable
    assert real.comments(video) == []
