"""Bring in the policy packs that this release ships: `manage.py load_policy_packs`. Done after every migration too."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from channels.services import policy_shipping


class Command(BaseCommand):
    help = "Bring in the policy packs that this release ships and the database has never had."

    def handle(self, *args: Any, **options: Any) -> None:
        rows = policy_shipping.load()
        for row in rows:
            self.stdout.write(f"{row.code} v{row.version}: {row.get_status_display()}")
        self.stdout.write(f"{len(rows)} new policy packs")
