"""Sandbox, worker and ticker as processes of their own on a folder and a database of their own; they can be killed."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from tests.sandbox.server import HOUSE, SandboxServer

RATE = 240
POLL_SECONDS = 0.03
DYING_SECONDS = 10


class Troupe:
    """`kill` is kill -9 of one process by its id; `start` brings the same one back on the same rows."""

    def __init__(self, folder: Path, *, seed: int) -> None:
        self.folder, self.seed = folder, seed
        self.sandbox = SandboxServer(folder / "sandbox", clock_rate=RATE)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.env = {
            **os.environ,
            **self.sandbox.roots,
            **{name: self.sandbox.env[name] for name in ("CLOCK_RATE", "CLOCK_ANCHOR")},
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "VAR_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{self.database}",
            "REDIS_URL": "",
            "TIKTOK_UPLOAD_HOSTS": "127.0.0.1",
            "UPLOAD_CHUNK_BYTES": str(256 * 1024),
            "UPLOAD_LEASE_SECONDS": "10",
            "QUEUE_POLL_SECONDS": "0.1",
            "TICK_SECONDS": "0.5",
            "WORKERS": "2",
        }

    @property
    def database(self) -> Path:
        return self.folder / "product.sqlite3"

    def fill(self, *platforms: str) -> None:
        """One channel for each name, and what else `cast` makes."""
        command = [
            sys.executable,
            "manage.py",
            "shell",
            "-v",
            "0",
            "-c",
            "from tests.journeys import cast; cast.fill()",
        ]
        env = {**self.env, "CAST": " ".join(platforms), "CAST_SEED": str(self.seed), "CAST_SANDBOX": self.sandbox.url}
        subprocess.run(command, cwd=HOUSE, env=env, check=True, timeout=60)

    def start(self, role: str) -> None:
        if role == "sandbox":
            self.sandbox.start()
            return
        with (self.folder / f"{role}.log").open("ab") as log:
            self.processes[role] = subprocess.Popen(
                [sys.executable, "manage.py", role], cwd=HOUSE, env=self.env, stdout=log, stderr=log
            )

    def kill(self, role: str) -> None:
        """kill -9 of the process alone; its children have to follow by themselves."""
        if role == "sandbox":
            self.sandbox.kill()
            return
        process = self.processes.pop(role)
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGKILL)
        process.wait()
        end = time.monotonic() + DYING_SECONDS
        left = until(lambda: [one for one in children if _lives(one)], good=[], end=end)
        for one in left:
            one.kill()
        assert left == [], f"{role} left {left} behind"

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.database, timeout=30)) as connection:
            connection.execute("PRAGMA query_only = 1")
            return connection.execute(query).fetchall()

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace")[-3000:] for path in sorted(self.folder.glob("*.log")))

    def stop(self) -> None:
        for role in list(self.processes):
            self.kill(role)
        self.sandbox.kill()


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def until(read: Callable[[], Any], *, good: Any, end: float) -> Any:
    """What `read` says once it is `good`, or what it said last when the time (monotonic) is over."""
    while (said := read()) != good and time.monotonic() < end:
        time.sleep(POLL_SECONDS)
    return said
