"""Which languages the made-up house speaks: how much of the catalog and how many of the channels are in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Place:
    """Countries that one channel speaks to, and the zone it lives in."""

    countries: tuple[str, ...]
    zone: str


@dataclass(frozen=True)
class Tongue:
    """`titles` and `channels` are shares: where titles are many for the channels, the slots run out."""

    tag: str
    titles: float
    channels: float
    places: tuple[Place, ...] = ()


# Zones with a change of the clock in October and early November 2026 stand beside some without one.
TONGUES: Sequence[Tongue] = (
    Tongue("en", 17, 18, (
        Place(("US", "CA"), "America/New_York"),
        Place(("US",), "America/Los_Angeles"),
        Place(("GB", "IE"), "Europe/London"),
        Place(("AU", "NZ"), "Australia/Sydney"),
        Place(("IN",), "Asia/Kolkata"),
    )),
    Tongue("es", 8, 8, (Place(("ES",), "Europe/Madrid"), Place(("ES", "AD"), "Africa/Ceuta"))),
    Tongue("es-419", 12, 13, (
        Place(("MX",), "America/Mexico_City"),
        Place(("CO", "PE"), "America/Bogota"),
        Place(("AR", "UY"), "America/Argentina/Buenos_Aires"),
        Place(("CL",), "America/Santiago"),
        Place(("MX", "GT"), "America/Tijuana"),
    )),
    Tongue("pt-BR", 9, 10, (Place(("BR",), "America/Sao_Paulo"), Place(("BR",), "America/Manaus"))),
    Tongue("ar", 7, 8, (
        Place(("EG",), "Africa/Cairo"),
        Place(("SA", "AE", "KW"), "Asia/Riyadh"),
        Place(("MA",), "Africa/Casablanca"),
        Place(("LB",), "Asia/Beirut"),
    )),
    Tongue("id", 9, 9, (Place(("ID",), "Asia/Jakarta"), Place(("ID",), "Asia/Makassar"))),
    Tongue("th", 6, 7, (Place(("TH",), "Asia/Bangkok"),)),
    Tongue("vi", 6, 4, (Place(("VN",), "Asia/Ho_Chi_Minh"),)),
    Tongue("ja", 6, 7, (Place(("JP",), "Asia/Tokyo"),)),
    Tongue("ko", 4, 4, (Place(("KR",), "Asia/Seoul"),)),
    Tongue("zh-Hant", 5, 5, (Place(("TW",), "Asia/Taipei"), Place(("HK", "MO"), "Asia/Hong_Kong"))),
    Tongue("zh-Hans", 4, 2, (Place(("SG", "MY"), "Asia/Singapore"),)),
    Tongue("fr", 3, 3, (
        Place(("FR", "BE"), "Europe/Paris"),
        Place(("CA",), "America/Toronto"),
        Place(("SN", "CI"), "Africa/Abidjan"),
    )),
    Tongue("de", 2, 2, (Place(("DE", "AT", "CH"), "Europe/Berlin"),)),
    Tongue("tr", 2, 0),
)  # fmt: skip
SPOKEN = tuple(one for one in TONGUES if one.channels)
# What a channel may take besides its own language.
BESIDES = {"es": ["es-419"], "en": ["en-GB"], "zh-Hant": ["zh-Hant-HK"], "pt-BR": ["pt"], "fr": ["fr-CA"]}


def several(dice: Random, count: int) -> list[str]:
    """So many different languages for the editions of one drama."""
    tags, shares = [one.tag for one in TONGUES], [one.titles for one in TONGUES]
    found: dict[str, None] = {}
    while len(found) < min(count, len(tags)):
        found[dice.choices(tags, shares)[0]] = None
    return list(found)


def spread(count: int) -> list[Tongue]:
    """The languages of so many channels, by their shares; the most spoken first."""
    whole = sum(one.channels for one in SPOKEN)
    found = [one for one in SPOKEN for _ in range(int(count * one.channels / whole))]
    return [*found, *SPOKEN[: count - len(found)], *[SPOKEN[0]] * max(0, count - len(found) - len(SPOKEN))]
