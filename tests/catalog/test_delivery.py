"""From a vendor's files to a version in QC: whole or not at all."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.errors import DeliveryRefused
from catalog.models import EditionVersion, Master
from catalog.services import editions, masters
from config.kernel import clock


def stored(store) -> list:
    return [path for path in store.rglob("*") if path.is_file()]


def test_a_delivery_becomes_a_version_in_qc_with_probed_masters(edition, film, store):
    version = editions.deliver(
        edition, files={1: film(seed=1), 2: film(seed=2), 3: film(seed=3)}, note="first", by=None
    )
    assert (version.number, version.status) == (1, "checking")
    master = version.masters.get(episode__number=2)
    assert (master.width, master.height, master.video_codec, master.audio_codec) == (360, 640, "h264", "aac")
    assert abs(master.duration_ms - 3000) < 50
    assert len(master.sha256) == 64
    assert (store / master.file.name).stat().st_size == master.size_bytes
    assert version.qc_checks.count() == 5


def test_a_fix_of_one_episode_carries_the_others_over(edition, film, store):
    first = editions.deliver(edition, files={n: film(seed=n) for n in (1, 2, 3)}, note="", by=None)
    second = editions.deliver(edition, files={2: film(seed=22)}, note="episode 2 mended", by=None)
    assert second.number == 2
    kept = second.masters.get(episode__number=1)
    assert kept.carried_from == first.masters.get(episode__number=1)
    assert kept.file.name == first.masters.get(episode__number=1).file.name
    assert second.masters.get(episode__number=2).carried_from is None
    assert len(stored(store)) == 4


def test_one_bad_file_refuses_the_whole_delivery_and_leaves_no_byte(edition, film, store):
    bad = SimpleUploadedFile("e2.mp4", b"this is a letter, not a film" * 100)
    with pytest.raises(DeliveryRefused, match=r"Episode 2: “e2.mp4” cannot be read as a film"):
        editions.deliver(edition, files={1: film(seed=1), 2: bad}, note="", by=None)
    assert not EditionVersion.objects.exists() and not Master.objects.exists()
    assert stored(store) == []


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "at least one file"),
        ({9: "film"}, "no episode 9"),
        ({1: "empty"}, "“e1.mp4” is empty"),
    ],
)
def test_what_is_no_delivery_is_refused_with_a_sentence(edition, film, store, files, sentence):
    kinds = {"film": film(seed=1), "empty": SimpleUploadedFile("e1.mp4", b"")}
    with pytest.raises(DeliveryRefused, match=sentence):
        editions.deliver(edition, files={number: kinds[kind] for number, kind in files.items()}, note="", by=None)
    assert not EditionVersion.objects.exists()


def test_the_same_bytes_again_are_no_delivery(edition, film, store):
    editions.deliver(edition, files={1: film(seed=1)}, note="", by=None)
    with pytest.raises(DeliveryRefused, match="byte for byte"):
        editions.deliver(edition, files={1: film(seed=1)}, note="", by=None)
    assert edition.versions.count() == 1


def test_a_failure_while_storing_the_rows_removes_the_stored_files(edition, film, store, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("the database went away")

    monkeypatch.setattr(editions, "hand_to_qc", broken)
    with pytest.raises(RuntimeError):
        editions.deliver(edition, files={1: film(seed=1)}, note="", by=None)
    assert stored(store) == [] and not EditionVersion.objects.exists()


def test_a_master_is_received_into_a_draft_only(edition, film, store):
    version = EditionVersion.objects.create(edition=edition, number=1, delivered_at=clock.now())
    master = masters.receive(version, episode=1, upload=film(seed=1))
    assert master.file.name.startswith("masters/")
    with pytest.raises(DeliveryRefused, match="episode 1 already"):
        masters.receive(version, episode=1, upload=film(seed=2))
    editions.hand_to_qc(version)
    with pytest.raises(DeliveryRefused, match="comes as a new version"):
        masters.receive(version, episode=2, upload=film(seed=2))
