from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from channels.models import Hold, Plan, PolicyPack, Publication
from channels.services import approving, moving, policy_packs
from config.kernel import clock
from tests.channels import desk, stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube")]
LIST = "admin:channels_publication_changelist"


@pytest.fixture
def ana():
    return desk.person("operator", name="ana")


@pytest.fixture
def ben():
    return desk.person("manager", name="ben")


def proposed(tier: str = "A", **more: Any) -> Publication:
    count = Publication.objects.count()
    clip = stage.a_clip(stage.an_edition(stage.a_drama(f"DR-{count:04d}", tier=tier)))
    facts = {"status": "proposed", "approved_at": None, "due_in": timedelta(hours=30)} | more
    return stage.a_publication(stage.a_channel(f"Channel {count}", times=()), clip, **facts)


def a_plan(by: Any) -> Plan:
    now = clock.now()
    return Plan.objects.create(starts_at=now, ends_at=now + timedelta(days=3), made_at=now, made_by=by)


def review(**asks: Any) -> None:
    """A policy pack in force that wants people to have looked."""
    rule = {"code": "look", "kind": "review", **asks}
    pack = PolicyPack(code="p", version=1, name="P", starts_on=clock.now().date() - timedelta(days=9), rules=[rule])
    policy_packs.save_draft(pack, by=None)
    policy_packs.switch_on(pack, by=None)


def approve(browser: Any, row: Publication) -> list[str]:
    answer = browser.post(reverse("admin:channels_publication_approve", args=[row.pk]))
    row.refresh_from_db()
    return [str(one) for one in get_messages(answer.wsgi_request)]


def page(browser: Any, row: Publication) -> str:
    return browser.get(reverse("admin:channels_publication_change", args=[row.pk])).content.decode()


def test_the_first_yes_of_two_is_kept_and_the_page_says_who_is_waited_for(ana, ben):
    row = proposed("S")
    assert "2 different people have to approve it" in page(ana, row)
    said = approve(ana, row)
    assert sorted(said) == ["1 of 2: ana, 2026-03-02 12:00 UTC; it waits for another person.", "Done."]
    assert "1 of 2: ana, 2026-03-02 12:00 UTC; it waits for another person." in page(ben, row)
    approve(ben, row)
    assert row.status == "approved"
    assert "2 of 2: ana, 2026-03-02 12:00 UTC; ben, 2026-03-02 12:00 UTC" in page(ben, row)


def test_the_same_person_and_the_author_are_refused_with_a_sentence(ana, ben):
    twice, own = proposed("S"), proposed(plan=a_plan(ben.user))
    assert "This is your own work; another person has to approve it." in page(ben, own)
    approve(ana, twice)
    assert any("it waits for another person" in one for one in approve(ana, twice))
    assert any("This is your own work" in one for one in approve(ben, own))
    assert (twice.status, own.status) == ("proposed", "proposed")


def test_the_list_is_narrowed_to_what_waits_for_a_second_person(ana):
    waits, _untouched = proposed("S"), proposed("S")
    approving.approve_publication(waits, by=ana.user)
    answer = ana.get(reverse(LIST), {"approval": "second"})
    assert [row.pk for row in answer.context["cl"].result_list] == [waits.pk]
    assert "1 of 2 approvals" in answer.content.decode()


def test_the_queue_shows_what_one_can_approve_and_says_why_it_hides_the_rest(ana, ben):
    free, said, moved = proposed(), proposed("S"), proposed()
    proposed(plan=a_plan(ana.user))
    proposed(due_in=-timedelta(days=2))
    held = proposed()
    Publication.objects.filter(pk=held.pk).update(hold=Hold.objects.create(scope="items", why="x", since=clock.now()))
    approving.approve_publication(said, by=ana.user)
    moving.move(moved, due_at=moved.due_at + timedelta(days=1), by=ana.user)
    answer = ana.get(reverse("admin:channels_to_approve"), follow=True)
    assert [row.pk for row in answer.context["cl"].result_list] == [free.pk]
    assert answer.context["hidden"] == [
        "2 that are your own work",
        "1 that you approved and that waits for another person",
        "1 whose time has passed",
        "1 that is held",
    ]
    seen = ben.get(reverse(LIST), {"approval": "mine"}).context["cl"].result_list
    assert {row.pk for row in seen} >= {free.pk, said.pk, moved.pk}


def test_what_is_due_soonest_leads_the_queue(ana):
    late, soon, middle = (proposed(due_in=timedelta(hours=hours)) for hours in (90, 30, 60))
    queue = ana.get(reverse("admin:channels_to_approve"), follow=True).context["cl"]
    assert [row.pk for row in queue.result_list] == [soon.pk, middle.pk, late.pk]
    assert list(queue.get_ordering_field_columns().values()) == ["asc"]
    usual = ana.get(reverse(LIST)).context["cl"]
    assert [row.pk for row in usual.result_list] == [late.pk, middle.pk, soon.pk]


def test_an_empty_queue_says_that_nothing_waits_and_what_it_hides(ana):
    empty = ana.get(reverse("admin:channels_to_approve"), follow=True).content.decode()
    assert "Nothing is proposed that still needs an approval." in empty
    proposed(plan=a_plan(ana.user))
    hiding = ana.get(reverse("admin:channels_to_approve"), follow=True).content.decode()
    for text in (empty, hiding):
        assert "Nothing waits for you" in text
        assert "Nothing fits" not in text
    assert "1 that is your own work" in hiding
    assert "What is proposed stands above" in hiding
    searched = ana.get(reverse(LIST), {"approval": "mine", "q": "nowhere"}).content.decode()
    assert "Nothing fits" in searched
    assert '<a href="?approval=mine" class="border' in searched


def test_the_list_counts_the_people_whom_a_pack_asks_for(ana, ben):
    review(people=2)
    row = proposed("A")
    said = approve(ana, row)
    assert "1 of 2: ana, 2026-03-02 12:00 UTC; it waits for another person." in said
    assert "1 of 2 approvals" in ana.get(reverse(LIST)).content.decode()
    approve(ben, row)
    assert row.status == "approved"


def test_the_queue_is_for_those_who_approve():
    address = reverse("admin:channels_to_approve")
    assert desk.person("auditor").get(address).status_code == 403
    assert desk.person().get(address).status_code == 403


def test_the_queue_takes_as_many_queries_for_fifty_as_for_five(ana):
    address = f"{reverse(LIST)}?approval=mine"
    for _turn in range(5):
        proposed()
    few = desk.queries(ana, address)
    for _turn in range(45):
        proposed()
    assert desk.queries(ana, address) == few


def test_a_plan_that_comes_too_late_says_why_it_stays_a_draft(ana, ben):
    row = proposed(plan=a_plan(ben.user), due_in=-timedelta(days=5))
    answer = ana.post(reverse("admin:channels_plan_approve", args=[row.plan_id]), {"sure": "1"})
    [said] = [str(one) for one in get_messages(answer.wsgi_request)]
    assert said == "1 is too late; move it first. Nothing in this plan is approved; it stays a draft."
    row.plan.refresh_from_db()
    assert row.plan.status == "draft"


def type_into(browser: Any, row: Publication, **texts: Any) -> list[str]:
    address = reverse("admin:channels_publication_change", args=[row.pk])
    formsets = [one.formset.prefix for one in browser.get(address).context["inline_admin_formsets"]]
    empty = {f"{prefix}-{part}_FORMS": 0 for prefix in formsets for part in ("TOTAL", "INITIAL")}
    answer = browser.post(address, {"title": row.title, "description": "", "tags": "", **empty, **texts})
    row.refresh_from_db()
    return [str(one) for one in get_messages(answer.wsgi_request)]


def test_other_words_are_approved_again_and_not_by_their_writer(ana, ben):
    row = proposed(plan=a_plan(None))
    approve(ben, row)
    said = type_into(ana, row, title="Other words")
    assert any("waits for a new approval" in one for one in said)
    assert (row.status, row.title, row.approved_by) == ("proposed", "Other words", None)
    assert any("your own work" in one for one in approve(ana, row))
    approve(ben, row)
    assert row.status == "approved"


def test_a_pin_alone_ends_no_approval(ana, ben):
    row = proposed()
    approve(ben, row)
    type_into(ana, row, is_pinned="on")
    assert (row.is_pinned, row.status) == (True, "approved")


def test_the_page_of_a_plan_tells_what_waits_and_offers_the_undo(ana, ben):
    plan = a_plan(ana.user)
    proposed("A", plan=plan)
    proposed("S", plan=plan)
    answer = ben.post(reverse("admin:channels_plan_approve", args=[plan.pk]), follow=True)
    text = answer.content.decode()
    assert "1 publication was approved. 1 has your approval and waits for another person." in text
    assert "Undo (10 minutes left)" in text
    refused = ana.post(reverse("admin:channels_plan_approve", args=[plan.pk]), follow=True)
    assert "You made this plan; another person has to approve it." in refused.content.decode()
