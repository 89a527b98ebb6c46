"""From comments to judgements: language, findings, moments."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from moderation.classifier import cues, languages, lexicon, moments, normalising, scoring
from moderation.classifier.judgement import Judgement, Text

VERSION = "rules-1"
# Languages near enough to be taken for one another in a short comment.
_NEAR = {
    "es": ("pt",), "pt": ("es",), "id": ("ms",), "ms": ("id",), "it": ("es",), "und": (),
}  # fmt: skip
# Two scripts of one language: many words look the same in both.
_CHINESE = ("zh-Hans", "zh-Hant")
_ALSO = 0.12
_CERTAIN = 0.9
# English mixes into all languages, but its shortest words mean something else in many: "ai", "ad", "mid".
_SHORTEST_ENGLISH = 4
# Every cue is held against every other one: without a limit a text of 10,000 characters takes a minute.
_AT_ONCE = 60


def judge(texts: Sequence[Text]) -> list[Judgement]:
    """One judgement per text, in order. Nothing is refused: an empty text is judged to say nothing."""
    return [_judged(text) for text in texts]


def _judged(subject: Text) -> Judgement:
    text = normalising.normalised(subject.text)
    found = cues.everything(text)
    hints = _canonical(subject.hint_languages)
    likely = languages.guess(subject.text, hints=hints, votes=cues.votes(found))
    language = next(iter(likely))
    heard = found if likely.get("en", 0.0) >= _ALSO else [cue for cue in found if not _is_short_english(cue)]
    spoken = cues.spoken(heard, text, languages=_listened(language, likely, hints))
    verdict = scoring.together([scoring.weigh(text, own) for own in _passages(spoken)])
    confidence = verdict.findings[0].confidence if verdict.findings else verdict.silence
    return Judgement(
        language=language,
        findings=verdict.findings,
        confidence=round(confidence, 3),
        moments=moments.find(subject.text, clip_ms=subject.clip_ms),
        is_unsure=confidence < scoring.SURE,
        version=VERSION,
    )


def _passages(spoken: list[cues.Cue]) -> list[list[cues.Cue]]:
    """The cues of a comment in groups small enough to be held against one another; nearly always one group."""
    return [spoken[start : start + _AT_ONCE] for start in range(0, len(spoken), _AT_ONCE)] or [[]]


def _is_short_english(cue: cues.Cue) -> bool:
    return cue.language == "en" and cue.end - cue.start < _SHORTEST_ENGLISH


def _listened(language: str, likely: dict[str, float], hints: tuple[str, ...]) -> set[str]:
    """The languages whose words count in this comment; English mixes into all."""
    also = {other for other, share in likely.items() if share >= _ALSO}
    near = _NEAR.get(language, ()) if likely[language] < _CERTAIN else ()
    known = also | {language, "en", *near, *(_CHINESE if language in _CHINESE else ())}
    return known | {hint for hint in hints if hint in lexicon.languages()}


@cache
def _canonical(hints: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(languages.canonical(hint) for hint in hints)
