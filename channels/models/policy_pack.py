from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from channels.rules import policy_pack
from channels.rules.words import PlatformName


class PolicyPack(models.Model):
    """Dated rules of a platform or a market that every upload must pass, with where each rule is written."""

    MOVES = policy_pack.MOVES

    code = models.SlugField(_("code"), max_length=60)
    version = models.PositiveIntegerField(_("version"), default=1)
    name = models.CharField(_("name"), max_length=150)
    status = models.CharField(_("status"), max_length=5, choices=policy_pack.Status, default=policy_pack.Status.DRAFT)
    platform = models.CharField(
        _("platform"), max_length=10, choices=PlatformName, blank=True, help_text=_("Empty: every platform.")
    )
    countries = models.JSONField(
        _("countries"), default=list, blank=True, help_text=_("[“ID”]: channels that show there. Empty: everywhere.")
    )
    languages = models.JSONField(
        _("languages"), default=list, blank=True, help_text=_("[“id”]: channels that speak it. Empty: every language.")
    )
    starts_on = models.DateField(_("in force from"))
    ends_on = models.DateField(_("in force until"), null=True, blank=True, help_text=_("The last day. Empty: no end."))
    rules = models.JSONField(_("rules"), default=list)
    sources = models.JSONField(_("sources"), default=list, blank=True, help_text=_("Where it is written: addresses."))
    note = models.TextField(_("note"), blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("made by"),
    )
    succeeds = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="successors",
        editable=False,
        verbose_name=_("took over from"),
        help_text=_("The version that was in force before; it still judges what is due before this one starts."),
    )
    shipped = models.PositiveIntegerField(_("shipped as version"), null=True, blank=True, editable=False)
    switched_at = models.DateTimeField(_("switched at"), null=True, blank=True, editable=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("policy pack")
        verbose_name_plural = _("policy packs")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="policy_pack_version_once"),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(status=policy_pack.Status.ON),
                name="policy_pack_one_version_in_force",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="policy_pack_ends_after_it_starts",
                violation_error_message=_("The pack ends before it starts."),
            ),
        ]
        permissions = [("switch_policypack", _("Can switch policy packs on and off"))]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"
