"""Print the loop's milestones as they come: one line each, with the seconds since the start."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.utils import OperationalError

from config.demo.milestones import LOOP, Milestone

PAUSE_SECONDS = 0.5


class Command(BaseCommand):
    help = "Follow the loop until one ticket is verified; fail by name of the milestone that did not come."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=float, default=300.0, help="how long to wait, from --since")
        parser.add_argument("--since", type=float, default=0.0, help="unix seconds of the start (0: now)")

    def handle(self, *args: Any, **options: Any) -> None:
        since = options["since"] or time.time()
        for milestone in LOOP:
            said = self._wait(milestone, until=since + options["seconds"])
            if said is None:
                raise CommandError(f"“{milestone.name}” did not come within {options['seconds']:.0f} s.", returncode=1)
            self.stdout.write(f"{time.time() - since:7.1f} s  {milestone.name}: {said}")
            self.stdout.flush()

    def _wait(self, milestone: Milestone, *, until: float) -> str | None:
        while time.time() < until:
            try:
                said = milestone.reached()
            except OperationalError:
                said = None  # the tables are not there yet, or a writer holds the file for a moment
            if said is not None:
                return said
            time.sleep(PAUSE_SECONDS)
        return None
