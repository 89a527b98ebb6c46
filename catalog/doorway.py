"""What this app hangs up at start: its routines, its receivers and its panels on the home board."""

from __future__ import annotations

from datetime import timedelta

from config.kernel import jobs


def open_up() -> None:
    jobs.routine("catalog.jobs.sweep_clips", every=timedelta(minutes=1))
    jobs.routine("catalog.jobs.sweep_checks", every=timedelta(minutes=1))
