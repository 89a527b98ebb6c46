"""One clip's way from the vendor to a verified fix: real services, real adapters, real HTTP, no made-up crew."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from catalog.models import Clip, Edition, EditionVersion
from catalog.services import editions, qc
from channels.models import Channel, Extra, Publication, QuotaWindow
from channels.services import approving, planning
from config.kernel import clock, jobs
from config.kernel.errors import NotAllowed
from moderation.models import Comment, Replacement, Ticket
from moderation.services import ticketing
from tests.conftest import NOON
from tests.journeys import port as staging
from tests.journeys.port import Port, opened
from tests.sandbox.server import SandboxServer

pytestmark = pytest.mark.django_db

COMPLAINTS = (
    "el audio desaparece en 0:06",
    "en 0:06 mueve los labios pero no se escucha nada",
    "se va la voz en el segundo 6, el doblaje está roto",
    "falta la voz en 0:07, arreglen el doblaje",
)
PRAISE = (
    "me encanta esta serie",
    "qué buena actuación",
    "lloré con esta escena",
    "la mejor serie corta del mes",
    "¿dónde veo todos los capítulos?",
    "la suegra es malísima",
    "ya quiero la segunda parte",
    "qué guapo el protagonista",
)


@pytest.fixture
def port(tmp_path, settings, drain_jobs, admin_user):
    now = time.time()
    server = SandboxServer(tmp_path / "sandbox", env={"CLOCK_ANCHOR": f"{now},{NOON.timestamp()}"})
    for name, root in server.roots.items():
        setattr(settings, name, root)
    settings.TIKTOK_UPLOAD_HOSTS = ["127.0.0.1"]
    with server:
        one = Port(server, drain_jobs, tmp_path, admin_user)
        with one.held:
            one.open(NOON)
            yield one


def test_a_wounded_clip_goes_out_is_complained_of_mended_replaced_and_proved(port):
    edition = staging.an_edition()
    channels = [staging.a_channel("youtube"), staging.a_channel("tiktok")]
    for channel in channels:
        port.connect(channel)

    first = deliver(port, edition)
    go_live(port, channels)
    ticket = complain(port)
    mend(port, ticket, first)
    replace(port, ticket)
    prove(port, ticket)
    for window in QuotaWindow.objects.all():
        assert sum(window.entries.values_list("units", flat=True)) == window.spent


def deliver(port: Port, edition: Edition) -> EditionVersion:
    """The machine hears the hole and says so; a person lets it pass, and the clips are cut."""
    with opened(port.films(edition, 1, 2, wounded=True)) as films:
        version = editions.deliver(edition, files=films, note="first delivery", by=port.by)
    release(port, version)
    heard = version.qc_checks.get(gate="no_dropout")
    assert (heard.verdict, heard.evidence) == ("failed", "silence 0:05–0:08 in episode 1")
    assert sorted(Clip.objects.filter(status="ready").values_list("kind", "first_episode", "last_episode")) == [
        ("compilation", 1, 2), ("episode", 1, 1), ("episode", 2, 2), ("hook", 1, 2)
    ]  # fmt: skip
    return version


def release(port: Port, version: EditionVersion) -> None:
    port.work()
    qc.judge(version.qc_checks.get(gate="watched"), verdict="passed", evidence="watched", by=port.by)
    port.drain()
    version.refresh_from_db()
    assert version.status == "releasable"


def go_live(port: Port, channels: list[Channel]) -> None:
    """Planned, approved, uploaded byte for byte, and seen live."""
    plan = planning.make(starts_at=NOON, ends_at=NOON + timedelta(hours=1), by=port.by)
    # He planned it himself, and it is tier S: two other people say yes.
    first, second = (User.objects.create_user(name) for name in ("first", "second"))
    with pytest.raises(NotAllowed):
        approving.approve(plan, by=port.by)
    assert [approving.approve(plan, by=person) for person in (first, second)] == [0, 8]
    port.drain()
    for minutes in (10, 6):
        port.pass_time(minutes=minutes)
    assert set(Publication.objects.values_list("status", flat=True)) == {"published"}
    shown = dict(Publication.objects.values_list("external_id", "clip__sha256"))
    books = [one for channel in channels for one in port.books(channel)]
    assert {one["external_id"]: one["sha256"] for one in books} == shown
    assert len(books) == 8


def video(platform: str, kind: str) -> str:
    """The newest upload of this kind of clip that shows episode 1."""
    rows = Publication.objects.filter(channel__platform=platform, clip__kind=kind, clip__first_episode=1)
    return rows.latest("pk").external_id


def complain(port: Port) -> Ticket:
    """What viewers write under two platforms becomes one ticket that names the episode and the second."""
    port.say(video("youtube", "episode"), *COMPLAINTS, *PRAISE)
    port.say(video("tiktok", "compilation"), *COMPLAINTS, *PRAISE)
    port.pass_time(minutes=44)
    ticket = Ticket.objects.get()
    assert Comment.objects.count() == 2 * len(COMPLAINTS + PRAISE)
    assert (ticket.label, ticket.complaints, ticket.episode) == ("dubbing", 2 * len(COMPLAINTS), 1)
    assert (ticket.from_ms, ticket.to_ms) == (6_000, 7_000)
    return ticket


def mend(port: Port, ticket: Ticket, first: EditionVersion) -> None:
    """The vendor hands in episode 1 alone; what shows nothing of it is left as it is."""
    ticketing.acknowledge(ticket, by=port.by)
    with opened(port.films(first.edition, 1, wounded=False)) as films:
        fixed = ticketing.deliver(ticket, files=films, note="voice recorded again", by=port.by)
    release(port, fixed)
    first.refresh_from_db()
    assert (first.status, fixed.qc_checks.get(gate="no_dropout").verdict) == ("superseded", "passed")
    mended = Clip.objects.filter(version=fixed)
    assert sorted(mended.values_list("kind", "status")) == [
        ("compilation", "ready"), ("episode", "ready"), ("hook", "ready")
    ]  # fmt: skip


def replace(port: Port, ticket: Ticket) -> None:
    """Six uploads are replaced; YouTube's come down by themselves, TikTok's by a person in the app."""
    port.pass_time(minutes=2)
    port.pass_time(minutes=10)
    by_hand = Extra.objects.filter(kind="take_down", status="by_hand").select_related("publication")
    assert {one.publication.channel.platform for one in by_hand} == {"tiktok"}
    assert len(by_hand) == 3
    for one in by_hand:
        port.server.control("POST", "delete-by-hand", {"external_id": one.publication.external_id})
    port.pass_time(minutes=12)
    port.work()
    ticket.refresh_from_db()
    rows = Replacement.objects.filter(ticket=ticket).select_related("old", "new", "old__channel")
    assert [row.status for row in rows] == ["done"] * 6
    assert ticket.status == "watching"
    for row in rows:
        assert_replaced(port, row)


def assert_replaced(port: Port, row: Replacement) -> None:
    """By the platform's books: the new one was up before the old one came down, and only one is left."""
    books = {one["external_id"]: one for one in port.books(row.old.channel)}
    old, new = books[row.old.external_id], books[row.new.external_id]
    assert new["visible_at"] < old["deleted_at"]
    assert new["deleted_at"] is None
    assert new["sha256"] == row.new.clip.sha256 != old["sha256"]
    assert row.old.status == "withdrawn"


def prove(port: Port, ticket: Ticket) -> None:
    """Viewers of the mended uploads complain no more; that is enough to verify the fix, and no more than that."""
    port.say(video("youtube", "episode"), *PRAISE)
    port.say(video("tiktok", "compilation"), *PRAISE, *PRAISE)
    port.pass_time(hours=1)
    jobs.perform("moderation.jobs.prove")
    ticket.refresh_from_db()
    proof = ticket.proofs.get()
    assert (proof.complaints_before, proof.complaints_after) == (8, 0)
    assert (proof.comments_before, proof.comments_after) == (24, 24)
    assert (proof.outcome, ticket.status) == ("fixed", "verified")
    assert ticket.ended_at == clock.now()
