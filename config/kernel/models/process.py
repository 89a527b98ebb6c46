from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProcessLife(models.Model):
    """One life of a long-running process (web, worker, ticker): born, last seen, ended or killed."""

    role = models.SlugField(_("role"), max_length=20)
    host = models.CharField(_("machine"), max_length=100)
    pid = models.IntegerField(_("process id"))
    started_at = models.DateTimeField(_("started at"))
    seen_at = models.DateTimeField(_("last seen at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    was_killed = models.BooleanField(_("ended without a word"), default=False)

    class Meta:
        verbose_name = _("process")
        verbose_name_plural = _("processes")
        ordering = ["-started_at"]
        indexes = [
            models.Index(
                fields=["role", "host"],
                condition=models.Q(ended_at=None),
                name="process_alive",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pid}"
