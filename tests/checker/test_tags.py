from __future__ import annotations

import pytest

from tests.checker import tags


@pytest.mark.parametrize(
    ("offered", "wanted", "fits"),
    [
        ("es", "es", True),
        ("es", "es-419", True),
        ("es-419", "es", False),
        ("es-419", "es-MX", False),
        ("zh-Hans", "zh-Hant", False),
        ("zh", "zh-Hans", True),
        ("zh", "zh-Hant", False),
        ("zh-Hant", "zh-TW", True),
        ("zh-Hant-HK", "zh-Hant", False),
        ("pt-BR", "pt-PT", False),
        ("sr-Latn", "sr", False),
    ],
)
def test_an_edition_serves_who_asks_for_no_other_variant(offered, wanted, fits):
    assert tags.serves(offered, wanted) is fits
