from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib import admin
from django.urls import reverse
from simple_history.admin import SimpleHistoryAdmin

from channels.models import Channel, Publication
from config.kernel.admin.pages import HistoryPage
from tests.channels import desk, stage

pytestmark = pytest.mark.django_db


def version(model, row):
    return reverse(f"admin:channels_{model}_simple_history", args=[row.pk, row.history.last().history_id])


def test_a_former_version_of_a_publication_is_read_and_never_put_back(noon):
    clip = stage.a_clip(stage.an_edition(stage.a_drama()))
    row = stage.a_publication(stage.a_channel(), clip, status="proposed", due_in=timedelta(hours=5))
    row.title = "Second title"
    row.save()
    Publication.objects.filter(pk=row.pk).update(status="published", external_id="v1", published_at=noon)
    browser, address = desk.person("operator"), version("publication", row)
    page = browser.get(address)
    assert (page.status_code, "Revert" in page.content.decode()) == (200, False)
    assert browser.post(address, {"title": "First", "description": "", "tags": ""}).status_code == 403
    row.refresh_from_db()
    assert (row.title, row.status) == ("Second title", "published")


def test_a_former_version_of_a_channel_is_never_put_back(noon):
    row = stage.a_channel()
    row.daily_cap = 3
    row.save()
    assert desk.person("operator").post(version("channel", row), {"name": "Old"}).status_code == 403
    assert Channel.objects.get().daily_cap == 3


def test_every_page_with_former_versions_refuses_to_put_them_back():
    pages = [page for page in admin.site._registry.values() if isinstance(page, SimpleHistoryAdmin)]
    assert pages
    assert [page for page in pages if not isinstance(page, HistoryPage)] == []
