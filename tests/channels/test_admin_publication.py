from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from channels.models import Extra, Publication, UploadSession
from channels.rules.publication import Status
from config.kernel import clock, lifecycle
from tests.channels import desk, stage

pytestmark = pytest.mark.django_db

LIST = "admin:channels_publication_changelist"


@pytest.fixture
def clip():
    return stage.a_clip(stage.an_edition(stage.a_drama()))


@pytest.fixture
def operator():
    return desk.person("operator")


def on(clip, status, *, due_in=timedelta(hours=5), **more):
    channel = stage.a_channel(f"{Publication.objects.count()} {status}")
    return stage.a_publication(channel, clip, status=status, due_in=due_in, **more)


def act(browser, action, rows, **said):
    answer = browser.post(reverse(LIST), {"action": action, "_selected_action": [row.pk for row in rows], **said})
    return answer, [str(message) for message in get_messages(answer.wsgi_request)]


def do(browser, row, deed, **said):
    answer = browser.post(reverse(f"admin:channels_publication_{deed}", args=[row.pk]), said)
    row.refresh_from_db()
    return answer


def test_a_list_action_asks_before_it_does_anything(clip, operator):
    row = on(clip, "proposed")
    answer, _said = act(operator, "approve_all", [row])

    row.refresh_from_db()
    assert (answer.status_code, row.status) == (200, "proposed")
    assert "Approve publications" in answer.content.decode()


def test_a_bulk_approval_counts_what_was_done_and_what_was_not(clip, operator):
    rows = [on(clip, status) for status in ("proposed", "approved", "needs_person", "uploading", "failed")]
    _answer, said = act(operator, "approve_all", rows, sure="1")

    assert said[0].startswith("1 publication was approved. 4 are no longer proposed. ")
    statuses = [Publication.objects.get(pk=row.pk).status for row in rows]
    assert statuses == ["approved", "approved", "needs_person", "uploading", "failed"]


def test_an_approval_keeps_who_and_when(clip, operator):
    row = on(clip, "proposed", approved_at=None)
    do(operator, row, "approve")

    assert (row.status, row.approved_by) == ("approved", operator.user)
    assert lifecycle.history(row)[0].by == operator.user


def test_cancelling_wants_to_know_why(clip, operator):
    row = on(clip, "approved")

    assert "This field is required" in do(operator, row, "cancel").content.decode()
    assert row.status == "approved"
    do(operator, row, "cancel", why="wrong dub")
    assert (row.status, row.status_reason) == ("cancelled", "wrong dub")


def test_what_is_live_is_taken_down_by_a_row_of_its_own(clip, operator):
    row = on(clip, "published", external_id="v1")
    do(operator, row, "take_down", why="rights closed")

    assert (row.status, Extra.objects.get().kind) == ("published", "take_down")


def test_only_what_failed_is_tried_again(clip, operator):
    failed, doubtful = on(clip, "failed"), on(clip, "needs_person")
    _answer, said = act(operator, "retry_all", [failed, doubtful], sure="1")

    assert said[0].startswith("1 publication is tried again. 1 was refused. ")
    failed.refresh_from_db()
    doubtful.refresh_from_db()
    assert (failed.status, doubtful.status) == ("approved", "needs_person")


def test_a_person_who_found_the_clip_enters_its_id(clip, operator):
    row = on(clip, "needs_person")
    do(operator, row, "it_is_there", external_id=" abc123 ")

    assert (row.status, row.external_id) == (Status.ACCEPTED, "abc123")


def test_a_person_who_did_not_find_the_clip_has_it_sent_again(clip, operator):
    row = on(clip, "needs_person")
    session = UploadSession.objects.create(
        publication=row, number=1, status="unknown", total_bytes=9, opened_at=clock.now()
    )
    do(operator, row, "send_again")

    session.refresh_from_db()
    assert (row.status, session.status) == ("approved", "dead")


def test_the_page_of_a_doubtful_one_shows_the_evidence_without_secrets(clip, operator):
    row = on(clip, "needs_person", status_reason="No clear answer.")
    UploadSession.objects.create(
        publication=row, number=1, status="unknown", total_bytes=9, opened_at=clock.now(),
        evidence=[{"what": "Looked through the uploads.", "found": [], "upload_url": "https://up.example/abc"}],
    )  # fmt: skip
    text = operator.get(reverse("admin:channels_publication_change", args=[row.pk])).content.decode()

    assert "Looked through the uploads. · found: nothing" in text
    assert row.marker in text
    assert "up.example" not in text


def test_what_was_done_by_hand_is_said_with_a_button(clip, operator):
    row = on(clip, "published", external_id="v1")
    extra = Extra.objects.create(publication=row, kind="take_down", status="by_hand")
    address = reverse("admin:channels_extra_done", args=[extra.pk])
    page = operator.get(reverse("admin:channels_publication_change", args=[row.pk])).content.decode()

    assert address in page
    operator.post(address)
    row.refresh_from_db()
    assert row.status == "withdrawn"


def test_texts_can_be_changed_until_the_upload_begins(clip, operator):
    waiting, gone = on(clip, "approved"), on(clip, "uploading")
    answers = [_type(operator, row, title="New", tags="amor, drama romántico") for row in (waiting, gone)]

    assert [answer.status_code for answer in answers] == [302, 403]
    assert (waiting.title, waiting.tags) == ("New", ["amor", "drama romántico"])
    assert gone.title != "New"


def _type(browser, row, **texts):
    address = reverse("admin:channels_publication_change", args=[row.pk])
    formsets = [one.formset.prefix for one in browser.get(address).context["inline_admin_formsets"]]
    empty = {f"{prefix}-{part}_FORMS": 0 for prefix in formsets for part in ("TOTAL", "INITIAL")}
    answer = browser.post(address, {"description": "", **empty, **texts})
    row.refresh_from_db()
    return answer


def test_a_form_that_was_opened_earlier_does_not_write_an_old_status_back(clip, rf):
    from channels.admin.saving import OnlyWhatChanged

    row = on(clip, "approved")
    Publication.objects.filter(pk=row.pk).update(status="uploading")
    row.title = "New"
    request = rf.post("/")
    request.user = None
    OnlyWhatChanged().save_model(request, row, type("Form", (), {"changed_data": ["title"]}), change=True)

    stored = Publication.objects.get(pk=row.pk)
    assert (stored.title, stored.status) == ("New", "uploading")


def test_what_needs_a_person_is_ranked_by_tier_and_age(operator):
    dear = stage.a_clip(stage.an_edition(stage.a_drama("DR-S", tier="S")))
    cheap = stage.a_clip(stage.an_edition(stage.a_drama("DR-C", tier="C")))
    now = clock.now()
    for title, clip, hours in (("cheap", cheap, 9), ("young", dear, 1), ("old", dear, 5)):
        row = on(clip, "uploading", title=title)
        with clock.at(now - timedelta(hours=hours)):
            lifecycle.advance(row, to=Status.FAILED, status_reason="refused")
    page = operator.get(reverse("admin:channels_needs_a_person"))

    assert [(one.tier, one.age) for one in page.context["matters"]] == [("S", "5 h"), ("S", "1 h"), ("C", "9 h")]


def test_when_nothing_needs_a_person_the_page_says_so(operator):
    assert "Nothing waits for a person" in operator.get(reverse("admin:channels_needs_a_person")).content.decode()
