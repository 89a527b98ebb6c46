from __future__ import annotations

import pytest
from django.urls import reverse

from channels.models import Publication
from tests.channels import desk

pytestmark = pytest.mark.django_db

PAGES = [
    "channels_channel_changelist",
    "channels_apiclient_changelist",
    "channels_plan_changelist",
    "channels_publication_changelist",
    "channels_run_changelist",
    "channels_quotawindow_changelist",
    "channels_quotaentry_changelist",
    "channels_grant_changelist",
    "channels_needs_a_person",
]


@pytest.fixture
def rows():
    made = desk.Rows()
    made.add(5)
    return made


@pytest.mark.parametrize("page", PAGES)
def test_fifty_rows_take_as_many_queries_as_five(rows, page):
    browser = desk.person("manager")
    address = reverse(f"admin:{page}")
    few = desk.queries(browser, address)
    rows.add(45)

    assert desk.queries(browser, address) == few


def test_the_page_of_a_plan_takes_as_many_queries_for_fifty_as_for_five(rows):
    browser = desk.person("operator")
    address = reverse("admin:channels_plan_change", args=[rows.plan.pk])
    few = desk.queries(browser, address)
    rows.add(45)

    assert desk.queries(browser, address) == few


def found(browser, **asked):
    answer = browser.get(reverse("admin:channels_publication_changelist"), asked)
    assert answer.status_code == 200
    return {row.pk for row in answer.context["cl"].result_list}


def of(**asked):
    return set(Publication.objects.filter(**asked).values_list("pk", flat=True))


def test_publications_are_found_by_title_drama_code_and_id_at_the_platform(rows):
    browser = desk.person("operator")
    Publication.objects.filter(pk__in=list(of(status="failed"))).update(title="Amor en Madrid")

    assert found(browser, q="Madrid") == of(status="failed")
    assert found(browser, q="DR-0001") == of()
    assert found(browser, q=Publication.objects.get(status="published").external_id) == of(status="published")
    assert found(browser, q="nothing like it") == set()


def test_publications_are_narrowed_by_status_channel_language_and_need(rows):
    browser = desk.person("operator")
    one = Publication.objects.first()
    other = Publication.objects.exclude(pk=one.pk).first()
    other.channel.language = "ar"
    other.channel.save()

    assert found(browser, status__exact="failed") == of(status="failed")
    assert found(browser, channel__id__exact=one.channel_id) == {one.pk}
    assert found(browser, language="ar") == {other.pk}
    assert found(browser, platform="tiktok") == set()
    assert found(browser, tier="A") == of()
    one.extras.update(status="done")
    Publication.objects.filter(status="proposed").first().extras.update(status="done")
    assert found(browser, waits="yes") == of() - (
        of(status="proposed") | ({one.pk} - of(status__in=["failed", "needs_person"]))
    )


def test_publications_are_narrowed_by_when_they_are_due(rows):
    browser = desk.person("operator")
    last = Publication.objects.order_by("due_at").last()
    asked = {
        "due_at_from_0": f"{last.due_at:%Y-%m-%d}",
        "due_at_from_1": f"{last.due_at:%H:%M}:00",
    }

    assert last.pk in found(browser, **asked)
    assert len(found(browser, **asked)) < Publication.objects.count()
