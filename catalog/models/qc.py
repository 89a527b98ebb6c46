from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.edition import EditionVersion
from catalog.rules import qc


class QCCheck(models.Model):
    """A quality gate of one edition version: judged by a machine or a person, with what it rests on."""

    version = models.ForeignKey(
        EditionVersion,
        on_delete=models.CASCADE,
        related_name="qc_checks",
        verbose_name=_("edition version"),
    )
    gate = models.CharField(_("gate"), max_length=20, choices=qc.Gate)
    is_required = models.BooleanField(_("required"), default=True)
    is_automatic = models.BooleanField(_("automatic"), default=False)
    verdict = models.CharField(_("verdict"), max_length=8, choices=qc.Verdict, default=qc.Verdict.PENDING)
    evidence = models.TextField(_("evidence"), blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        verbose_name=_("judged by"),
    )
    judged_at = models.DateTimeField(_("judged at"), null=True, blank=True)

    class Meta:
        verbose_name = _("QC check")
        verbose_name_plural = _("QC checks")
        ordering = ["version", "gate"]
        constraints = [models.UniqueConstraint(fields=["version", "gate"], name="qc_gate_once_per_version")]

    def __str__(self) -> str:
        return f"{self.get_gate_display()}: {self.get_verdict_display()}"
