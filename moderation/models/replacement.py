from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from channels.models import Publication
from moderation.models.ticket import Ticket
from moderation.rules import replacement


class Replacement(models.Model):
    """One live publication made from bad masters and its successor: the new one up first, then the old one down."""

    MOVES = replacement.MOVES

    ticket = models.ForeignKey(
        Ticket,
        on_delete=models.PROTECT,
        related_name="replacements",
        verbose_name=_("ticket"),
    )
    old = models.OneToOneField(
        Publication,
        on_delete=models.PROTECT,
        related_name="replacement",
        verbose_name=_("old publication"),
    )
    new = models.OneToOneField(
        Publication,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="replacement_of",
        verbose_name=_("new publication"),
    )
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=replacement.Status,
        default=replacement.Status.WAITING,
    )
    reason = models.CharField(_("why"), max_length=500, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("replacement")
        verbose_name_plural = _("replacements")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.ticket}: {self.old}"
