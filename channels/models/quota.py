from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from channels.models.api_client import ApiClient
from channels.models.channel import Channel
from channels.rules.words import Purpose


class QuotaWindow(models.Model):
    """One bucket of a platform's allowance in one period: how much it grants, and how much is spent or promised."""

    api_client = models.ForeignKey(
        ApiClient,
        on_delete=models.CASCADE,
        related_name="quota_windows",
        verbose_name=_("API client"),
    )
    channel = models.ForeignKey(
        Channel,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="quota_windows",
        verbose_name=_("channel"),
    )
    bucket = models.SlugField(_("bucket"), max_length=40)
    opens_at = models.DateTimeField(_("from"))
    closes_at = models.DateTimeField(_("to"))
    limit = models.PositiveIntegerField(_("granted"))
    spent = models.PositiveIntegerField(_("spent"), default=0)

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        ordering = ["-opens_at", "bucket"]
        constraints = [
            models.UniqueConstraint(
                fields=["api_client", "bucket", "opens_at"],
                condition=Q(channel=None),
                name="quota_window_of_client_once",
            ),
            models.UniqueConstraint(
                fields=["channel", "bucket", "opens_at"],
                condition=Q(channel__isnull=False),
                name="quota_window_of_channel_once",
            ),
            models.CheckConstraint(condition=Q(spent__lte=F("limit")), name="quota_never_overspent"),
        ]

    def __str__(self) -> str:
        return f"{self.bucket} {self.spent}/{self.limit}"

    @property
    def left(self) -> int:
        return self.limit - self.spent


class QuotaEntry(models.Model):
    """One line of the ledger: what was taken from a window, for what. Never edited; a refund is a line of its own."""

    window = models.ForeignKey(
        QuotaWindow,
        on_delete=models.CASCADE,
        related_name="entries",
        verbose_name=_("quota"),
    )
    at = models.DateTimeField(_("at"))
    units = models.IntegerField(_("units"))
    purpose = models.CharField(_("for"), max_length=10, choices=Purpose)
    verb = models.SlugField(_("call"), max_length=40)
    operation = models.CharField(
        _("operation"),
        max_length=120,
        unique=True,
        help_text=_("Counted once, however often it is repeated."),
    )
    channel = models.ForeignKey(
        Channel,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        verbose_name=_("channel"),
    )

    class Meta:
        verbose_name = _("quota entry")
        verbose_name_plural = _("quota ledger")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.units} {self.verb}"
