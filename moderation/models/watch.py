from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from channels.models import Channel
from channels.rules import channel
from config.kernel.leases import Leased, LeasedQuerySet


class WatchQuerySet(LeasedQuerySet):
    def due(self, now: datetime) -> WatchQuerySet:
        return self.filter(
            next_at__lte=now,
            channel__status__in=[
                channel.Status.ACTIVE,
                channel.Status.PAUSED,
                channel.Status.STOPPED,
            ],
        ).free(now)


class Watch(Leased):
    """How far we have read a channel's comments: the newest one seen, the last good look, the next one."""

    channel = models.OneToOneField(
        Channel,
        on_delete=models.CASCADE,
        related_name="watch",
        verbose_name=_("channel"),
    )
    next_at = models.DateTimeField(_("next look at"))
    seen_until = models.DateTimeField(_("newest comment seen"), null=True, blank=True)
    looked_at = models.DateTimeField(_("last good look"), null=True, blank=True)
    trouble = models.CharField(_("why not"), max_length=300, blank=True)

    objects = WatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        ordering = ["looked_at"]

    def __str__(self) -> str:
        return str(self.channel)


class HarvestRun(models.Model):
    """One reading of one channel's comments in one window of time. The same window is never counted twice."""

    channel = models.ForeignKey(
        Channel,
        on_delete=models.CASCADE,
        related_name="harvests",
        verbose_name=_("channel"),
    )
    window_at = models.DateTimeField(_("window"))
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    calls = models.PositiveIntegerField(_("calls"), default=0)
    seen = models.PositiveIntegerField(_("comments seen"), default=0)
    new = models.PositiveIntegerField(_("new comments"), default=0)
    videos = models.JSONField(_("videos read"), default=list, blank=True)
    trouble = models.CharField(_("trouble"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("harvest")
        verbose_name_plural = _("harvests")
        ordering = ["-window_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "window_at"],
                name="harvest_once_per_channel_and_window",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.window_at:%Y-%m-%d %H:%M}"
