"""What every comment is taken for: by the classifier first, by a person where one has looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from config.kernel import clock, jobs
from moderation.classifier import Judgement, Text, judge
from moderation.errors import NothingToUndo
from moderation.models import Comment, Verdict
from moderation.rules.words import Label, Source
from moderation.services import gathering

BATCH = 250
COLUMNS = ["language", "label", "sub_class", "confidence", "needs_review", "judged_at"]


def judge_new(*, limit: int = 5000) -> str:
    """Judge what nobody has judged yet, oldest first. Two at once judge nothing twice."""
    done = 0
    while done < limit:
        rows = list(_unjudged()[: min(BATCH, limit - done)])
        if not rows:
            break
        done += _write(rows, judge([_text(row) for row in rows]), now=clock.now())
    if done:
        jobs.enqueue("moderation.jobs.gather")
    return _("%(n)d comments judged") % {"n": done} if done else _("nothing to judge")


def _unjudged() -> Any:
    return (
        Comment.objects.unjudged()
        .select_related("channel", "publication__clip__edition")
        .order_by("first_seen_at", "pk")
    )


def _text(row: Comment) -> Text:
    clip = row.publication.clip if row.publication else None
    hints = [clip.edition.language] if clip else []
    return Text(
        row.text,
        hint_languages=tuple(dict.fromkeys([*hints, row.channel.language])),
        clip_ms=clip.duration_ms or None if clip else None,
    )


def _write(rows: Sequence[Comment], judgements: Sequence[Judgement], *, now: datetime) -> int:
    """Store the verdicts of those rows that still wait with the text that was judged."""
    with transaction.atomic():
        waiting = dict(
            Comment.objects.select_for_update()
            .filter(pk__in=[row.pk for row in rows], judged_at=None)
            .values_list("pk", "text")
        )
        mine = [(row, one) for row, one in zip(rows, judgements, strict=True) if waiting.get(row.pk) == row.text]
        Verdict.objects.bulk_create(_verdict(row, one, now) for row, one in mine)
        for row, one in mine:
            _denormalise(row, one, now)
        Comment.objects.bulk_update([row for row, _one in mine], COLUMNS)
    return len(rows)


def _verdict(row: Comment, judgement: Judgement, now: datetime) -> Verdict:
    return Verdict(
        comment=row,
        at=now,
        source=Source.MACHINE,
        classifier=judgement.version,
        label=_label(judgement),
        sub_class=_sub_class(judgement),
        confidence=judgement.confidence,
        findings=[asdict(one) for one in judgement.findings],
        moments=[asdict(one) for one in judgement.moments],
    )


def _label(judgement: Judgement) -> str:
    return Label(judgement.kind.value).value


def _sub_class(judgement: Judgement) -> str:
    return judgement.findings[0].sub_class.value if judgement.findings else ""


def _denormalise(row: Comment, judgement: Judgement, now: datetime) -> None:
    """What a person said of the comment stands, whatever the machine says later."""
    row.language, row.judged_at = judgement.language[:35], now
    if not row.is_confirmed:
        row.label, row.sub_class = _label(judgement), _sub_class(judgement)
        row.confidence, row.needs_review = judgement.confidence, judgement.is_unsure


def label(comment: Comment, *, label: str, sub_class: str = "", by: Any) -> bool:
    """A person says what this comment is. False when the same was already said by a person."""
    now = clock.now()
    with transaction.atomic():
        row = Comment.objects.select_for_update().get(pk=comment.pk)
        if row.is_confirmed and (row.label, row.sub_class) == (label, sub_class):
            return False
        Verdict.objects.create(
            comment=row,
            at=now,
            source=Source.PERSON,
            person=by,
            label=label,
            sub_class=sub_class,
            moments=_moments(row),
        )
        _stand(row, label=label, sub_class=sub_class, confidence=1.0, is_confirmed=True, needs_review=False)
        jobs.enqueue("moderation.jobs.gather")
    comment.refresh_from_db()
    return True


def unlabel(comment: Comment, *, by: Any) -> None:
    """Take back one's own label, if nothing was said since: the comment returns to the queue."""
    with transaction.atomic():
        row = Comment.objects.select_for_update().get(pk=comment.pk)
        newest = row.verdicts.first()
        if newest is None or newest.source != Source.PERSON or newest.person_id != by.pk:
            raise NothingToUndo(_("You have not labelled this comment, or somebody labelled it since."))
        newest.delete()
        before = row.verdicts.first()
        _stand(
            row,
            label=before.label if before else "",
            sub_class=before.sub_class if before else "",
            confidence=before.confidence if before else None,
            is_confirmed=bool(before and before.source == Source.PERSON),
            needs_review=not (before and before.source == Source.PERSON),
        )
    comment.refresh_from_db()


def _moments(row: Comment) -> list[dict[str, Any]]:
    """The moments that the classifier read out of the text are as good under a person's label."""
    newest = row.verdicts.first()
    return list(newest.moments) if newest else []


def _stand(row: Comment, **columns: Any) -> None:
    """Write what the comment is taken for now; a ticket that it no longer speaks for loses it."""
    Comment.objects.filter(pk=row.pk).update(judged_at=clock.now(), **columns)
    gathering.drop(row, unless=columns["label"])
