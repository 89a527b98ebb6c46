"""When two clips count as the same, from what was measured.

The numbers were set on 200 made films with ten alterations each (`tests/bench/fingerprints.py`) and on the demo's own
films. Of 256 bits, a sample and its altered copy differ in 2 to 66 (the 99th percentile: re-encoded 25, logo 51,
re-subtitled 59, cropped by 5 % 65), two unrelated samples in 127 (the 1st percentile: 108). Altered copies share at
least 83 % of the film with the original, trimming included; films with nothing in common but an opening card share that
card. A copy of the same voice sounds the same all the time it is heard; another voice over the same music never does.

On these films every copy was found, with no false match. Filmed dramas may lie closer together: watch the panel “Looks
like” and raise SAME_SHARE, or lower MATCH_BITS, where it errs.

A hook shows the closes of episodes, a compilation shows whole episodes: each shares pictures with them only in part.
That is told (`PARTLY`) and makes no family, because most of at least one of the two is not in the other.
"""

from __future__ import annotations

import re
import unicodedata

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MATCH_BITS = 92
"""Samples of the picture no further apart than this, of 256 bits, show the same."""
SAME_SHARE = 0.8
"""So much of BOTH clips must be the same, in the same order, for them to be the same picture."""
PART_SHARE = 0.25
"""So much of the shorter clip makes an overlap worth telling."""
PART_SAMPLES = 4
PART_BITS = 80
"""On average matched samples of a part must be this near. Chance likenesses lie just below MATCH_BITS (84 to 90)."""
SAME_SOUND_SHARE = 0.8
"""So much of the common, sounding time must sound the same for it to be the same voice."""


class Kind(TextChoices):
    WHOLE = "whole", _("same picture, same voice")
    PICTURE = "picture", _("same picture, other voice")
    PARTLY = "partly", _("partly the same picture")


def kind(*, share_one: float, share_other: float, samples: float, bits: float, same_sound: float | None) -> Kind | None:
    """What two clips are to each other; None: nothing.

    `share_one`, `share_other`: how much of each is in the other, in order; `samples`: how many samples that is;
    `bits`: by how much these differ on average. `same_sound` None: neither is heard, so nothing tells the voices apart.
    """
    if min(share_one, share_other) >= SAME_SHARE:
        return Kind.WHOLE if same_sound is None or same_sound >= SAME_SOUND_SHARE else Kind.PICTURE
    if max(share_one, share_other) >= PART_SHARE and samples >= PART_SAMPLES and bits <= PART_BITS:
        return Kind.PARTLY
    return None


def text_likeness(one: str, other: str) -> float:
    """From 0.0 (nothing in common) to 1.0 (the same words), in any script.

    Pairs and triples of letters, without regard to case, width, accents of typing, punctuation and spacing. Two empty
    texts are no likeness: 0.0.
    """
    first, second = _grams(one), _grams(other)
    together = first | second
    return len(first & second) / len(together) if together else 0.0


def _grams(text: str) -> set[str]:
    folded = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()
    if len(folded) <= 2:
        return {folded} if folded else set()
    return {folded[at : at + size] for size in (2, 3) for at in range(len(folded) - size + 1)}
