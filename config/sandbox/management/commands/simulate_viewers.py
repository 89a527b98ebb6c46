from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config.kernel import clock
from config.sandbox.viewers import crowd


class Command(BaseCommand):
    help = "Let the simulated viewers watch and write, again and again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, default=1.0, help="real seconds between two looks (default 1)")
        parser.add_argument("--once", action="store_true", help="look once and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            done = crowd.tick(now=clock.now())
            if done.said or done.heard or options["once"]:
                self.stdout.write(f"{done.watched} videos watched, {done.heard} heard, {done.said} comments")
                self.stdout.flush()
            if options["once"]:
                return
            time.sleep(options["every"])
