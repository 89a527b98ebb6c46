from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import EditionVersion, Partner
from channels.models import Publication
from moderation.models.comment import Comment
from moderation.rules import ticket
from moderation.rules.words import Label, Outcome


class TicketQuerySet(models.QuerySet["Ticket"]):
    def unsolved(self) -> TicketQuerySet:
        return self.exclude(status__in=ticket.ENDED)

    def joinable(self) -> TicketQuerySet:
        return self.filter(status__in=ticket.JOINABLE)

    def owned_by(self, partner: Partner) -> TicketQuerySet:
        return self.filter(vendor=partner)

    def overdue(self, now: datetime) -> TicketQuerySet:
        return self.filter(status__in=ticket.UNSOLVED, due_at__lt=now)


class Ticket(models.Model):
    """One defect of one edition version: what is wrong, in which episode and second, by whose hand it is mended."""

    MOVES = ticket.MOVES

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(
        EditionVersion,
        on_delete=models.PROTECT,
        related_name="tickets",
        verbose_name=_("edition version"),
    )
    fixed_by = models.ForeignKey(
        EditionVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="fixes",
        verbose_name=_("mended in"),
    )
    label = models.CharField(_("class"), max_length=12, choices=Label)
    sub_class = models.CharField(_("sub-class"), max_length=30, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=ticket.Status, default=ticket.Status.OPEN)
    status_reason = models.CharField(_("why"), max_length=500, blank=True)
    severity = models.CharField(
        _("severity"),
        max_length=6,
        choices=ticket.Severity,
        default=ticket.Severity.LOW,
    )
    vendor = models.ForeignKey(
        Partner,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
        verbose_name=_("vendor"),
    )
    episode = models.PositiveIntegerField(_("episode"), null=True, blank=True, help_text=_("Empty: no one place."))
    from_ms = models.PositiveIntegerField(_("from (ms)"), null=True, blank=True)
    to_ms = models.PositiveIntegerField(_("to (ms)"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened at"))
    due_at = models.DateTimeField(_("due"))
    solved_at = models.DateTimeField(_("replaced at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    complaints = models.PositiveIntegerField(_("complaints"), default=0)
    first_complaint_at = models.DateTimeField(_("first complaint at"), null=True, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_ms=None) | (Q(to_ms__gte=F("from_ms")) & Q(episode__isnull=False)),
                name="ticket_place_is_a_range",
            ),
            models.CheckConstraint(
                condition=Q(label__in=[Label.DUBBING, Label.TRANSLATION]),
                name="ticket_is_for_production",
            ),
        ]
        indexes = [models.Index(fields=["version", "label"], name="ticket_of_version")]
        permissions = [("work_ticket", _("Can acknowledge, reject and deliver tickets"))]

    def __str__(self) -> str:
        return f"T-{self.pk or 0:05d}"


class Evidence(models.Model):
    """One complaint under a ticket: a redacted excerpt, where it was said, and which second it speaks of."""

    ticket = models.ForeignKey(
        Ticket,
        on_delete=models.CASCADE,
        related_name="evidence",
        verbose_name=_("ticket"),
    )
    comment = models.OneToOneField(
        Comment,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="evidence",
        verbose_name=_("comment"),
    )
    publication = models.ForeignKey(
        Publication,
        null=True,
        on_delete=models.PROTECT,
        related_name="evidence",
        verbose_name=_("publication"),
    )
    excerpt = models.CharField(_("excerpt"), max_length=300)
    language = models.CharField(_("language"), max_length=35, blank=True)
    said_at = models.DateTimeField(_("said at"))
    clip_ms = models.PositiveIntegerField(_("moment of the clip (ms)"), null=True, blank=True)
    episode = models.PositiveIntegerField(_("episode"), null=True, blank=True)
    episode_ms = models.PositiveIntegerField(_("moment of the episode (ms)"), null=True, blank=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["said_at"]

    def __str__(self) -> str:
        return self.excerpt[:60]


class TicketNote(models.Model):
    """Something said about a ticket between the desk and the vendor."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="notes", verbose_name=_("ticket"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        verbose_name=_("by"),
    )
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["at"]

    def __str__(self) -> str:
        return self.text[:60]


class Proof(models.Model):
    """One comparison of complaint rates before and after a fix, with its numbers and the test it used."""

    ticket = models.ForeignKey(
        Ticket,
        on_delete=models.CASCADE,
        related_name="proofs",
        verbose_name=_("ticket"),
    )
    at = models.DateTimeField(_("at"))
    look = models.PositiveIntegerField(_("look"))
    complaints_before = models.PositiveIntegerField(_("complaints before"))
    comments_before = models.PositiveIntegerField(_("comments before"))
    complaints_after = models.PositiveIntegerField(_("complaints after"))
    comments_after = models.PositiveIntegerField(_("comments after"))
    views_before = models.PositiveBigIntegerField(_("views before"), null=True, blank=True)
    views_after = models.PositiveBigIntegerField(_("views after"), null=True, blank=True)
    method = models.CharField(_("method"), max_length=300)
    p_fixed = models.FloatField(_("p of “no better”"), null=True, blank=True)
    p_not_fixed = models.FloatField(_("p of “as good as hoped”"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.UNDECIDED)

    class Meta:
        verbose_name = _("proof")
        verbose_name_plural = _("proofs")
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["ticket", "look"], name="proof_look_once_per_ticket")]

    def __str__(self) -> str:
        return self.get_outcome_display()
