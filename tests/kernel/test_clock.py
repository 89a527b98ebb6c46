from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from config.kernel import clock


def test_real_time_is_the_default(monkeypatch):
    monkeypatch.delenv("CLOCK_RATE", raising=False)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_fast_clock_runs_from_its_anchor(monkeypatch):
    monkeypatch.setenv("CLOCK_RATE", "60")
    monkeypatch.setenv("CLOCK_ANCHOR", "1000,5000")
    monkeypatch.setattr("time.time", lambda: 1010.0)
    assert clock.now().timestamp() == 5000 + 600
    assert clock.real_seconds(timedelta(hours=1)) == 60


def test_a_held_clock_stands_still_and_is_let_go():
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    with clock.at(noon):
        assert clock.now() == clock.now() == noon
    assert clock.now() != noon


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="aware"), clock.at(datetime(2026, 3, 2)):
        pass


def test_today_is_the_zone_s_day():
    with clock.at(datetime(2026, 3, 2, 23, 30, tzinfo=UTC)):
        assert clock.today("Asia/Jakarta").day == 3
        assert clock.today("America/Los_Angeles").day == 2
