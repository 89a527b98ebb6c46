from __future__ import annotations

from typing import Any

from django.db import models

DEFAULT_LIMITS: dict[str, Any] = {
    # YouTube, per day of Los Angeles
    "queries": 10_000,
    "video_uploads": 100,
    "search": 100,
    "batch_stats": 10_000,
    # TikTok Open API, per minute and token; display calls per minute and app
    "init_per_minute": 6,
    "creator_info_per_minute": 20,
    "status_per_minute": 30,
    "display_per_minute": 600,
    # TikTok Accounts API
    "account_per_minute": 40,
    "app_per_minute": 600,
    "unaudited": False,
}


class ApiClient(models.Model):
    """One API client as a developer portal knows it: its secret and what it may spend."""

    client_id = models.CharField(max_length=200, unique=True)
    secret = models.CharField(max_length=200)
    redirect_uris = models.JSONField(default=list)  # empty: any address is taken
    limits = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.client_id

    def limit(self, name: str) -> Any:
        return self.limits.get(name, DEFAULT_LIMITS[name])
