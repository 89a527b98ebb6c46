from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from channels.rules.words import PlatformName
from config.kernel.crypto import EncryptedTextField

MOST_LIMIT = 10_000_000


def check_limits(values: Any) -> None:
    """Raises ValidationError for a limit that is no number, grants nothing, or is past every platform's."""
    if not isinstance(values, dict):
        raise ValidationError(_("Limits are given by budget: {“uploads”: 1000}."))
    for bucket, limit in values.items():
        if type(limit) is not int:
            raise ValidationError(
                _("The limit of “%(bucket)s” is no whole number: “%(limit)s”."),
                params={"bucket": bucket, "limit": limit},
            )
        if limit < 1:
            raise ValidationError(
                _("A limit of %(limit)d for “%(bucket)s” lets nothing through; pause the channels instead."),
                params={"bucket": bucket, "limit": limit},
            )
        if limit > MOST_LIMIT:
            raise ValidationError(
                _("The limit of “%(bucket)s” is at most %(most)d."), params={"bucket": bucket, "most": MOST_LIMIT}
            )


class ApiClientManager(models.Manager["ApiClient"]):
    def get_queryset(self) -> models.QuerySet[ApiClient]:
        """The secret is read when it is used: one that cannot be deciphered must not break a list."""
        return super().get_queryset().defer("client_secret")


class ApiClient(models.Model):
    """Our registration with a platform: the id and secret under which all its channels are served, and its quota."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    platform = models.CharField(_("platform"), max_length=10, choices=PlatformName)
    name = models.CharField(_("name"), max_length=100, unique=True)
    client_id = models.CharField(_("client id"), max_length=200)
    client_secret = EncryptedTextField(_("client secret"), blank=True)
    limits = models.JSONField(
        _("granted limits"),
        default=dict,
        blank=True,
        help_text=_("By bucket, where the platform granted another limit than its default: {“uploads”: 1000}."),
    )
    in_test_mode = models.BooleanField(
        _("in the platform's test mode"),
        default=False,
        help_text=_("Google ends every connection after 7 days then."),
    )

    objects = ApiClientManager()
    history = HistoricalRecords(excluded_fields=["client_secret"])

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        ordering = ["platform", "name"]
        constraints = [models.UniqueConstraint(fields=["platform", "client_id"], name="api_client_once")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        try:
            check_limits(self.limits)
        except ValidationError as fault:
            raise ValidationError({"limits": fault}) from fault
