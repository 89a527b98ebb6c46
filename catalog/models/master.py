from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.drama import Episode
from catalog.models.edition import EditionVersion


def storage_key(master: Master, filename: str) -> str:
    """Where the bytes lie: by public id, so that a name a stranger chose never becomes a path."""
    ending = filename.rsplit(".", 1)[-1].lower()
    ending = ending if ending in {"mp4", "mov", "webm", "mkv"} else "mp4"
    return f"masters/{master.uuid.hex[:2]}/{master.uuid.hex}.{ending}"


class Master(models.Model):
    """The video file of one episode in one edition version, with what a probe found in it."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(
        EditionVersion,
        on_delete=models.PROTECT,
        related_name="masters",
        verbose_name=_("edition version"),
    )
    episode = models.ForeignKey(
        Episode,
        on_delete=models.PROTECT,
        related_name="masters",
        verbose_name=_("episode"),
    )
    carried_from = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="carried_to",
        verbose_name=_("carried over from"),
        help_text=_("Set when this version kept the file of an earlier one."),
    )
    file = models.FileField(_("file"), upload_to=storage_key, max_length=200)
    sha256 = models.CharField(_("checksum"), max_length=64, db_index=True)
    size_bytes = models.BigIntegerField(_("size in bytes"))
    duration_ms = models.PositiveIntegerField(_("length in ms"))
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    frame_rate = models.DecimalField(_("frames per second"), max_digits=7, decimal_places=3)
    video_codec = models.CharField(_("video codec"), max_length=40)
    audio_codec = models.CharField(_("audio codec"), max_length=40, blank=True)
    audio_channels = models.PositiveSmallIntegerField(_("audio channels"), default=0)
    audio_rate = models.PositiveIntegerField(_("audio rate in Hz"), default=0)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("master")
        verbose_name_plural = _("masters")
        ordering = ["version", "episode"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "episode"],
                name="master_once_per_version_and_episode",
            ),
            models.CheckConstraint(condition=Q(duration_ms__gt=0), name="master_has_length"),
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="master_has_bytes"),
        ]

    def __str__(self) -> str:
        return f"{self.version} E{self.episode.number}"
