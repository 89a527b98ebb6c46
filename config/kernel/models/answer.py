from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class KeptAnswer(models.Model):
    """What a POST with an idempotency key was answered, so that its repetition gets the same and does nothing."""

    principal = models.CharField(_("who"), max_length=60)
    key = models.CharField(_("idempotency key"), max_length=100)
    digest = models.CharField(_("hash of the request"), max_length=64)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, help_text=_("Empty while at work."))
    body = models.JSONField(_("answer"), null=True)
    at = models.DateTimeField(_("at"), db_index=True)

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        constraints = [models.UniqueConstraint(fields=["principal", "key"], name="kept_answer_once_per_key")]

    def __str__(self) -> str:
        return self.key
