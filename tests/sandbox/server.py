"""The sandbox as a process of its own, for any test that wants to talk HTTP to the platforms.

`SandboxServer(folder).start()` is up when it returns; `kill()` is kill -9 and `start()` afterwards
finds the same address, database and files again.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 30


class SandboxServer:
    """One stand-in for both platforms on a free loopback port, with everything it keeps under `folder`."""

    def __init__(
        self,
        folder: Path | str,
        *,
        clock_rate: float = 1,
        env: dict[str, str] | None = None,
        workers: int = 1,
        threads: int = 16,
        port: int | None = None,
    ) -> None:
        self.folder = Path(folder)
        self.port = port or _free_port()
        self.workers, self.threads = workers, threads
        self.process: subprocess.Popen[bytes] | None = None
        self.has_tables = False
        now = time.time()
        rate = clock_rate if clock_rate != 1 else 1.000001  # at exactly 1 the clock takes no anchor
        self.env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.sandbox.settings",
            "SANDBOX_DATABASE": str(self.folder / "sandbox.sqlite3"),
            "SANDBOX_MEDIA": str(self.folder / "media"),
            "SANDBOX_SECRET_KEY": "of no use to anybody",
            "SANDBOX_PROCESSING_SECONDS": "0",
            "SANDBOX_MODERATION_SECONDS": "0",
            "SANDBOX_LISTING_DELAY_SECONDS": "0",
            "PYTHONPATH": str(HOUSE),
            "CLOCK_RATE": str(rate),
            "CLOCK_ANCHOR": f"{now},{now}",
            **(env or {}),
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def roots(self) -> dict[str, str]:
        """The product's settings that point it here."""
        return {
            "YOUTUBE_API_ROOT": f"{self.url}/youtube/",
            "YOUTUBE_ANALYTICS_API_ROOT": f"{self.url}/analytics/",
            "GOOGLE_OAUTH_AUTH_URL": f"{self.url}/o/oauth2/v2/auth",
            "GOOGLE_OAUTH_TOKEN_URL": f"{self.url}/token",
            "TIKTOK_API_ROOT": f"{self.url}/tiktok/",
            "TIKTOK_BUSINESS_API_ROOT": f"{self.url}/tiktok-business/",
            "TIKTOK_OAUTH_AUTH_URL": f"{self.url}/tiktok-auth/v2/auth/authorize/",
        }

    def start(self) -> SandboxServer:
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.has_tables:
            self.manage("migrate", "--verbosity", "0")
            self.has_tables = True
        with (self.folder / "sandbox.log").open("ab") as log:
            command = [sys.executable, "-m", "gunicorn", "config.sandbox.wsgi", "-k", "gthread"]
            command += ["--threads", str(self.threads), "-w", str(self.workers), "-b", f"127.0.0.1:{self.port}"]
            command += ["--graceful-timeout", "1", "--log-level", "warning", "--no-control-socket"]
            self.process = subprocess.Popen(
                command, cwd=HOUSE, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        self._wait()
        return self

    def manage(self, *words: str) -> None:
        subprocess.run([sys.executable, "-m", "django", *words], cwd=HOUSE, env=self.env, check=True)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """kill -9, workers and all."""
        self._end(signal.SIGKILL)

    def travel(self, *, hours: float) -> None:
        """kill -9, and up again so many product hours later."""
        self.kill()
        real, product = (float(value) for value in self.env["CLOCK_ANCHOR"].split(","))
        self.env["CLOCK_ANCHOR"] = f"{real},{product + hours * 3600}"
        self.start()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control door; `path` without its prefix. A refusal raises AssertionError with its words."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_control/{path.lstrip('/')}", data=data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as problem:
            with problem:
                raise AssertionError(f"{method} {path}: {problem.code} {problem.read().decode()}") from problem

    def __enter__(self) -> SandboxServer:
        return self.start()

    def __exit__(self, *problem: object) -> None:
        self.stop()

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                self.control("GET", "health")
                return
            time.sleep(0.05)
        log = (self.folder / "sandbox.log").read_text(errors="replace")[-2000:]
        self.kill()
        raise AssertionError(f"The sandbox did not come up on {self.url}:\n{log}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
