"""What viewers say: all of it, newest first, and our answers exactly once."""

from __future__ import annotations

import pytest

from channels.errors import Ambiguous, ItemRefused, ObjectGone
from tests.contract.stage import Stage, minutes_ago

EXTRA = 2


def crowd(platform: Stage, video: str) -> list[str]:
    """A page and a bit of comments, one a minute; their texts, newest first."""
    texts = [f"word {number}" for number in range(platform.page_size + EXTRA)]
    for number, text in enumerate(texts):
        platform.say(video, text, at=minutes_ago(number))
    return texts


def texts_of(comments) -> list[str]:
    return [one.text for one in comments]


def test_a_walk_brings_every_comment_once_and_newest_first(platform: Stage) -> None:
    video = platform.post()
    said = crowd(platform, video)
    pages = list(platform.walk(video))
    assert len(pages) == 2
    assert texts_of(one for page in pages for one in page.items) == said
    assert sum(page.calls for page in pages) == 2


def test_a_walk_stops_on_the_page_that_reaches_back_past_since(platform: Stage) -> None:
    video = platform.post()
    said = crowd(platform, video)
    pages = list(platform.walk(video, since=minutes_ago(1.5)))
    assert [texts_of(page.items)[:2] for page in pages] == [said[:2]]
    assert texts_of(platform.comments(video, since=minutes_ago(24 * 60))) == said


def test_pages_that_shift_under_the_walk_repeat_but_lose_nothing(real: Stage) -> None:
    video = real.post()
    said = crowd(real, video)
    real.fault("pages_shift", count=10)
    seen = texts_of(real.comments(video))
    assert set(said) <= set(seen)
    assert len(seen) > len(said)


def test_replies_come_along_with_their_thread(platform: Stage) -> None:
    video = platform.post()
    parent = platform.say(video, "where is part two?")
    platform.say(video, "yes, where?", parent=parent)
    top, reply = platform.comments(video)
    assert (top.external_id, top.parent_id, top.replies) == (parent, "", 1)
    assert (reply.text, reply.parent_id, reply.video_id, reply.is_own) == ("yes, where?", parent, video, False)


def test_our_reply_is_there_once_and_known_for_ours(platform: Stage) -> None:
    video = platform.post()
    parent = platform.say(video, "the voices are robotic")
    reply_id = platform.call("reply", external_id=video, parent_id=parent, text="We are fixing it")
    there = platform.call("replies_page", external_id=video, parent_id=parent).items
    assert [(one.external_id, one.text, one.is_own) for one in there] == [(reply_id, "We are fixing it", True)]


def test_a_reply_whose_answer_is_lost_may_have_been_posted(platform: Stage) -> None:
    video = platform.post()
    parent = platform.say(video, "the voices are robotic")
    platform.fault("reply_stored_answer_lost")
    with pytest.raises(Ambiguous) as doubt:
        platform.call("reply", external_id=video, parent_id=parent, text="We are fixing it")
    assert not doubt.value.retryable
    there = platform.call("replies_page", external_id=video, parent_id=parent).items
    assert texts_of(there) == ["We are fixing it"]


def test_a_reply_to_nobody_is_refused(real: Stage) -> None:
    with pytest.raises(ObjectGone):
        real.call("reply", external_id=real.post(), parent_id="7300000000000000001", text="hello?")


def test_a_hidden_comment_is_out_of_the_publics_sight(platform: Stage) -> None:
    video = platform.post()
    rude, _kind = platform.say(video, "rude"), platform.say(video, "kind")
    for _time in range(2):
        platform.call("hide", external_id=video, comment_ids=[rude])
    assert texts_of(one for one in platform.comments(video) if not one.is_held) == ["kind"]


def test_a_held_comment_is_found_once_and_marked(platform: Stage) -> None:
    video = platform.post()
    platform.say(video, "held", held=True)
    platform.say(video, "seen")
    both = platform.comments(video) + platform.comments(video, held=True)
    assert sorted((one.text, one.is_held) for one in both) == [("held", True), ("seen", False)]


def test_disabled_comments_are_a_refusal_of_the_item(youtubes: Stage) -> None:
    video = youtubes.post()
    youtubes.fault("comments_disabled")
    with pytest.raises(ItemRefused) as refused:
        youtubes.comments(video)
    assert (refused.value.platform_code, refused.value.retryable) == ("commentsDisabled", False)


def test_comments_of_a_clip_that_is_gone_are_gone(real: Stage) -> None:
    video = real.post()
    real.delete_by_hand(video)
    with pytest.raises(ObjectGone):
        real.comments(video)


def test_one_walk_of_the_channel_brings_the_comments_of_every_clip(youtube: Stage) -> None:
    first, second = youtube.post(), youtube.post()
    youtube.say(first, "one", at=minutes_ago(2))
    youtube.say(second, "two", at=minutes_ago(1))
    youtube.call("look", [first, second])  # the sandbox ends the processing when somebody looks
    page = youtube.call("comments_page", since=None)
    assert [(one.text, one.video_id) for one in page.items] == [("two", second), ("one", first)]


def test_one_walk_of_several_posts_goes_through_them_in_turn(tiktok: Stage) -> None:
    posts = [tiktok.post(), tiktok.post()]
    for post in posts:
        tiktok.say(post, f"under {post}")
    seen, token = [], ""
    while token or not seen:
        page = tiktok.call("comments_page", since=None, page_token=token, external_ids=posts)
        seen, token = [*seen, *page.items], page.next_page
    assert texts_of(seen) == [f"under {post}" for post in posts]
    assert tiktok.call("comments_page", since=None, external_ids=[]).calls == 0
