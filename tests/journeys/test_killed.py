"""kill -9 at any moment, of anything: every clip stands at its platform exactly once, and the books add up."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.troupe import Troupe, until

SEED = 20260302
VICTIMS = ("worker", "sandbox", "ticker", "worker", "sandbox")
PATIENCE_SECONDS = 110  # on a busy machine; an idle one needs a third


@pytest.fixture
def troupe(tmp_path: Path) -> Iterator[Troupe]:
    one = Troupe(tmp_path, seed=SEED)
    try:
        one.start("sandbox")
        one.fill("youtube", "tiktok", "youtube", "tiktok")
        # A platform that takes its time, so that there is a midway to be killed in.
        one.sandbox.control("POST", "faults", {"name": "slow", "probability": 1, "options": {"seconds": 0.15}})
        yield one
    finally:
        one.stop()


def test_processes_killed_at_any_moment_lose_and_double_nothing(troupe):
    end = time.monotonic() + PATIENCE_SECONDS
    troupe.start("worker")
    troupe.start("ticker")
    hurt = 0
    for victim, sent in kills(total=all_bytes(troupe)):
        assert until(lambda who=victim, sent=sent: is_time(troupe, who, sent), good=True, end=end), troupe.logs()
        hurt += bool(statuses(troupe)["uploading"])
        troupe.kill(victim)
        troupe.start(victim)
    assert hurt, "every kill came too late to hurt"
    assert until(lambda: statuses(troupe), good={"published": 12}, end=end), troupe.logs()
    assert statuses(troupe) == {"published": 12}, troupe.logs()

    assert_each_clip_is_there_once(troupe)
    assert_nothing_is_held(troupe)
    assert_the_ledger_adds_up(troupe)
    assert_the_board_tells_of_the_killed(troupe)


def kills(*, total: int) -> list[tuple[str, int]]:
    """Who dies, and after how many bytes in all have gone out: random, and the same in every run."""
    dice = random.Random(SEED)
    moments = sorted(dice.uniform(0.03, 0.6) for _victim in VICTIMS)
    return [(victim, round(moment * total)) for victim, moment in zip(VICTIMS, moments, strict=True)]


def is_time(troupe: Troupe, victim: str, sent: int) -> bool:
    """A worker dies at the worst moment: the last bytes of a clip are out, and nobody will hear the answer.

    On a machine that was busy elsewhere just then, the moment may have passed: when nothing is left to be sent, now.
    """
    if sent_bytes(troupe) < sent:
        return False
    if not {"approved", "uploading"} & set(statuses(troupe)):
        return True
    final = (
        "SELECT 1 FROM channels_uploadsession session JOIN channels_publication publication"
        " ON publication.id = session.publication_id JOIN channels_channel channel"
        " ON channel.id = publication.channel_id WHERE channel.platform = 'youtube' AND session.status = 'final_sent'"
    )
    return victim != "worker" or bool(troupe.ask(final))


def all_bytes(troupe: Troupe) -> int:
    return troupe.ask("SELECT sum(size_bytes) FROM catalog_clip")[0][0]


def sent_bytes(troupe: Troupe) -> int:
    return troupe.ask("SELECT coalesce(sum(sent_bytes), 0) FROM channels_uploadsession")[0][0]


def statuses(troupe: Troupe) -> Counter[str]:
    return Counter(dict(troupe.ask("SELECT status, count(*) FROM channels_publication GROUP BY status")))


def assert_each_clip_is_there_once(troupe: Troupe) -> None:
    """By the platform's own books, which know of deleted and failed uploads too."""
    wanted = troupe.ask(
        "SELECT channel.name, publication.external_id, clip.sha256 FROM channels_publication publication"
        " JOIN channels_channel channel ON channel.id = publication.channel_id"
        " JOIN catalog_clip clip ON clip.id = publication.clip_id"
    )
    books = troupe.sandbox.control("GET", "books")["books"]
    there = [(one["handle"], one["external_id"], one["sha256"]) for one in books]
    assert sorted(there) == sorted(wanted)
    assert {one["state"] for one in books} == {"live"}
    assert {one["deleted_at"] for one in books} == {None}


def assert_nothing_is_held(troupe: Troupe) -> None:
    held = "SELECT id FROM channels_publication WHERE lease_token IS NOT NULL OR lease_until IS NOT NULL"
    assert troupe.ask(held) == []
    live = "SELECT id, status FROM channels_uploadsession WHERE status NOT IN ('done', 'dead')"
    assert troupe.ask(live) == []


def assert_the_ledger_adds_up(troupe: Troupe) -> None:
    windows = troupe.ask(
        "SELECT quota.id, quota.spent, coalesce(sum(entry.units), 0) FROM channels_quotawindow quota"
        " LEFT JOIN channels_quotaentry entry ON entry.window_id = quota.id GROUP BY quota.id, quota.spent"
    )
    assert windows
    assert [row for row in windows if row[1] != row[2]] == []


def assert_the_board_tells_of_the_killed(troupe: Troupe) -> None:
    lives = dict(troupe.ask("SELECT role, sum(was_killed) FROM kernel_processlife GROUP BY role"))
    assert lives == {role: VICTIMS.count(role) for role in ("worker", "ticker")}
    told = troupe.ask("SELECT sentence FROM kernel_news WHERE code = 'process_killed'")
    assert len(told) == sum(lives.values())
