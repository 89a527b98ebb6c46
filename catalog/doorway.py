"""What this app hangs up at start: its routines, its panels, and what it does about its own news."""

from __future__ import annotations

from datetime import timedelta

from catalog import receivers, signals
from catalog.board import catalog
from config.kernel import jobs
from config.kernel.admin import board


def open_up() -> None:
    jobs.routine("catalog.jobs.sweep_clips", every=timedelta(minutes=1))
    jobs.routine("catalog.jobs.sweep_fingerprints", every=timedelta(minutes=5))
    jobs.routine("catalog.jobs.sweep_checks", every=timedelta(minutes=1))
    jobs.routine("catalog.jobs.clear_uploads", every=timedelta(hours=6))
    board.hang(60, "catalog/board_catalog.html", catalog)
    signals.clip_ready.connect(receivers.clip_is_ready, dispatch_uid="catalog.clip_ready")
