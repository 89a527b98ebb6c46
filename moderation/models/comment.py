from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.models import Channel, Publication
from moderation.rules.words import Label, Source


class CommentQuerySet(models.QuerySet["Comment"]):
    def unjudged(self) -> CommentQuerySet:
        return self.filter(judged_at=None, purged_at=None)

    def to_review(self) -> CommentQuerySet:
        """The unsure ones that no person has labelled yet."""
        return self.filter(needs_review=True)

    def complaints(self) -> CommentQuerySet:
        return self.filter(label__in=[Label.DUBBING, Label.TRANSLATION])

    def older_than(self, moment: datetime) -> CommentQuerySet:
        return self.filter(refreshed_at__lt=moment, purged_at=None)


class Comment(models.Model):
    """What a viewer wrote under one of our publications. The text is kept for 30 days at most."""

    channel = models.ForeignKey(
        Channel,
        on_delete=models.CASCADE,
        related_name="comments",
        verbose_name=_("channel"),
    )
    publication = models.ForeignKey(
        Publication,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="comments",
        verbose_name=_("publication"),
    )
    external_id = models.CharField(_("id at the platform"), max_length=100)
    video_id = models.CharField(_("video at the platform"), max_length=100, db_index=True)
    parent_id = models.CharField(_("answers to"), max_length=100, blank=True)
    author_hash = models.CharField(_("author (keyed hash)"), max_length=32)
    text = models.TextField(_("text"), blank=True)
    posted_at = models.DateTimeField(_("posted at"))
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)
    first_seen_at = models.DateTimeField(_("first seen at"))
    refreshed_at = models.DateTimeField(_("last seen at"))
    likes = models.PositiveIntegerField(_("likes"), default=0)
    replies = models.PositiveIntegerField(_("replies"), default=0)
    is_held = models.BooleanField(_("held by the platform"), default=False)
    purged_at = models.DateTimeField(_("text deleted at"), null=True, blank=True)

    language = models.CharField(_("language"), max_length=35, blank=True)
    label = models.CharField(_("verdict"), max_length=12, choices=Label, blank=True)
    sub_class = models.CharField(_("sub-class"), max_length=30, blank=True)
    confidence = models.FloatField(_("confidence"), null=True, blank=True)
    needs_review = models.BooleanField(_("to be looked at"), default=False)
    judged_at = models.DateTimeField(_("judged at"), null=True, blank=True)
    is_confirmed = models.BooleanField(_("labelled by a person"), default=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["-posted_at"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="comment_once_per_channel"),
            models.CheckConstraint(
                condition=Q(purged_at=None) | Q(text=""),
                name="comment_purged_has_no_text",
            ),
        ]
        indexes = [
            models.Index(fields=["publication", "posted_at"], name="comment_of_publication"),
            models.Index(
                fields=["first_seen_at"],
                condition=Q(judged_at=None),
                name="comment_unjudged",
            ),
            models.Index(
                fields=["confidence"],
                condition=Q(needs_review=True),
                name="comment_to_review",
            ),
        ]
        permissions = [("label_comment", _("Can label comments"))]

    def __str__(self) -> str:
        return self.text[:60] or self.external_id


class Verdict(models.Model):
    """What one classifier version or one person said of a comment. Kept for ever; the newest counts."""

    comment = models.ForeignKey(
        Comment,
        on_delete=models.CASCADE,
        related_name="verdicts",
        verbose_name=_("comment"),
    )
    at = models.DateTimeField(_("at"))
    source = models.CharField(_("by"), max_length=8, choices=Source)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        verbose_name=_("person"),
    )
    classifier = models.CharField(_("classifier version"), max_length=40, blank=True)
    label = models.CharField(_("verdict"), max_length=12, choices=Label)
    sub_class = models.CharField(_("sub-class"), max_length=30, blank=True)
    confidence = models.FloatField(_("confidence"), default=1.0)
    findings = models.JSONField(_("findings"), default=list)
    moments = models.JSONField(_("moments"), default=list)

    class Meta:
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_label_display()} {self.confidence:.2f}"
