"""From a ready clip to its fingerprint, its family and back."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import Permission, User
from django.core.files import File
from django.db import connections
from django.urls import reverse

from catalog import panels
from catalog.footage.fingerprints import reading
from catalog.models import Clip, Edition, Fingerprint, FingerprintBook, Likeness, PartnerMember
from catalog.rules.likeness import Kind
from catalog.services import fingerprinting, lookalikes
from config.kernel import clock
from tests.bench import made_films

CLEAR = made_films.Plan(2, 7.0)
OTHER = made_films.Plan(4, 7.0)


@pytest.fixture(autouse=True)
def own_index(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"


@pytest.fixture(scope="session")
def shelf(tmp_path_factory) -> dict[str, Path]:
    """A film, some of its copies, and another film: made once per run."""
    folder = tmp_path_factory.mktemp("likeness")
    some = [one for one in made_films.ALTERATIONS if one[0] in {"mirrored", "re-subtitled", "trimmed by 1 s"}]
    made = made_films.make(CLEAR, folder, alterations=some)
    other = made_films.make(OTHER, folder, alterations=())
    return {"original": made.original, "other": other.original, **made.copies}


@pytest.fixture(scope="session")
def prints(shelf) -> dict[str, reading.Print]:
    return {name: reading.read(path, duration_ms=7000) for name, path in shelf.items()}


@pytest.fixture
def ready(edition, drama, store, shelf):
    """A ready clip with one of these films, in this edition or in one of another language."""
    version = edition.versions.create(number=1, delivered_at=clock.now())

    def make(name: str, *, language: str = "es", **facts) -> Clip:
        mine = edition
        if language != "es":
            mine, _made = Edition.objects.get_or_create(
                drama=drama, language=language, kind="dubbed", voice="human", title=language
            )
        clip = Clip(
            edition=mine,
            version=version,
            kind="episode",
            first_episode=1,
            last_episode=1,
            content_key=f"{Clip.objects.count():064d}",
            status="ready",
            sha256=f"{Clip.objects.count():064d}",
            size_bytes=shelf[name].stat().st_size,
            duration_ms=7000,
            **facts,
        )
        with shelf[name].open("rb") as file:
            clip.file.save("clip.mp4", File(file), save=False)
        clip.save()
        return clip

    return make


def family(clip: Clip) -> lookalikes.Family:
    return lookalikes.families([clip.pk])[clip.pk]


@pytest.mark.parametrize("name", ["mirrored", "re-subtitled", "trimmed by 1 s"])
def test_an_altered_copy_joins_the_family_of_its_original(ready, name):
    original, copy = ready("original"), ready(name)
    for clip in (original, copy):
        fingerprinting.make(clip.pk)
    assert family(copy) == family(original) == lookalikes.Family(original.pk, original.pk)
    (told,) = lookalikes.of(original)
    assert (told.clip, told.kind, told.is_mirrored) == (copy, Kind.WHOLE, name == "mirrored")
    assert told.score >= 0.8


def test_another_film_stands_alone(ready):
    for clip in (ready("original"), ready("other")):
        fingerprinting.make(clip.pk)
        assert family(clip) == lookalikes.Family() and lookalikes.of(clip) == []


def test_another_voice_is_the_same_picture_and_not_the_same_whole(ready):
    spanish, indonesian = ready("original"), ready("other voice", language="id")
    for clip in (spanish, indonesian):
        fingerprinting.make(clip.pk)
    assert family(indonesian) == lookalikes.Family(spanish.pk, 0)
    assert [one.kind for one in lookalikes.of(indonesian)] == [Kind.PICTURE]


def test_what_two_families_have_in_common_makes_them_one(ready, prints):
    """The trimmed copy and the mirrored one are known apart; the original meets both."""
    first, second, third = ready("mirrored"), ready("other"), ready("original")
    for clip in (first, second):
        fingerprinting.make(clip.pk)
    Fingerprint.objects.filter(clip=second).update(**lookalikes.as_stored(prints["trimmed by 1 s"]))
    ahead = ready("other")
    Fingerprint.objects.filter(clip=second).update(picture_family=second.pk, whole_family=second.pk)
    Fingerprint.objects.create(
        clip=ahead, version=1, picture_family=second.pk, whole_family=second.pk, serial=-1,
        **lookalikes.as_stored(prints["other"]),
    )  # fmt: skip
    fingerprinting.make(third.pk)
    assert {family(clip).whole for clip in (first, second, third, ahead)} == {first.pk}


def test_a_mended_clip_counts_for_nothing_and_its_heir_counts(ready):
    old = ready("original")
    heir, copy = ready("re-subtitled", supersedes=old), ready("mirrored")
    for clip in (old, heir, copy):
        fingerprinting.make(clip.pk)
    assert family(old) == lookalikes.Family(is_mended=True)
    assert family(heir) == family(copy) == lookalikes.Family(old.pk, old.pk)
    assert {one.clip: one.is_mend for one in lookalikes.of(heir)} == {old: True, copy: False}


def test_a_second_bell_changes_nothing(ready):
    clip = ready("original")
    said = [fingerprinting.make(clip.pk) for _bell in range(2)]
    assert "or another worker makes it" in said[1]
    assert Fingerprint.objects.count() == 1 and FingerprintBook.objects.get().serial == 1


def test_a_ready_clip_rings_and_the_sweep_finds_what_was_missed(ready, drain_jobs):
    clip = ready("original")
    assert fingerprinting.sweep() == "1 clips to fingerprint"
    drain_jobs()
    assert fingerprinting.sweep() == "nothing due"
    Fingerprint.objects.filter(clip=clip).update(version=0)
    assert fingerprinting.sweep() == "1 clips to fingerprint"
    drain_jobs()
    row = Fingerprint.objects.get()
    assert (row.version, row.serial) == (lookalikes.VERSION, 2)


def test_a_film_that_cannot_be_read_is_given_up_with_its_reason_after_three_tries(ready, store, noon):
    clip = ready("original")
    (store / clip.file.name).write_bytes(b"not a film")
    for hours in range(4):
        with clock.at(noon.replace(hour=12 + hours)):
            fingerprinting.make(clip.pk)
    row = Fingerprint.objects.get()
    assert row.gave_up and row.attempts == 3 and "cannot be read as a film" in row.reason
    assert fingerprinting.sweep() == "nothing due"


def test_a_worker_that_lost_its_claim_stores_nothing(ready, prints):
    clip = ready("original")
    row = Fingerprint.objects.create(clip=clip, version=1)
    assert lookalikes.join(row, prints["original"]) is not None
    Fingerprint.objects.filter(pk=row.pk).update(serial=None, lease_token="5" * 32)
    assert lookalikes.join(row, prints["original"]) is None
    assert FingerprintBook.objects.get().serial == 1 and not Likeness.objects.exists()


def test_a_stored_fingerprint_comes_back_as_it_was(ready, prints):
    film = prints["original"]
    row = Fingerprint(clip=ready("original"), **lookalikes.as_stored(film))
    back = lookalikes.as_print(row)
    assert np.array_equal(back.picture.hashes, film.picture.hashes)
    assert np.array_equal(back.picture.is_blank, film.picture.is_blank)
    assert np.array_equal(back.sound.bits, film.sound.bits)
    assert np.array_equal(back.sound.is_heard, film.sound.is_heard)


def test_the_index_is_made_again_from_the_rows(ready, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(lookalikes, "FLUSH_AT", 1)
    original, other, copy = ready("original"), ready("other"), ready("mirrored")
    fingerprinting.make(original.pk)
    fingerprinting.make(other.pk)
    settings.VAR_DIR = tmp_path / "another machine"
    fingerprinting.make(copy.pk)
    assert list((tmp_path / "another machine" / "lookalikes").glob("*/0*"))
    assert family(copy).whole == original.pk


def test_an_index_that_is_ahead_of_a_restored_database_is_thrown_away(ready, monkeypatch):
    monkeypatch.setattr(lookalikes, "FLUSH_AT", 1)
    clips = [ready("other"), ready("original"), ready("mirrored")]
    fingerprinting.make(clips[0].pk)
    fingerprinting.make(clips[1].pk)
    lookalikes.look_up(lookalikes.as_print(Fingerprint.objects.get(clip=clips[1])), but=0, book=_book())
    Fingerprint.objects.filter(clip=clips[0]).delete()
    Fingerprint.objects.filter(clip=clips[1]).update(serial=1)
    FingerprintBook.objects.update(serial=1)
    fingerprinting.make(clips[2].pk)
    assert family(clips[2]).whole == clips[1].pk


def _book() -> FingerprintBook:
    return FingerprintBook.objects.get()


@pytest.mark.django_db(transaction=True)
def test_two_copies_at_the_same_moment_end_in_one_family(ready, prints, monkeypatch):
    """Both look up before either is stored; who comes second must find the first under the lock."""
    rows = []
    for name in ("original", "mirrored"):
        rows.append((Fingerprint.objects.create(clip=ready(name), version=1), prints[name]))
    FingerprintBook.objects.create(pk=1)
    both, look_up = threading.Barrier(2), lookalikes.look_up

    def together(*given, **facts):
        found = look_up(*given, **facts)
        both.wait(timeout=20)
        return found

    monkeypatch.setattr(lookalikes, "look_up", together)
    done = []

    def work(row, film):
        try:
            done.append(lookalikes.join(row, film))
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work, args=pair) for pair in rows]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=40)
    assert sorted(len(found) for found in done) == [0, 1]
    assert len({row.whole_family for row in Fingerprint.objects.all()} - {0}) == 1
    assert {row.serial for row in Fingerprint.objects.all()} == {1, 2}
    assert FingerprintBook.objects.get().serial == 2


def test_a_look_up_costs_few_queries(ready, django_assert_max_num_queries):
    clips = [ready("original"), ready("mirrored"), ready("re-subtitled")]
    for clip in clips:
        fingerprinting.make(clip.pk)
    with django_assert_max_num_queries(4):
        lookalikes.families([clip.pk for clip in clips])
        lookalikes.of(clips[0])


def test_the_clips_page_shows_what_it_looks_like_and_where_that_goes(ready, admin_client, monkeypatch):
    original, copy = ready("original"), ready("mirrored")
    for clip in (original, copy):
        fingerprinting.make(clip.pk)
    monkeypatch.setitem(panels._places, "test", lambda request, clips: {one.pk: ["on the moon"] for one in clips})
    page = admin_client.get(reverse("admin:catalog_clip_change", args=[original.pk])).content.decode()
    assert "same picture, same voice" in page and "mirrored" in page and "on the moon" in page
    assert reverse("admin:catalog_clip_change", args=[copy.pk]) in page


def test_a_clip_without_likeness_or_fingerprint_says_so(ready, admin_client):
    clip = ready("original")
    page = reverse("admin:catalog_clip_change", args=[clip.pk])
    assert "one is made within minutes" in admin_client.get(page).content.decode()
    fingerprinting.make(clip.pk)
    assert "No other clip looks like it." in admin_client.get(page).content.decode()


def test_a_partners_person_sees_only_likenesses_among_its_own(ready, client, vendor):
    """The other language's edition belongs to nobody of the vendor's."""
    own, foreign = ready("original"), ready("other voice", language="id")
    for clip in (own, foreign):
        fingerprinting.make(clip.pk)
    person = User.objects.create_user("vera", password="x", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_clip"))
    PartnerMember.objects.create(partner=vendor, user=person)
    client.force_login(person)
    page = client.get(reverse("admin:catalog_clip_change", args=[own.pk]))
    assert page.status_code == 200
    assert reverse("admin:catalog_clip_change", args=[foreign.pk]) not in page.content.decode()
    assert "same picture, other voice" not in page.content.decode()
