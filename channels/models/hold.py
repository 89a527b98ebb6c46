from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from channels.models.policy_pack import PolicyPack
from channels.rules import hold
from channels.rules.words import PlatformName


class HoldQuerySet(models.QuerySet["Hold"]):
    def in_force(self) -> HoldQuerySet:
        return self.filter(lifted_at=None)

    def of_platform(self, platform: object) -> HoldQuerySet:
        """Those in force that keep everything of this platform back; `platform` may be an OuterRef."""
        return self.in_force().filter(Q(scope=hold.Scope.EVERYTHING) | Q(scope=hold.Scope.PLATFORM, platform=platform))

    def over(self, publication: Any) -> Hold | None:
        """What keeps this publication from going out, as the database says now; None when nothing does."""
        of_platform = self.of_platform(publication.channel.platform)
        return (of_platform | self.in_force().filter(items=publication.pk)).distinct().order_by("since").first()


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
        return f"{self.what}, {self.since:%Y-%m-%d %H:%M}"

    @property
    def what(self) -> str:
        return str(self.get_platform_display() if self.platform else self.get_scope_display())

    @property
    def label(self) -> str:
        """For the bar above the pages: what stands still."""
        if self.scope == hold.Scope.EVERYTHING:
            return gettext("Everything is held.")
        return gettext("%(what)s is held.") % {"what": self.what}

    @property
    def is_in_force(self) -> bool:
        return self.lifted_at is None

    @property
    def sentence(self) -> str:
        """What is held, by whom, since when and why, in the reader's language."""
        words = gettext("Held since %(since)s UTC by %(who)s: %(why)s")
        return words % {"since": f"{self.since:%Y-%m-%d %H:%M}", "who": self.by or "–", "why": self.why}
