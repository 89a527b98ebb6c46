"""The admin's pages: who sees what, how many queries they take, and that viewers' words stay words."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Partner, PartnerMember
from catalog.services import editions
from moderation import board
from moderation.models import Comment, HarvestRun, Proof, Replacement, Ticket, Watch
from moderation.rules.ticket import Status
from tests.moderation.conftest import NOON, complain, make_channel, make_clip, make_version, moment, publish

EVIL = "<script>alert(1)</script> مرحبا"


def person(name: str, *rights: str, partner: Partner | None = None) -> User:
    user = User.objects.create(username=name, is_staff=True)
    codes = [right.split(".")[1] for right in rights]
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    if partner:
        PartnerMember.objects.create(partner=partner, user=user)
    return user


@pytest.fixture
def publication(version, channel):
    return publish(make_clip(version, 7), channel)


@pytest.fixture
def ticket(publication, version, vendor, noon) -> Ticket:
    row = Ticket.objects.create(
        version=version, label="dubbing", vendor=vendor, episode=7, from_ms=41_000, to_ms=45_000, complaints=1,
        opened_at=NOON, due_at=NOON - timedelta(hours=2),
    )  # fmt: skip
    comment = complain(publication, EVIL, moments=[moment(41.0)])
    row.evidence.create(
        comment=comment, publication=publication, excerpt=EVIL, said_at=NOON, clip_ms=41_000, episode=7,
        episode_ms=41_000, language="ar",
    )  # fmt: skip
    return row


@pytest.fixture
def desk(admin_client):
    return admin_client


def page_of(ticket: Ticket) -> str:
    return reverse("admin:moderation_ticket_change", args=[ticket.pk])


RIGHTS = ("moderation.view_ticket", "moderation.work_ticket")


@pytest.fixture
def people(ticket, vendor):
    other = Partner.objects.create(name="Other Voices", is_vendor=True)
    return {
        "owner": person("owner", *RIGHTS, partner=vendor),
        "other": person("other", *RIGHTS, partner=other),
        "stranger": person("stranger"),
    }


@pytest.mark.parametrize(("who", "list_status", "sees", "page_status"), [
    ("owner", 200, True, 200), ("other", 200, False, 302), ("stranger", 403, False, 403),
])  # fmt: skip
def test_a_vendors_people_see_their_own_tickets_only(client, people, ticket, who, list_status, sees, page_status):
    client.force_login(people[who])
    answer = client.get(reverse("admin:moderation_ticket_changelist"))
    assert answer.status_code == list_status
    assert (str(ticket) in answer.content.decode()) is sees
    assert client.get(page_of(ticket)).status_code == page_status


@pytest.mark.parametrize(("who", "status"), [("owner", 200), ("other", 404), ("stranger", 404)])
@pytest.mark.parametrize("deed", ["acknowledge", "reject", "deliver", "note"])
def test_only_the_owner_may_work_on_a_ticket(client, people, ticket, who, status, deed):
    if who == "stranger":
        Ticket.objects.update(vendor=None)
        PartnerMember.objects.create(user=people[who], partner=Partner.objects.create(name="None", is_vendor=True))
    client.force_login(people[who])
    address = reverse(f"admin:moderation_ticket_{deed}", args=[ticket.pk])
    assert client.get(address).status_code == status
    if status != 200:
        client.post(address, {"why": "no", "text": "x"})
        ticket.refresh_from_db()
        assert (ticket.status, ticket.notes.count()) == (Status.OPEN, 0)


def test_our_own_people_without_the_right_cannot_work_on_tickets(client, ticket):
    client.force_login(person("reader", "moderation.view_ticket"))
    assert client.get(reverse("admin:moderation_ticket_reject", args=[ticket.pk])).status_code == 403
    assert "Reject" not in client.get(page_of(ticket)).content.decode()


@pytest.mark.parametrize("noun", ["comment", "watch", "harvestrun"])
def test_a_partners_people_see_no_comments_and_no_watches(client, ticket, vendor, channel, noun):
    Watch.objects.create(channel=channel, next_at=NOON)
    HarvestRun.objects.create(channel=channel, window_at=NOON, started_at=NOON)
    client.force_login(person("member", f"moderation.view_{noun}", partner=vendor))
    answer = client.get(reverse(f"admin:moderation_{noun}_changelist"))
    assert answer.context["cl"].result_count == 0


def test_viewers_words_are_text_in_their_own_direction(desk, ticket, publication):
    Comment.objects.update(needs_review=True)
    for address in (
        page_of(ticket),
        reverse("admin:moderation_comment_changelist"),
        reverse("admin:moderation_triage"),
    ):
        html = desk.get(address).content.decode()
        assert "<script>alert(1)" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt; مرحبا" in html
        assert 'dir="auto"' in html


def test_the_page_names_place_and_class_and_links_to_the_second(desk, ticket, publication):
    html = desk.get(page_of(ticket)).content.decode()
    assert "E7 0:41–0:45" in html
    assert reverse("admin:catalog_clip_change", args=[publication.clip_id]) + "?t=40" in html
    assert "https://example.com/watch?t=41s" in html


def test_a_rejection_asks_for_a_reason_and_keeps_it(desk, ticket):
    address = reverse("admin:moderation_ticket_reject", args=[ticket.pk])
    assert desk.post(address, {"why": ""}).status_code == 200
    desk.post(address, {"why": "It is meant."})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.status_reason) == (Status.REJECTED, "It is meant.")


def test_a_delivery_takes_a_file_for_each_episode(desk, ticket, edition, monkeypatch):
    taken = {}
    monkeypatch.setattr(
        editions, "deliver", lambda _edition, **given: taken.update(given) or make_version(edition, number=2)
    )
    address = reverse("admin:moderation_ticket_deliver", args=[ticket.pk])
    assert "This field is required" in desk.post(address, {"note": "new voice"}).content.decode()
    files = {"episode_7": SimpleUploadedFile("7.mp4", b"7"), "number_1": 9, "file_1": SimpleUploadedFile("9.mp4", b"9")}
    answer = desk.post(address, {"note": "new voice", **files})
    assert answer.status_code == 302
    assert (sorted(taken["files"]), taken["note"]) == ([7, 9], "new voice")


def test_what_the_catalog_refuses_stands_on_the_form(desk, ticket):
    address = reverse("admin:moderation_ticket_deliver", args=[ticket.pk])
    answer = desk.post(address, {"note": "x", "episode_7": SimpleUploadedFile("7.mp4", b"no film")})
    ticket.refresh_from_db()
    assert (answer.status_code, ticket.status) == (200, Status.OPEN)
    assert answer.context["form"].non_field_errors()


def test_a_proof_stands_with_its_numbers_and_its_picture(desk, ticket, edition):
    Ticket.objects.update(status=Status.VERIFIED, fixed_by=make_version(edition, number=2, changed={7: "x"}))
    Proof.objects.create(
        ticket=ticket, at=NOON, look=1, complaints_before=10, comments_before=40, complaints_after=0,
        comments_after=20, method="Exact test.", p_fixed=0.0173, p_not_fixed=1.0, outcome="fixed",
    )  # fmt: skip
    html = desk.get(page_of(ticket)).content.decode()
    for expected in ("10/40 · 25.0 %", "0/20 · 0.0 %", "0.017", "Exact test.", "<svg", "complaints dropped"):
        assert expected in html


# --- triage ------------------------------------------------------------------------------------------


@pytest.fixture
def unsure(publication, noon):
    return [complain(publication, f"words {n}", needs_review=True, confidence=0.4 + n / 100) for n in range(3)]


def test_triage_shows_the_least_sure_one_and_takes_a_label(desk, unsure):
    address = reverse("admin:moderation_triage")
    assert desk.get(address).context["comment"] == unsure[0]
    desk.post(address, {"comment": unsure[0].pk, "label": "none"})
    unsure[0].refresh_from_db()
    answer = desk.get(address)
    assert (unsure[0].label, unsure[0].is_confirmed) == ("none", True)
    assert (answer.context["comment"], answer.context["left"]) == (unsure[1], 2)


def test_triage_skips_and_takes_back(desk, unsure):
    address = reverse("admin:moderation_triage")
    desk.post(address, {"comment": unsure[0].pk, "do": "skip"})
    assert desk.get(address).context["comment"] == unsure[1]
    desk.post(address, {"comment": unsure[1].pk, "label": "other"})
    desk.post(address, {"comment": unsure[2].pk, "do": "undo"})
    unsure[1].refresh_from_db()
    assert (unsure[1].needs_review, unsure[1].label) == (True, "dubbing")


def test_triage_is_for_those_who_may_label(client, unsure):
    client.force_login(person("reader", "moderation.view_comment"))
    assert client.get(reverse("admin:moderation_triage")).status_code == 403


def test_many_comments_are_labelled_at_once(desk, unsure):
    address = reverse("admin:moderation_comment_changelist")
    rows = [one.pk for one in unsure]
    desk.post(address, {"action": "label_translation", "_selected_action": rows})
    assert set(Comment.objects.values_list("label", "is_confirmed")) == {("translation", True)}


# --- how much a page asks of the database ---------------------------------------------------------------


def queries_of(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def fill(kind: str, count: int, publication, version, vendor) -> None:
    for number in range(count):
        if kind == "watch":
            channel = make_channel(f"{kind} {Watch.objects.count()} {number}")
            Watch.objects.create(channel=channel, next_at=NOON)
            HarvestRun.objects.create(channel=channel, window_at=NOON, started_at=NOON, ended_at=NOON)
            continue
        ticket = Ticket.objects.create(version=version, label="dubbing", vendor=vendor, opened_at=NOON, due_at=NOON)
        comment = complain(publication)
        ticket.evidence.create(comment=comment, publication=publication, excerpt="x", said_at=NOON)
        old = publish(make_clip(version, 7), publication.channel)
        Replacement.objects.create(ticket=ticket, old=old)


@pytest.mark.parametrize(("noun", "kind"), [
    ("comment", "ticket"), ("ticket", "ticket"), ("replacement", "ticket"), ("watch", "watch"), ("harvestrun", "watch"),
])  # fmt: skip
def test_a_list_asks_as_much_for_fifty_rows_as_for_five(desk, noon, publication, version, vendor, noun, kind):
    address = reverse(f"admin:moderation_{noun}_changelist")
    fill(kind, 5, publication, version, vendor)
    few = queries_of(desk, address)
    fill(kind, 45, publication, version, vendor)
    assert queries_of(desk, address) <= few


def test_a_ticket_page_asks_as_much_for_fifty_complaints_as_for_five(desk, ticket, publication, version):
    def more(count: int) -> None:
        for _n in range(count):
            ticket.evidence.create(comment=complain(publication), publication=publication, excerpt="x", said_at=NOON)
            Replacement.objects.create(ticket=ticket, old=publish(make_clip(version, 7), publication.channel))

    more(5)
    few = queries_of(desk, page_of(ticket))
    more(45)
    assert queries_of(desk, page_of(ticket)) <= few


# --- the board ------------------------------------------------------------------------------------------


def ask(rf, user):
    request = rf.get("/admin/")
    request.user = user
    return request


def test_the_board_tells_who_is_not_heard_and_why(rf, admin_user, noon):
    heard, silent, closed = (make_channel(name) for name in ("Heard", "Silent", "Closed"))
    type(closed).objects.filter(pk=closed.pk).update(status="disconnected")
    Watch.objects.create(channel=heard, next_at=NOON, looked_at=NOON - timedelta(minutes=30))
    Watch.objects.create(channel=silent, next_at=NOON, looked_at=NOON - timedelta(hours=5), trouble="No answer.")
    Watch.objects.create(channel=closed, next_at=NOON)
    data = board.watching(ask(rf, admin_user))
    assert [(str(line["channel"]), line["why"], line["lag"]) for line in data["lines"]] == [
        ("Closed", "The channel is “must be reconnected”.", "–"),
        ("Silent", "No answer.", "5 h"),
    ]
    assert data["worst"] == "5 h"


def test_the_board_counts_a_vendors_own_tickets_for_its_people(rf, people, ticket, admin_user):
    data = board.tickets(ask(rf, admin_user))
    assert (data["unsolved"], data["overdue"], data["table"][0]["cells"][0]["n"]) == (1, 1, 1)
    assert urlencode({"label__exact": "dubbing"}) in data["table"][0]["cells"][0]["url"]
    assert board.tickets(ask(rf, people["owner"]))["unsolved"] == 1
    assert board.tickets(ask(rf, people["other"]))["unsolved"] == 0
    assert board.tickets(ask(rf, people["stranger"])) is None
    assert board.watching(ask(rf, people["owner"])) is None


def test_the_home_page_draws_both_panels(desk, ticket, settings):
    html = desk.get(reverse("admin:index")).content.decode()
    assert "Reading comments" in html and "Tickets" in html


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("watching", "No open ticket; 1 watched."),
        ("replacing", "No open ticket; 1 being replaced, 0 watched."),
        (None, "No ticket. When three viewers"),
    ],
)
def test_the_panel_says_what_is_under_way_where_no_ticket_is_open(rf, admin_user, ticket, status, sentence):
    Ticket.objects.update(status=status) if status else Ticket.objects.all().delete()
    page = render_to_string("moderation/board_tickets.html", board.tickets(ask(rf, admin_user)))
    assert sentence in page and page.count("dp-empty") == 1
