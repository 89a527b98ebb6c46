"""A vendor's delivery and its ticket go together: killed or raced, never one without the other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from catalog.footage import studio
from catalog.models import EditionVersion
from catalog.services import editions
from config.kernel.errors import MoveRefused
from moderation.models import Ticket
from moderation.services import ticketing
from tests.moderation.conftest import NOON, make_version


@pytest.fixture
def film(tmp_path: Path) -> Callable[[int], File]:
    def shoot(seed: int) -> SimpleUploadedFile:
        path = tmp_path / f"{seed}.mp4"
        spec = studio.FilmSpec(drama_title="Dawn", episode=7, language="es", seconds=2, seed=seed)
        studio.shoot(spec, to=path)
        return SimpleUploadedFile("e7.mp4", path.read_bytes(), "video/mp4")

    return shoot


@pytest.fixture
def ticket(edition) -> Ticket:
    return Ticket.objects.create(
        version=make_version(edition, number=1), label="dubbing", vendor=edition.vendor, episode=7,
        opened_at=NOON, due_at=NOON + timedelta(days=1),
    )  # fmt: skip


def stored(settings) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


class Killed(BaseException):
    """The process ends here: nothing of ours catches it."""


def test_a_delivery_that_is_killed_before_the_ticket_moves_can_be_sent_again(ticket, film, monkeypatch):
    def killed(*_args, **_kwargs):
        raise Killed

    mended = film(1)
    with monkeypatch.context() as moment:
        moment.setattr(ticketing, "move", killed)
        with pytest.raises(Killed):
            ticketing.deliver(ticket, files={7: mended}, note="", by=None)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.fixed_by, EditionVersion.objects.count()) == ("open", None, 1)
    version = ticketing.deliver(ticket, files={7: mended}, note="", by=None)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.fixed_by, version.number) == ("delivered", version, 2)


def test_a_ticket_that_moves_on_while_its_files_are_looked_at_takes_no_version(ticket, film, monkeypatch, settings):
    plain = editions.deliver

    def slow(*args, **kwargs):
        Ticket.objects.update(status="rejected", ended_at=NOON)
        return plain(*args, **kwargs)

    monkeypatch.setattr(editions, "deliver", slow)
    with pytest.raises(MoveRefused, match="takes no delivery"):
        ticketing.deliver(ticket, files={7: film(1)}, note="", by=None)
    assert (EditionVersion.objects.count(), stored(settings)) == (1, [])


@pytest.mark.django_db(transaction=True)
def test_of_two_deliveries_at_once_exactly_one_mends_the_ticket(ticket, film, monkeypatch, settings):
    """Both have passed the first look at the ticket before either makes its version."""
    films, both, plain = [film(1), film(2)], threading.Barrier(2, timeout=60), editions.deliver

    def together(*args, **kwargs):
        both.wait()
        return plain(*args, **kwargs)

    monkeypatch.setattr(editions, "deliver", together)
    made: list[EditionVersion] = []
    refused: list[MoveRefused] = []

    def worker(mended: File) -> None:
        try:
            mine = Ticket.objects.get(pk=ticket.pk)
            made.append(ticketing.deliver(mine, files={7: mended}, note="", by=None))
        except MoveRefused as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    workers = [threading.Thread(target=worker, args=(one,)) for one in films]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    ticket.refresh_from_db()
    assert (len(made), len(refused)) == (1, 1)
    assert (ticket.fixed_by, EditionVersion.objects.count(), len(stored(settings))) == (made[0], 2, 1)
