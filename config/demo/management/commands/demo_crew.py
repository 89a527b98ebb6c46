"""The made-up staff of the demo at work, until told to stop."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.db.utils import OperationalError

from config.demo import crew

PAUSE_SECONDS = 1.0


class Command(BaseCommand):
    help = "Do the people's part of the demo: connect, watch, approve, mend, take down by hand."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        while not stop.wait(PAUSE_SECONDS):
            close_old_connections()
            try:
                for sentence in crew.work():
                    self.stdout.write(sentence)
                    self.stdout.flush()
            except OperationalError as error:
                self.stderr.write(f"the database did not answer: {error}")
