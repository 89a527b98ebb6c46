"""Which defect said of which subject means what, and how much it alone is worth."""

from __future__ import annotations

from dataclasses import dataclass

from moderation.classifier.cues import Cue
from moderation.classifier.judgement import SubClass as S


@dataclass(frozen=True)
class Reading:
    """One way to understand a comment, with the cue classes it rests on and the subject's place."""

    sub_class: S
    confidence: float
    defect: str
    subject: str
    cue: Cue | None


# What a negator turns a harmless word into.
DENIED = {
    "good": "bad", "match": "offsync", "hear": "unheard", "read": "small", "grasp": "nonsense", "feel": "flat",
    "translated": "raw",
}  # fmt: skip

# Languages that may say "not" after the word it belongs to.
NEGATES_AFTER = frozenset({"de", "fr", "hi", "tr", "ja", "ko"})

_ROWS: dict[str, dict[str, tuple[S, float]]] = {
    "bad": {
        "voice": (S.DUBBING_GENERAL, 0.8),
        "dub": (S.DUBBING_GENERAL, 0.93),
        "sound": (S.DUBBING_GENERAL, 0.8),
        "lips": (S.LIP_SYNC, 0.8),
        "sub": (S.TRANSLATION_GENERAL, 0.93),
        "trans": (S.TRANSLATION_GENERAL, 0.93),
        "names": (S.NAMES, 0.55),
    },
    "robot": {
        "voice": (S.VOICE_ROBOTIC, 0.96),
        "dub": (S.VOICE_ROBOTIC, 0.96),
        "sound": (S.VOICE_ROBOTIC, 0.92),
        "trans": (S.MACHINE_LIKE, 0.93),
        "sub": (S.MACHINE_LIKE, 0.9),
        "acting": (S.OTHER_ACTING, 0.9),
    },
    "flat": {
        "voice": (S.FLAT, 0.94),
        "dub": (S.FLAT, 0.94),
        "sound": (S.FLAT, 0.8),
        "trans": (S.MACHINE_LIKE, 0.7),
        "acting": (S.OTHER_ACTING, 0.95),
    },
    "cut": {
        "voice": (S.CHOPPY, 0.94),
        "dub": (S.CHOPPY, 0.94),
        "sound": (S.CHOPPY, 0.92),
        "sub": (S.MISSING_SUBTITLES, 0.85),
        "trans": (S.MISSING_SUBTITLES, 0.8),
        "technical": (S.OTHER_TECHNICAL, 0.85),
        "story": (S.OTHER_STORY, 0.75),
    },
    "gone": {
        "voice": (S.MISSING_LINES, 0.93),
        "dub": (S.MISSING_LINES, 0.8),
        "sound": (S.MISSING_LINES, 0.92),
        "sub": (S.MISSING_SUBTITLES, 0.92),
        "trans": (S.UNTRANSLATED, 0.88),
        "technical": (S.OTHER_TECHNICAL, 0.7),
        "story": (S.OTHER_STORY, 0.75),
    },
    "quiet": {
        "voice": (S.VOLUME, 0.94),
        "dub": (S.VOLUME, 0.93),
        "sound": (S.VOLUME, 0.93),
        "music": (S.VOLUME, 0.6),
    },
    "unheard": {
        "voice": (S.VOLUME, 0.94),
        "dub": (S.VOLUME, 0.93),
        "sound": (S.VOLUME, 0.93),
        "music": (S.VOLUME, 0.8),
        "lips": (S.MISSING_LINES, 0.9),
    },
    "shut": {"lips": (S.LIP_SYNC, 0.9)},
    "became": {"trans": (S.WRONG_MEANING, 0.8)},
    "called": {"sub": (S.NAMES, 0.88), "trans": (S.NAMES, 0.88)},
    "loud": {
        "voice": (S.VOLUME, 0.9),
        "dub": (S.VOLUME, 0.9),
        "sound": (S.VOLUME, 0.9),
        "music": (S.VOLUME, 0.9),
    },
    "offsync": {
        "voice": (S.LIP_SYNC, 0.94),
        "dub": (S.LIP_SYNC, 0.94),
        "sound": (S.LIP_SYNC, 0.93),
        "lips": (S.LIP_SYNC, 0.96),
        "sub": (S.TIMING, 0.93),
        "trans": (S.WRONG_MEANING, 0.88),
        "names": (S.NAMES, 0.88),
    },
    "late": {
        "voice": (S.LIP_SYNC, 0.88),
        "dub": (S.LIP_SYNC, 0.85),
        "sound": (S.LIP_SYNC, 0.92),
        "sub": (S.TIMING, 0.94),
        "trans": (S.TIMING, 0.85),
    },
    "fast": {
        "sub": (S.TIMING, 0.94),
        "trans": (S.TIMING, 0.88),
        "voice": (S.LIP_SYNC, 0.8),
        "dub": (S.LIP_SYNC, 0.8),
        "story": (S.OTHER_STORY, 0.9),
    },
    "wrong": {
        "voice": (S.WRONG_VOICE, 0.88),
        "dub": (S.DUBBING_GENERAL, 0.9),
        "sound": (S.DUBBING_GENERAL, 0.75),
        "sub": (S.WRONG_MEANING, 0.94),
        "trans": (S.WRONG_MEANING, 0.95),
        "names": (S.NAMES, 0.92),
        "lips": (S.LIP_SYNC, 0.8),
    },
    "nonsense": {
        "sub": (S.WRONG_MEANING, 0.93),
        "trans": (S.WRONG_MEANING, 0.94),
        "names": (S.NAMES, 0.8),
        "dub": (S.DUBBING_GENERAL, 0.75),
        "voice": (S.VOLUME, 0.78),
        "sound": (S.VOLUME, 0.75),
        "story": (S.OTHER_STORY, 0.92),
    },
    "machine": {
        "sub": (S.MACHINE_LIKE, 0.95),
        "trans": (S.MACHINE_LIKE, 0.96),
        "dub": (S.VOICE_ROBOTIC, 0.8),
        "voice": (S.VOICE_ROBOTIC, 0.8),
    },
    "small": {"sub": (S.UNREADABLE, 0.94), "trans": (S.UNREADABLE, 0.85)},
    "misfit": {
        "voice": (S.WRONG_VOICE, 0.94),
        "dub": (S.WRONG_VOICE, 0.9),
        "sound": (S.WRONG_VOICE, 0.8),
        "acting": (S.OTHER_ACTING, 0.85),
    },
    "raw": {
        "sub": (S.UNTRANSLATED, 0.86),
        "trans": (S.UNTRANSLATED, 0.88),
        "dub": (S.MISSING_LINES, 0.75),
        "voice": (S.MISSING_LINES, 0.75),
        "sound": (S.MISSING_LINES, 0.7),
    },
    "frown": {
        "voice": (S.DUBBING_GENERAL, 0.58),
        "dub": (S.DUBBING_GENERAL, 0.72),
        "sub": (S.TRANSLATION_GENERAL, 0.72),
        "trans": (S.TRANSLATION_GENERAL, 0.72),
    },
    "fix": {
        "voice": (S.DUBBING_GENERAL, 0.8),
        "dub": (S.DUBBING_GENERAL, 0.88),
        "sound": (S.DUBBING_GENERAL, 0.82),
        "lips": (S.LIP_SYNC, 0.85),
        "sub": (S.TRANSLATION_GENERAL, 0.88),
        "trans": (S.TRANSLATION_GENERAL, 0.9),
        "names": (S.NAMES, 0.6),
    },
}
# What the other subjects suffer from in general; without these their defects would seek a voice to blame.
_ROWS["lack"] = _ROWS["gone"]
_OTHER_ROWS = {
    "ads": S.OTHER_ADS,
    "price": S.OTHER_PRICE,
    "acting": S.OTHER_ACTING,
    "story": S.OTHER_STORY,
    "technical": S.OTHER_TECHNICAL,
}
_GENERAL = ("bad", "wrong", "late", "nonsense", "frown", "fix", "fast", "gone", "lack", "small", "loud")
# What is behind the picture is the voice.
_NOT_OF = {("late", "technical")}

TABLE: dict[tuple[str, str], tuple[S, float]] = {
    (defect, other): (sub_class, 0.9)
    for defect in _GENERAL
    for other, sub_class in _OTHER_ROWS.items()
    if (defect, other) not in _NOT_OF
} | {(defect, subject): worth for defect, row in _ROWS.items() for subject, worth in row.items()}

_ALONE: dict[str, tuple[S, float]] = {
    "offsync": (S.LIP_SYNC, 0.55),
    "unheard": (S.VOLUME, 0.82),
    "small": (S.UNREADABLE, 0.45),
    "raw": (S.UNTRANSLATED, 0.78),
    "machine": (S.MACHINE_LIKE, 0.72),
}


# Two quotations with a "turned into" between them say what was said and what was made of it.
QUOTED = (S.WRONG_MEANING, 0.85)


def alone(defect: Cue) -> list[Reading]:
    """What a defect is worth when nobody says of what."""
    if defect.name not in _ALONE:
        return []
    sub_class, confidence = _ALONE[defect.name]
    return [Reading(sub_class, confidence, defect.name, "none", None)]
