from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models

from config.sandbox.models.grant import Family


class UploadSession(models.Model):
    """Bytes on their way in. `received` bytes are safe; whatever lies behind them in the file is not."""

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        FORGOTTEN = "forgotten"

    upload_id = models.CharField(max_length=120, unique=True)
    family = models.CharField(max_length=20, choices=Family.choices)
    account = models.ForeignKey("sandbox.Account", models.CASCADE, related_name="sessions")
    client = models.ForeignKey("sandbox.ApiClient", models.CASCADE)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    size = models.BigIntegerField(null=True)
    received = models.BigIntegerField(default=0)
    chunk_size = models.BigIntegerField(null=True)
    chunk_count = models.IntegerField(null=True)
    mime = models.CharField(max_length=100, blank=True)
    file_name = models.CharField(max_length=300, blank=True)
    parts = models.JSONField(default=list)
    resource = models.JSONField(default=dict)
    publish_id = models.CharField(max_length=64, unique=True, null=True)
    cancelled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "created_at"], name="sandbox_session_by_account")]

    def __str__(self) -> str:
        return f"{self.family} session {self.pk}"

    @property
    def path(self) -> Path:
        return Path(settings.SANDBOX_MEDIA) / f"{self.upload_id}.bin"
