"""Which language fits which, read from the rule's words: no guessing between variants, and scripts never mix."""

from __future__ import annotations

from functools import lru_cache

LATIN = "Latn"
# The script that a tag without one is read in, where that is not Latin.
SCRIPTS = {
    "zh": "Hans", "ja": "Jpan", "ko": "Kore", "ar": "Arab", "fa": "Arab", "ur": "Arab", "he": "Hebr", "th": "Thai",
    "hi": "Deva", "mr": "Deva", "ne": "Deva", "bn": "Beng", "ta": "Taml", "te": "Telu", "ru": "Cyrl", "uk": "Cyrl",
    "bg": "Cyrl", "sr": "Cyrl", "el": "Grek", "ka": "Geor", "hy": "Armn", "km": "Khmr", "lo": "Laoo", "my": "Mymr",
}  # fmt: skip
TRADITIONAL = {"TW", "HK", "MO"}


@lru_cache(maxsize=4096)
def parts(tag: str) -> tuple[str, str, str]:
    """Language, script and region; the script as it is most likely where the tag does not say."""
    language, *rest = tag.split("-")
    script = next((one.title() for one in rest if len(one) == 4 and one.isalpha()), "")
    region = next((one.upper() for one in rest if (len(one) == 2 and one.isalpha()) or one.isdigit()), "")
    if not script and language == "zh" and region in TRADITIONAL:
        script = "Hant"
    return language.lower(), script or SCRIPTS.get(language.lower(), LATIN), region


@lru_cache(maxsize=4096)
def serves(offered: str, wanted: str) -> bool:
    """`es` serves who wants `es-419`, `es-419` does not serve who wants `es`; `zh-Hans` never serves `zh-Hant`."""
    have, want = parts(offered), parts(wanted)
    return have[:2] == want[:2] and have[2] in ("", want[2])


def only_script_differs(one: str, other: str) -> bool:
    """A channel in one script of a language takes no other script of it, whatever it names."""
    first, second = parts(one), parts(other)
    return first[0] == second[0] and first[1] != second[1]
