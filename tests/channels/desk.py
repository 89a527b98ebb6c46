"""People at the desk, and rows enough to fill its lists."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext

from channels.models import Extra, NotPlaced, Observation, Plan, QuotaEntry, QuotaWindow, Run, UploadSession
from config.kernel import clock
from config.roles import ROLES
from tests.channels import stage


def person(role="", *, name=""):
    """A browser in which somebody with this role is logged in; without a role, staff with no right at all."""
    user = User.objects.create_user(name or role or "stranger", password="x", is_staff=True)
    rights = Q(pk=None)
    for right in ROLES.get(role, []):
        app, codename = right.split(".")
        rights |= Q(content_type__app_label=app, codename=codename)
    user.user_permissions.set(Permission.objects.filter(rights))
    browser = Client()
    browser.force_login(user)
    browser.user = user
    return browser


def queries(browser, address):
    """How many queries the page takes, once the caches of the process are warm."""
    assert browser.get(address).status_code == 200
    with CaptureQueriesContext(connection) as seen:
        browser.get(address)
    return len(seen)


class Rows:
    """Publications in every state of interest, each on a channel of its own, with all that hangs on them."""

    def __init__(self):
        self.drama = stage.a_drama()
        self.edition = stage.an_edition(self.drama)
        self.clip = stage.a_clip(self.edition)
        now = clock.now()
        self.plan = Plan.objects.create(starts_at=now, ends_at=now + timedelta(days=3), made_at=now)
        self.count = 0

    def add(self, many):
        for _turn in range(many):
            self.count += 1
            self._add(self.count)

    def _add(self, number):
        now = clock.now()
        channel = stage.a_channel(f"Channel {number}")
        run = Run.objects.create(channel=channel, edition=self.edition, status="active")
        status = ("needs_person", "failed", "proposed", "uploading", "published")[number % 5]
        row = stage.a_publication(
            channel, self.clip, status=status, run=run, plan=self.plan, due_in=timedelta(minutes=number),
            external_id=f"v{number}" if status == "published" else "",
        )  # fmt: skip
        UploadSession.objects.create(
            publication=row, number=1, status="open", handle="https://up.example/secret-session",
            total_bytes=100, sent_bytes=40, opened_at=now,
        )  # fmt: skip
        Extra.objects.create(publication=row, kind="take_down", status="by_hand")
        Observation.objects.create(publication=row, at=now, source="x", state="live")
        NotPlaced.objects.create(
            plan=self.plan, edition=self.edition, channel=channel, rule="rights", facts={"text": "No."}
        )
        Plan.objects.create(starts_at=now, ends_at=now + timedelta(days=number), made_at=now, made_by=None, summary={})
        window = QuotaWindow.objects.create(
            api_client=channel.api_client, channel=channel, bucket="posts", limit=10, spent=10,
            opens_at=now - timedelta(hours=1), closes_at=now + timedelta(hours=9),
        )  # fmt: skip
        QuotaEntry.objects.create(
            window=window,
            at=now,
            units=1,
            purpose="publish",
            verb="open_session",
            operation=str(number),
            channel=channel,
        )
        gone = stage.a_channel(f"Gone {number}", status="disconnected", connected=False)
        assert gone.pk
