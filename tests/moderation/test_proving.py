from __future__ import annotations

from datetime import timedelta

import pytest

from config.kernel import clock
from moderation.models import Proof, Ticket
from moderation.rules.ticket import Status
from moderation.services import proving
from tests.moderation.conftest import NOON, complain, make_clip, make_version, publish


@pytest.fixture
def uploads(edition, version, channel):
    """The bad upload of episode 7, its replacement, and one of an episode that the fix left alone."""
    mended = make_version(edition, number=2, changed={7: "mended bytes"})
    return {
        "mended": mended,
        "old": publish(make_clip(version, 7), channel),
        "new": publish(make_clip(mended, 7), channel),
        "other": publish(make_clip(version, 3), channel),
    }


@pytest.fixture
def ticket(uploads, version, noon) -> Ticket:
    for number in range(40):
        complain(uploads["old"], label="dubbing" if number < 10 else "none")
    return Ticket.objects.create(
        version=version, label="dubbing", status=Status.WATCHING, fixed_by=uploads["mended"], episode=7,
        opened_at=NOON, due_at=NOON, solved_at=NOON,
    )  # fmt: skip


def viewers(publication, *, complaints: int, comments: int) -> None:
    for number in range(comments):
        complain(publication, label="dubbing" if number < complaints else "none")


def test_a_fix_without_complaints_is_verified_with_its_numbers(ticket, uploads):
    viewers(uploads["new"], complaints=0, comments=20)
    viewers(uploads["other"], complaints=5, comments=5)
    row = proving.look(ticket)
    assert (row.complaints_before, row.comments_before, row.complaints_after, row.comments_after) == (10, 40, 0, 20)
    assert (ticket.status, ticket.ended_at) == (Status.VERIFIED, NOON)
    assert ticket.status_reason == "0 complaints in 20 comments, 10 in 40 before"
    assert "look 1 may err with 0.025" in row.method


def test_too_few_comments_are_not_looked_at(ticket, uploads):
    viewers(uploads["new"], complaints=0, comments=19)
    assert proving.sweep() == "nothing to compare yet"
    assert proving.progress(ticket) == (19, 20)


def test_complaints_that_go_on_reopen_the_ticket(ticket, uploads):
    viewers(uploads["new"], complaints=8, comments=24)
    proving.sweep()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.status_reason) == (Status.REOPENED, "8 complaints in 24 comments, 10 in 40 before")


def test_an_undecided_look_waits_for_half_as_much_again(ticket, uploads):
    viewers(uploads["new"], complaints=2, comments=20)
    assert proving.look(ticket).outcome == "undecided"
    assert proving.look(ticket) is None
    viewers(uploads["new"], complaints=0, comments=10)
    assert proving.look(ticket).look == 2


def test_complaints_of_another_class_do_not_count(ticket, uploads):
    for _n in range(20):
        complain(uploads["new"], label="translation")
    assert proving.look(ticket).complaints_after == 0


def test_the_looks_at_a_failed_fix_do_not_weigh_on_the_next_one(ticket, uploads):
    viewers(uploads["new"], complaints=2, comments=20)
    proving.look(ticket)
    Ticket.objects.update(solved_at=NOON + timedelta(days=1))
    ticket.refresh_from_db()
    with clock.at(NOON + timedelta(days=2)):
        row = proving.look(ticket)
    assert (row.look, "look 1 may err" in row.method, Proof.objects.count()) == (2, True, 2)


def test_a_ticket_that_is_not_under_watch_is_not_judged(ticket, uploads):
    viewers(uploads["new"], complaints=0, comments=20)
    Ticket.objects.update(status=Status.REPLACING)
    ticket.refresh_from_db()
    assert proving.look(ticket) is None
