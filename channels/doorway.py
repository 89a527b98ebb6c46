"""What this app hangs up at start: its routines, its receivers and its panels on the home board."""

from __future__ import annotations

from datetime import timedelta

from django.apps import apps
from django.db.models.signals import post_migrate

from catalog import signals as catalog_signals
from channels import board, panels, receivers, signals
from config.kernel import jobs


def open_up() -> None:
    board.hang()
    panels.hang()
    jobs.routine("channels.jobs.sweep_uploads", every=timedelta(minutes=1))
    jobs.routine("channels.jobs.look_at_live", every=timedelta(minutes=2))
    jobs.routine("channels.jobs.sweep_extras", every=timedelta(minutes=1))
    jobs.routine("channels.jobs.refresh_tokens", every=timedelta(minutes=10))
    jobs.routine("channels.jobs.sweep_plans", every=timedelta(minutes=1))
    jobs.routine("channels.jobs.sweep_changes", every=timedelta(hours=6))
    jobs.routine("channels.jobs.learn_completion", every=timedelta(hours=24))
    catalog_signals.clip_ready.connect(receivers.clip_is_ready, dispatch_uid="channels.clip_ready")
    post_migrate.connect(
        receivers.database_is_migrated, sender=apps.get_app_config("channels"), dispatch_uid="channels.policy_packs"
    )
    catalog_signals.rights_changed.connect(receivers.rights_have_changed, dispatch_uid="channels.rights_changed")
    catalog_signals.drama_retired.connect(receivers.drama_is_retired, dispatch_uid="channels.drama_retired")
    signals.publication_failed.connect(receivers.publication_has_failed, dispatch_uid="channels.publication_failed")
    signals.publication_missed.connect(
        receivers.publication_has_missed_its_time, dispatch_uid="channels.publication_missed"
    )
    signals.channel_switched.connect(receivers.channel_was_switched, dispatch_uid="channels.channel_switched")
    catalog_signals.version_released.connect(receivers.version_is_released, dispatch_uid="channels.version_released")
