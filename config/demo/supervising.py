"""Start the processes of a run under circus, start again what dies, stop all of it on Ctrl-C."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from typing import Any

from circus import get_arbiter
from django.conf import settings

from config.demo import clockfile
from config.demo.stage import Stage, commands, environment

KEEP_CLOCK_SECONDS = 5
GRACE_SECONDS = 10


def prepare(stage: Stage) -> None:
    """Tables, static files and demo data; safe to run again. Shows its own progress."""
    stage.logs.mkdir(parents=True, exist_ok=True)
    env = environment(stage)
    stand_in = [sys.executable, "-m", "django", "migrate", "--settings", "config.sandbox.settings", "--verbosity", "0"]
    for command in (stand_in, [sys.executable, str(settings.BASE_DIR / "manage.py"), "demo_prepare"]):
        subprocess.run(command, env=env, cwd=settings.BASE_DIR, check=True)


def run(stage: Stage) -> None:
    """Supervise until a signal says stop. The clock that all processes share starts here."""
    env = environment(stage)
    arbiter = get_arbiter(
        [_watcher(name, command, stage, env) for name, command in commands(stage).items()],
        controller=f"ipc://{stage.folder}/control.sock",
        pubsub_endpoint=f"ipc://{stage.folder}/news.sock",
        check_delay=1.0,
    )
    stopped = threading.Event()
    keeper = threading.Thread(target=_keep_clock, args=(stage, env, stopped), daemon=True)
    keeper.start()
    # Told to stop, circus still looks after its watchers once a second and complains of itself.
    logging.getLogger("tornado.application").setLevel(logging.CRITICAL)
    try:
        arbiter.start()
    finally:
        stopped.set()
        keeper.join()


def _watcher(name: str, command: list[str], stage: Stage, env: dict[str, str]) -> dict[str, Any]:
    log = {
        "class": "FileStream",
        "filename": str(stage.logs / f"{name}.log"),
        "max_bytes": 5_000_000,
        "backup_count": 1,
    }
    return {
        "name": name,
        "cmd": command[0],
        "args": command[1:],
        "env": env,
        "working_dir": str(settings.BASE_DIR),
        # The queue's children must not get the signal: their parent drains and stops them.
        "stop_children": False,
        "graceful_timeout": GRACE_SECONDS,
        "max_retry": 1000,
        "stdout_stream": log,
        "stderr_stream": log,
        "close_child_stdin": True,
    }


def _keep_clock(stage: Stage, env: dict[str, str], stopped: threading.Event) -> None:
    while not stopped.wait(KEEP_CLOCK_SECONDS):
        clockfile.keep(stage.clock_file, env["CLOCK_ANCHOR"], stage.rate)
    clockfile.keep(stage.clock_file, env["CLOCK_ANCHOR"], stage.rate)
