"""What a look tells of a clip, from the last byte to the day it is taken down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels.errors import Action, ItemRefused, OnlyByHand, PlatformError
from channels.platforms.base import Privacy, SeenState, UploadKind, Withdrawal
from config.kernel import clock
from tests.contract.stage import Stage


def state(platform: Stage, external_id: str) -> SeenState:
    return platform.call("look", [external_id])[external_id].state


def test_a_clip_is_processing_and_then_live(youtubes: Stage) -> None:
    film = youtubes.film()
    handle = youtubes.open(film)
    external_id = youtubes.send_rest(handle, film).external_id
    youtubes.hold_processing(external_id)
    assert state(youtubes, external_id) == SeenState.PROCESSING
    assert youtubes.ask(handle, film).external_id == external_id
    youtubes.end_processing()
    assert state(youtubes, external_id) == SeenState.LIVE
    youtubes.has_exactly(film, external_id)


def test_a_post_has_no_name_while_it_is_processed(tiktoks: Stage) -> None:
    film = tiktoks.film()
    handle = tiktoks.open(film)
    sent = tiktoks.send_rest(handle, film)
    tiktoks.hold_processing(sent.external_id)
    waiting = tiktoks.call("publish_status", handle.publish_id)
    assert (waiting.kind, waiting.external_id) == (UploadKind.FINISHED, "")
    external_id = tiktoks.named(waiting)
    assert state(tiktoks, external_id) == SeenState.LIVE
    tiktoks.has_exactly(film, external_id)


def test_a_post_that_is_out_may_wait_for_its_name(tiktok: Stage) -> None:
    film = tiktok.film()
    handle = tiktok.open(film)
    tiktok.send_rest(handle, film)
    tiktok.fault("post_id_late")
    told = tiktok.ask(handle, film)
    assert (told.kind, told.is_published, told.external_id) == (UploadKind.FINISHED, True, "")
    tiktok.has_exactly(film, tiktok.named(told))


def test_a_live_clip_has_an_address_and_counts_that_are_numbers(platform: Stage) -> None:
    seen = platform.call("look", [platform.post()]).popitem()[1]
    assert seen.state == SeenState.LIVE
    assert seen.external_id in seen.url
    assert seen.views == 0


def test_every_id_asked_for_is_answered_and_a_strange_one_is_gone(platform: Stage) -> None:
    here, strange = platform.post(), "7300000000000000001"
    seen = platform.call("look", [here, strange])
    assert {key: one.state for key, one in seen.items()} == {here: SeenState.LIVE, strange: SeenState.REMOVED}


def test_a_rejected_clip_says_why_and_what_to_do(platform: Stage) -> None:
    film = platform.film()
    handle = platform.open(film)
    sent = platform.send_rest(handle, film)
    platform.end_processing(rejected=True)
    if sent.external_id:
        told = platform.call("look", [sent.external_id])[sent.external_id]
        assert told.state == SeenState.REJECTED
    else:
        told = platform.call("publish_status", handle.publish_id)
        assert told.kind == UploadKind.FAILED
    verdict = platform.adapter.explain(told.reason)
    assert told.reason
    assert verdict.action in {Action.FIX_ITEM, Action.RECONCILE}
    assert len(str(verdict.message)) > 5


def test_a_scheduled_clip_goes_live_at_its_hour_unless_it_was_withdrawn(youtubes: Stage) -> None:
    at = (clock.now() + timedelta(hours=1)).replace(microsecond=0)
    kept, withdrawn = youtubes.post(publish_at=at), youtubes.post(publish_at=at)
    seen = youtubes.call("look", [kept])[kept]
    assert (seen.state, seen.publish_at) == (SeenState.SCHEDULED, at)
    youtubes.call("withdraw", withdrawn, how=Withdrawal.MADE_PRIVATE)
    youtubes.travel(hours=2)
    youtubes.tokens["youtube"] = youtubes.refresh().access_token
    assert (state(youtubes, kept), state(youtubes, withdrawn)) == (SeenState.LIVE, SeenState.PRIVATE)
    assert [one.external_id for one in youtubes.books()] == [kept, withdrawn]


def test_a_schedule_is_refused_where_the_platform_has_none(tiktoks: Stage) -> None:
    with pytest.raises(ItemRefused) as refused:
        tiktoks.open(tiktoks.film(), publish_at=clock.now() + timedelta(hours=1))
    assert refused.value.platform_code == "no_schedule"
    assert tiktoks.books() == []


@pytest.mark.parametrize(
    ("how", "left"), [(Withdrawal.DELETED, SeenState.REMOVED), (Withdrawal.MADE_PRIVATE, SeenState.PRIVATE)]
)
def test_a_withdrawn_clip_is_out_of_sight(youtubes: Stage, how: Withdrawal, left: SeenState) -> None:
    film = youtubes.film()
    external_id = youtubes.post(film)
    assert youtubes.call("withdraw", external_id, how=how).how == how
    assert state(youtubes, external_id) == left
    youtubes.has_exactly(film, external_id)


@pytest.mark.parametrize("how", [Withdrawal.DELETED, Withdrawal.MADE_PRIVATE])
def test_withdrawing_what_is_gone_says_so(youtubes: Stage, how: Withdrawal) -> None:
    external_id = youtubes.post()
    youtubes.delete_by_hand(external_id)
    assert youtubes.call("withdraw", external_id, how=how).how == Withdrawal.ALREADY_GONE


def test_where_no_call_takes_a_post_down_a_link_leads_there(tiktoks: Stage) -> None:
    film = tiktoks.film()
    external_id = tiktoks.post(film)
    with pytest.raises(OnlyByHand) as refused:
        tiktoks.call("withdraw", external_id, handle="@heiress")
    assert refused.value.link.startswith("https://")
    assert external_id in refused.value.link
    assert state(tiktoks, external_id) == SeenState.LIVE
    tiktoks.has_exactly(film, external_id)


def test_a_post_deleted_by_hand_is_seen_as_removed(platform: Stage) -> None:
    film = platform.film()
    external_id = platform.post(film)
    platform.delete_by_hand(external_id)
    assert state(platform, external_id) == SeenState.REMOVED
    platform.has_exactly(film, external_id)


def test_a_thumbnail_is_taken_by_youtube_and_set_by_hand_at_tiktok(real: Stage) -> None:
    external_id, image = real.post(), b"\x89PNG\r\n\x1a\n" + bytes(100)
    if real.key == "youtube":
        real.call("set_thumbnail", external_id, image=image)
        with pytest.raises(ItemRefused, match="JPEG or PNG"):
            real.call("set_thumbnail", external_id, image=b"GIF89a")
    else:
        with pytest.raises(OnlyByHand) as refused:
            real.call("set_thumbnail", external_id, image=image)
        assert refused.value.link


def test_the_account_tells_who_it_is_and_what_it_may_post(platform: Stage) -> None:
    facts, limits = platform.call("whoami"), platform.call("limits")
    assert facts.external_id == platform.accounts[platform.families[0]]
    assert limits.clashes(platform.announced(platform.film())) == ()
    assert Privacy.PUBLIC in limits.privacy_options


def test_a_private_account_does_not_offer_public_posts(build) -> None:
    stage = build("tiktok", is_private=True)
    wanted = stage.announced(stage.film())
    assert stage.call("limits").clashes(wanted) == ("privacy_not_offered",)
    with pytest.raises(PlatformError) as refused:
        stage.call("open_session", wanted)
    assert (refused.value.action, refused.value.platform_code) == (Action.FIX_ITEM, "privacy_level_option_mismatch")
