from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    INFO = "info", _("information")
    WARNING = "warning", _("warning")
    ERROR = "error", _("error")


class News(models.Model):
    """Something happened that the board tells: a process died, a lease was taken over, a channel stopped."""

    at = models.DateTimeField(_("at"), db_index=True)
    level = models.CharField(_("level"), max_length=8, choices=Level, default=Level.INFO)
    code = models.SlugField(_("code"), max_length=60)
    sentence = models.CharField(_("what happened"), max_length=500)
    url = models.CharField(_("page"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("news item")
        verbose_name_plural = _("news")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.sentence
