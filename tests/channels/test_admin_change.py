from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from catalog.models import Rights
from channels.models import Plan, Publication
from channels.services import accounts, replanning
from channels.services.causes import Cause
from config.kernel import clock
from config.kernel.models import News
from tests.channels import desk, stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube", "tiktok")]
DAY = timedelta(days=1)


@pytest.fixture
def rows():
    channel = stage.a_channel("ES <b>Romance", times=["18:00", "21:00"], time_zone="America/Mexico_City")
    edition = stage.an_edition(stage.a_drama())
    return [
        stage.a_publication(channel, stage.a_clip(edition, number), due_in=timedelta(hours=12) + number * DAY)
        for number in (1, 2)
    ]


@pytest.fixture
def plan(rows):
    rows[0].channel.rules.update(times=["19:00", "21:00"])
    return replanning.propose(Cause("channel_rules", rows[0].channel_id))


def address(plan, what="of"):
    return reverse(f"admin:channels_planchange_{what}", args=[plan.pk])


def test_the_page_names_the_event_the_counts_and_each_line_with_both_times(plan):
    page = desk.person("operator").get(address(plan)).content.decode()
    assert "Times, caps or what ES &lt;b&gt;Romance takes have changed." in page
    assert "2 moved, 0 dropped, 0 added." in page
    assert "2026-03-03 18:00" in page and "2026-03-04 00:00 UTC" in page
    assert "2026-03-03 19:00" in page and "2026-03-04 01:00 UTC" in page
    assert "ES &lt;b&gt;Romance posts at this time no more." in page
    assert Publication.objects.filter(due_at__hour=1).count() == 0


def test_the_lines_can_be_narrowed_to_one_kind(plan):
    browser = desk.person("operator")
    assert browser.get(address(plan) + "?kind=dropped").context["lines"] == []
    assert len(browser.get(address(plan) + "?kind=moved").context["lines"]) == 2


def test_applying_asks_first_takes_the_right_and_shows_how_each_line_came_out(plan, rows):
    for browser in (desk.person("auditor"), desk.person()):
        assert browser.post(address(plan, "apply"), {"sure": "1"}).status_code == 403
    browser = desk.person("operator")
    Publication.objects.filter(pk=rows[1].pk).update(is_pinned=True, due_at=clock.now() + 3 * DAY)
    assert browser.get(address(plan, "apply")).status_code == 200
    rows[0].refresh_from_db()
    assert rows[0].due_at.hour == 0
    page = browser.post(address(plan, "apply"), {"sure": "1"}, follow=True).content.decode()
    rows[0].refresh_from_db()
    assert (rows[0].due_at.hour, Plan.objects.get().status) == (1, "approved")
    assert "1 moved, 0 dropped, 0 added, 1 refused." in page
    assert "It was changed since this was proposed." in page


def test_discarding_leaves_everything_and_an_applied_change_offers_no_button(plan):
    browser = desk.person("operator")
    assert address(plan, "discard") in browser.get(address(plan)).content.decode()
    browser.post(address(plan, "discard"), {"sure": "1"})
    assert Plan.objects.get().status == "discarded"
    page = browser.get(address(plan)).content.decode()
    assert address(plan, "apply") not in page


def test_an_auditor_reads_a_change_and_a_stranger_or_a_vendor_does_not(plan):
    page = desk.person("auditor").get(address(plan)).content.decode()
    assert address(plan, "apply") not in page
    assert desk.person().get(address(plan)).status_code == 403
    assert desk.person("vendor").get(address(plan)).status_code == 403


def test_a_long_change_is_left_to_a_worker_who_applies_it_for_the_person(plan, monkeypatch, drain_jobs):
    monkeypatch.setattr("channels.admin.change.AT_ONCE", 1)
    browser = desk.person("operator")
    browser.post(address(plan, "apply"), {"sure": "1"})
    assert Plan.objects.get().status == "draft"
    assert "2 moved, 0 dropped, 0 added, 0 refused" in drain_jobs()
    assert Plan.objects.get().status == "approved"


def test_a_worker_applies_nothing_for_somebody_who_lost_the_right(plan):
    from channels.services import noticing

    nobody = User.objects.create_user("nobody")
    assert noticing.apply_asked(plan.pk, nobody.pk) == "nothing to apply, or nobody who may"


def test_the_page_takes_as_many_queries_for_many_lines_as_for_few(plan, rows):
    browser = desk.person("operator")
    few = desk.queries(browser, address(plan))
    line = plan.changes.first()
    for number in range(20):
        line.pk = None
        line.clip = stage.a_clip(rows[0].clip.edition, number + 10)
        line.save()
    assert desk.queries(browser, address(plan)) == few


# --- a channel that stands still


def ask(rows):
    return reverse("admin:channels_planchange_ask", args=[rows[0].channel_id])


def test_whoever_knows_how_long_a_channel_stands_still_is_shown_what_would_go_out_later(rows):
    browser = desk.person("operator")
    answer = browser.post(ask(rows), {"until_0": "2026-03-04", "until_1": "12:00"})
    plan = Plan.objects.get()
    assert answer["Location"] == address(plan)
    assert (plan.made_by, plan.summary["changes"]["moved"]) == (browser.user, 2)
    page = browser.get(address(plan)).content.decode()
    assert "stands still until 2026-03-04 12:00 UTC." in page


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "Say until when, or ask other channels"),
        ({"until_0": "2026-03-01", "until_1": "12:00"}, "This has passed."),
        ({"elsewhere": "on"}, "Nothing has to change, or no other channel can take it."),
    ],
)
def test_a_question_without_an_answer_proposes_nothing_and_says_why(rows, said, sentence):
    page = desk.person("operator").post(ask(rows), said).content.decode()
    assert sentence in page
    assert not Plan.objects.exists()


def test_asking_takes_the_right_to_plan(rows):
    assert desk.person("auditor").post(ask(rows), {"elsewhere": "on"}).status_code == 403


# --- the events


def proposed(drain_jobs):
    drain_jobs()
    return [(plan.cause["code"], plan.summary["changes"]) for plan in Plan.objects.order_by("pk")]


MOVED = {"moved": 2, "dropped": 0, "added": 0}
DROPPED = {"moved": 0, "dropped": 2, "added": 0}


def test_other_posting_times_saved_on_the_channel_s_page_propose_a_change(rows, drain_jobs):
    browser = desk.person("operator")
    channel, rule = rows[0].channel, rows[0].channel.rules.get()
    page = reverse("admin:channels_channel_change", args=[channel.pk])
    shown = browser.get(page).context
    form = shown["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value not in (None, False)}
    for inline in shown["inline_admin_formsets"]:
        counts = inline.formset.management_form.initial
        data |= {f"{inline.formset.prefix}-{name}": value for name, value in counts.items()}
    data |= {
        "countries": "MX", "tiers": ["S", "A", "B", "C"], "genres": [],
        "rules-0-id": rule.pk, "rules-0-channel": channel.pk, "rules-0-weekdays": list(range(7)),
        "rules-0-times": "19:00, 21:00", "rules-0-is_on": "on",
    }  # fmt: skip
    answer = browser.post(page, data)
    assert answer.status_code == 302, answer.context["errors"]
    assert proposed(drain_jobs) == [("channel_rules", MOVED)]
    assert News.objects.get(code="change_proposed").url == address(Plan.objects.get())


def test_a_limit_lowered_on_the_client_s_page_proposes_a_change(rows, drain_jobs):
    client = rows[0].channel.api_client
    page = reverse("admin:channels_apiclient_change", args=[client.pk])
    other = stage.an_edition(stage.a_drama("DR-2", tier="C"))
    poor = stage.a_publication(stage.a_channel("Other"), stage.a_clip(other), due_in=timedelta(hours=10) + DAY)
    data = {"platform": "youtube", "name": client.name, "client_id": "client", "limits": "uploads: 1"}
    answer = desk.person("manager").post(page, data)
    assert answer.status_code == 302, answer.context["errors"]
    drain_jobs()
    assert (Plan.objects.get().cause["code"], Plan.objects.get().changes.get().publication) == ("quota_lowered", poor)


def test_rights_deleted_or_closed_on_their_page_propose_a_change(rows, drain_jobs):
    right = Rights.objects.get()
    page = reverse("admin:catalog_rights_change", args=[right.pk])
    browser = desk.person()
    browser.user.is_superuser = True
    browser.user.save()
    said = {
        "drama": right.drama_id, "territories": "*", "platforms": "*", "languages": "*",
        "opens_at_0": "2026-01-01", "opens_at_1": "00:00", "closes_at_0": "2026-03-03", "closes_at_1": "00:00",
    }  # fmt: skip
    assert browser.post(page, said).status_code == 302
    drain_jobs()
    assert Plan.objects.get().cause["code"] == "rights_changed"
    browser.post(reverse("admin:catalog_rights_delete", args=[right.pk]), {"post": "yes"})
    assert proposed(drain_jobs)[-1] == ("rights_changed", DROPPED)


def test_many_bells_of_one_event_tell_it_once(rows, drain_jobs):
    rows[0].channel.rules.update(times=["19:00", "21:00"])
    from config.kernel import jobs

    for _turn in range(3):
        jobs.remind("channels.jobs.propose_change", "channel_rules", rows[0].channel_id)
    drain_jobs()
    jobs.remind("channels.jobs.propose_change", "channel_rules", rows[0].channel_id)
    drain_jobs()
    assert (Plan.objects.count(), News.objects.filter(code="change_proposed").count()) == (1, 1)


def test_a_paused_channel_tells_what_waits_there_and_where_to_say_for_how_long(rows, drain_jobs):
    accounts.pause(rows[0].channel, why="a strike", by=None)
    drain_jobs()
    told = News.objects.get(code="channel_waits")
    assert ("2 publications" in told.sentence, told.url, Plan.objects.count()) == (True, ask(rows), 0)


def test_a_retired_drama_proposes_to_drop_what_is_planned_of_it(rows, drain_jobs):
    from catalog.services import dramas

    dramas.retire(rows[0].clip.edition.drama, by=None)
    assert proposed(drain_jobs) == [("edition_changed", DROPPED)]


def test_a_mended_clip_is_offered_the_time_of_the_clip_that_it_mends(rows, drain_jobs):
    boss, old = User.objects.create_user("boss"), rows[0]
    new = stage.a_clip(old.clip.edition, 1, content=b"mended", supersedes=old.clip)
    from config.kernel import jobs

    jobs.enqueue("channels.jobs.drop_outdated", old.clip.edition_id)
    assert proposed(drain_jobs) == [("edition_changed", {"moved": 0, "dropped": 0, "added": 1})]
    replanning.apply(Plan.objects.get(), by=boss)
    added = Publication.objects.get(clip=new)
    assert (added.due_at, added.status, added.title) == (old.due_at, "proposed", old.title)


def test_the_sweep_finds_an_event_whose_bell_was_lost(rows, drain_jobs):
    from channels.services import noticing

    rows[0].channel.rules.update(times=["19:00", "21:00"])
    noticing.sweep()
    assert proposed(drain_jobs) == [("channel_rules", MOVED)]


def test_a_channel_that_stands_still_shows_how_many_wait_and_where_to_place_them(rows):
    channel = rows[0].channel
    page = reverse("admin:channels_channel_change", args=[channel.pk])
    ask = reverse("admin:channels_planchange_ask", args=[channel.pk])
    browser = desk.person("operator")
    assert ask not in browser.get(page).content.decode()
    accounts.pause(channel, why="x", by=None)
    shown = browser.get(page).content.decode()
    assert ask in shown and "Place 2 publications elsewhere or later…" in shown


def test_whoever_pauses_a_channel_is_told_how_many_publications_wait_there(rows):
    address = reverse("admin:channels_channel_pause_one", args=[rows[0].channel_id])
    page = desk.person("operator").get(address).content.decode()
    assert "Publications that wait there, from now on" in page and "<dd>2</dd>" in page


def test_the_list_of_plans_says_in_words_what_a_change_does(plan):
    page = desk.person("operator").get(reverse("admin:channels_plan_changelist")).content.decode()
    assert "2 moved, 0 dropped, 0 added." in page
