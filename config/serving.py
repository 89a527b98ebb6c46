"""Gunicorn's hooks, so that web processes are seen on the board: `gunicorn -c python:config.serving config.wsgi`."""

from __future__ import annotations

import threading
from typing import Any

BEAT_SECONDS = 10
_ended = threading.Event()


def post_worker_init(worker: Any) -> None:
    from config.kernel import workers

    worker.life = workers.begin("web")
    threading.Thread(target=_beat, args=(worker.life,), daemon=True).start()


def worker_exit(server: Any, worker: Any) -> None:
    from config.kernel import workers

    _ended.set()
    if hasattr(worker, "life"):
        workers.end(worker.life)


def _beat(life: Any) -> None:
    from django.db import connection

    from config.kernel import workers

    while not _ended.wait(BEAT_SECONDS):
        workers.beat(life)
        connection.close()
