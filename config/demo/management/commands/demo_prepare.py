"""The demo's tables, static files, people, catalog and films. Running it again changes nothing."""

from __future__ import annotations

import os
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from catalog.models import Edition
from config.demo import seeding


class Command(BaseCommand):
    help = "Make the demo's data (used by `demo`)."

    def handle(self, *args: Any, **options: Any) -> None:
        self._step("tables", lambda: call_command("migrate", verbosity=0))
        self._step("static files", lambda: call_command("collectstatic", interactive=False, verbosity=0))
        self._step("people, partners, channels", seeding.people_and_channels)
        self._step("catalog", lambda: seeding.catalog(int(os.environ.get("DEMO_DRAMAS", "12"))))
        self.stdout.write("  · films ", ending="")
        missing = seeding.FIRST_DELIVERIES - Edition.objects.filter(versions__isnull=False).distinct().count()
        count = seeding.films(progress=self._dot, most=max(0, missing))
        self.stdout.write(f" {count} new")

    def _step(self, name: str, work: Any) -> None:
        self.stdout.write(f"  · {name} …", ending="")
        self.stdout.flush()
        work()
        self.stdout.write(" done")

    def _dot(self) -> None:
        self.stdout.write(".", ending="")
        self.stdout.flush()
