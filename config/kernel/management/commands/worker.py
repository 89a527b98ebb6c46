"""Run the queue's cluster so that it drains on SIGTERM, leaves no orphan when killed, and is seen on the board."""

from __future__ import annotations

import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django_q.cluster import Cluster

from config.kernel import workers

BEAT_SECONDS = 10


class Command(BaseCommand):
    help = "Work off the queue until told to stop (SIGTERM to this process alone; its children follow)."

    def handle(self, *args: Any, **options: Any) -> None:
        life = workers.begin("worker")
        connection.close()
        workers.tie_children()
        cluster = Cluster()
        cluster.start()
        sentinel = cluster.sentinel
        beats = threading.Thread(target=_beat_until, args=(life, cluster.stop_event), daemon=True)
        beats.start()
        sentinel.join()
        workers.end(life)


def _beat_until(life: Any, stopped: Any) -> None:
    while not stopped.wait(BEAT_SECONDS):
        workers.beat(life)
    connection.close()
