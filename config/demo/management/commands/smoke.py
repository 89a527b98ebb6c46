"""The demo without a person: everything on free ports in a temporary folder, followed until a ticket is verified."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

MANAGE = str(settings.BASE_DIR / "manage.py")
STOP_SECONDS = 20


class Command(BaseCommand):
    help = "Run the whole loop once, unattended; exit 0 when one ticket is verified in time, else 1."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=float, default=300.0)
        parser.add_argument("--rate", type=float, default=240.0, help="product seconds in one real second")
        parser.add_argument("--dramas", type=int, default=3)
        parser.add_argument("--keep", action="store_true", help="keep the folder to look into it")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(tempfile.mkdtemp(prefix="dramaport-smoke-"))
        started = time.time()
        demo = self._start(folder, options)
        try:
            code = self._follow(demo, folder, started, options["seconds"])
        finally:
            _stop(demo)
        if code:
            self.stderr.write(f"What the demo said last:\n{_tail(folder / 'demo.log')}")
        if code or options["keep"]:
            self.stderr.write(f"Everything is kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
        sys.exit(code)

    def _start(self, folder: Path, options: dict[str, Any]) -> subprocess.Popen[bytes]:
        with (folder / "demo.log").open("wb") as log:
            return subprocess.Popen(
                [
                    sys.executable, MANAGE, "demo", "--folder", str(folder / "demo"), "--port", "0",
                    "--rate", str(options["rate"]), "--dramas", str(options["dramas"]),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip

    def _follow(self, demo: subprocess.Popen[bytes], folder: Path, started: float, seconds: float) -> int:
        """The follower's exit code; 1 at once when the demo itself has died."""
        environment = {**os.environ, "VAR_DIR": str(folder / "demo"), "DEMO": "1"}
        command = [sys.executable, MANAGE, "demo_follow", "--since", str(started), "--seconds", str(seconds)]
        follower = subprocess.Popen(command, env=environment)
        while follower.poll() is None:
            if demo.poll() is not None:
                follower.terminate()
                follower.wait()
                self.stderr.write("The demo ended by itself.")
                return 1
            time.sleep(0.2)
        return follower.returncode


def _stop(demo: subprocess.Popen[bytes]) -> None:
    """Ask it to stop as Ctrl-C would; then insist."""
    demo.send_signal(signal.SIGINT)
    try:
        demo.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(demo.pid, signal.SIGKILL)
        demo.wait()


def _tail(path: Path, lines: int = 30) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
