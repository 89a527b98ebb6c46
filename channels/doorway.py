"""What this app hangs up at start: its routines, its receivers and its panels on the home board."""

from __future__ import annotations

from datetime import timedelta

from django.apps import apps
from django.db.models.signals import post_migrate

from catalog import signals as catalog_signals
from channels import board, panels, receivers
from config.kernel import jobs


def open_up() -> None:
    board.hang()
    panels.hang()
    jobs.routine("channels.jobs.sweep_uploads", every=timedelta(minutes=1))
    jobs.routine("channels.jobs.look_at_live", every=timedelta(minutes=2))
    jobs.routine("channels.jobs.sweep_extras", every=timedelta(minutes=1))
    jobs.routine("channels.jobs.refresh_tokens", every=timedelta(minutes=10))
    jobs.routine("channels.jobs.sweep_plans", every=timedelta(minutes=1))
    jobs.routine("channels.jobs.learn_completion", every=timedelta(hours=24))
    catalog_signals.clip_ready.connect(receivers.clip_is_ready, dispatch_uid="channels.clip_ready")
    post_migrate.connect(
        receivers.database_is_migrated, sender=apps.get_app_config("channels"), dispatch_uid="channels.policy_packs"
    )
    catalog_signals.version_released.connect(receivers.version_is_released, dispatch_uid="channels.version_released")
