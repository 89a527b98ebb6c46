from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.models.plan import Plan
from channels.models.publication import Publication
from channels.rules import batch


class Batch(models.Model):
    """One deed on many publications, with the list of them; it can be taken back for ten minutes."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    deed = models.CharField(_("what was done"), max_length=8, choices=batch.Deed)
    plan = models.ForeignKey(
        Plan, null=True, blank=True, on_delete=models.PROTECT, related_name="batches", verbose_name=_("plan")
    )
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("by"),
    )
    why = models.CharField(_("why"), max_length=500, blank=True)
    count = models.PositiveIntegerField(_("how many"), default=0)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("undone by"),
    )

    class Meta:
        verbose_name = _("bulk action")
        verbose_name_plural = _("bulk actions")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.get_deed_display()} {self.at:%Y-%m-%d %H:%M} ({self.count})"

    def can_be_undone(self, now: datetime) -> bool:
        return self.undone_at is None and now < self.at + batch.UNDO_SPAN


class BatchLine(models.Model):
    """One publication of a bulk action: how it stood before and after, so that it can be put back."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="lines", verbose_name=_("bulk action"))
    publication = models.ForeignKey(
        Publication, on_delete=models.CASCADE, related_name="batch_lines", verbose_name=_("publication")
    )
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    undone = models.BooleanField(_("put back"), null=True, help_text=_("Empty: nobody asked for it."))
    refusal = models.CharField(_("why it was not put back"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("line of a bulk action")
        verbose_name_plural = _("lines of a bulk action")
        ordering = ["batch", "pk"]
        constraints = [models.UniqueConstraint(fields=["batch", "publication"], name="batch_line_once")]

    def __str__(self) -> str:
        return str(self.publication)


class Approval(models.Model):
    """One person's yes to one publication. Tier S needs two of them, and never the author's own."""

    publication = models.ForeignKey(
        Publication, on_delete=models.CASCADE, related_name="approvals", verbose_name=_("publication")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"))
    batch = models.ForeignKey(
        Batch, null=True, blank=True, on_delete=models.SET_NULL, related_name="approvals", verbose_name=_("bulk action")
    )
    lapsed_at = models.DateTimeField(
        _("lapsed at"), null=True, blank=True, help_text=_("It counts no more: the publication was sent back.")
    )

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["publication", "at"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "by"], condition=Q(lapsed_at=None), name="approval_once_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.by or '–'}, {self.at:%Y-%m-%d %H:%M}"
