"""A clip arrives exactly once, whatever is lost on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels.errors import PlatformDown, TokenRefused
from channels.platforms.base import UploadKind
from config.kernel import clock
from tests.contract.stage import CHUNK, Stage, minutes_ago, spans


def test_a_clip_opened_and_sent_is_finished_and_there_once(platform: Stage) -> None:
    film = platform.film()
    handle = platform.open(film)
    assert platform.ask(handle, film).kind == UploadKind.OPEN
    external_id = platform.named(platform.send_rest(handle, film))
    platform.has_exactly(film, external_id)


def test_an_open_upload_that_was_never_sent_leaves_nothing(platform: Stage) -> None:
    film = platform.film()
    first, second = platform.ask(platform.open(film), film), platform.ask(platform.open(film), film)
    assert (first, first.next_offset, first.may_exist) == (second, 0, False)
    assert platform.books() == []


def test_asking_twice_tells_the_same_and_changes_nothing(platform: Stage) -> None:
    film = platform.film()
    handle = platform.open(film)
    assert platform.ask(handle, film) == platform.ask(handle, film)
    external_id = platform.named(platform.send_rest(handle, film))
    told = platform.ask(handle, film)
    assert (told, told.external_id) == (platform.ask(handle, film), external_id)
    platform.has_exactly(film, external_id)


def test_a_chunk_that_was_not_taken_is_asked_for_and_sent_again(platform: Stage) -> None:
    film = platform.film()
    handle = platform.open(film)
    platform.fault("chunk_503")
    with pytest.raises(PlatformDown) as lost:
        platform.send(handle, film, offset=0)
    assert lost.value.retryable
    told = platform.ask(handle, film)
    assert (told.kind, told.next_offset) == (UploadKind.OPEN, 0)
    platform.has_exactly(film, platform.named(platform.send_rest(handle, film)))


@pytest.mark.parametrize(("stored", "goes_on_at"), [(False, CHUNK), (True, 2 * CHUNK)])
def test_a_question_after_a_lost_answer_tells_where_to_go_on(youtubes: Stage, stored: bool, goes_on_at: int) -> None:
    film = youtubes.film()
    handle = youtubes.open(film)
    assert youtubes.send(handle, film, offset=0).next_offset == CHUNK
    youtubes.fault("chunk_503", stored=stored)
    with pytest.raises(PlatformDown):
        youtubes.send(handle, film, offset=CHUNK)
    told = youtubes.ask(handle, film)
    assert (told.kind, told.next_offset) == (UploadKind.OPEN, goes_on_at)
    youtubes.has_exactly(film, youtubes.named(youtubes.send_rest(handle, film, offset=told.next_offset)))


def test_a_question_after_the_lost_last_answer_tells_the_one_clip(platform: Stage) -> None:
    film = platform.film()
    handle = platform.open(film)
    platform.fault("drop_after_final_chunk")
    with pytest.raises(PlatformDown):
        platform.send_rest(handle, film)
    ids = {platform.named(platform.ask(handle, film)) for _ in range(2)}
    assert len(ids) == 1
    platform.has_exactly(film, ids.pop())


def test_an_opening_whose_answer_is_lost_may_be_repeated(platform: Stage) -> None:
    film = platform.film()
    platform.fault("init_answer_dropped")
    with pytest.raises(PlatformDown):
        platform.open(film)
    assert platform.books() == []
    platform.has_exactly(film, platform.post(film))


def test_a_forgotten_session_may_have_left_the_clip_and_the_marker_finds_it(platform: Stage) -> None:
    film, since = platform.film(), clock.now()
    handle = platform.open(film)
    platform.fault("drop_after_final_chunk")
    with pytest.raises(PlatformDown):
        platform.send_rest(handle, film)
    platform.fault("forget_session")
    gone = platform.send(handle, film, offset=platform.last_offset(handle, film))
    assert (gone.kind, gone.may_exist) == (UploadKind.GONE, True)
    platform.end_processing()
    found = platform.find(film, since=since)
    assert [one.is_certain for one in found] == [True]
    platform.has_exactly(film, found[0].external_id)


def test_no_answer_about_a_forgotten_session_denies_a_clip_that_arrived(platform: Stage) -> None:
    film = platform.film()
    handle = platform.open(film)
    external_id = platform.named(platform.send_rest(handle, film))
    platform.fault("forget_session")
    told = platform.ask(handle, film)
    assert (told.kind, told.external_id or told.may_exist) in {
        (UploadKind.GONE, True),
        (UploadKind.FINISHED, external_id),
    }
    platform.has_exactly(film, external_id)


def test_a_session_forgotten_midway_left_nothing_and_a_new_one_serves(youtubes: Stage) -> None:
    film, since = youtubes.film(), clock.now()
    handle = youtubes.open(film)
    youtubes.send(handle, film, offset=0)
    youtubes.fault("forget_session")
    assert [youtubes.ask(handle, film).kind for _ in range(2)] == [UploadKind.GONE] * 2
    assert youtubes.find(film, since=since) == []
    youtubes.has_exactly(film, youtubes.post(film))


def test_the_same_size_and_length_alone_is_never_certain(platform: Stage) -> None:
    film, since = platform.film(), clock.now()
    platform.post(film)
    assert [one for one in platform.find(film, since=since, marker="dpanother") if one.is_certain] == []


def test_what_was_there_before_is_not_taken_for_ours(platform: Stage) -> None:
    film = platform.film()
    external_id = platform.post(film)
    assert [one.external_id for one in platform.find(film, since=minutes_ago(5))] == [external_id]
    assert platform.find(film, since=clock.now() + timedelta(minutes=5)) == []


def test_a_token_refused_midway_costs_no_byte_that_was_sent(youtubes: Stage) -> None:
    film = youtubes.film()
    handle = youtubes.open(film)
    youtubes.send(handle, film, offset=0)
    youtubes.fault("token_401_midway")
    with pytest.raises(TokenRefused):
        youtubes.send(handle, film, offset=CHUNK)
    youtubes.tokens["youtube"] = youtubes.refresh().access_token
    told = youtubes.ask(handle, film)
    assert told.next_offset == CHUNK
    youtubes.has_exactly(film, youtubes.named(youtubes.send_rest(handle, film, offset=CHUNK)))


SIZES = [1, CHUNK - 1, CHUNK, CHUNK + 1, 10 * CHUNK, 64_000_000, 64_000_001, 100_000_001]


@pytest.mark.parametrize("total", SIZES)
def test_the_spans_cover_a_file_once_and_only_the_last_one_is_final(platform: Stage, total: int) -> None:
    chunk = platform.adapter.chunks(total)
    found = spans(platform, total, chunk)
    assert sum(length for _, length in found) == total
    assert all(length > 0 for _, length in found)
    final = [platform.adapter.is_final(offset=at, length=length, total=total) for at, length in found]
    assert final == [False] * (len(found) - 1) + [True]


def test_youtube_takes_whole_grains_of_256_kib_but_for_the_last(youtube: Stage, settings) -> None:
    settings.UPLOAD_CHUNK_BYTES = 700_000
    lengths = [length for _, length in spans(youtube, 3_000_001, youtube.adapter.chunks(3_000_001))]
    assert lengths == [2 * CHUNK] * 5 + [3_000_001 - 10 * CHUNK]


def test_tiktok_takes_a_clip_in_one_chunk_and_a_long_one_in_several_that_resume(tiktok: Stage) -> None:
    assert spans(tiktok, 64_000_000, tiktok.adapter.chunks(64_000_000)) == [(0, 64_000_000)]
    film = tiktok.film(size=64_000_001)
    handle = tiktok.open(film)
    starts = [start for start, _ in spans(tiktok, film.total, handle.chunk_bytes)]
    assert len(starts) == 6
    assert tiktok.send(handle, film, offset=0).next_offset == starts[1]
    tiktok.fault("chunk_503", stored=True)
    with pytest.raises(PlatformDown):
        tiktok.send(handle, film, offset=starts[1])
    told = tiktok.ask(handle, film)
    assert (told.kind, told.next_offset) == (UploadKind.OPEN, starts[2])
    tiktok.has_exactly(film, tiktok.named(tiktok.send_rest(handle, film, offset=starts[2])))
