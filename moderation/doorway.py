"""What this app hangs up at start: its routines, its receivers and its panels on the home board."""

from __future__ import annotations

from datetime import timedelta

from catalog import signals as catalog_signals
from channels import signals as channel_signals
from config.kernel import jobs
from config.kernel.admin import board as home
from moderation import board, receivers

ROUTINES = {
    "moderation.jobs.sweep_harvests": timedelta(minutes=5),
    "moderation.jobs.judge": timedelta(minutes=2),
    "moderation.jobs.gather": timedelta(minutes=2),
    "moderation.jobs.advance_replacements": timedelta(minutes=1),
    "moderation.jobs.prove": timedelta(minutes=10),
    "moderation.jobs.purge": timedelta(days=1),
}


def open_up() -> None:
    for path, span in ROUTINES.items():
        jobs.routine(path, every=span)
    catalog_signals.version_released.connect(receivers.version_is_released, dispatch_uid="moderation.version_released")
    catalog_signals.clip_ready.connect(receivers.clip_is_ready, dispatch_uid="moderation.clip_ready")
    for name in ("publication_published", "publication_withdrawn", "publication_failed"):
        signal = getattr(channel_signals, name)
        signal.connect(receivers.publication_has_moved, dispatch_uid=f"moderation.{name}")
    home.hang(40, "moderation/board_watching.html", board.watching)
    home.hang(50, "moderation/board_tickets.html", board.tickets)
