from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Clip, Edition
from channels.models.channel import Channel
from channels.rules import plan, reasons
from channels.rules.plan import Change
from config.kernel.leases import Leased, LeasedQuerySet


class Plan(Leased):
    """A proposal of what goes out where and when in the coming days. It binds nobody until it is approved."""

    MOVES = plan.MOVES

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    kind = models.CharField(_("kind"), max_length=6, choices=plan.Kind, default=plan.Kind.FRESH)
    cause = models.JSONField(_("cause"), default=dict, blank=True, help_text=_("The event that a change answers."))
    channels = models.ManyToManyField(Channel, related_name="plans", blank=True, verbose_name=_("channels"))
    status = models.CharField(_("status"), max_length=10, choices=plan.Status, default=plan.Status.DRAFT)
    status_reason = models.CharField(_("why"), max_length=500, blank=True)
    progress = models.JSONField(_("progress"), default=dict, blank=True, editable=False)
    score = models.BigIntegerField(_("score"), null=True, editable=False, help_text=_("In hundredths of a point."))
    bound = models.BigIntegerField(
        _("upper bound"), null=True, editable=False, help_text=_("No lawful plan can score more than this.")
    )
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        verbose_name=_("made by"),
    )
    summary = models.JSONField(_("summary"), default=dict)

    objects = LeasedQuerySet.as_manager()

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
    facts = models.JSONField(
        _("facts"), default=dict, help_text=_("The numbers and names that the rule's sentence needs.")
    )
    remedy = models.JSONField(_("smallest change"), default=dict, blank=True)

    class Meta:
        verbose_name = _("not placed")
        verbose_name_plural = _("not placed")

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        """Why not, in the reader's language."""
        return reasons.sentence({"code": self.rule, **self.facts})

    @property
    def remedy_sentence(self) -> str:
        """The smallest change that would place it, in the reader's language; "" where none is known."""
        return reasons.sentence(self.remedy) if self.remedy else ""


class PlanChange(models.Model):
    """One line of a change: a publication that is moved, dropped or added, and why."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="changes", verbose_name=_("plan"))
    kind = models.CharField(_("what"), max_length=8, choices=Change)
    publication = models.ForeignKey(
        "channels.Publication",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="changes",
        verbose_name=_("publication"),
    )
    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, verbose_name=_("clip"))
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, verbose_name=_("channel"))
    from_at = models.DateTimeField(_("from"), null=True, blank=True)
    to_at = models.DateTimeField(_("to"), null=True, blank=True)
    reasons = models.JSONField(_("why"), default=list)
    applied = models.BooleanField(_("applied"), null=True, help_text=_("Empty: not yet decided."))
    refusal = models.CharField(_("why it was not applied"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("planned change")
        verbose_name_plural = _("planned changes")
        ordering = ["plan", "kind", "from_at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.clip} → {self.channel}"
