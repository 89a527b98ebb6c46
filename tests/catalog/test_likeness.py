"""What follows from measured likeness, and how alike two texts are."""

from __future__ import annotations

import numpy as np
import pytest

from catalog.footage.fingerprints import comparing, index, picture, reading, sound
from catalog.footage.fingerprints.picture import Picture
from catalog.rules import likeness
from catalog.rules.likeness import Kind
from tests.bench import made_prints


@pytest.mark.parametrize(
    ("shares", "same_sound", "kind"),
    [
        ((1.0, 1.0), 1.0, Kind.WHOLE),
        ((0.8, 0.95), 0.8, Kind.WHOLE),
        ((1.0, 1.0), None, Kind.WHOLE),
        ((1.0, 1.0), 0.7, Kind.PICTURE),
        ((0.1, 1.0), 1.0, Kind.PARTLY),
        ((0.2, 0.2), 1.0, None),
    ],
)
def test_only_most_of_both_makes_two_clips_the_same(shares, same_sound, kind):
    facts = {"samples": 40, "bits": 20, "same_sound": same_sound}
    assert likeness.kind(share_one=shares[0], share_other=shares[1], **facts) == kind


def test_a_part_that_matches_by_chance_is_not_told():
    facts = {"share_one": 0.5, "share_other": 0.5, "same_sound": None}
    assert likeness.kind(samples=40, bits=20, **facts) == Kind.PARTLY
    assert likeness.kind(samples=40, bits=87, **facts) is None
    assert likeness.kind(samples=2, bits=20, **facts) is None


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("The Harbor Bride", "the  harbor bride!", 1.0, 1.0),
        ("The Harbor Bride", "The Harbor Bride 2", 0.75, 0.99),
        ("海港新娘的复仇", "海港新娘的復仇", 0.4, 0.9),
        ("عقد تحت ضوء القمر", "عقد تحت ضوء القمر", 1.0, 1.0),
        ("ＡＢＣ drama", "abc Drama", 1.0, 1.0),
        ("The Harbor Bride", "Paper Dragon", 0.0, 0.1),
        ("", "", 0.0, 0.0),
        ("!!", "??", 0.0, 0.0),
        ("月", "月", 1.0, 1.0),
    ],
)
def test_texts_are_alike_in_any_script(one, other, least, most):
    assert least <= likeness.text_likeness(one, other) <= most
    assert likeness.text_likeness(one, other) == likeness.text_likeness(other, one)


def film(waves) -> reading.Print:
    hashes = made_prints.hashes_of(np.asarray(waves, np.float32))
    return reading.Print(500, Picture(hashes, np.zeros(len(hashes), np.bool_)), sound.SILENCE)


def waves(seed: int, length: int = 40):
    return np.random.default_rng(seed).standard_normal((length, 256))


def test_a_hook_shares_all_of_itself_and_little_of_the_compilation():
    """In order, each second once, wherever it was cut from."""
    episodes = [waves(1), waves(2), waves(3)]
    hook = film(np.concatenate([episode[-10:] for episode in episodes]))
    whole = film(np.concatenate(episodes))
    measured = comparing.compare(hook, whole, match_bits=likeness.MATCH_BITS)
    assert (measured.share_one, measured.share_other) == (1.0, 0.25)


def test_the_same_shots_in_another_order_are_not_the_same():
    first, second = waves(1), waves(2)
    measured = comparing.compare(
        film(np.concatenate([first, second])), film(np.concatenate([second, first])), match_bits=likeness.MATCH_BITS
    )
    assert measured.share_one == measured.share_other == 0.5


def test_long_and_short_steps_are_compared_on_the_longer():
    fine = waves(1)
    coarse = reading.Print(1000, film(fine[::2]).picture, sound.SILENCE)
    measured = comparing.compare(film(fine), coarse, match_bits=likeness.MATCH_BITS)
    assert (measured.share_one, measured.share_other) == (1.0, 1.0)


def test_blank_pictures_make_no_likeness():
    dark = np.full((20, picture.SIDE, picture.SIDE), 16, np.uint8)
    seen = reading.Print(500, picture.fingerprint(dark), sound.SILENCE)
    assert comparing.compare(seen, seen, match_bits=likeness.MATCH_BITS) == comparing.NOTHING
    assert len(index.anchors(seen.picture)) == 0


def test_turning_the_bits_is_mirroring_the_picture():
    frames = np.random.default_rng(3).integers(0, 255, (3, picture.SIDE, picture.SIDE)).astype(np.uint8)
    straight, turned = picture.fingerprint(frames), picture.fingerprint(frames[:, :, ::-1])
    far = np.bitwise_count(picture.mirrored(straight.hashes) ^ turned.hashes).sum(axis=1)
    assert far.max() <= 1


def test_the_index_finds_an_altered_copy_in_a_merged_segment_and_in_what_is_fresh(tmp_path):
    known = index.Index(tmp_path)
    for drama in range(3):
        assert known.add(made_prints.entries(range(drama, drama + 1)))
    fresh = made_prints.entries(range(3, 4))
    again = index.Index(tmp_path)
    assert [one.last for one in again.segments] == [160, 240] and len(list(tmp_path.glob("[0-9]*"))) == 2
    for clip in (5, 100, 239, 241):
        copy = made_prints.copy_of(clip, is_mirrored=bool(clip % 2))
        assert again.search(copy, fresh=fresh, match_bits=likeness.MATCH_BITS)[0].clip == clip


def test_a_segment_that_was_never_finished_and_a_merge_killed_halfway_do_no_harm(tmp_path):
    known = index.Index(tmp_path)
    known.add(made_prints.entries(range(2)))
    kept = known.segments[0]
    index.segment.write(tmp_path, kept.hashes[:8], kept.clips[:8], first=1, last=1)
    (tmp_path / ".part-torn").mkdir()
    (tmp_path / ".part-torn" / "hashes.npy").write_bytes(b"torn")
    again = index.Index(tmp_path)
    assert [(one.first, one.last) for one in again.segments] == [(1, 160)]
    assert again.add(made_prints.entries(range(2, 3)))
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == [
        one.folder.name for one in again.segments
    ]


def test_entries_that_do_not_follow_are_refused(tmp_path):
    known = index.Index(tmp_path)
    known.add(made_prints.entries(range(1)))
    assert not known.add(made_prints.entries(range(1)))
    assert not known.add(made_prints.entries(range(2, 3)))
    assert known.last == 80
