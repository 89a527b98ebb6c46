from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.urls import reverse

from catalog.models import Partner, PartnerMember
from channels.models import Batch, Publication
from channels.services import approving, bulk
from config.kernel import clock
from tests.channels import desk, stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube")]
LIST = "admin:channels_publication_changelist"
BATCHES = "admin:channels_batch_changelist"


@pytest.fixture
def ana():
    return desk.person("operator", name="ana")


def proposed(**more: Any) -> Publication:
    count = Publication.objects.count()
    clip = stage.a_clip(stage.an_edition(stage.a_drama(f"DR-{count:04d}")))
    facts = {"status": "proposed", "approved_at": None, "due_in": timedelta(hours=30)} | more
    return stage.a_publication(stage.a_channel(f"Channel {count}", times=()), clip, **facts)


def act(browser: Any, action: str, rows: list[Publication], **said: Any) -> tuple[Any, list[str]]:
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    answer = browser.post(reverse(LIST), {**chosen, **said})
    return answer, [str(one) for one in get_messages(answer.wsgi_request)]


def undo(browser: Any, batch: Batch) -> Any:
    return browser.post(reverse("admin:channels_batch_undo", args=[batch.pk]), follow=True)


def test_a_bulk_action_says_what_it_did_and_offers_to_take_it_back(ana):
    rows = [proposed(), proposed()]
    _answer, [said] = act(ana, "cancel_all", rows, sure="1", why="wrong week")
    batch = Batch.objects.get()
    assert said.startswith("2 publications were cancelled. ")
    assert reverse("admin:channels_batch_undo", args=[batch.pk]) in said
    assert "Undo (10 minutes left)" in said
    text = undo(ana, batch).content.decode()
    assert "2 publications were put back." in text
    assert set(Publication.objects.values_list("status", flat=True)) == {"proposed"}


def test_a_look_at_the_undo_undoes_nothing(ana):
    row = proposed()
    batch = bulk.cancel([row.pk], by=ana.user, why="x").batch
    page = ana.get(reverse("admin:channels_batch_undo", args=[batch.pk]))
    row.refresh_from_db()
    assert (page.status_code, row.status) == (200, "cancelled")


def test_many_are_moved_by_one_span_and_what_is_wrong_is_said(ana):
    rows = [proposed(), proposed()]
    times = [row.due_at for row in rows]
    answer, _said = act(ana, "move_all", rows, sure="1", days="0", hours="0")
    assert "Say by how much they are to be moved." in answer.content.decode()
    _answer, [said] = act(ana, "move_all", rows, sure="1", days="0", hours="2")
    assert said.startswith("2 publications were moved.")
    assert [Publication.objects.get(pk=row.pk).due_at - at for row, at in zip(rows, times, strict=True)] == [
        timedelta(hours=2)
    ] * 2


def test_many_are_pinned_and_unpinned(ana):
    rows = [proposed(), proposed(is_pinned=True)]
    _answer, [said] = act(ana, "pin_all", rows, sure="1")
    assert said.startswith("1 publication was changed. 1 was so already.")
    act(ana, "unpin_all", rows, sure="1")
    assert set(Publication.objects.values_list("is_pinned", flat=True)) == {False}


def test_all_rows_of_the_list_can_be_chosen_at_once(ana):
    rows = [proposed() for _turn in range(3)]
    act(ana, "approve_all", rows[:1], sure="1", select_across="1")
    assert set(Publication.objects.values_list("status", flat=True)) == {"approved"}


def test_the_page_lists_each_publication_with_before_after_and_why_not_put_back(ana):
    begun, waiting = proposed(), proposed()
    batch = approving.approve_all([begun.pk, waiting.pk], by=ana.user).batch
    Publication.objects.filter(pk=begun.pk).update(status="uploading")
    text = undo(ana, batch).content.decode()
    assert "1 publication was put back. 1 was not: it has moved on meanwhile; the list says why." in text
    page = ana.get(reverse("admin:channels_batch_change", args=[batch.pk]))
    assert [(one["before"], one["after"], one["undone"]) for one in page.context["lines"]] == [
        ("proposed", "approved", "Its upload has begun."),
        ("proposed", "approved", "put back"),
    ]
    assert "undone by ana, 2026-03-02 12:00 UTC" in page.content.decode()


def test_the_page_says_whose_approval_did_not_come_back_with_its_time(ana):
    row, ben = proposed(), desk.person("manager", name="ben")
    approving.approve_publication(row, by=ben.user)
    batch = bulk.move([row.pk], by=ana.user, span=timedelta(days=1)).batch
    Publication.objects.filter(pk=row.pk).update(title="Other words")
    text = undo(ana, batch).content.decode()
    assert "1 publication was put back. 1 of them waits for a new approval: its words were changed." in text
    [line] = ana.get(reverse("admin:channels_batch_change", args=[batch.pk])).context["lines"]
    assert line["undone"].startswith("It has its time again and waits for a new approval")


def test_a_take_down_of_many_says_before_and_after_that_it_cannot_be_undone(ana):
    rows = [proposed(status="published", external_id=f"v{n}", approved_at=clock.now()) for n in range(2)]
    page, _said = act(ana, "take_down_all", rows)
    assert "this cannot be undone" in page.content.decode()
    _answer, [said] = act(ana, "take_down_all", rows, sure="1", why="wrong cut")
    batch = Batch.objects.get()
    assert said == "2 publications are being taken down; this cannot be undone."
    page = ana.get(reverse("admin:channels_batch_change", args=[batch.pk]))
    assert reverse("admin:channels_batch_undo", args=[batch.pk]) not in page.content.decode()
    assert "cannot be undone" in page.content.decode()
    assert {one["after"] for one in page.context["lines"]} == {"asked to be taken down"}


def test_a_retry_of_many_offers_its_undo(ana):
    rows = [proposed(status="failed", approved_at=clock.now()) for _turn in range(2)]
    _answer, [said] = act(ana, "retry_all", rows, sure="1")
    assert said.startswith("2 publications are tried again. ")
    assert reverse("admin:channels_batch_undo", args=[Batch.objects.get().pk]) in said


def test_after_ten_minutes_the_button_is_gone_and_the_address_refuses(ana):
    row = proposed()
    batch = approving.approve_all([row.pk], by=ana.user).batch
    address = reverse("admin:channels_batch_change", args=[batch.pk])
    button = reverse("admin:channels_batch_undo", args=[batch.pk])
    assert button in ana.get(address).content.decode()
    with clock.at(clock.now() + timedelta(minutes=10)):
        assert button not in ana.get(address).content.decode()
        assert "More than ten minutes have passed" in undo(ana, batch).content.decode()
    row.refresh_from_db()
    assert row.status == "approved"


def test_only_those_who_may_do_it_may_undo_it(ana):
    approved = approving.approve_all([proposed().pk], by=ana.user).batch
    cancelled = bulk.cancel([proposed().pk], by=ana.user, why="x").batch
    for browser in (desk.person("auditor"), desk.person()):
        for batch in (approved, cancelled):
            address = reverse("admin:channels_batch_undo", args=[batch.pk])
            assert (browser.get(address).status_code, browser.post(address).status_code) == (403, 403)
    # A manager approves and does not change publications.
    manager = desk.person("manager")
    assert manager.post(reverse("admin:channels_batch_undo", args=[cancelled.pk])).status_code == 403
    assert manager.post(reverse("admin:channels_batch_undo", args=[approved.pk])).status_code == 302


def test_bulk_actions_are_read_by_our_people_and_by_no_partner(ana):
    batch = approving.approve_all([proposed().pk], by=ana.user).batch
    page = reverse("admin:channels_batch_change", args=[batch.pk])
    assert desk.person("auditor").get(reverse(BATCHES)).status_code == 200
    assert desk.person("auditor", name="second").get(page).status_code == 200
    assert desk.person().get(reverse(BATCHES)).status_code == 403
    partner = desk.person(name="partner")
    partner.user.user_permissions.set(Permission.objects.all())
    PartnerMember.objects.create(partner=Partner.objects.create(name="Other", is_vendor=True), user=partner.user)
    assert partner.get(reverse(BATCHES)).context["cl"].result_count == 0
    assert partner.get(page).status_code == 404


def test_fifty_bulk_actions_and_fifty_lines_take_as_many_queries_as_five(ana):
    rows = [proposed() for _turn in range(5)]
    batch = bulk.pin([row.pk for row in rows], by=ana.user).batch
    few = (
        desk.queries(ana, reverse(BATCHES)),
        desk.queries(ana, reverse("admin:channels_batch_change", args=[batch.pk])),
    )
    many = bulk.pin([proposed().pk for _turn in range(50)], by=ana.user).batch
    for row in rows:
        bulk.cancel([row.pk], by=ana.user, why="x")
    lists = (
        desk.queries(ana, reverse(BATCHES)),
        desk.queries(ana, reverse("admin:channels_batch_change", args=[many.pk])),
    )
    assert lists == few
