from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from moderation.classifier import Finding, Judgement, Kind, Moment, SubClass
from moderation.errors import NothingToUndo
from moderation.models import Comment, Evidence
from moderation.services import judging, ticketing
from tests.moderation.conftest import complain, make_clip, publish


@pytest.fixture
def publication(version, channel):
    return publish(make_clip(version, 7), channel)


@pytest.fixture
def waiting(publication, noon):
    return complain(publication, label="", judged_at=None, confidence=None)


def says(monkeypatch, *, kind=Kind.DUBBING, unsure=False):
    """The classifier's answer to everything; what it was asked is returned."""
    asked = []
    findings = (Finding(kind, SubClass.VOICE_ROBOTIC, 0.9),) if kind != Kind.NONE else ()

    def judge(texts):
        asked.extend(texts)
        return [Judgement("es", findings, 0.9, (Moment("0:41", 41.0, None),), unsure, "test-1") for _text in texts]

    monkeypatch.setattr(judging, "judge", judge)
    return asked


def test_a_verdict_is_kept_and_stands_on_the_comment(waiting, monkeypatch):
    asked = says(monkeypatch)
    judging.judge_new()
    waiting.refresh_from_db()
    verdict = waiting.verdicts.first()
    assert (waiting.label, waiting.sub_class, waiting.needs_review) == ("dubbing", "voice_robotic", False)
    assert (verdict.classifier, verdict.moments) == ("test-1", [{"raw": "0:41", "second": 41.0, "episode": None}])
    assert (asked[0].hint_languages, asked[0].clip_ms) == (("es",), 90_000)


def test_what_is_judged_is_not_judged_twice(waiting, monkeypatch):
    asked = says(monkeypatch)
    judging.judge_new()
    judging.judge_new()
    assert len(asked) == 1


def test_a_comment_edited_while_it_was_judged_waits_for_another_verdict(waiting, monkeypatch):
    says(monkeypatch)
    plain = judging.judge

    def slow(texts):
        Comment.objects.filter(text="la voz suena robótica").update(text="never mind")
        return plain(texts)

    monkeypatch.setattr(judging, "judge", slow)
    judging.judge_new(limit=1)
    waiting.refresh_from_db()
    assert (waiting.label, waiting.judged_at) == ("", None)


def test_the_unsure_are_left_to_a_person(waiting, monkeypatch):
    says(monkeypatch, unsure=True)
    judging.judge_new()
    assert list(Comment.objects.to_review()) == [waiting]
    ticketing.gather()
    assert not Evidence.objects.exists()


def test_a_persons_label_outlives_a_new_verdict(waiting, monkeypatch, admin_user):
    says(monkeypatch)
    judging.label(waiting, label="none", by=admin_user)
    Comment.objects.update(judged_at=None)
    judging.judge_new()
    waiting.refresh_from_db()
    assert (waiting.label, waiting.needs_review) == ("none", False)
    assert [one.source for one in waiting.verdicts.all()][:2] == ["machine", "person"]


def test_the_same_label_twice_is_one_verdict(waiting, admin_user):
    assert judging.label(waiting, label="other", by=admin_user) is True
    assert judging.label(waiting, label="other", by=admin_user) is False
    assert waiting.verdicts.filter(source="person").count() == 1


def test_a_label_can_be_taken_back_by_the_one_who_gave_it(waiting, monkeypatch, admin_user):
    says(monkeypatch, unsure=True)
    judging.judge_new()
    judging.label(waiting, label="none", by=admin_user)
    with pytest.raises(NothingToUndo):
        judging.unlabel(waiting, by=User.objects.create(username="somebody else"))
    judging.unlabel(waiting, by=admin_user)
    assert (waiting.label, waiting.needs_review, waiting.is_confirmed) == ("dubbing", True, False)


def test_a_comment_relabelled_leaves_its_ticket(publication, noon, admin_user):
    comments = [complain(publication) for _n in range(4)]
    ticketing.gather()
    judging.label(comments[0], label="none", by=admin_user)
    ticket = Evidence.objects.first().ticket
    assert (ticket.complaints, ticket.evidence.filter(comment=comments[0]).exists()) == (3, False)
