from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from config import checks, environment, roles
from config.kernel.admin.security import policy


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(roles.ROLES))
def test_each_role_has_exactly_its_rights(role):
    group = Group.objects.get(name=role)
    rights = {
        f"{one.content_type.app_label}.{one.codename}" for one in group.permissions.select_related("content_type")
    }
    assert rights == set(roles.ROLES[role])


@pytest.mark.django_db
def test_an_auditor_changes_nothing():
    assert all(right.split(".")[1].startswith("view_") for right in roles.ROLES["auditor"])


def test_a_right_that_does_not_exist_is_found_at_once(db, monkeypatch):
    monkeypatch.setitem(roles.ROLES, "operator", ["catalog.view_unicorn"])
    with pytest.raises(LookupError, match="view_unicorn"):
        roles.apply()


@pytest.mark.parametrize(
    ("setting", "value", "number"),
    [
        ("FIELD_ENCRYPTION_KEYS", [], "E001"),
        ("FIELD_ENCRYPTION_KEYS", ["short"], "E002"),
        ("YOUTUBE_API_ROOT", "not an address", "E003"),
        ("TIKTOK_API_ROOT", "https://example.com/v2", "E004"),
    ],
)
def test_a_wrong_setting_is_a_numbered_check(settings, setting, value, number):
    setattr(settings, setting, value)
    assert f"dramaport.{number}" in {message.id for message in run_checks()}


@pytest.mark.parametrize(
    ("rate", "anchor", "number"), [("fast", "0,0", "E005"), ("-1", "1,1", "E006"), ("60", "0,0", "E007")]
)
def test_a_wrong_clock_is_a_numbered_check(monkeypatch, rate, anchor, number):
    monkeypatch.setenv("CLOCK_RATE", rate)
    monkeypatch.setenv("CLOCK_ANCHOR", anchor)
    assert [message.id for message in checks.clock_settings()] == [f"dramaport.{number}"]


def test_the_demo_s_secrets_do_not_go_to_production():
    found = {message.id for message in checks.secrets_of_the_demo()}
    assert {"dramaport.E101", "dramaport.E102"} <= found


def test_only_the_admin_may_evaluate():
    assert "unsafe-eval" in policy("/admin/") and "unsafe-eval" not in policy("/api/v1/")


@pytest.mark.django_db
def test_the_board_opens_for_every_role_and_sends_strangers_to_the_door():
    for role in roles.ROLES:
        person = User.objects.create_user(f"p-{role}", password="x", is_staff=True)
        person.groups.add(Group.objects.get(name=role))
        client = Client()
        client.force_login(person)
        assert client.get("/admin/").status_code == 200
    assert Client().get("/admin/").status_code == 302


@pytest.mark.parametrize(
    ("read", "value", "wanted"),
    [
        (lambda name: environment.number(name, 3, least=1), "abc", "a whole number from 1"),
        (lambda name: environment.number(name, 3, least=1), "0", "a whole number from 1"),
        (lambda name: environment.decimal(name, 1.0), "-2", "above 0"),
        (lambda name: environment.decimal(name, 1.0), "x", "such as 0.5"),
        (environment.flag, "maybe", "1 or 0"),
        (lambda name: environment.zone(name, "UTC"), "Mars", "a time zone"),
        (lambda name: environment.database(name, ""), "nonsense", "postgres://"),
        (lambda name: environment.database(name, ""), "mysql://u@h/db", "postgres://"),
        (lambda name: environment.database(name, ""), "postgres://u@h", "name"),
        (lambda name: environment.folder(name, Path("x")), "/proc/nothing", "can be written"),
    ],
)
def test_a_setting_that_cannot_be_read_is_refused_by_name(monkeypatch, read, value, wanted):
    monkeypatch.setenv("SOME_SETTING", value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        read("SOME_SETTING")
    assert "SOME_SETTING" in str(refusal.value)
    assert wanted in str(refusal.value)


def test_a_wrong_database_address_does_not_show_its_password(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://desk:hush@db.example.com")
    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.database("DATABASE_URL", "")
    assert "hush" not in str(refusal.value)
