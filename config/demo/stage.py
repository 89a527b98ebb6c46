"""One run of the demo: its folder, its ports, its clock, and the environment that its processes get."""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from config.demo import clockfile

LOGIN = ("demo", "dramaport-demo")


@dataclass(frozen=True)
class Stage:
    folder: Path
    web_port: int
    sandbox_port: int
    rate: float
    dramas: int

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.web_port}/"

    @property
    def sandbox(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def clock_file(self) -> Path:
        return self.folder / "clock.json"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"


def free_port(wanted: int) -> int:
    """The wanted port, or any free one when it is taken or 0."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on 127.0.0.1")


def platform_roots(sandbox: str) -> dict[str, str]:
    """The settings by which the product finds the platforms, pointed at the stand-in."""
    return {
        "YOUTUBE_API_ROOT": f"{sandbox}/youtube/",
        "YOUTUBE_ANALYTICS_API_ROOT": f"{sandbox}/analytics/",
        "GOOGLE_OAUTH_AUTH_URL": f"{sandbox}/o/oauth2/v2/auth",
        "GOOGLE_OAUTH_TOKEN_URL": f"{sandbox}/token",
        "TIKTOK_API_ROOT": f"{sandbox}/tiktok/",
        "TIKTOK_BUSINESS_API_ROOT": f"{sandbox}/tiktok-business/",
        "TIKTOK_OAUTH_AUTH_URL": f"{sandbox}/tiktok-auth/v2/auth/authorize/",
        "TIKTOK_UPLOAD_HOSTS": "127.0.0.1",
    }


def environment(stage: Stage) -> dict[str, str]:
    """What every process of this run is told."""
    return {
        **os.environ,
        **platform_roots(stage.sandbox),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
        "DEMO": "1",
        "VAR_DIR": str(stage.folder),
        "DEMO_SANDBOX": stage.sandbox,
        "DEMO_DRAMAS": str(stage.dramas),
        "CLOCK_RATE": f"{stage.rate:g}",
        "CLOCK_ANCHOR": clockfile.start(stage.clock_file),
        "TICK_SECONDS": "1",
        "QUEUE_POLL_SECONDS": "0.2",
        "SESSION_COOKIE_NAME": f"dramaport_demo_{stage.web_port}",
        "SANDBOX_DATABASE": str(stage.folder / "sandbox.sqlite3"),
        # Few grumble at what is well: the demo is about one real defect.
        "SANDBOX_BASE_COMPLAINTS": "0.002",
        "SANDBOX_MEDIA": str(stage.folder / "sandbox"),
        "TIED_TO": str(os.getpid()),
    }


def commands(stage: Stage) -> dict[str, list[str]]:
    """The processes of this run by name, in the order in which they start."""
    python = [sys.executable, "-m", "config.demo.tied", sys.executable]
    manage = [*python, str(settings.BASE_DIR / "manage.py")]
    gunicorn = [
        *python,
        "-m",
        "gunicorn",
        "--worker-class",
        "gthread",
        "--graceful-timeout",
        "5",
        "--log-level",
        "warning",
    ]
    stranger = ["--env", "DJANGO_SETTINGS_MODULE=config.sandbox.settings"]
    sandbox = [*stranger, "--workers", "1", "--threads", "16", "--bind", f"127.0.0.1:{stage.sandbox_port}"]
    web = ["--workers", "2", "--threads", "4", "--bind", f"127.0.0.1:{stage.web_port}", "-c", "python:config.serving"]
    return {
        "sandbox": [*gunicorn, *sandbox, "config.sandbox.wsgi:application"],
        "viewers": [
            *python,
            "-m",
            "django",
            "simulate_viewers",
            "--every",
            "1",
            "--settings",
            "config.sandbox.settings",
        ],
        "web": [*gunicorn, *web, "config.wsgi:application"],
        "worker": [*manage, "worker"],
        "ticker": [*manage, "ticker"],
        "crew": [*manage, "demo_crew"],
    }
