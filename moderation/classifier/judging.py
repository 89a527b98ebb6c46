"""From comments to judgements: language, findings, moments."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from moderation.classifier import cues, languages, lexicon, moments, normalising, scoring
from moderation.classifier.judgement import Judgement, Text

VERSION = "rules-1"
# Languages near enough to be taken for one another in a short comment.
_NEAR = {
    "es": ("pt",), "pt": ("es",), "id": ("ms",), "ms": ("id",), "it": ("es",), "zh-Hans": (), "und": (),
}  # fmt: skip
_ALSO = 0.12
_CERTAIN = 0.9
# English mixes into all languages, but its shortest words mean something else in many: "ai", "ad", "mid".
_SHORTEST_ENGLISH = 4


def judge(texts: Sequence[Text]) -> list[Judgement]:
    """One judgement per text, in order. Nothing is refused: an empty text is judged to say nothing."""
    return [_judged(text) for text in texts]


def _judged(subject: Text) -> Judgement:
    text = normalising.normalised(subject.text)
    found = cues.everything(text)
    hints = _canonical(subject.hint_languages)
    likely = languages.guess(subject.text, hints=hints, votes=cues.votes(found))
    language = next(iter(likely))
    heard = found if language == "en" else [cue for cue in found if not _is_short_english(cue)]
    verdict = scoring.weigh(text, cues.spoken(heard, text, languages=_listened(language, likely, hints)))
    confidence = verdict.findings[0].confidence if verdict.findings else verdict.silence
    return Judgement(
        language=language,
        findings=verdict.findings,
        confidence=round(confidence, 3),
        moments=moments.find(subject.text, clip_ms=subject.clip_ms),
        is_unsure=confidence < scoring.SURE,
        version=VERSION,
    )


def _is_short_english(cue: cues.Cue) -> bool:
    return cue.language == "en" and cue.end - cue.start < _SHORTEST_ENGLISH


def _listened(language: str, likely: dict[str, float], hints: tuple[str, ...]) -> set[str]:
    """The languages whose words count in this comment; English mixes into all."""
    also = {other for other, share in likely.items() if share >= _ALSO}
    near = _NEAR.get(language, ()) if likely[language] < _CERTAIN else ()
    known = also | {language, "en", *near}
    return known | {hint for hint in hints if hint in lexicon.languages()}


@cache
def _canonical(hints: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(languages.canonical(hint) for hint in hints)
