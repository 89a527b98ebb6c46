from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from model_bakery import baker
from rest_framework.test import APIClient

from catalog.footage import studio
from catalog.models import Edition, EditionVersion, Episode, Partner
from catalog.services import partners
from config.kernel import clock
from config.kernel.models import KeptAnswer
from moderation.models import Ticket


def vendor(name: str) -> Partner:
    return Partner.objects.create(name=name, is_vendor=True)


def ticket_of(owner: Partner) -> Ticket:
    edition = baker.make(
        Edition, language="es", kind="dubbed", voice="ai", title="t", vendor=owner, drama__code="DR-1", drama__tier="A",
        drama__origin="live", drama__age_rating=0, drama__original_name="x", drama__supplier__is_supplier=True,
    )  # fmt: skip
    baker.make(Episode, drama=edition.drama, number=1)
    version = baker.make(EditionVersion, edition=edition, number=1, status="releasable", delivered_at=clock.now())
    now = clock.now()
    return Ticket.objects.create(
        version=version, label="dubbing", vendor=owner, opened_at=now, due_at=now + timedelta(days=1), episode=1
    )


def client_of(owner: Partner, *, can_write: bool = True) -> APIClient:
    _key, secret = partners.issue_key(owner, name="test", can_write=can_write)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


@pytest.mark.django_db
def test_a_vendor_reads_and_acknowledges_its_ticket():
    owner = vendor("one")
    row, client = ticket_of(owner), client_of(owner)
    assert client.get("/api/v1/tickets/").json()["results"][0]["id"] == str(row.uuid)
    answer = client.post(f"/api/v1/tickets/{row.uuid}/acknowledge/")
    assert (answer.status_code, answer.json()["status"]) == (200, "acknowledged")


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["", "acknowledge/", "reject/", "deliver/"])
def test_another_vendor_s_ticket_is_not_found(verb):
    row = ticket_of(vendor("one"))
    client = client_of(vendor("two"))
    call = client.post if verb else client.get
    assert call(f"/api/v1/tickets/{row.uuid}/{verb}").status_code == 404
    assert APIClient().get(f"/api/v1/tickets/{row.uuid}/").status_code == 401


@pytest.mark.django_db
def test_a_reading_key_writes_nothing():
    owner = vendor("one")
    row = ticket_of(owner)
    assert client_of(owner, can_write=False).post(f"/api/v1/tickets/{row.uuid}/acknowledge/").status_code == 403
    row.refresh_from_db()
    assert row.status == "open"


@pytest.mark.django_db
def test_a_rejection_needs_a_reason_and_says_so():
    owner = vendor("one")
    row, client = ticket_of(owner), client_of(owner)
    answer = client.post(f"/api/v1/tickets/{row.uuid}/reject/", {})
    assert (answer.status_code, answer.json()["code"], list(answer.json()["details"])) == (400, "invalid", ["reason"])


@pytest.mark.django_db
def test_a_delivery_becomes_a_new_version(tmp_path: Path):
    owner = vendor("one")
    row = ticket_of(owner)
    film = tmp_path / "e1.mp4"
    studio.shoot(studio.FilmSpec(drama_title="t", episode=1, language="es", seconds=2, seed=1), to=film)
    upload = SimpleUploadedFile("e1.mp4", film.read_bytes(), content_type="video/mp4")
    answer = client_of(owner).post(
        f"/api/v1/tickets/{row.uuid}/deliver/", {"note": "mended", "episode_1": upload}, format="multipart"
    )
    assert (answer.status_code, answer.json()["status"]) == (200, "delivered")
    row.refresh_from_db()
    assert (row.fixed_by.number, row.fixed_by.masters.count()) == (2, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content"), [("episode_1", b"not a film"), ("film", b"x"), ("episode_9", b"not a film")]
)
def test_a_wrong_file_gets_a_sentence_and_leaves_nothing(name, content):
    owner = vendor("one")
    row = ticket_of(owner)
    upload = SimpleUploadedFile("x.mp4", content, content_type="video/mp4")
    answer = client_of(owner).post(
        f"/api/v1/tickets/{row.uuid}/deliver/", {"note": "mended", name: upload}, format="multipart"
    )
    assert answer.status_code == 400
    assert answer.json()["message"]
    row.refresh_from_db()
    assert (row.status, row.version.edition.versions.count()) == ("open", 1)


@pytest.mark.django_db
def test_the_same_key_and_request_get_the_same_answer_and_do_nothing_twice():
    owner = vendor("one")
    row, client = ticket_of(owner), client_of(owner)
    path, headers = f"/api/v1/tickets/{row.uuid}/reject/", {"HTTP_IDEMPOTENCY_KEY": "k1"}
    first = client.post(path, {"reason": "it is meant so"}, **headers)
    second = client.post(path, {"reason": "it is meant so"}, **headers)
    assert (first.status_code, second.status_code, first.json()) == (200, 200, second.json())
    other = client.post(path, {"reason": "something else"}, **headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


@pytest.mark.django_db
def test_a_verb_that_the_ticket_s_state_does_not_take_is_a_conflict():
    owner = vendor("one")
    row, client = ticket_of(owner), client_of(owner)
    client.post(f"/api/v1/tickets/{row.uuid}/reject/", {"reason": "no"})
    answer = client.post(f"/api/v1/tickets/{row.uuid}/acknowledge/")
    assert (answer.status_code, answer.json()["code"]) == (409, "move_refused")


@pytest.mark.django_db
@pytest.mark.parametrize("body", ['["a", "b"]', "5", '"text"', "null", "{"])
def test_json_that_is_no_object_is_refused_in_words(body):
    owner = vendor("one")
    row, client = ticket_of(owner), client_of(owner)
    headers = {"HTTP_IDEMPOTENCY_KEY": "k1"}
    answer = client.post(f"/api/v1/tickets/{row.uuid}/reject/", data=body, content_type="application/json", **headers)
    assert (answer.status_code, set(answer.json())) == (400, {"code", "message", "details"})


@pytest.mark.django_db
def test_a_request_killed_before_its_answer_does_not_block_its_key_for_long(noon):
    owner = vendor("one")
    row, client = ticket_of(owner), client_of(owner)
    path, headers = f"/api/v1/tickets/{row.uuid}/reject/", {"HTTP_IDEMPOTENCY_KEY": "k1"}
    client.post(path, {"reason": "it is meant so"}, **headers)
    KeptAnswer.objects.update(status=None, body=None)
    Ticket.objects.update(status="open")
    assert client.post(path, {"reason": "it is meant so"}, **headers).status_code == 503
    with clock.at(noon + timedelta(minutes=16)):
        assert client.post(path, {"reason": "it is meant so"}, **headers).status_code == 200
