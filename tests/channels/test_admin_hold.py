from __future__ import annotations

import pytest
from django.urls import reverse

from channels.models import Hold
from channels.services import holding
from tests.channels import desk, stage

pytestmark = pytest.mark.django_db
PAUSE = reverse("admin:channels_hold_pause")
HOME = reverse("admin:index")


@pytest.mark.parametrize(
    ("what", "scope", "platform"), [("everything", "everything", ""), ("tiktok", "platform", "tiktok")]
)
def test_one_click_holds_and_brings_the_person_back(what, scope, platform):
    browser = desk.person("operator")
    plans = reverse("admin:channels_plan_changelist")
    answer = browser.post(PAUSE, {"what": what, "back": plans})
    hold = Hold.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, plans)
    assert (hold.scope, hold.platform, hold.by, bool(hold.why)) == (scope, platform, browser.user, True)


def test_a_second_click_holds_nothing_twice_and_keeps_the_first_reason():
    browser = desk.person("operator")
    browser.post(PAUSE, {"what": "everything", "why": "a strike"})
    browser.post(PAUSE, {"what": "everything", "why": "again"})
    assert Hold.objects.get().why == "a strike"


def test_holding_takes_the_right_and_a_look_holds_nothing():
    for browser in (desk.person("auditor"), desk.person()):
        assert browser.post(PAUSE, {"what": "everything"}).status_code == 403
    assert desk.person("operator").get(PAUSE).status_code == 405
    assert not Hold.objects.exists()


def test_an_unknown_platform_is_refused_in_words_and_a_foreign_address_is_not_followed():
    browser = desk.person("operator")
    answer = browser.post(PAUSE, {"what": "myspace", "back": "https://evil.example/"}, follow=True)
    assert "There is no platform “myspace”." in answer.content.decode()
    assert (answer.redirect_chain[-1][0], Hold.objects.count()) == (HOME, 0)


@pytest.mark.parametrize("name", ["index", "channels_publication_changelist", "catalog_clip_changelist"])
def test_what_is_held_stands_above_every_page_with_who_since_and_why(name):
    browser = desk.person("operator")
    holding.hold("platform", platform="youtube", why="a <b>strike</b>", by=browser.user)
    page = browser.get(reverse(f"admin:{name}")).content.decode()
    assert "YouTube is held." in page
    assert "by operator: a &lt;b&gt;strike&lt;/b&gt;" in page
    assert reverse("admin:channels_hold_lift", args=[Hold.objects.get().pk]) in page


def test_the_buttons_stand_on_the_home_board_and_offer_what_is_not_held():
    browser = desk.person("operator")
    holding.hold("platform", platform="youtube", why="x", by=None)
    page = browser.get(HOME).content.decode()
    assert ("Pause everything" in page, "Pause TikTok" in page, "Pause YouTube" in page) == (True, True, False)
    holding.hold("everything", why="x", by=None)
    assert "Pause TikTok" not in browser.get(HOME).content.decode()


def test_an_auditor_sees_what_is_held_and_no_button_and_a_stranger_sees_nothing():
    holding.hold("everything", why="a strike", by=None)
    page = desk.person("auditor").get(HOME).content.decode()
    assert ("a strike" in page, "Lift…" in page, "Pause YouTube" in page) == (True, False, False)
    assert "a strike" not in desk.person().get(HOME).content.decode()
    assert "a strike" not in desk.person("vendor").get(HOME).content.decode()


def test_lifting_asks_first_and_takes_the_right():
    hold = holding.hold("everything", why="x", by=None)
    address = reverse("admin:channels_hold_lift", args=[hold.pk])
    assert desk.person("auditor").post(address, {"sure": "1"}).status_code == 403
    browser = desk.person("operator")
    assert browser.get(address).status_code == 200
    assert Hold.objects.in_force().exists()
    browser.post(address, {"sure": "1"})
    hold.refresh_from_db()
    assert (hold.is_in_force, hold.lifted_by) == (False, browser.user)


def test_the_list_of_holds_takes_as_many_queries_for_many_as_for_one():
    browser = desk.person("auditor")
    address = reverse("admin:channels_hold_changelist")
    rows = desk.Rows()
    rows.add(1)

    def one(number):
        clip = stage.a_clip(rows.edition, number + 10)
        row = stage.a_publication(stage.a_channel(f"H {number}"), clip)
        holding.hold("items", items=[row], why="x", by=None)

    one(1)
    few = desk.queries(browser, address)
    for number in range(2, 6):
        one(number)
    assert desk.queries(browser, address) == few


def test_a_hold_s_page_opens():
    hold = holding.hold("everything", why="a strike", by=None)
    page = desk.person("auditor").get(reverse("admin:channels_hold_change", args=[hold.pk])).content.decode()
    assert "a strike" in page
