from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from catalog.models import Partner, PartnerMember
from channels.models import ApiClient, Extra, Publication
from tests.channels import desk, stage

pytestmark = pytest.mark.django_db

LISTS = ["channel", "plan", "publication", "run", "quotawindow", "quotaentry", "grant"]
DEEDS = {
    "approve": "proposed",
    "move": "proposed",
    "cancel": "approved",
    "take_down": "published",
    "retry": "failed",
    "it_is_there": "needs_person",
    "send_again": "needs_person",
}


def listing(model):
    return reverse(f"admin:channels_{model}_changelist")


@pytest.fixture
def rows():
    made = desk.Rows()
    made.add(5)
    return made


@pytest.mark.parametrize("model", LISTS)
def test_a_list_opens_for_those_who_may_see_it_and_for_nobody_else(rows, model):
    assert desk.person("operator").get(listing(model)).status_code == 200
    assert desk.person("auditor").get(listing(model)).status_code == 200
    assert desk.person().get(listing(model)).status_code == 403
    assert Client().get(listing(model)).status_code == 302


@pytest.mark.parametrize("model", LISTS)
def test_a_row_opens_for_an_auditor_and_not_for_a_stranger(rows, model):
    from django.apps import apps

    row = apps.get_model("channels", model).objects.first()
    address = reverse(f"admin:channels_{model}_change", args=[row.pk])

    assert desk.person("auditor").get(address).status_code == 200
    assert desk.person().get(address).status_code == 403


def test_api_clients_are_not_for_operators(rows):
    assert desk.person("manager").get(listing("apiclient")).status_code == 200
    assert desk.person("operator").get(listing("apiclient")).status_code == 403


@pytest.mark.parametrize(("deed", "status"), DEEDS.items())
def test_each_deed_asks_for_its_own_right_and_a_look_does_nothing(deed, status):
    clip = stage.a_clip(stage.an_edition(stage.a_drama()))
    extra = {"external_id": "v1"} if status == "published" else {}
    row = stage.a_publication(stage.a_channel(), clip, status=status, **extra)
    address = reverse(f"admin:channels_publication_{deed}", args=[row.pk])

    assert desk.person("operator").get(address).status_code == 200
    for browser in (desk.person("auditor"), desk.person()):
        assert browser.get(address).status_code == 403
        assert browser.post(address, {"why": "x", "external_id": "y"}).status_code == 403
    row.refresh_from_db()
    assert (row.status, Extra.objects.count()) == (status, 0)


@pytest.mark.parametrize("name", ["pause_one", "resume_one"])
def test_pausing_takes_the_right_to_pause(name):
    address = reverse(f"admin:channels_channel_{name}", args=[stage.a_channel().pk])

    assert desk.person("operator").get(address).status_code == 200
    assert desk.person("auditor").post(address, {"why": "x"}).status_code == 403


@pytest.mark.parametrize("name", ["approve", "discard"])
def test_a_plan_is_decided_only_by_those_who_may(rows, name):
    address = reverse(f"admin:channels_plan_{name}", args=[rows.plan.pk])

    assert desk.person("operator").get(address).status_code == 200
    assert desk.person("auditor").post(address).status_code == 403
    rows.plan.refresh_from_db()
    assert rows.plan.status == "draft"


def test_the_page_of_what_needs_a_person_shows_buttons_only_to_those_who_may_use_them(rows):
    address = reverse("admin:channels_needs_a_person")

    assert "It is there" in desk.person("operator").get(address).content.decode()
    assert "It is there" not in desk.person("auditor").get(address).content.decode()
    assert desk.person().get(address).status_code == 403


def test_a_follow_up_is_confirmed_only_by_those_who_may_take_down(rows):
    address = reverse("admin:channels_extra_done", args=[Extra.objects.first().pk])

    assert desk.person("operator").get(address).status_code == 200
    assert desk.person("auditor").post(address).status_code == 403


def test_no_page_shows_a_secret(rows):
    ApiClient.objects.update(name="client")
    browser = desk.person("manager")
    publication = Publication.objects.first()
    pages = [
        listing("apiclient"),
        reverse("admin:channels_apiclient_change", args=[ApiClient.objects.get().pk]),
        reverse("admin:channels_channel_change", args=[publication.channel_id]),
        reverse("admin:channels_grant_change", args=[publication.channel.grants.get().pk]),
        reverse("admin:channels_publication_change", args=[publication.pk]),
    ]
    client = ApiClient.objects.get()
    client.client_secret = "top-secret-value"
    client.save()

    for address in pages:
        for reader in (browser, desk.person("auditor", name=f"auditor {address}")):
            text = reader.get(address).content.decode()
            assert not any(secret in text for secret in ("top-secret-value", "token-0", "refresh-0", "secret-session"))


@pytest.fixture
def partners_person(rows):
    """Somebody who signs in for a partner and was given every right by mistake."""
    browser = desk.person(name="partner")
    browser.user.user_permissions.set(Permission.objects.all())
    PartnerMember.objects.create(partner=Partner.objects.create(name="Other", is_vendor=True), user=browser.user)
    return browser


@pytest.mark.parametrize("model", [*LISTS, "apiclient"])
def test_a_partners_person_sees_no_row_whatever_rights_he_holds(partners_person, model):
    from django.apps import apps

    row = apps.get_model("channels", model).objects.first()
    page = partners_person.get(listing(model))
    assert (page.status_code, page.context["cl"].result_count) == (200, 0)
    address = reverse(f"admin:channels_{model}_change", args=[row.pk])
    assert partners_person.get(address).status_code in {302, 404}


def test_a_partners_person_gets_to_no_page_beside_the_lists(partners_person):
    row = Publication.objects.first()
    row.save()
    former = [row.pk, row.history.first().history_id]
    addresses = {
        reverse("admin:channels_needs_a_person"): 403,
        reverse("admin:channels_extra_done", args=[Extra.objects.first().pk]): 403,
        reverse("admin:channels_publication_take_down", args=[row.pk]): 403,
        reverse("admin:channels_plan_add"): 403,
        reverse("admin:channels_channel_pause_one", args=[row.channel_id]): 404,
        reverse("admin:channels_publication_history", args=[row.pk]): 404,
        reverse("admin:channels_publication_simple_history", args=former): 404,
    }
    assert {address: partners_person.get(address).status_code for address in addresses} == addresses
