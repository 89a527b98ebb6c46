from __future__ import annotations

from django.db import models


class Family(models.TextChoices):
    """The three kinds of keys; an account on TikTok needs two of them."""

    YOUTUBE = "youtube"
    TIKTOK_OPEN = "tiktok_open"
    TIKTOK_ACCOUNTS = "tiktok_accounts"


class Grant(models.Model):
    """An owner's yes to one client for one family of calls."""

    client = models.ForeignKey("sandbox.ApiClient", models.CASCADE, related_name="grants")
    account = models.ForeignKey("sandbox.Account", models.CASCADE, related_name="grants")
    family = models.CharField(max_length=20, choices=Family.choices)
    scope = models.TextField()
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.family} of {self.account_id} to {self.client_id}"


class RefreshToken(models.Model):
    grant = models.ForeignKey(Grant, models.CASCADE, related_name="refresh_tokens")
    token = models.CharField(max_length=120, unique=True)
    expires_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"refresh token {self.pk}"


class AccessToken(models.Model):
    grant = models.ForeignKey(Grant, models.CASCADE, related_name="access_tokens")
    token = models.CharField(max_length=120, unique=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"access token {self.pk}"


class AuthCode(models.Model):
    """What the consent page hands to the redirect address; good once, for ten minutes."""

    code = models.CharField(max_length=120, unique=True)
    client = models.ForeignKey("sandbox.ApiClient", models.CASCADE)
    account = models.ForeignKey("sandbox.Account", models.CASCADE)
    family = models.CharField(max_length=20, choices=Family.choices)
    scope = models.TextField()
    redirect_uri = models.TextField()
    challenge = models.CharField(max_length=200, blank=True)
    challenge_method = models.CharField(max_length=10, blank=True)
    gives_refresh = models.BooleanField(default=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"code {self.pk}"
