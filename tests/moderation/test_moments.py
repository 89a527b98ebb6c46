from __future__ import annotations

import pytest

from moderation.classifier import Kind, Text, judge, moments

CLIP = 90_000


def places(text: str, *, clip_ms: int | None = CLIP) -> list[tuple[float | None, int | None]]:
    return [(moment.second, moment.episode) for moment in moments.find(text, clip_ms=clip_ms)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("la voz del doblaje se corta en 0:12", [(12.0, None)]),
        ("suaranya hilang di menit 0:12", [(12.0, None)]),
        ("الصوت يختفي في الثانية ١٢", [(12.0, None)]),
        ("no sound at 1:05", [(65.0, None)]),
        ("audio disappears 65s", [(65.0, None)]),
        ("around the 59 second mark", [(59.0, None)]),
        ("en el segundo 48", [(48.0, None)]),
        ("detik ke-7 bisu", [(7.0, None)]),
        ("عند ٠:٤١", [(41.0, None)]),
        ("१:०५ पर आवाज नहीं", [(65.0, None)]),
        ("第12秒没声音", [(12.0, None)]),
        ("48초에 소리가 안 나요", [(48.0, None)]),
        ("1分5秒から声がない", [(65.0, None)]),
        ("à 0：33 le son saute", [(33.0, None)]),
        ("phút 1:12 mất tiếng", [(72.0, None)]),
        ("0:12 and 0:48", [(12.0, None), (48.0, None)]),
        ("0:12 ... 0:12", [(12.0, None)]),
    ],
)
def test_a_time_is_found(text, expected):
    assert places(text) == expected


@pytest.mark.parametrize(
    ("text", "episode"),
    [
        ("第7集字幕翻译错了", 7),
        ("第十二集", 12),
        ("episode 14 has no subs", 14),
        ("ep.3", 3),
        ("capítulo 9", 9),
        ("الحلقة ٩", 9),
        ("tập 5", 5),
        ("ตอนที่ 8", 8),
        ("9화", 9),
        ("9. bölümde", 9),
        ("9 серия", 9),
    ],
)
def test_an_episode_is_found(text, episode):
    assert places(text) == [(None, episode)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ep 3 at 1:20", [(80.0, 3)]),
        ("7화 1분 20초에", [(80.0, 7)]),
        ("episodes 3-5", [(None, 3), (None, 4), (None, 5)]),
    ],
)
def test_episode_and_time_belong_together(text, expected):
    assert places(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "16:10",
        "the picture is 9:16",
        "2:30pm",
        "won 3:10",
        "2024-01-02",
        "1:75",
        "subs are 3 seconds late",
        "i watched it 3 times",
        "80 coins",
        "no numbers here",
        "",
    ],
)
def test_numbers_that_are_no_moment(text):
    assert places(text) == []


def test_a_time_beyond_the_clip_is_no_moment():
    assert places("16:11") == []
    assert places("1:31") == []
    assert places("1:30") == [(90.0, None)]
    assert places("16:11", clip_ms=None) == [(971.0, None)]


def test_what_was_written_is_kept():
    assert [moment.raw for moment in moments.find("اسمع الثانية ١٢ مرة")] == ["الثانية ١٢"]


def test_a_flood_of_times_is_cut_off():
    assert len(moments.find(" ".join(f"0:{second:02d}" for second in range(60)))) == 20


def test_the_judgement_carries_class_and_moment_together():
    judgement = judge([Text("la voz del doblaje se corta en 0:12", clip_ms=CLIP)])[0]
    assert (judgement.kind, judgement.moments[0].second) == (Kind.DUBBING, 12.0)
    judgement = judge([Text("第7集字幕翻译错了", clip_ms=CLIP)])[0]
    assert (judgement.kind, judgement.moments[0].episode) == (Kind.TRANSLATION, 7)
