"""What this app hangs up at start: its routines and its panel on the home board. It listens to nobody."""

from __future__ import annotations

from datetime import timedelta

from catalog.board import catalog
from config.kernel import jobs
from config.kernel.admin import board


def open_up() -> None:
    jobs.routine("catalog.jobs.sweep_clips", every=timedelta(minutes=1))
    jobs.routine("catalog.jobs.sweep_checks", every=timedelta(minutes=1))
    jobs.routine("catalog.jobs.clear_uploads", every=timedelta(hours=6))
    board.hang(60, "catalog/board_catalog.html", catalog)
