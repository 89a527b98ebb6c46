from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.sandbox.models.grant import Family


class Video(models.Model):
    """A clip as the platform holds it, from the last byte to the day somebody takes it down."""

    class State(models.TextChoices):
        DOWNLOADING = "downloading"
        PROCESSING = "processing"
        LIVE = "live"
        FAILED = "failed"
        REJECTED = "rejected"

    account = models.ForeignKey("sandbox.Account", models.CASCADE, related_name="videos")
    session = models.OneToOneField("sandbox.UploadSession", models.CASCADE, related_name="video")
    family = models.CharField(max_length=20, choices=Family.choices)
    external_id = models.CharField(max_length=32, unique=True)
    resource = models.JSONField(default=dict)
    title = models.TextField(blank=True)
    privacy = models.CharField(max_length=40, default="public")
    publish_at = models.DateTimeField(null=True)
    source_url = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12, choices=State.choices)
    reason = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()  # when the platform will be through with it
    listed_at = models.DateTimeField()  # from when lists show it
    processed_at = models.DateTimeField(null=True)
    visible_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    duration_ms = models.IntegerField(default=0)
    width = models.IntegerField(default=0)
    height = models.IntegerField(default=0)
    thumbnail_sha256 = models.CharField(max_length=64, blank=True)
    comments_off = models.BooleanField(default=False)
    # what the audience did
    views = models.BigIntegerField(default=0)
    likes = models.BigIntegerField(default=0)
    comments_made = models.IntegerField(default=0)
    silences = models.JSONField(null=True)  # [[from second, to second], …]; null until somebody listened
    watched_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-created_at"], name="sandbox_video_by_account"),
            models.Index(fields=["state", "due_at"], name="sandbox_video_due"),
        ]

    PUBLIC = ("public", "PUBLIC_TO_EVERYONE")

    def __str__(self) -> str:
        return self.external_id

    @classmethod
    def shown(cls, now: datetime) -> Q:
        """Everybody may watch it now."""
        return Q(state=cls.State.LIVE, deleted_at=None, visible_at__lte=now, privacy__in=cls.PUBLIC)

    @property
    def path(self) -> Path:
        return Path(settings.SANDBOX_MEDIA) / f"{self.session.upload_id}.bin"

    def is_shown(self, now: datetime) -> bool:
        live = self.state == self.State.LIVE and self.deleted_at is None and self.privacy in self.PUBLIC
        return live and self.visible_at is not None and self.visible_at <= now

    def audio_language(self) -> str:
        return self.resource.get("snippet", {}).get("defaultAudioLanguage") or self.account.language
