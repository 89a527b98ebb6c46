"""Texts measured in the platforms' own units, and cut where a reader would cut them."""

from __future__ import annotations

import pytest

from channels.rules import graphemes, text_limits
from channels.rules.text_limits import Fault

FAMILY = "👨‍👩‍👧‍👦"
FLAGS = "🇩🇪🇫🇷"
THUMB = "👍🏽"
ACUTE = "e\u0301"
HINDI = "स्त्री"
THAI = "กำ"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("ab", ["a", "b"]),
        (ACUTE + "x", [ACUTE, "x"]),
        (FAMILY + "!", [FAMILY, "!"]),
        (FLAGS, ["🇩🇪", "🇫🇷"]),
        (THUMB + "a", [THUMB, "a"]),
        ("❤️‍🔥1️⃣", ["❤️‍🔥", "1️⃣"]),
        ("각나", ["각", "나"]),
        (HINDI, [HINDI]),
        (THAI + "แ", [THAI, "แ"]),
        ("مُحَ", ["مُ", "حَ"]),
        ("a\r\nb\n\u0301", ["a", "\r\n", "b", "\n", "\u0301"]),
    ],
)
def test_a_text_falls_into_what_a_reader_calls_characters(text, expected):
    assert list(graphemes.clusters(text)) == expected


@pytest.mark.parametrize(
    ("title", "description", "tags", "expected"),
    [
        ("t" * 100, "d" * 5000, ["x" * 500], []),
        ("t" * 101, "", [], [("title", Fault.TOO_LONG, 101)]),
        ("剧" * 100, "", [], []),
        ("  ", "", [], [("title", Fault.MISSING, 0)]),
        ("a<b", "c>d", [], [("title", Fault.BRACKETS, 0), ("description", Fault.BRACKETS, 0)]),
        ("t", "剧" * 1667, [], [("description", Fault.TOO_LONG, 5001)]),
        ("t", "剧" * 1666, [], []),
        ("t", "", ["a" * 249, "b" * 250], []),
        ("t", "", ["a" * 250, "b" * 250], [("tags", Fault.TOO_LONG, 501)]),
        ("t", "", ["a b" + "c" * 495], []),
        ("t", "", ["a b" + "c" * 496], [("tags", Fault.TOO_LONG, 501)]),
        ("t", "", ["a", " "], [("tags", Fault.EMPTY_TAG, 0)]),
    ],
)
def test_youtube_counts_characters_bytes_and_tags(title, description, tags, expected):
    problems = text_limits.check_youtube(title, description, tags)
    assert [(problem.field, problem.fault, problem.found) for problem in problems] == expected


@pytest.mark.parametrize(("tags", "length"), [(["Foo-Baz"], 7), (["Foo Baz"], 9), (["a", "b"], 3), ([], 0)])
def test_tags_are_counted_as_the_platform_writes_them(tags, length):
    assert text_limits.tags_length(tags) == length


@pytest.mark.parametrize(
    ("caption", "found"),
    [("x" * 2200, None), ("x" * 2201, 2201), ("👍" * 1100, None), ("👍" * 1100 + "x", 2201), ("", None)],
)
def test_tiktok_counts_an_emoji_twice(caption, found):
    assert [problem.found for problem in text_limits.check_tiktok(caption)] == ([found] if found else [])


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        (f"ab{FAMILY}cd", 6, "ab…"),
        (f"ab{FAMILY}cd", 10, f"ab{FAMILY}…"),
        ("ab  cd", 5, "ab…"),
        (f"a{ACUTE}bc", 3, "a…"),
    ],
)
def test_a_title_is_cut_between_characters(text, limit, expected):
    assert text_limits.fit_title(text, limit=limit) == expected


def test_a_description_is_cut_by_its_bytes():
    assert text_limits.fit_description("剧港剧", limit=8) == "剧…"
    assert text_limits.fit_description("剧港剧", limit=9) == "剧港剧"


@pytest.mark.parametrize(
    ("text", "suffix", "limit", "expected"),
    [
        ("hello", "#m1", 9, "hello #m1"),
        ("hello!", "#m1", 9, "hell… #m1"),
        ("abc👍👍", "#m1", 9, "abc… #m1"),
        ("", "#m1", 9, "#m1"),
        ("hello", "", 4, "hel…"),
    ],
)
def test_a_caption_keeps_its_marker_whole(text, suffix, limit, expected):
    fitted = text_limits.fit_caption(text, suffix=suffix, limit=limit)
    assert fitted == expected
    assert text_limits.utf16_units(fitted) <= limit


def test_tags_make_room_for_the_reserved_one():
    tags = ["drama", " ", "drama", "short drama", "x"]
    assert text_limits.fit_tags(tags, reserve=["m1"], limit=9) == ["drama"]
    assert text_limits.fit_tags(tags, reserve=["m1"], limit=22) == ["drama", "short drama"]
    assert text_limits.tags_length(["drama", "short drama", "m1"]) == 22
