from __future__ import annotations

from datetime import timedelta

import pytest

from channels.errors import ItemRefused, PlatformDown, QuotaSpent
from channels.models import Grant
from config.kernel import clock
from config.kernel.models import News
from moderation.models import Comment, HarvestRun, Watch
from moderation.rules import watching
from moderation.services import harvesting, purging
from tests.moderation.conftest import NOON, make_channel, make_clip, publish, seen

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def usual_hour(request, monkeypatch):
    """No channel's turn for held comments, except where that is what is tested."""
    if "held" not in request.node.name:
        monkeypatch.setattr(watching, "is_held_turn", lambda _now, *, turn: False)


def test_every_channel_gets_a_watch_and_is_rung_for_once_due(channel, noon, drain_jobs, platform, page):
    platform.pages = [page(seen("hola"))]
    harvesting.sweep()
    said = drain_jobs()
    assert said[0].startswith("1 comments seen, 1 new")
    assert Watch.objects.get().next_at == noon + HOUR
    assert harvesting.sweep() == "nothing due"


def test_a_comment_is_stored_once_with_its_publication_and_without_its_author(channel, version, noon, platform, page):
    publication = publish(make_clip(version, 1), channel)
    one = seen("la voz", video=publication.external_id)
    platform.pages = [page(one, one, then="2"), page(one)]
    harvesting.harvest(channel.pk)
    row = Comment.objects.get()
    assert (row.publication, row.text, row.judged_at) == (publication, "la voz", None)
    assert one.author_id not in row.author_hash and len(row.author_hash) == 32


def test_the_same_window_is_read_once(channel, noon, platform, page):
    platform.pages = [page(seen()), page(seen())]
    harvesting.harvest(channel.pk)
    assert harvesting.harvest(channel.pk) == "already read in this window"
    assert (len(platform.asked), Comment.objects.count(), HarvestRun.objects.get().new) == (1, 1, 1)


def test_the_walk_stops_at_the_watermark_minus_the_overlap(channel, platform, page, settings):
    settings.HARVEST_OVERLAP_MINUTES = 120
    Watch.objects.create(channel=channel, next_at=NOON, seen_until=NOON - HOUR)
    platform.pages = [
        page(seen(at=NOON), then="2"),
        page(seen(at=NOON - 4 * HOUR), then="3"),
        page(seen(at=NOON - 5 * HOUR)),
    ]
    with clock.at(NOON + timedelta(hours=(channel.pk % 24 == 12))):
        harvesting.harvest(channel.pk)
    assert [arguments["page_token"] for _verb, arguments in platform.asked] == ["", "2"]
    assert platform.asked[0][1]["since"] == NOON - 3 * HOUR
    assert Watch.objects.get().seen_until == NOON


def test_an_edited_comment_is_judged_again_and_an_unchanged_one_is_not(channel, noon, platform, page):
    one, other = seen("good"), seen("fine")
    platform.pages = [page(one, other)]
    harvesting.harvest(channel.pk)
    Comment.objects.update(judged_at=noon, label="none")
    edited = seen("the voice is awful", external_id=one.external_id, updated_at=noon + HOUR)
    platform.pages = [page(edited, other)]
    with clock.at(noon + HOUR):
        harvesting.harvest(channel.pk)
    first, second = (Comment.objects.get(external_id=each.external_id) for each in (one, other))
    assert (first.text, first.judged_at, first.edited_at) == ("the voice is awful", None, noon + HOUR)
    assert (second.judged_at, second.refreshed_at) == (noon, noon + HOUR)


def test_late_replies_are_fetched_only_where_the_count_grew_beyond_what_came_along(channel, noon, platform, page):
    quiet = seen("a", replies=0)
    full = seen("b", replies=1)
    busy = seen("c", replies=3)
    platform.pages = [page(quiet, full, seen("r", parent_id=full.external_id), busy)]
    replies = [seen(f"reply {n}", parent_id=busy.external_id) for n in range(3)]
    platform.replies = {busy.external_id: [page(*replies[:2], then="x"), page(replies[2])]}
    harvesting.harvest(channel.pk)
    asked = [arguments["parent_id"] for verb, arguments in platform.asked if verb == "replies_page"]
    assert asked == [busy.external_id] * 2
    assert Comment.objects.filter(parent_id=busy.external_id).count() == 3
    platform.pages, platform.asked = [page(busy)], []
    with clock.at(noon + HOUR):
        harvesting.harvest(channel.pk)
    assert [verb for verb, _arguments in platform.asked] == ["comments_page"]


def test_our_own_replies_are_not_viewers_comments(channel, noon, platform, page):
    platform.pages = [page(seen("thanks!", is_own=True))]
    harvesting.harvest(channel.pk)
    assert not Comment.objects.exists()


def test_a_spent_budget_is_a_plan_and_not_an_error(channel, noon, platform, page):
    until = noon + 19 * HOUR
    platform.pages = [page(seen(), then="2"), QuotaSpent("The budget is spent.", until=until)]
    harvesting.harvest(channel.pk)
    watch = Watch.objects.get()
    assert (watch.next_at, watch.trouble, watch.looked_at, watch.seen_until) == (
        until,
        "The budget is spent.",
        None,
        None,
    )
    assert (Comment.objects.count(), News.objects.count()) == (1, 0)


def test_an_unreachable_platform_is_tried_again_later_and_told_once(channel, noon, platform):
    pauses, moment = [], noon
    for _attempt in range(5):
        platform.pages = [PlatformDown("No answer.")]
        with clock.at(moment):
            harvesting.harvest(channel.pk)
        pauses.append(Watch.objects.get().next_at - moment)
        moment = Watch.objects.get().next_at
    assert pauses == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 16)]
    assert News.objects.filter(code="comments_unreadable").count() == 1
    with clock.at(moment):
        harvesting.harvest(channel.pk)
    assert (Watch.objects.get().trouble, Watch.objects.get().attempts) == ("", 0)


def test_without_a_connection_for_comments_the_watch_says_so_and_asks_nobody(db, noon, platform):
    channel = make_channel("TikTok ES", platform="tiktok", family="tiktok_open")
    harvesting.harvest(channel.pk)
    watch = Watch.objects.get()
    assert "TikTok Accounts API" in watch.trouble
    assert (platform.asked, watch.next_at, News.objects.count()) == ([], noon + timedelta(minutes=10), 0)


def test_tiktok_is_read_video_by_video_and_switched_off_comments_are_a_fact(version, noon, platform, page):
    channel = make_channel("TikTok ES", platform="tiktok", family="tiktok_accounts")
    old = publish(make_clip(version, 1), channel, at=noon - timedelta(days=3))
    young = publish(make_clip(version, 2), channel, at=noon - timedelta(days=1))
    platform.pages = [ItemRefused("Comments are switched off."), page(seen(video=old.external_id))]
    harvesting.harvest(channel.pk)
    assert [arguments["external_ids"] for _verb, arguments in platform.asked] == [
        (young.external_id,),
        (old.external_id,),
    ]
    assert (Comment.objects.count(), Watch.objects.get().trouble) == (1, "")


def test_a_run_that_the_minutes_budget_stopped_goes_on_where_it_was(version, noon, platform, page):
    channel = make_channel("TikTok ES", platform="tiktok", family="tiktok_accounts")
    for number in (1, 2, 3):
        publish(make_clip(version, number), channel, at=noon - timedelta(days=number))
    platform.pages = [
        page(seen()),
        QuotaSpent("Too many.", until=noon + timedelta(minutes=1)),
        page(seen()),
        page(seen()),
    ]
    harvesting.harvest(channel.pk)
    with clock.at(noon + timedelta(minutes=2)):
        harvesting.harvest(channel.pk)
    asked = [arguments["external_ids"] for _verb, arguments in platform.asked]
    assert (len(asked), asked[1], len(set(asked))) == (4, asked[2], 3)
    assert (HarvestRun.objects.get().new, Watch.objects.get().trouble) == (3, "")


def test_held_comments_are_read_four_times_a_day(channel, platform, page):
    for hour in range(24):
        with clock.at(NOON + timedelta(hours=hour)):
            platform.pages = [page(seen("hi", at=NOON))]
            harvesting.harvest(channel.pk)
    asked = [arguments["held"] for _verb, arguments in platform.asked]
    assert (asked.count(True), asked.count(False)) == (4, 24)


def test_two_workers_do_not_read_one_channel_at_once(channel, noon, platform, page, monkeypatch):
    said = []

    def second_worker(*_args, **_kwargs):
        monkeypatch.setattr(harvesting.gateway, "call", platform.call)
        said.append(harvesting.harvest(channel.pk))
        return page()

    monkeypatch.setattr(harvesting.gateway, "call", second_worker)
    harvesting.harvest(channel.pk)
    assert (said, platform.asked) == (["another worker reads it"], [])


def test_a_revoked_connection_counts_as_none(channel, noon, platform):
    Grant.objects.update(revoked_at=noon)
    harvesting.harvest(channel.pk)
    assert "No connection" in Watch.objects.get().trouble


@pytest.mark.parametrize(("days", "text"), [(29, "la voz"), (31, "")])
def test_words_not_seen_again_for_thirty_days_are_deleted(channel, noon, platform, page, days, text):
    platform.pages = [page(seen("la voz"))]
    harvesting.harvest(channel.pk)
    with clock.at(noon + timedelta(days=days)):
        purging.sweep()
    assert Comment.objects.get().text == text
