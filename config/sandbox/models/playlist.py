from __future__ import annotations

from django.db import models


class Playlist(models.Model):
    account = models.ForeignKey("sandbox.Account", models.CASCADE, related_name="playlists")
    external_id = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=150)
    description = models.TextField(blank=True)
    privacy = models.CharField(max_length=10, default="public")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class PlaylistItem(models.Model):
    playlist = models.ForeignKey(Playlist, models.CASCADE, related_name="items")
    video = models.ForeignKey("sandbox.Video", models.CASCADE)
    external_id = models.CharField(max_length=80, unique=True)
    position = models.IntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["playlist", "video"], name="sandbox_playlist_video_once")]

    def __str__(self) -> str:
        return self.external_id


class Caption(models.Model):
    video = models.ForeignKey("sandbox.Video", models.CASCADE, related_name="captions")
    external_id = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=20)
    name = models.CharField(max_length=150, blank=True)
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["video", "language", "name"], name="sandbox_caption_once")]

    def __str__(self) -> str:
        return f"{self.language} {self.name}"
