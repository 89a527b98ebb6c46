"""The way from complaints to a fix in place, with the real catalog and channels; only the platform is a stand-in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.footage import studio
from catalog.models import Clip, Drama, Edition, EditionVersion, Episode, Rights
from catalog.services import editions, qc
from channels.models import Publication
from channels.platforms.base import Withdrawal, Withdrawn
from channels.services import gateway, publishing
from config.kernel import clock, lifecycle
from moderation.models import Replacement, Ticket
from moderation.rules.ticket import Status
from moderation.services import replacing, ticketing
from tests.moderation.conftest import NOON, complain, moment, publish


@pytest.fixture
def film(tmp_path):
    def shoot(seed: int) -> SimpleUploadedFile:
        path = tmp_path / f"{seed}.mp4"
        spec = studio.FilmSpec(
            drama_title="Dawn", episode=seed, language="es", seconds=2, seed=seed, width=360, height=640, fault=None
        )
        studio.shoot(spec, to=path)
        return SimpleUploadedFile(path.name, path.read_bytes(), "video/mp4")

    return shoot


@pytest.fixture
def short_edition(supplier, vendor) -> Edition:
    drama = Drama.objects.create(
        code="DR-0009", original_name="Dawn", original_language="en", tier="S", age_rating=12, origin="live",
        supplier=supplier,
    )  # fmt: skip
    Episode.objects.create(drama=drama, number=1)
    Rights.objects.create(drama=drama, opens_at=NOON - timedelta(days=9))
    return Edition.objects.create(
        drama=drama,
        language="es",
        kind="dubbed",
        voice="ai",
        vendor=vendor,
        title="Alba",
        synthetic_media=True,
        made_for_kids=False,
    )


def release(version: EditionVersion, drain_jobs, by) -> None:
    """QC by machine, then by the person who watched it; then everything that rings is done."""
    drain_jobs()
    qc.judge(version.qc_checks.get(gate="watched"), verdict="passed", evidence="", by=by)
    drain_jobs()
    version.refresh_from_db()


def test_a_complaint_becomes_a_mended_upload(
    short_edition, film, channel, admin_user, drain_jobs, settings, tmp_path, monkeypatch
):
    settings.MEDIA_ROOT = tmp_path / "media"
    asked = []
    gone = lambda *given, **_more: asked.append(given[1]) or Withdrawn("x", Withdrawal.DELETED)  # noqa: E731
    monkeypatch.setattr(gateway, "call", gone)
    monkeypatch.setattr(publishing, "push", lambda _pk: "left to the test")
    with clock.at(NOON):
        release(editions.deliver(short_edition, files={1: film(1)}, note="first", by=None), drain_jobs, admin_user)
        old = publish(Clip.objects.filter(kind="episode", status="ready").first(), channel, approved_by=admin_user)
        for _n in range(3):
            complain(old, moments=[moment(1.0)])
        ticketing.gather()
        ticket = Ticket.objects.get()
        assert (ticket.episode, ticket.from_ms) == (1, 1000)

    with clock.at(NOON + timedelta(hours=1)):
        ticketing.deliver(ticket, files={1: film(2)}, note="a new voice", by=admin_user)
        release(ticket.fixed_by, drain_jobs, admin_user)
        replacing.advance_all()
        new = Publication.objects.get(replaces=old)
        assert (new.status, new.clip.version, new.title) == ("approved", ticket.fixed_by, old.title)
        assert asked == []

    with clock.at(NOON + timedelta(hours=2)):
        for status in ("uploading", "accepted", "published"):
            lifecycle.advance(new, to=status, external_id="new")
        replacing.advance_all()
        drain_jobs()
        replacing.advance_all()
        old.refresh_from_db()
        ticket.refresh_from_db()
        assert (asked, old.status) == (["withdraw"], "withdrawn")
        assert (Replacement.objects.get().status, ticket.status) == ("done", Status.WATCHING)
