from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models.clip import Clip
from catalog.rules.likeness import Kind
from config.kernel.leases import Leased, LeasedQuerySet


class FingerprintQuerySet(LeasedQuerySet):
    def made(self, version: int) -> FingerprintQuerySet:
        """Those that are compared with one another: made by this version of the algorithm."""
        return self.filter(version=version, serial__isnull=False)

    def to_make(self, version: int) -> FingerprintQuerySet:
        """Not made yet, or made by an older version; those given up are not tried again by the same version."""
        missing = Q(version__lt=version) | Q(version=version, serial=None, gave_up=False)
        return self.filter(missing)


class Fingerprint(Leased):
    """What one clip looks and sounds like, and the family of clips that are the same."""

    clip = models.OneToOneField(Clip, on_delete=models.CASCADE, related_name="fingerprint", verbose_name=_("clip"))
    version = models.PositiveSmallIntegerField(_("version of the algorithm"), default=0)
    serial = models.BigIntegerField(
        _("serial number"),
        null=True,
        unique=True,
        help_text=_("In the order of making, without a gap that fills later: an index follows it."),
    )
    step_ms = models.PositiveIntegerField(_("a sample stands for (ms)"), default=0)
    anchors = models.BinaryField(_("hashes in the index"), default=bytes)
    hashes = models.BinaryField(_("hashes of the picture"), default=bytes)
    blanks = models.BinaryField(_("samples that say nothing"), default=bytes)
    sound = models.BinaryField(_("bits of the sound"), default=bytes)
    heard = models.BinaryField(_("when there is sound"), default=bytes)
    picture_family = models.BigIntegerField(
        _("same picture as"), default=0, help_text=_("The oldest clip of the family; 0 when it stands alone.")
    )
    whole_family = models.BigIntegerField(
        _("same picture and voice as"), default=0, help_text=_("The oldest clip of the family; 0 when it stands alone.")
    )
    gave_up = models.BooleanField(_("given up"), default=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    made_at = models.DateTimeField(_("made at"), null=True)

    objects = FingerprintQuerySet.as_manager()

    class Meta:
        verbose_name = _("fingerprint")
        verbose_name_plural = _("fingerprints")
        indexes = [
            models.Index(fields=["picture_family"], condition=~Q(picture_family=0), name="fingerprint_picture_family"),
            models.Index(fields=["whole_family"], condition=~Q(whole_family=0), name="fingerprint_whole_family"),
            models.Index(fields=["version"], condition=Q(serial=None), name="fingerprint_to_make"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(whole_family=0) | ~Q(picture_family=0), name="fingerprint_whole_is_a_picture_too"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clip}"


class Likeness(models.Model):
    """Two clips that were found to show the same, and how much of it. The younger one was looked up."""

    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="likenesses", verbose_name=_("clip"))
    like = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="liked_by", verbose_name=_("looks like"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    share = models.FloatField(_("share of the clip"))
    like_share = models.FloatField(_("share of the other"))
    same_sound = models.FloatField(_("share that sounds the same"), null=True)
    offset_ms = models.IntegerField(_("begins in the other at (ms)"), default=0)
    is_mirrored = models.BooleanField(_("mirrored"), default=False)

    class Meta:
        verbose_name = _("likeness")
        verbose_name_plural = _("likenesses")
        constraints = [
            models.UniqueConstraint(fields=["clip", "like"], name="likeness_told_once"),
            models.CheckConstraint(condition=~Q(clip=F("like")), name="likeness_of_two_clips"),
        ]

    def __str__(self) -> str:
        return f"{self.clip} ~ {self.like}"


class FingerprintBook(models.Model):
    """The one row that hands out serial numbers. Whoever joins families holds it, so that no two do at once.

    `uuid` names the index files that belong to this database and to no other.
    """

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    serial = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("fingerprint book")
        verbose_name_plural = _("fingerprint book")

    def __str__(self) -> str:
        return str(self.serial)
