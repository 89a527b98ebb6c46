from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from channels.models.channel import Channel
from channels.rules.words import GrantFamily
from config.kernel.crypto import EncryptedTextField
from config.kernel.leases import Leased, LeasedQuerySet


class GrantQuerySet(LeasedQuerySet):
    def living(self) -> GrantQuerySet:
        return self.filter(revoked_at=None)

    def ending_before(self, moment: datetime) -> GrantQuerySet:
        return self.living().filter(expires_at__lte=moment)


class GrantManager(models.Manager.from_queryset(GrantQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> GrantQuerySet:
        """The tokens are read when they are used: one that cannot be deciphered must not break a list."""
        rows: GrantQuerySet = super().get_queryset().defer("access_token", "refresh_token")
        return rows


class Grant(Leased):
    """What an account's owner allowed us: the tokens, their scopes and when they end. Refreshed by one at a time."""

    channel = models.ForeignKey(
        Channel,
        on_delete=models.CASCADE,
        related_name="grants",
        verbose_name=_("channel"),
    )
    family = models.CharField(_("API"), max_length=20, choices=GrantFamily)
    account_id = models.CharField(_("account id in this API"), max_length=100)
    access_token = EncryptedTextField(_("access token"))
    refresh_token = EncryptedTextField(_("refresh token"), blank=True)
    scopes = models.JSONField(_("granted scopes"), default=list)
    obtained_at = models.DateTimeField(_("connected at"))
    expires_at = models.DateTimeField(_("access token ends at"))
    refresh_expires_at = models.DateTimeField(_("connection ends at"), null=True, blank=True)
    refreshed_at = models.DateTimeField(_("last refreshed at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    trouble = models.CharField(_("trouble"), max_length=300, blank=True)

    objects = GrantManager()

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        ordering = ["channel", "family"]
        constraints = [models.UniqueConstraint(fields=["channel", "family"], name="grant_once_per_channel_and_family")]

    def __str__(self) -> str:
        return f"{self.channel} · {self.get_family_display()}"
