from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.models.policy_pack import PolicyPack
from channels.rules import hold
from channels.rules.words import PlatformName


class HoldQuerySet(models.QuerySet["Hold"]):
    def in_force(self) -> HoldQuerySet:
        return self.filter(lifted_at=None)


class Hold(models.Model):
    """Nothing of this goes out until somebody lifts the hold: everything, a platform, or chosen publications."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    scope = models.CharField(_("what"), max_length=10, choices=hold.Scope)
    platform = models.CharField(_("platform"), max_length=10, choices=PlatformName, blank=True)
    pack = models.ForeignKey(
        PolicyPack, null=True, blank=True, on_delete=models.PROTECT, related_name="holds", verbose_name=_("policy pack")
    )
    why = models.CharField(_("why"), max_length=500)
    since = models.DateTimeField(_("since"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("by"),
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("lifted by"),
    )

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering = ["-since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope=hold.Scope.PLATFORM) ^ Q(platform=""), name="hold_names_a_platform_if_it_is_one"
            ),
            models.UniqueConstraint(
                fields=["scope", "platform"],
                condition=Q(lifted_at=None) & ~Q(scope=hold.Scope.ITEMS),
                name="hold_once_at_a_time",
            ),
        ]
        permissions = [("pause_everything", _("Can hold back a platform or everything"))]

    def __str__(self) -> str:
        what = self.get_platform_display() if self.platform else self.get_scope_display()
        return f"{what}, {self.since:%Y-%m-%d %H:%M}"

    @property
    def is_in_force(self) -> bool:
        return self.lifted_at is None
