"""A partner's key opens the door once issued, and never after it ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from catalog.models import PartnerKey
from catalog.services import partners
from config.kernel import clock
from config.kernel.errors import Invalid


def test_a_key_is_found_by_its_text_and_only_its_hash_is_kept(vendor):
    key, secret = partners.issue_key(vendor, name="script", can_write=True)
    assert partners.find_key(secret) == key
    kept = " ".join(str(value) for value in PartnerKey.objects.values_list().get())
    assert secret.rsplit("_", 1)[1] not in kept


@pytest.mark.parametrize(
    "change",
    [lambda s: s[:-1], lambda s: s + "x", lambda s: "dp_" + s, lambda s: s.upper(), lambda s: "", lambda s: "dp__"],
)
def test_a_text_that_is_not_the_key_finds_nothing(vendor, change):
    _key, secret = partners.issue_key(vendor, name="script", can_write=False)
    assert partners.find_key(change(secret)) is None


def test_a_revoked_or_expired_key_finds_nothing(vendor, noon):
    key, secret = partners.issue_key(vendor, name="a", can_write=False)
    assert partners.revoke_key(key) is True
    assert partners.revoke_key(key) is False
    assert partners.find_key(secret) is None
    _key, secret = partners.issue_key(vendor, name="b", can_write=False, expires_at=noon + timedelta(hours=1))
    assert partners.find_key(secret) is not None
    with clock.at(noon + timedelta(hours=2)):
        assert partners.find_key(secret) is None


def test_a_key_without_a_name_or_expired_from_the_start_is_refused(vendor, noon):
    with pytest.raises(Invalid, match="name"):
        partners.issue_key(vendor, name=" ", can_write=False)
    with pytest.raises(Invalid, match="expired"):
        partners.issue_key(vendor, name="a", can_write=False, expires_at=noon)
    assert not PartnerKey.objects.exists()


def test_last_use_is_kept_to_the_minute(vendor, noon):
    key, secret = partners.issue_key(vendor, name="a", can_write=False)
    partners.find_key(secret)
    key.refresh_from_db()
    assert key.last_used_at == noon
    with clock.at(noon + timedelta(seconds=30)):
        partners.find_key(secret)
    key.refresh_from_db()
    assert key.last_used_at == noon


@pytest.mark.parametrize("name", ["Mars/Phobos", "", "GMT+25", "../../etc/passwd", "europe/madrid"])
def test_a_partner_s_time_zone_is_one_that_there_is(vendor, name):
    vendor.time_zone = name
    with pytest.raises(ValidationError) as refusal:
        vendor.full_clean()
    assert list(refusal.value.message_dict) == ["time_zone"]
    vendor.time_zone = "America/Mexico_City"
    vendor.full_clean()
