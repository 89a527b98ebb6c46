"""Everything on this machine, with made-up dramas and a local stand-in for the platforms."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.demo import supervising
from config.demo.stage import LOGIN, Stage, free_port

LOCK = "running.lock"
INTRODUCTION = """
  Dramaport is running:   {web}
  Sign in as              {user} / {password}

  One minute here is {minutes:g} minutes there. The first clips go out within a minute or two, comments follow,
  and a dubbing complaint becomes a ticket; the home page tells. A made-up crew approves, delivers and takes down.
  Logs: {logs}      Stop everything: Ctrl-C      Start over: make demo-fresh
"""


class Command(BaseCommand):
    help = "Run the demo: web, worker, ticker, stand-in platforms and viewers, until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fresh", action="store_true", help="throw the demo's data away first")
        parser.add_argument("--folder", default=str(settings.BASE_DIR / "var" / "demo"), help="where its data lies")
        parser.add_argument("--port", type=int, default=8000, help="port of the web (0: any free one)")
        parser.add_argument("--rate", type=float, default=60.0, help="product seconds in one real second")
        parser.add_argument("--dramas", type=int, default=12, help="how many of the twelve dramas")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rate"] <= 0:
            raise CommandError("--rate must be above 0: 60 is an hour a minute, 1 is real time.")
        folder = Path(options["folder"]).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            if options["fresh"]:
                _empty(folder)
            self._run(folder, options)

    def _run(self, folder: Path, options: dict[str, Any]) -> None:
        stage = Stage(folder, free_port(options["port"]), free_port(0), options["rate"], options["dramas"])
        supervising.prepare(stage)
        self._introduce(stage)
        supervising.run(stage)
        self.stdout.write("Stopped. Nothing is lost: make demo goes on from here.")

    def _introduce(self, stage: Stage) -> None:
        user, password = LOGIN
        self.stdout.write(
            INTRODUCTION.format(web=stage.web, user=user, password=password, minutes=stage.rate, logs=stage.logs)
        )


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder while the demo runs in it; the hold ends with the process, however it ends."""
    with (folder / LOCK).open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(f"A demo runs in {folder} already. Stop it first, or give another --folder.") from None
        yield


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()
