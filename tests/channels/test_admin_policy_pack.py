from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from catalog.models import Partner, PartnerMember
from channels.models import PolicyPack, Publication
from channels.services import policy_packs, policy_trying
from tests.channels import desk, stage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _held_clock(noon):
    """Monday noon."""


@pytest.fixture
def manager():
    return desk.person("manager")


@pytest.fixture
def draft():
    return a_draft("casino")


def a_draft(*words):
    newest = PolicyPack.objects.filter(code="words").order_by("-version").first()
    rules = [{"code": "words", "kind": "banned_words", "words": list(words)}]
    pack = PolicyPack(
        code="words", version=newest.version + 1 if newest else 1, name="Words", starts_on=date(2026, 1, 1), rules=rules
    )
    policy_packs.save_draft(pack, by=None)
    return pack


def address(name, pack):
    return reverse(f"admin:channels_policypack_{name}", args=[pack.pk])


def queued(*titles):
    edition = stage.an_edition(stage.a_drama())
    channel = stage.a_channel(times=())
    return [
        stage.a_publication(
            channel, stage.a_clip(edition, n), title=title, status="proposed", approved_at=None,
            due_in=timedelta(hours=n),
        )
        for n, title in enumerate(titles, start=1)
    ]  # fmt: skip


def typed(pack, **more):
    """What the browser sends when the page of a draft is kept."""
    told = {
        "cards": "1", "name": pack.name, "platform": "", "countries": "", "languages": "", "starts_on": "2026-01-01",
        "ends_on": "", "sources": "https://example.org/law | The law | 2026-01-05", "note": "",
        "rule-0-kind": "banned_words", "rule-0-code": "words", "rule-0-severity": "hold", "rule-0-starts_on": "",
        "rule-0-ends_on": "", "rule-0-why": "", "rule-0-words": "casino\npóker", "save": "1",
    }  # fmt: skip
    return told | more


def switch(browser, pack, **more):
    seen = policy_packs.seen(pack)
    told = {"stamp": seen.stamp, "in_force": seen.in_force or ""} | more
    return browser.post(address("try", pack), told, follow=True)


@pytest.mark.parametrize(
    ("role", "look", "change", "switching"),
    [("manager", 200, 200, 302), ("operator", 200, 403, 403), ("auditor", 200, 403, 403), ("", 403, 403, 403)],
)
def test_who_may_look_change_and_switch(role, look, change, switching, draft):
    browser = desk.person(role)
    assert browser.get(address("change", draft)).status_code == look
    assert browser.get(address("try", draft)).status_code == look
    assert browser.get(address("edit", draft)).status_code == change
    assert browser.post(address("version", draft)).status_code == (302 if change == 200 else 403)
    seen = policy_packs.seen(draft)
    told = {"stamp": seen.stamp, "in_force": ""}
    assert browser.post(address("try", draft), told).status_code == switching


def test_a_partners_people_see_no_packs_whatever_their_rights(draft):
    browser = desk.person("manager", name="partner")
    PartnerMember.objects.create(user=User.objects.get(), partner=Partner.objects.create(name="Studio", is_vendor=True))
    assert draft.name not in browser.get(reverse("admin:channels_policypack_changelist")).content.decode()
    for name in ("change", "try", "edit", "undo", "off"):
        assert browser.get(address(name, draft)).status_code in {302, 403, 404}
    assert browser.post(address("try", draft)).status_code in {403, 404}


def test_the_page_of_a_pack_says_its_rules_in_words_with_their_sources(manager):
    pack = PolicyPack.objects.get(code="youtube-2025-07")
    page = manager.get(address("change", pack)).content.decode()
    assert "within 14 days: at most 1 on one channel; at most 2 in one language" in page
    assert (
        "https://support.google.com/youtube/answer/1311392" in page and "In force since the database was made." in page
    )


def test_trying_shows_what_it_would_hold_and_switching_holds_just_that(manager, draft):
    queued("Noche de casino", "Boda", "El casino rojo")
    page = manager.get(address("try", draft)).content.decode()
    assert "Switch on and hold 2" in page and "“casino” in the title" in page
    would = set(policy_trying.preview(draft).held)
    done = switch(manager, draft, why="asked by the market").content.decode()
    assert "2 queued publications are held" in done and "asked by the market" in done
    assert set(Publication.objects.exclude(hold=None).values_list("pk", flat=True)) == would


def test_switching_on_numbers_that_are_no_longer_true_is_refused_with_a_sentence(manager, draft):
    queued("Noche de casino")
    page = switch(manager, draft, stamp="older").content.decode()
    assert "was changed meanwhile. Look at the numbers again." in page
    draft.refresh_from_db()
    assert (draft.status, Publication.objects.exclude(hold=None).exists()) == ("draft", False)


def test_undo_brings_the_former_version_back(manager, draft):
    queued("Noche de casino", "Un póker")
    switch(manager, draft)
    second = a_draft("póker")
    switch(manager, second)
    page = manager.post(address("undo", second), {"why": ""}, follow=True).content.decode()
    assert "1 publication is free again." in page
    assert policy_packs.in_force("words") == draft


def test_what_was_mended_is_released_from_the_page_and_the_rest_is_not(manager, draft):
    rows = queued("Noche de casino", "El casino rojo")
    switch(manager, draft)
    Publication.objects.filter(pk=rows[0].pk).update(title="Noche de juego")
    refused = manager.post(address("release", draft), {"publication": rows[1].pk}, follow=True).content.decode()
    assert "Not allowed here: “casino” in the title" in refused
    manager.post(address("release", draft), {})
    assert list(Publication.objects.exclude(hold=None)) == [rows[1]]
    assert manager.post(address("release", draft), {"publication": "x"}).status_code == 404


def test_a_draft_is_kept_as_it_was_typed(manager, draft):
    answer = manager.post(address("edit", draft), typed(draft, countries="mx, co", languages="es"))
    draft.refresh_from_db()
    assert (answer.status_code, draft.countries, draft.languages) == (302, ["MX", "CO"], ["es"])
    assert draft.rules == [{"code": "words", "kind": "banned_words", "severity": "hold", "words": ["casino", "póker"]}]
    assert draft.sources == [{"url": "https://example.org/law", "title": "The law", "read_on": "2026-01-05"}]
    assert draft.history.count() == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"rule-0-words": " "}, "At least one word is needed."),
        ({"rule-0-code": "Not a name"}, "A name has small letters, digits and _"),
        ({"countries": "XX"}, "“XX” is not a country code"),
        ({"languages": "spanish!"}, "is not a language tag"),
        ({"ends_on": "2025-01-01"}, "The pack ends before it starts."),
        ({"sources": "see the law"}, "does not begin with an address"),
        ({"cards": "0"}, "A pack without rules asks nothing."),
    ],
)
def test_what_does_not_fit_is_said_and_changes_nothing(manager, draft, wrong, said):
    answer = manager.post(address("edit", draft), typed(draft, **wrong))
    assert answer.status_code == 200 and said in answer.content.decode()
    draft.refresh_from_db()
    assert draft.rules[0]["words"] == ["casino"]


def test_a_rule_is_added_and_taken_out_without_losing_what_was_typed(manager, draft):
    told = typed(draft, name="Typed name", kind="length", add="1")
    del told["save"]
    page = manager.post(address("edit", draft), told).content.decode()
    assert "Typed name" in page and "póker" in page and 'name="rule-1-most_seconds"' in page
    del told["add"]
    page = manager.post(address("edit", draft), told | {"remove-0": "1"}).content.decode()
    assert "póker" not in page
    assert PolicyPack.objects.get(pk=draft.pk).name == "Words"


def test_a_new_pack_is_written_from_nothing_and_its_code_is_its_own(manager):
    told = typed(PolicyPack(name="Brazil"), code="market-br")
    assert manager.post(reverse("admin:channels_policypack_add"), told).status_code == 302
    assert PolicyPack.objects.get(code="market-br").made_by == manager.user
    again = manager.post(reverse("admin:channels_policypack_add"), told).content.decode()
    assert "There is a pack with this code" in again


def test_a_version_that_was_in_force_is_not_edited(manager, draft):
    switch(manager, draft)
    manager.post(address("edit", draft), typed(draft, name="Other"))
    draft.refresh_from_db()
    assert draft.name == "Words"
    manager.post(address("version", draft))
    assert PolicyPack.objects.get(code="words", version=2).status == "draft"


def test_the_list_takes_no_more_queries_for_more_packs(manager, draft):
    listing = reverse("admin:channels_policypack_changelist")
    few = desk.queries(manager, listing)
    for number in range(5):
        a_draft(f"word{number}")
    assert desk.queries(manager, listing) == few


def test_a_source_that_nobody_has_read_is_said_to_be_so(manager):
    said = "nobody has read it yet: check before you rely on it"
    pages = {
        code: manager.get(address("change", PolicyPack.objects.get(code=code))).content.decode()
        for code in ("market-gulf", "youtube-2025-07")
    }
    assert (said in pages["market-gulf"], said in pages["youtube-2025-07"]) == (True, False)
    assert "not read yet" in manager.get(reverse("admin:channels_policypack_changelist")).content.decode()
