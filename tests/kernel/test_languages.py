from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from config.kernel import languages


@pytest.mark.parametrize("tag", ["en", "es-419", "zh-Hans", "zh-Hant", "pt-BR", "fil", "sr-Latn-RS"])
def test_valid_tags_are_taken(tag):
    languages.validate_tag(tag)


@pytest.mark.parametrize("tag", ["", "english", "xx-qq", "es_MX", "zh-hans", "ES", "e"])
def test_a_wrong_tag_is_refused_by_name(tag):
    with pytest.raises(ValidationError) as refusal:
        languages.validate_tag(tag)
    assert tag in refusal.value.messages[0]


@pytest.mark.parametrize(
    ("offered", "wanted", "fits"),
    [
        ("es", "es", True),
        ("es", "es-419", True),
        ("es-419", "es", False),
        ("es-MX", "es-419", False),
        ("zh-Hans", "zh-Hant", False),
        ("zh-Hant", "zh-Hans", False),
        ("zh", "zh-Hans", True),
        ("zh", "zh-Hant", False),
        ("pt-BR", "pt-BR", True),
        ("pt-BR", "pt-PT", False),
        ("id", "ms", False),
        ("en", "es", False),
    ],
)
def test_what_fits_a_channel_is_never_guessed(offered, wanted, fits):
    assert languages.covers(offered, wanted) is fits


def test_names_are_told_in_the_reader_s_language():
    with translation.override("zh-hans"):
        assert languages.name("es") == "西班牙语"
    with translation.override("en"):
        assert languages.name("zh-Hans") == "Chinese (Simplified)"
        assert languages.name("qaa-x-demo") == "qaa-x-demo"


def test_right_to_left_is_known():
    assert languages.is_right_to_left("ar") and not languages.is_right_to_left("id")


@pytest.mark.parametrize("code", ["XX", "mx", "MEX", "419", ""])
def test_what_is_no_country_is_refused(code):
    with pytest.raises(ValidationError):
        languages.validate_territory(code)
