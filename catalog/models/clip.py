from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models.edition import Edition, EditionVersion
from catalog.models.master import Master
from catalog.rules import clip
from catalog.rules.words import ClipKind, Shape
from config.kernel.leases import Leased, LeasedQuerySet


def storage_key(row: Clip, filename: str) -> str:
    return f"clips/{row.content_key[:2]}/{row.content_key}.mp4"


def thumbnail_key(row: Clip, filename: str) -> str:
    return f"thumbnails/{row.content_key[:2]}/{row.uuid.hex}.jpg"


class ClipQuerySet(LeasedQuerySet):
    def to_cut(self) -> ClipQuerySet:
        return self.filter(status=clip.Status.WAITING)

    def ready(self) -> ClipQuerySet:
        return self.filter(status=clip.Status.READY)

    def showing(self, master: Master) -> ClipQuerySet:
        """Every clip that shows any second of these bytes, whichever version they came with."""
        return self.filter(segments__master__sha256=master.sha256).distinct()


class Clip(Leased):
    """A finished piece for upload, cut from masters by a recipe. Every second of it maps back through its cut list."""

    MOVES = clip.MOVES

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    edition = models.ForeignKey(
        Edition,
        on_delete=models.PROTECT,
        related_name="clips",
        verbose_name=_("edition"),
    )
    version = models.ForeignKey(
        EditionVersion,
        on_delete=models.PROTECT,
        related_name="clips",
        verbose_name=_("first cut from"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=ClipKind)
    shape = models.CharField(_("shape"), max_length=6, choices=Shape, default=Shape.KEEP)
    first_episode = models.PositiveIntegerField(_("from episode"))
    last_episode = models.PositiveIntegerField(_("to episode"))
    recipe = models.JSONField(_("recipe"), default=dict)
    content_key = models.CharField(
        _("content key"),
        max_length=64,
        help_text=_("Made of the masters' checksums, the cuts and the recipe."),
    )
    status = models.CharField(_("status"), max_length=10, choices=clip.Status, default=clip.Status.WAITING)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    file = models.FileField(_("file"), upload_to=storage_key, max_length=200, blank=True)
    thumbnail = models.FileField(_("thumbnail"), upload_to=thumbnail_key, max_length=200, blank=True)
    sha256 = models.CharField(_("checksum"), max_length=64, blank=True, db_index=True)
    size_bytes = models.BigIntegerField(_("size in bytes"), default=0)
    duration_ms = models.PositiveIntegerField(_("length in ms"), default=0)
    width = models.PositiveIntegerField(_("width"), default=0)
    height = models.PositiveIntegerField(_("height"), default=0)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    supersedes = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="successors",
        verbose_name=_("mends"),
    )

    objects = ClipQuerySet.as_manager()

    class Meta:
        verbose_name = _("clip")
        verbose_name_plural = _("clips")
        ordering = ["edition", "first_episode", "last_episode", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "content_key"], name="clip_cut_once_per_edition"),
            models.CheckConstraint(
                condition=Q(last_episode__gte=F("first_episode")),
                name="clip_episodes_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(status=clip.Status.READY) | (Q(size_bytes__gt=0) & Q(duration_ms__gt=0) & ~Q(sha256="")),
                name="clip_ready_has_bytes",
            ),
        ]
        indexes = [
            models.Index(fields=["content_key"], name="clip_by_content"),
            models.Index(
                fields=["created_at"],
                condition=Q(status=clip.Status.WAITING),
                name="clip_waiting",
            ),
        ]

    def __str__(self) -> str:
        if self.first_episode == self.last_episode:
            span = f"E{self.first_episode}"
        else:
            span = f"E{self.first_episode}-{self.last_episode}"
        return f"{self.edition.drama.code} {self.edition.language} {span} {self.get_kind_display()}"

    def stretches(self) -> list[clip.Stretch]:
        """The cut list as values, in the order of the clip."""
        return [
            clip.Stretch(row.master.episode.number, row.starts_ms, row.in_ms, row.out_ms)
            for row in self.segments.select_related("master__episode").order_by("position")
        ]


class Segment(models.Model):
    """One line of a clip's cut list: from where to where in which master, and where it starts in the clip."""

    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="segments", verbose_name=_("clip"))
    position = models.PositiveSmallIntegerField(_("position"))
    master = models.ForeignKey(
        Master,
        on_delete=models.PROTECT,
        related_name="segments",
        verbose_name=_("master"),
    )
    in_ms = models.PositiveIntegerField(_("in (ms)"))
    out_ms = models.PositiveIntegerField(_("out (ms)"))
    starts_ms = models.PositiveIntegerField(_("starts in the clip at (ms)"), default=0)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("cut list")
        ordering = ["clip", "position"]
        constraints = [
            models.UniqueConstraint(fields=["clip", "position"], name="segment_position_once_per_clip"),
            models.CheckConstraint(condition=Q(out_ms__gt=F("in_ms")), name="segment_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"E{self.master.episode.number} {self.in_ms}-{self.out_ms} ms"
