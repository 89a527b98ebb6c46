from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.models.publication import Publication
from channels.rules import upload
from config.kernel.crypto import EncryptedTextField


class UploadSession(models.Model):
    """One try to bring a clip to a platform. It is stored before the first byte goes out."""

    MOVES = upload.MOVES

    publication = models.ForeignKey(
        Publication,
        on_delete=models.PROTECT,
        related_name="sessions",
        verbose_name=_("publication"),
    )
    number = models.PositiveIntegerField(_("try"))
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=upload.Status,
        default=upload.Status.INITIATING,
    )
    handle = EncryptedTextField(_("session address"), blank=True)
    publish_id = models.CharField(_("id of the upload"), max_length=100, blank=True)
    chunk_bytes = models.PositiveIntegerField(_("chunk size"), default=0)
    sent_bytes = models.BigIntegerField(_("sent bytes"), default=0)
    total_bytes = models.BigIntegerField(_("all bytes"))
    opened_at = models.DateTimeField(_("opened at"))
    expires_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    final_sent_at = models.DateTimeField(_("last bytes sent at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    evidence = models.JSONField(_("evidence"), default=list)

    class Meta:
        verbose_name = _("upload session")
        verbose_name_plural = _("upload sessions")
        ordering = ["publication", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "number"], name="upload_try_number_once"),
            models.UniqueConstraint(
                fields=["publication"],
                condition=Q(status__in=sorted(upload.LIVE)),
                name="upload_one_open_session_per_publication",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication} #{self.number}"
