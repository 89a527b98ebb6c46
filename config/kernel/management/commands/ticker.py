"""Ring for routines that are due, every `TICK_SECONDS`. Two tickers side by side do no harm."""

from __future__ import annotations

import logging
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.db.utils import OperationalError

from config.kernel import jobs, workers

log = logging.getLogger("dramaport.ticker")


class Command(BaseCommand):
    help = "Ring for every routine that is due until told to stop."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        jobs.lay_out()
        life = workers.begin("ticker")
        while not stop.wait(settings.TICK_SECONDS):
            self._round(life)
        workers.end(life)

    def _round(self, life: Any) -> None:
        close_old_connections()
        try:
            jobs.tick()
            workers.beat(life)
        except OperationalError as error:
            log.warning("the database did not answer, the next round follows: %s", error)
