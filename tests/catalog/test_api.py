from __future__ import annotations

from datetime import timedelta

import pytest
from model_bakery import baker
from rest_framework.test import APIClient

from catalog.models import Drama, Edition, Partner
from catalog.services import partners
from config.kernel import clock


def partner(name: str, **facts) -> Partner:
    return Partner.objects.create(name=name, **(facts or {"is_supplier": True}))


def client_of(owner: Partner, *, can_write: bool = False, **facts) -> APIClient:
    _key, secret = partners.issue_key(owner, name="test", can_write=can_write, **facts)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def drama(owner: Partner, code: str = "DR-1") -> Drama:
    return Drama.objects.create(
        code=code,
        original_name="名",
        original_language="zh-Hans",
        tier="A",
        age_rating=0,
        origin="live",
        supplier=owner,
    )


def edition(owner: Partner, vendor: Partner) -> Edition:
    return baker.make(Edition, drama=drama(owner), vendor=vendor, language="es", kind="dubbed", voice="ai", title="t")


@pytest.mark.django_db
def test_a_supplier_reads_its_own_dramas_and_nobody_else_s():
    owner, other = partner("one"), partner("two")
    row = drama(owner)
    assert [one["code"] for one in client_of(owner).get("/api/v1/dramas/").json()["results"]] == ["DR-1"]
    assert client_of(owner).get(f"/api/v1/dramas/{row.uuid}/").status_code == 200
    assert client_of(other).get("/api/v1/dramas/").json()["results"] == []
    assert client_of(other).get(f"/api/v1/dramas/{row.uuid}/").status_code == 404
    assert APIClient().get(f"/api/v1/dramas/{row.uuid}/").status_code == 401


@pytest.mark.django_db
def test_an_edition_is_seen_by_its_supplier_and_its_vendor_alone():
    owner, vendor, other = partner("one"), partner("v", is_vendor=True), partner("two")
    row = edition(owner, vendor)
    codes = [client_of(one).get(f"/api/v1/editions/{row.uuid}/").status_code for one in (owner, vendor, other)]
    assert codes == [200, 200, 404]


@pytest.mark.django_db
def test_a_refusal_has_one_shape():
    body = APIClient().get("/api/v1/dramas/").json()
    assert set(body) == {"code", "message", "details"}
    assert body["code"] == "not_authenticated"


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["dp_aaaaaaaaaa_wrong", "nonsense", "dp__", ""])
def test_a_wrong_key_opens_nothing(text):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    assert client.get("/api/v1/dramas/").status_code == 401


@pytest.mark.django_db
def test_an_expired_and_a_revoked_key_open_nothing(noon):
    owner = partner("one")
    expired = client_of(owner, expires_at=noon + timedelta(hours=1))
    key, secret = partners.issue_key(owner, name="gone", can_write=False)
    partners.revoke_key(key)
    revoked = APIClient()
    revoked.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert revoked.get("/api/v1/dramas/").status_code == 401
    assert expired.get("/api/v1/dramas/").status_code == 200
    with clock.at(noon + timedelta(hours=2)):
        assert expired.get("/api/v1/dramas/").status_code == 401


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_the_list(django_assert_max_num_queries):
    owner, vendor = partner("one"), partner("v", is_vendor=True)
    for number in range(20):
        row = drama(owner, f"DR-{number}A")
        baker.make(Edition, drama=row, vendor=vendor, language="es", kind="dubbed", voice="ai", title="t")
    client = client_of(owner)
    client.get("/api/v1/editions/")
    with django_assert_max_num_queries(5):
        assert len(client.get("/api/v1/editions/").json()["results"]) == 20


@pytest.mark.django_db
def test_a_signed_in_person_of_nobody_s_sees_nothing(admin_user):
    client = APIClient()
    client.force_login(admin_user)
    assert client.get("/api/v1/dramas/").status_code == 403
