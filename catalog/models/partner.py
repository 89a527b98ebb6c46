from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.kernel.languages import validate_territory
from config.kernel.zones import validate_zone


class PartnerQuerySet(models.QuerySet["Partner"]):
    def of_user(self, user: Any) -> PartnerQuerySet:
        """The companies this person works for."""
        return self.filter(members__user=user)


class Partner(models.Model):
    """A company we work with: it supplies dramas, or dubs and translates them, or both."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200, unique=True)
    is_supplier = models.BooleanField(_("supplies dramas"), default=False)
    is_vendor = models.BooleanField(_("dubs or translates"), default=False)
    country = models.CharField(_("country"), max_length=2, blank=True, validators=[validate_territory])
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC", validators=[validate_zone])
    email = models.EmailField(_("e-mail for notices"), blank=True)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_supplier=True) | Q(is_vendor=True),
                name="partner_supplies_or_localises",
                violation_error_message=_("A partner supplies dramas, localises them, or does both."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class PartnerMember(models.Model):
    """A person who signs in for a partner and sees only what is that partner's."""

    partner = models.ForeignKey(
        Partner,
        on_delete=models.CASCADE,
        related_name="members",
        verbose_name=_("partner"),
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="partner_membership",
        verbose_name=_("person"),
    )

    class Meta:
        verbose_name = _("partner's person")
        verbose_name_plural = _("partners' people")

    def __str__(self) -> str:
        return f"{self.user} ({self.partner})"


class PartnerKeyQuerySet(models.QuerySet["PartnerKey"]):
    def usable(self, now: datetime) -> PartnerKeyQuerySet:
        return self.filter(revoked_at=None).filter(Q(expires_at=None) | Q(expires_at__gt=now))


class PartnerKey(models.Model):
    """A key of a partner's software to the REST API. Only its hash is kept; the key is shown once."""

    partner = models.ForeignKey(
        Partner,
        on_delete=models.CASCADE,
        related_name="keys",
        verbose_name=_("partner"),
    )
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("prefix"), max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    can_write = models.BooleanField(_("may write"), default=False)
    created_at = models.DateTimeField(_("created at"), editable=False)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)

    objects = PartnerKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"
