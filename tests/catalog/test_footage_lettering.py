"""Titles are drawn in their own script, whole, readable, and the same on every machine."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from PIL import Image

from catalog.footage import ffmpeg, lettering, thumbnails, typefaces, wrapping
from catalog.footage.errors import FootageError

TITLES = {
    "en": "The CEO's Forgotten Wife",
    "vi": "Người vợ bị lãng quên của tổng tài quyền lực nhất",
    "tr": "Şırnak'ın Güçlü Gelini: İntikam",
    "ru": "Её второй муж — миллиардер",
    "ar": "زوجة الرئيس المنسية (2025) الحلقة 7 CEO",
    "he": 'אשתו הנשכחת של המנכ"ל, פרק 7',
    "th": "ภรรยาที่ถูกลืมของท่านประธานผู้ยิ่งใหญ่กับความลับในคืนนั้น",
    "hi": "राष्ट्रपति की भूली हुई पत्नी: क्षत्रिय का बदला",
    "zh-CN": "总裁的替身新娘:CEO的秘密,第7集",
    "zh-Hant-TW": "總裁的替身新娘,第7集",
    "ja": "社長の身代わり花嫁は「秘密」を忘れない、永遠に。そしてまた始まる",
    "ko": "회장님의 잊혀진 대리 신부 똠방각하 CEO",
}


@pytest.fixture(scope="module")
def films(tmp_path_factory) -> dict[str, str]:
    """A black lying film and a standing one, white in its upper half, two seconds each."""
    folder = tmp_path_factory.mktemp("films")
    made = {"lying": "color=black:s=320x180", "standing": "color=white:s=90x160,drawbox=y=80:h=80:color=black:t=fill"}
    for name, source in made.items():
        ffmpeg.run(
            ["-f", "lavfi", "-i", f"{source},fps=10", "-t", "2", str(folder / f"{name}.mp4")], timeout_seconds=60
        )
    return {name: str(folder / f"{name}.mp4") for name in made}


def drawn(films, tmp_path, title: str, language: str) -> np.ndarray:
    to = tmp_path / "thumbnail.jpg"
    thumbnails.draw(films["lying"], at_ms=500, title=title, language=language, to=to, width=640, height=360)
    with Image.open(to) as picture:
        return np.asarray(picture.convert("L")) > 128


def fitted(title: str, language: str, **kwargs) -> lettering.Fitted:
    asked = {"box_width": 1152, "largest": 108, "smallest": 50, **kwargs}
    return lettering.fit(title, language=language, **asked)


@pytest.mark.parametrize("language", TITLES)
def test_every_character_of_every_script_has_a_font(language):
    faces = typefaces.preferred(language)

    for face, text in lettering.runs(TITLES[language], faces):
        assert typefaces.choose(text, [face]) == face, f"{face.family} has not all of {text!r}"


def test_the_language_decides_how_a_han_character_looks():
    asked = {
        language: lettering.runs("直", typefaces.preferred(language))[0][0] for language in ("zh", "zh-HK", "ja", "ko")
    }

    assert asked == {
        "zh": typefaces.SIMPLIFIED,
        "zh-HK": typefaces.TRADITIONAL,
        "ja": typefaces.JAPANESE,
        "ko": typefaces.TRADITIONAL,
    }


def test_the_fonts_hold_the_usual_characters():
    gb2312 = {
        ord(char) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF) for char in _decoded(row, cell, "gb2312")
    }
    jis_level_1 = {
        ord(char) for row in range(0xB0, 0xD0) for cell in range(0xA1, 0xFF) for char in _decoded(row, cell, "euc_jp")
    }

    assert gb2312 <= typefaces.covered(typefaces.SIMPLIFIED)
    assert jis_level_1 <= typefaces.covered(typefaces.JAPANESE)
    assert set(range(0xAC00, 0xD7A4)) <= typefaces.covered(typefaces.KOREAN)


def _decoded(row: int, cell: int, codec: str) -> str:
    return bytes([row, cell]).decode(codec, errors="ignore")


@pytest.mark.parametrize("language", TITLES)
def test_a_title_fits_its_box_in_three_lines_and_loses_nothing(language):
    lines = fitted(TITLES[language], language)

    assert len(lines.lines) <= 3
    assert "".join(lines.lines).replace(" ", "") == unicodedata.normalize("NFC", TITLES[language]).replace(" ", "")
    for line in lines.lines:
        assert (
            sum(typefaces.width(text, face) for face, text in lettering.runs(line, typefaces.preferred(language)))
            <= 1152 / lines.size
        )


def test_a_title_too_long_ends_in_an_ellipsis():
    lines = fitted("the endless story " * 30, "en").lines

    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert not any("…" in line for line in lines[:2])


def test_words_stay_whole_as_long_as_any_size_allows_it():
    assert fitted("Ein Donaudampfschifffahrtskapitän kommt", "de").lines == (
        "Ein",
        "Donaudampfschifffahrtskapitän",
        "kommt",
    )
    assert len(fitted("Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen", "de", smallest=90).lines) > 1


@pytest.mark.parametrize(
    ("before", "after"),
    [("嫁", "、"), ("嫁", "」"), ("「", "秘"), ("あ", "っ"), ("เ", "ก"), ("ก", "ๆ"), ("a", " "), ("集", "!")],
)
def test_no_line_begins_or_ends_where_the_script_forbids_it(before, after):
    assert wrapping.break_cost(before, after) is None


def test_marks_and_conjuncts_are_never_torn_from_their_letter():
    assert wrapping.clusters("ที่น้ำ") == ["ที่", "น้ำ"]
    assert wrapping.clusters("क्षत्रिय") == ["क्ष", "त्रि", "य"]


def test_a_letter_no_font_holds_is_refused_and_an_ornament_is_dropped():
    with pytest.raises(FootageError) as refused:
        fitted("ክ love", "am")

    assert refused.value.code == "script_unsupported"
    assert str(refused.value) == "No bundled font can draw “ክ” (U+12AD, ETHIOPIC SYLLABLE KE)."
    assert fitted("Love 😀 wins\u202e\n{now}", "en").lines == ("Love wins {now}",)
    assert fitted("😀 \n", "en").lines == ()


def test_what_looks_like_a_command_is_drawn_as_text(films, tmp_path):
    plain, marked = (drawn(films, tmp_path, title, "en") for title in ("Love", "{\\alpha&HFF&}Love\\Nagain"))

    assert marked.sum() > plain.sum() * 2


def test_arabic_is_joined_and_begins_at_the_right(films, tmp_path):
    joined, apart = (drawn(films, tmp_path, title, "ar").any(axis=0) for title in ("سس", "س\u200cس"))

    assert joined.sum() < apart.sum() * 0.95
    assert joined[:320].sum() == 0
    assert drawn(films, tmp_path, "She", "en").any(axis=0)[320:].sum() == 0


def test_a_line_in_arabic_ends_at_the_left(films, tmp_path):
    columns = drawn(films, tmp_path, "سسسس.", "ar").sum(axis=0)

    lit = np.flatnonzero(columns)
    assert columns[lit[:5]].sum() < columns[lit[-5:]].sum()
    assert lit[8] - lit[0] > 8 or columns[lit[0] : lit[0] + 8].max() < 10


def test_letters_have_the_size_that_was_measured(films, tmp_path):
    rows = drawn(films, tmp_path, "HHH", "en").any(axis=1).sum()

    assert abs(int(rows) - 0.714 * 54) <= 2


def test_devanagari_makes_its_conjuncts(films, tmp_path):
    joined, apart = (drawn(films, tmp_path, title, "hi").any(axis=0) for title in ("क्ष", "क्\u200cष"))

    assert joined.sum() < apart.sum() * 0.8


def test_thai_marks_stand_above_their_letter(films, tmp_path):
    bare, marked = (drawn(films, tmp_path, title, "th") for title in ("กกก", "กกี้ก"))

    assert abs(int(marked.any(axis=0).sum()) - int(bare.any(axis=0).sum())) <= 3
    assert marked.any(axis=1).argmax() < bare.any(axis=1).argmax() - 8


def test_a_standing_frame_lies_whole_over_a_blurred_copy(films, tmp_path):
    to = tmp_path / "thumbnail.jpg"
    thumbnails.draw(films["standing"], at_ms=0, title="Tall", language="en", to=to)

    with Image.open(to) as picture:
        grey = np.asarray(picture.convert("L")).astype(int)
        assert (picture.size, picture.format) == ((1280, 720), "JPEG")
    assert to.stat().st_size < thumbnails.MOST_BYTES
    assert grey[40, 640] > 245
    assert 90 < grey[40, 100] < 180
    assert grey[40, 640 - 190] > 240 > grey[40, 640 - 215]


@pytest.mark.parametrize("at_ms", [-1, 2001])
def test_a_moment_the_film_does_not_have_is_refused(films, tmp_path, at_ms):
    with pytest.raises(FootageError) as refused:
        thumbnails.draw(films["lying"], at_ms=at_ms, title="Late", language="en", to=tmp_path / "t.jpg")

    assert str(refused.value) == f"There is no picture at {at_ms} ms: the film is 2000 ms long."
    assert list(tmp_path.iterdir()) == []


def test_the_last_moment_has_a_picture(films, tmp_path):
    thumbnails.draw(films["lying"], at_ms=2000, title="End", language="en", to=tmp_path / "t.jpg")

    with Image.open(tmp_path / "t.jpg") as picture:
        assert picture.size == (1280, 720)
