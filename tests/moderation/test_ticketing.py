from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from catalog.services import editions
from config.kernel import clock, lifecycle
from config.kernel.errors import MoveRefused
from config.kernel.models import News
from moderation.errors import DeliveryIncomplete, ReasonMissing
from moderation.models import Evidence, Ticket
from moderation.rules.ticket import Status
from moderation.services import gathering, ticketing
from tests.moderation.conftest import NOON, complain, make_channel, make_clip, make_version, moment, publish


@pytest.fixture
def compilation(version, channel):
    """Episodes 6 to 8 after an intro of 2 s: 0:41 of episode 7 is shown at 2:13."""
    return publish(make_clip(version, 6, 7, 8, intro_ms=2_000), channel)


@pytest.fixture
def episode(version):
    return publish(make_clip(version, 7), make_channel("Dramas MX"))


@pytest.fixture
def ticket(compilation, episode, noon) -> Ticket:
    complain(compilation, moments=[moment(133.0)])
    complain(episode, moments=[moment(42.0)])
    complain(episode)
    ticketing.gather()
    return Ticket.objects.get()


def test_moments_are_mapped_through_the_cut_list_across_channels(ticket, vendor):
    assert (ticket.episode, ticket.from_ms, ticket.to_ms) == (7, 41_000, 42_000)
    assert (ticket.complaints, ticket.label, ticket.vendor, ticket.status) == (3, "dubbing", vendor, Status.OPEN)
    assert list(ticket.evidence.order_by("clip_ms").values_list("clip_ms", "episode_ms")) in (
        [(42_000, 42_000), (133_000, 41_000), (None, None)],
        [(None, None), (42_000, 42_000), (133_000, 41_000)],
    )
    assert (ticket.due_at - ticket.opened_at, ticket.severity) == (timedelta(hours=48), "medium")
    assert News.objects.filter(code="ticket_opened").count() == 1


def test_an_episode_and_a_second_in_it_are_understood(compilation, noon):
    for _n in range(3):
        complain(compilation, moments=[moment(41.0, episode=7)])
    ticketing.gather()
    evidence = Evidence.objects.first()
    assert (evidence.clip_ms, evidence.episode, evidence.episode_ms) == (133_000, 7, 41_000)


def test_a_moment_in_the_intro_is_no_place(compilation, noon):
    for _n in range(3):
        complain(compilation, moments=[moment(1.0)])
    ticketing.gather()
    assert Ticket.objects.get().episode is None


def test_complaints_under_one_episode_name_the_episode(episode, noon):
    for _n in range(3):
        complain(episode)
    ticketing.gather()
    assert (Ticket.objects.get().episode, Ticket.objects.get().from_ms) == (7, None)


def test_gathering_twice_counts_nothing_twice(ticket):
    assert ticketing.gather() == "no new complaints for a ticket"
    ticket.refresh_from_db()
    assert (ticket.complaints, Ticket.objects.count()) == (3, 1)


def test_dubbing_and_translation_are_two_tickets(ticket, episode):
    for _n in range(3):
        complain(episode, label="translation")
    ticketing.gather()
    assert sorted(Ticket.objects.values_list("label", flat=True)) == ["dubbing", "translation"]


def test_a_gather_that_comes_between_does_not_make_a_second_ticket(compilation, noon, monkeypatch):
    """The race of two workers, one after the first has seen what waits and before it holds the lock."""
    for _n in range(3):
        complain(compilation, moments=[moment(133.0)])
    plain = gathering._waiting_places

    def seen_by_both():
        places = plain()
        monkeypatch.setattr(gathering, "_waiting_places", plain)
        ticketing.gather()
        return places

    monkeypatch.setattr(gathering, "_waiting_places", seen_by_both)
    ticketing.gather()
    assert (Ticket.objects.count(), Evidence.objects.count()) == (1, 3)


@pytest.mark.django_db(transaction=True)
def test_four_workers_that_gather_at_once_make_one_ticket(compilation, noon):
    for _n in range(6):
        complain(compilation, moments=[moment(133.0)])
    start = threading.Barrier(4)

    def worker() -> None:
        start.wait()
        try:
            ticketing.gather()
        finally:
            connection.close()

    workers = [threading.Thread(target=worker) for _n in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert list(Ticket.objects.values_list("complaints", flat=True)) == [6]


def test_no_word_of_an_author_or_a_link_stands_in_the_evidence(episode, noon):
    for _n in range(3):
        complain(episode, "@lola la voz suena mal https://spam.example/x")
    ticketing.gather()
    assert Evidence.objects.first().excerpt == "[name] la voz suena mal [link]"


def test_an_edition_without_a_vendor_has_its_supplier_as_owner(edition, compilation, noon):
    type(edition).objects.update(vendor=None)
    for _n in range(3):
        complain(compilation)
    ticketing.gather()
    assert Ticket.objects.get().vendor == edition.drama.supplier


def test_complaints_about_the_mended_version_do_not_join_the_old_ticket(ticket, edition, channel):
    mended = make_version(edition, number=2, changed={7: "new bytes"})
    Ticket.objects.update(status=Status.WATCHING, fixed_by=mended)
    new = publish(make_clip(mended, 7), channel)
    for _n in range(3):
        complain(new, moments=[moment(41.0)])
    ticketing.gather()
    assert sorted(Ticket.objects.values_list("version__number", "complaints")) == [(1, 3), (2, 3)]


@pytest.mark.parametrize(("status", "joins"), [(Status.DELIVERED, 4), (Status.REPLACING, 4), (Status.WATCHING, 3)])
def test_a_complaint_about_old_bytes_joins_until_the_uploads_are_replaced(ticket, edition, episode, status, joins):
    mended = make_version(edition, number=2, changed={7: "new bytes"})
    Ticket.objects.update(status=status, fixed_by=mended)
    complain(episode, moments=[moment(41.0)])
    ticketing.gather()
    ticket.refresh_from_db()
    assert (ticket.complaints, Ticket.objects.count()) == (joins, 1)


def test_an_open_ticket_about_bytes_that_another_fix_left_alone_goes_on_taking_complaints(ticket, edition, channel):
    make_version(edition, number=2, changed={3: "new bytes"})
    complain(ticket.evidence.first().publication, moments=[moment(41.0, episode=7)])
    ticketing.gather()
    ticket.refresh_from_db()
    assert (ticket.complaints, Ticket.objects.count()) == (4, 1)


def test_a_fix_that_did_not_hold_takes_the_new_complaints_to_its_own_ticket(ticket, edition, channel):
    mended = make_version(edition, number=2, changed={7: "new bytes"})
    Ticket.objects.update(status=Status.REOPENED, fixed_by=mended)
    complain(publish(make_clip(mended, 7), channel), moments=[moment(41.0)])
    ticketing.gather()
    ticket.refresh_from_db()
    assert (ticket.complaints, Ticket.objects.count()) == (4, 1)


def test_a_rejected_ticket_answers_what_was_said_before_it_and_nothing_later(ticket, episode, admin_user):
    ticketing.reject(ticket, why="The actor speaks like that.", by=admin_user)
    for _n in range(3):
        complain(episode, at=NOON - timedelta(minutes=1))
    ticketing.gather()
    assert Ticket.objects.count() == 1
    with clock.at(NOON + timedelta(days=1)):
        for _n in range(3):
            complain(episode, at=NOON + timedelta(hours=1))
        ticketing.gather()
    assert Ticket.objects.count() == 2


def test_a_rejection_needs_a_reason(ticket, admin_user):
    with pytest.raises(ReasonMissing):
        ticketing.reject(ticket, why="  ", by=admin_user)
    ticketing.reject(ticket, why="It is meant.", by=admin_user)
    assert (ticket.status, ticket.status_reason, ticket.ended_at) == (Status.REJECTED, "It is meant.", NOON)
    assert lifecycle.history(ticket).get().by == admin_user


def test_a_delivery_makes_a_version_and_moves_the_ticket(ticket, edition, admin_user, monkeypatch):
    version = make_version(edition, number=2)
    taken = {}

    def take_in(_edition, *, along, **given):
        taken.update(given)
        along(version)
        return version

    monkeypatch.setattr(editions, "deliver", take_in)
    ticketing.acknowledge(ticket, by=admin_user)
    ticketing.deliver(ticket, files={7: "file"}, note="new voice", by=admin_user)
    assert (ticket.status, ticket.fixed_by) == (Status.DELIVERED, version)
    assert taken == {"files": {7: "file"}, "note": "new voice", "by": admin_user}


@pytest.mark.parametrize(("files", "why"), [({}, "at least one file"), ({8: "file"}, "episode 7")])
def test_a_delivery_without_the_tickets_episode_is_refused_before_anything_is_read(ticket, admin_user, files, why):
    with pytest.raises(DeliveryIncomplete, match=why):
        ticketing.deliver(ticket, files=files, note="", by=admin_user)
    assert ticket.status == Status.OPEN


def test_a_ticket_that_is_being_watched_takes_no_delivery(ticket, admin_user):
    Ticket.objects.update(status=Status.WATCHING)
    with pytest.raises(MoveRefused, match="takes no delivery"):
        ticketing.deliver(ticket, files={7: "file"}, note="", by=admin_user)
