from __future__ import annotations

from django.db import models

from config.sandbox import ids


class Account(models.Model):
    """A channel or a creator: somebody's own stage on one platform."""

    class Platform(models.TextChoices):
        YOUTUBE = "youtube"
        TIKTOK = "tiktok"

    platform = models.CharField(max_length=10, choices=Platform.choices)
    external_id = models.CharField(max_length=64)
    handle = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    language = models.CharField(max_length=20, default="en")
    country = models.CharField(max_length=2, blank=True)
    audience = models.PositiveIntegerField(default=100_000)
    uploads_per_day = models.PositiveIntegerField(default=100)
    posts_per_day = models.PositiveIntegerField(default=15)
    is_private = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "external_id"], name="sandbox_account_external_id"),
            models.UniqueConstraint(fields=["platform", "handle"], name="sandbox_account_handle"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.handle}"

    @property
    def uploads_playlist(self) -> str:
        return "UU" + self.external_id.removeprefix("UC")

    @property
    def open_id(self) -> str:
        return ids.open_id(self.external_id, family="open")

    @property
    def business_id(self) -> str:
        return ids.open_id(self.external_id, family="business")
