from __future__ import annotations

import io

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection

from channels.models import ApiClient
from config.kernel import crypto

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def client(secret: str) -> ApiClient:
    return ApiClient.objects.create(platform="youtube", name="one", client_id="id", client_secret=secret)


def stored(row: ApiClient) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select client_secret from channels_apiclient where id = %s", [row.pk])
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_secret_is_unreadable_in_the_table_and_readable_in_python():
    row = client("hush")
    assert "hush" not in stored(row)
    assert ApiClient.objects.get().client_secret == "hush"


@pytest.mark.django_db
def test_an_empty_secret_stays_empty():
    assert stored(client("")) == ""


@pytest.mark.django_db
def test_rotation_lets_the_old_key_go(settings):
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    client("hush")
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    call_command("rotate_keys", stdout=io.StringIO())
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert ApiClient.objects.get().client_secret == "hush"


@pytest.mark.django_db
def test_a_secret_of_a_lost_key_says_which_setting_lacks_it(settings):
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    client("hush")
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    with pytest.raises(crypto.Undecipherable, match="FIELD_ENCRYPTION_KEYS"):
        ApiClient.objects.get().client_secret  # noqa: B018


@pytest.mark.django_db
def test_secrets_cannot_be_searched():
    with pytest.raises(FieldError):
        ApiClient.objects.filter(client_secret__contains="h").exists()


def test_a_fingerprint_tells_people_apart_and_depends_on_the_purpose():
    one = crypto.fingerprint("UC1", purpose="author")
    assert one == crypto.fingerprint("UC1", purpose="author")
    assert one != crypto.fingerprint("UC2", purpose="author")
    assert one != crypto.fingerprint("UC1", purpose="other")
    assert "UC1" not in one
