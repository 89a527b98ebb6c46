from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _


class RoutineQuerySet(models.QuerySet["Routine"]):
    def due(self, now: datetime) -> RoutineQuerySet:
        return self.filter(next_at__lte=now)


class Routine(models.Model):
    """Something done again and again (a sweep, a harvest): when it is next due and how the last round went."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    next_at = models.DateTimeField(_("next at"))
    rung_at = models.DateTimeField(_("last called at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("last ended at"), null=True, blank=True)
    result = models.CharField(_("last result"), max_length=300, blank=True)
    failed = models.BooleanField(_("last round failed"), default=False)

    objects = RoutineQuerySet.as_manager()

    class Meta:
        verbose_name = _("routine")
        verbose_name_plural = _("routines")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
