from __future__ import annotations

import pytest

from moderation.classifier import Finding, Judgement, SubClass, evaluation
from moderation.classifier.evaluation import Truth


def judged(sub_class: SubClass | None, *, confidence: float = 0.9, unsure: bool = False) -> Judgement:
    findings = (Finding(sub_class.kind, sub_class, confidence),) if sub_class else ()
    return Judgement("en", findings, confidence, (), unsure, "test")


DUBBING, TRANSLATION, ADS = judged(SubClass.FLAT), judged(SubClass.NAMES), judged(SubClass.OTHER_ADS)
NONE = judged(None)


def test_other_complaints_and_none_are_one_class():
    assert [evaluation.label(one) for one in (DUBBING, TRANSLATION, ADS, NONE)] == [
        "dubbing", "translation", "other", "other",
    ]  # fmt: skip


def test_scores_come_out_of_the_confusion():
    pairs = [
        (Truth("dubbing", "en"), DUBBING),
        (Truth("dubbing", "en"), NONE),
        (Truth("other", "en"), DUBBING),
        (Truth("translation", "en"), TRANSLATION),
    ]
    report = evaluation.evaluate(pairs)
    assert report.confusion[("dubbing", "other")] == 1
    assert (report.classes["dubbing"].precision, report.classes["dubbing"].recall) == (0.5, 0.5)
    assert report.classes["translation"].f1 == 1.0
    assert report.accuracy == 0.5
    assert report.macro_f1 == pytest.approx((0.5 + 1.0 + 0.0) / 3)


def test_languages_are_counted_apart():
    report = evaluation.evaluate([(Truth("dubbing", "en"), DUBBING), (Truth("dubbing", "es"), NONE)])
    assert report.languages["en"].macro_f1 == 1.0
    assert report.languages["es"].macro_f1 == 0.0


def test_automatic_precision_leaves_the_unsure_out():
    wrong_but_unsure = judged(SubClass.FLAT, confidence=0.6, unsure=True)
    report = evaluation.evaluate([(Truth("dubbing", "en"), DUBBING), (Truth("other", "en"), wrong_but_unsure)])
    assert report.automatic == 1.0
    assert evaluation.evaluate([(Truth("other", "en"), NONE)]).automatic is None


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([], 0.0),
        ([(1.0, True)], 0.0),
        ([(0.9, True)] * 9 + [(0.9, False)], 0.0),
        ([(0.9, False)] * 10, 0.9),
        ([(0.55, True), (0.95, False)], 0.7),
    ],
)
def test_calibration_error(answers, error):
    assert evaluation.calibration_error(answers) == pytest.approx(error)


def test_nothing_evaluated_is_zero_and_no_crash():
    assert evaluation.evaluate([]).macro_f1 == 0.0
