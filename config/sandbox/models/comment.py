from __future__ import annotations

from django.db import models


class Comment(models.Model):
    """What somebody wrote under a video. One level of replies, as on both platforms."""

    class Status(models.TextChoices):
        PUBLISHED = "published"
        HELD = "heldForReview"
        SPAM = "likelySpam"
        REJECTED = "rejected"

    video = models.ForeignKey("sandbox.Video", models.CASCADE, related_name="comments")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="replies")
    external_id = models.CharField(max_length=64, unique=True)
    ordinal = models.IntegerField(null=True)  # the audience's n-th word under this video
    author_id = models.CharField(max_length=64)
    author_name = models.CharField(max_length=100)
    by_owner = models.BooleanField(default=False)
    text = models.TextField()
    status = models.CharField(max_length=14, choices=Status.choices, default=Status.PUBLISHED)
    likes = models.IntegerField(default=0)
    liked = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["video", "ordinal"], name="sandbox_comment_ordinal")]
        indexes = [
            models.Index(fields=["video", "parent", "-created_at"], name="sandbox_comment_threads"),
            models.Index(fields=["-created_at"], name="sandbox_comment_newest"),
        ]

    def __str__(self) -> str:
        return self.external_id
