from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Sum

from channels.errors import QuotaSpent
from channels.models import QuotaEntry, QuotaWindow
from channels.platforms.base import Price
from channels.rules import quota
from channels.rules.words import Purpose
from channels.services import ledger
from config.kernel import clock
from tests.channels import stage

UPLOAD = Price("uploads", 1)


def reserve(client, operation, *, price=UPLOAD):
    return ledger.reserve(
        client=client, channel=None, price=price, purpose=Purpose.PUBLISH, verb="open_session", operation=operation
    )


def adds_up() -> bool:
    windows = QuotaWindow.objects.annotate(total=Sum("entries__units"))
    return all((window.total or 0) == window.spent <= window.limit for window in windows)


@pytest.mark.parametrize(
    ("window", "zone", "now", "opens", "closes"),
    [
        ("day", "America/Los_Angeles", "2026-03-02T12:00", "2026-03-02T08:00", "2026-03-03T08:00"),
        ("day", "America/Los_Angeles", "2026-03-08T12:00", "2026-03-08T08:00", "2026-03-09T07:00"),
        ("day", "America/Los_Angeles", "2026-11-01T12:00", "2026-11-01T07:00", "2026-11-02T08:00"),
        ("day", "UTC", "2026-03-02T23:59", "2026-03-02T00:00", "2026-03-03T00:00"),
        ("minute", "UTC", "2026-03-02T12:00:30", "2026-03-02T12:00", "2026-03-02T12:01"),
    ],
)
def test_a_window_is_the_platforms_day_or_a_minute(window, zone, now, opens, closes):
    span = quota.span(window, zone, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert (span.opens_at, span.closes_at) == tuple(
        datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in (opens, closes)
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("noon", "youtube")
class TestLedger:
    def test_a_repeated_operation_is_paid_once(self):
        client = stage.an_api_client()
        assert reserve(client, "a").pk == reserve(client, "a").pk
        assert QuotaWindow.objects.get().spent == 1

    def test_a_limit_lowered_below_what_is_spent_leaves_nothing(self):
        client = stage.an_api_client(limits={"uploads": 9})
        for number in range(6):
            reserve(client, f"a{number}")
        client.limits = {"uploads": 5}
        with pytest.raises(QuotaSpent):
            reserve(client, "b")
        assert (QuotaWindow.objects.get().limit, adds_up()) == (6, True)
        client.limits = {"uploads": 8}
        reserve(client, "c")
        assert (QuotaWindow.objects.get().limit, QuotaWindow.objects.get().spent) == (8, 7)

    def test_what_is_not_there_is_not_spent_and_says_when_it_returns(self):
        client = stage.an_api_client(limits={"uploads": 1})
        reserve(client, "a")
        with pytest.raises(QuotaSpent) as refused:
            reserve(client, "b")
        assert refused.value.until == datetime(2026, 3, 3, 8, tzinfo=UTC)
        assert QuotaEntry.objects.count() == 1

    def test_a_refund_is_a_line_of_its_own_and_comes_once(self):
        client = stage.an_api_client()
        reserve(client, "a", price=Price("units", 50))
        ledger.refund("a", units=20)
        ledger.refund("a", units=20)
        assert [entry.units for entry in QuotaEntry.objects.order_by("pk")] == [50, -20]
        assert QuotaWindow.objects.get().spent == 30

    def test_a_granted_rise_counts_at_once(self):
        client = stage.an_api_client(limits={"uploads": 1})
        reserve(client, "a")
        client.limits = {"uploads": 2}
        client.save()
        assert reserve(client, "b").units == 1

    def test_what_the_platform_says_is_gone_is_booked(self):
        client = stage.an_api_client()
        reserve(client, "a")
        ledger.exhaust(client=client, channel=None, bucket="uploads", purpose=Purpose.PUBLISH, verb="open_session")
        assert adds_up()
        with pytest.raises(QuotaSpent):
            reserve(client, "b")

    def test_the_next_day_has_a_budget_of_its_own(self):
        client = stage.an_api_client(limits={"uploads": 1})
        reserve(client, "a")
        with clock.at(clock.now() + timedelta(days=1)):
            assert reserve(client, "b").units == 1
        assert adds_up()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("noon", "youtube")
def test_racing_workers_never_overspend_and_every_line_counts():
    client = stage.an_api_client(limits={"uploads": 10})
    reserve(client, "first")
    gate = threading.Barrier(4)
    refused: list[str] = []

    def work(name: int) -> None:
        gate.wait()
        for turn in range(6):
            try:
                reserve(client, f"{turn}" if turn < 2 else f"{name}-{turn}")
            except QuotaSpent:
                refused.append(f"{name}-{turn}")
        connection.close()

    workers = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert QuotaWindow.objects.get().spent == 10
    assert QuotaEntry.objects.filter(operation__in=["0", "1"]).count() == 2
    assert len(refused) == 9
    assert adds_up()


@pytest.mark.django_db
@pytest.mark.usefixtures("noon", "youtube")
def test_a_budget_that_returns_within_our_window_is_not_booked_as_gone():
    client = stage.an_api_client()
    facts = {"channel": None, "bucket": "uploads", "purpose": Purpose.PUBLISH, "verb": "open_session"}
    ledger.exhaust(client=client, until=clock.now() + timedelta(hours=1), **facts)
    assert reserve(client, "a").units == 1
