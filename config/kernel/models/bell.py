from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Bell(models.Model):
    """A reminder that a sweep has put into the queue and that no worker has answered yet."""

    job = models.CharField(_("job"), max_length=200, unique=True)
    rung_at = models.DateTimeField(_("rung at"))

    class Meta:
        verbose_name = _("waiting reminder")
        verbose_name_plural = _("waiting reminders")

    def __str__(self) -> str:
        return self.job
