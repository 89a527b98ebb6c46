"""What a bulk action came to, in one message, with the way to take it back while there is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from channels.models import Batch
from channels.rules import batch as rules
from channels.rules.approval import Answer
from channels.rules.batch import Deed
from channels.services.approving import Approved
from channels.services.bulk import Outcome
from config.kernel import clock

MOST_REASONS = 5

# The right that the deed itself takes; who has it may also take the deed back.
RIGHTS: Mapping[str, str] = {Deed.APPROVE: "channels.approve_plan"}
USUAL_RIGHT = "channels.change_publication"

ANSWERS: Mapping[Answer, Callable[[int], str]] = {
    Answer.APPROVED: lambda n: ngettext("%(n)d publication was approved.", "%(n)d publications were approved.", n),
    Answer.WAITS: lambda n: ngettext(
        "%(n)d has your approval and waits for another person.",
        "%(n)d have your approval and wait for another person.",
        n,
    ),
    Answer.OWN: lambda n: ngettext(
        "%(n)d is your own work; another person approves it.",
        "%(n)d are your own work; another person approves them.",
        n,
    ),
    Answer.SAID: lambda n: ngettext(
        "%(n)d was approved by you before; another person is needed.",
        "%(n)d were approved by you before; another person is needed.",
        n,
    ),
    Answer.LATE: lambda n: ngettext(
        "%(n)d is too late; move it first.",
        "%(n)d are too late; move them first.",
        n,
    ),
    Answer.HELD: lambda n: ngettext("%(n)d is held.", "%(n)d are held.", n),
    Answer.ELSEWHERE: lambda n: ngettext(
        "%(n)d is no longer proposed.",
        "%(n)d are no longer proposed.",
        n,
    ),
}

DEEDS: Mapping[str, Callable[[int], str]] = {
    Deed.CANCEL: lambda n: ngettext("%(n)d publication was cancelled.", "%(n)d publications were cancelled.", n),
    Deed.MOVE: lambda n: ngettext("%(n)d publication was moved.", "%(n)d publications were moved.", n),
    Deed.PIN: lambda n: ngettext("%(n)d publication was changed.", "%(n)d publications were changed.", n),
    Deed.RETRY: lambda n: ngettext("%(n)d publication is tried again.", "%(n)d publications are tried again.", n),
    Deed.TAKE_DOWN: lambda n: ngettext(
        "%(n)d publication is being taken down; this cannot be undone.",
        "%(n)d publications are being taken down; this cannot be undone.",
        n,
    ),
}


def of_approval(request: HttpRequest, said: Approved) -> None:
    """How often each answer was given; a warning where something of it waits or was refused."""
    counts = said.counts
    is_all = set(counts) <= {Answer.APPROVED} and bool(counts)
    sentences = answer_sentences(counts) or [gettext("Nothing is proposed here.")]
    _tell(request, [*sentences, *filter(None, [said.stays])], said.batch, is_all=is_all)


def answer_sentences(counts: Counter[Answer]) -> list[str]:
    return [words(counts[answer]) % {"n": counts[answer]} for answer, words in ANSWERS.items() if counts[answer]]


def of_outcome(request: HttpRequest, deed: Deed, said: Outcome) -> None:
    words = [DEEDS[deed](said.done) % {"n": said.done}]
    if said.skipped:
        words.append(
            ngettext("%(n)d was so already.", "%(n)d were so already.", said.skipped) % {"n": said.skipped},
        )
    refused = said.refused.total()
    if refused:
        words.append(ngettext("%(n)d was refused.", "%(n)d were refused.", refused) % {"n": refused})
    _tell(request, words, said.batch, is_all=bool(said.done) and not refused)
    for sentence, count in list(said.refused.items())[:MOST_REASONS]:
        messages.error(request, sentence if count == 1 else f"{count} × {sentence}")
    more = len(said.refused) - MOST_REASONS
    if more > 0:
        messages.error(request, ngettext("… and %(n)d more.", "… and %(n)d more.", more) % {"n": more})


def _tell(request: HttpRequest, words: list[str], batch: Batch | None, *, is_all: bool) -> None:
    offer = undo_offer(batch, request) if batch else ""
    text = format_html("{} {}", " ".join(words), offer) if offer else " ".join(words)
    messages.add_message(request, messages.SUCCESS if is_all else messages.WARNING, text)


def may_undo(batch: Batch, request: HttpRequest) -> bool:
    right = RIGHTS.get(batch.deed, USUAL_RIGHT)
    return batch.deed not in rules.LASTING and batch.can_be_undone(clock.now()) and request.user.has_perm(right)


def undo_offer(batch: Batch, request: HttpRequest) -> SafeString | str:
    """The link that takes it back, with the minutes left; "" when there is none for this person."""
    if not may_undo(batch, request):
        return ""
    left = rules.minutes_left(batch.at, now=clock.now())
    words = ngettext("Undo (%(n)d minute left)…", "Undo (%(n)d minutes left)…", left) % {"n": left}
    address = reverse("admin:channels_batch_undo", args=[batch.pk])
    return format_html('<a class="dp-link ch-undo" href="{}">{}</a>', address, words)


def told(request: HttpRequest, undone: Any) -> None:
    """What an undo came to."""
    put_back, refused = undone.put_back, undone.refused
    words = ngettext("%(n)d publication was put back.", "%(n)d publications were put back.", put_back)
    sentences = [words % {"n": put_back}]
    if refused:
        words = ngettext(
            "%(n)d was not: it has moved on meanwhile; the list says why.",
            "%(n)d were not: they have moved on meanwhile; the list says why.",
            refused,
        )
        sentences.append(words % {"n": refused})
    if undone.remarked:
        words = ngettext(
            "%(n)d of them waits for a new approval: its words were changed.",
            "%(n)d of them wait for a new approval: their words were changed.",
            undone.remarked,
        )
        sentences.insert(1, words % {"n": undone.remarked})
    messages.add_message(
        request, messages.WARNING if refused or undone.remarked else messages.SUCCESS, " ".join(sentences)
    )
