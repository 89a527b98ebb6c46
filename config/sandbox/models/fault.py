from __future__ import annotations

from django.db import models


class Fault(models.Model):
    """A mishap armed by name. `times_left` null means until it is taken away."""

    name = models.CharField(max_length=60)
    platform = models.CharField(max_length=20, blank=True)
    path = models.CharField(max_length=200, blank=True)
    account = models.CharField(max_length=100, blank=True)
    times_left = models.IntegerField(null=True)
    probability = models.FloatField(default=1.0)
    options = models.JSONField(default=dict)
    struck = models.IntegerField(default=0)
    armed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
