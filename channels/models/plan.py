from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Clip, Edition
from channels.models.channel import Channel
from channels.rules import plan


class Plan(models.Model):
    """A proposal of what goes out where and when in the coming days. It binds nobody until it is approved."""

    MOVES = plan.MOVES

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    status = models.CharField(_("status"), max_length=10, choices=plan.Status, default=plan.Status.DRAFT)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        verbose_name=_("made by"),
    )
    summary = models.JSONField(_("summary"), default=dict)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="plan_ends_after_it_starts",
                violation_error_message=_("The plan ends before it starts."),
            )
        ]
        permissions = [("approve_plan", _("Can approve plans and publications"))]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} – {self.ends_at:%Y-%m-%d %H:%M}"


class Run(models.Model):
    """An edition assigned to a channel: its clips go out there in episode order."""

    MOVES = plan.RUN_MOVES

    channel = models.ForeignKey(
        Channel,
        on_delete=models.PROTECT,
        related_name="runs",
        verbose_name=_("channel"),
    )
    edition = models.ForeignKey(
        Edition,
        on_delete=models.PROTECT,
        related_name="runs",
        verbose_name=_("edition"),
    )
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=plan.RunStatus,
        default=plan.RunStatus.PROPOSED,
    )
    reasons = models.JSONField(_("why here"), default=list)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["channel", "edition"]
        constraints = [models.UniqueConstraint(fields=["channel", "edition"], name="run_once_per_channel_and_edition")]

    def __str__(self) -> str:
        return f"{self.edition} → {self.channel}"


class NotPlaced(models.Model):
    """A clip or edition that a plan left out, and the rule that stopped it."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="left_out", verbose_name=_("plan"))
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, verbose_name=_("edition"))
    clip = models.ForeignKey(Clip, null=True, blank=True, on_delete=models.CASCADE, verbose_name=_("clip"))
    channel = models.ForeignKey(
        Channel,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        verbose_name=_("channel"),
    )
    rule = models.SlugField(_("rule"), max_length=40)
    sentence = models.CharField(_("why not"), max_length=300)

    class Meta:
        verbose_name = _("not placed")
        verbose_name_plural = _("not placed")

    def __str__(self) -> str:
        return self.sentence
