"""How right the classifier is: from what people say comments are and what it said, to figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from moderation.classifier.judgement import Judgement, Kind

LABELS = ("dubbing", "translation", "other")
BINS = 10


@dataclass(frozen=True)
class Truth:
    """What a person says of a comment: one of LABELS, in a language. No complaint and other complaints are "other"."""

    label: str
    language: str


@dataclass(frozen=True)
class Score:
    """`support` is how many comments truly are of the class."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Report:
    """`confusion` counts (true label, said label); `automatic` is the precision of complaints that were not unsure."""

    count: int
    accuracy: float
    macro_f1: float
    classes: Mapping[str, Score]
    confusion: Mapping[tuple[str, str], int]
    calibration_error: float
    automatic: float | None
    languages: Mapping[str, Report]


def label(judgement: Judgement) -> str:
    return str(judgement.kind) if judgement.kind in (Kind.DUBBING, Kind.TRANSLATION) else "other"


def evaluate(pairs: Iterable[tuple[Truth, Judgement]]) -> Report:
    """Figures over all pairs, and the same for every language in them."""
    known = list(pairs)
    by_language: dict[str, list[tuple[Truth, Judgement]]] = defaultdict(list)
    for truth, judgement in known:
        by_language[truth.language].append((truth, judgement))
    return _report(known, {language: _report(own, {}) for language, own in sorted(by_language.items())})


def _report(pairs: Sequence[tuple[Truth, Judgement]], languages: Mapping[str, Report]) -> Report:
    confusion = Counter((truth.label, label(judgement)) for truth, judgement in pairs)
    classes = {name: _score(confusion, name) for name in LABELS}
    present = [score for score in classes.values() if score.support]
    right = sum(count for (true, said), count in confusion.items() if true == said)
    return Report(
        count=len(pairs),
        accuracy=_ratio(right, len(pairs)),
        macro_f1=_ratio(sum(score.f1 for score in present), len(present)),
        classes=classes,
        confusion=dict(confusion),
        calibration_error=calibration_error(
            [(judgement.confidence, truth.label == label(judgement)) for truth, judgement in pairs]
        ),
        automatic=_automatic(pairs),
        languages=languages,
    )


def _score(confusion: Mapping[tuple[str, str], int], name: str) -> Score:
    hits = confusion.get((name, name), 0)
    said = sum(count for (_, given), count in confusion.items() if given == name)
    support = sum(count for (true, _), count in confusion.items() if true == name)
    precision, recall = _ratio(hits, said), _ratio(hits, support)
    return Score(precision, recall, _ratio(2 * precision * recall, precision + recall), support)


def calibration_error(answers: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error: how far (confidence, was right) differ on average, in BINS of equal width."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, was_right in answers:
        bins[min(int(confidence * BINS), BINS - 1)].append((confidence, was_right))
    return _ratio(sum(abs(sum(conf - right for conf, right in held)) for held in bins.values()), len(answers))


def _automatic(pairs: Sequence[tuple[Truth, Judgement]]) -> float | None:
    """None where no complaint was sure."""
    sure = [
        truth.label == label(judgement)
        for truth, judgement in pairs
        if label(judgement) != "other" and not judgement.is_unsure
    ]
    return sum(sure) / len(sure) if sure else None


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
