from __future__ import annotations

from django.db import models


class Spend(models.Model):
    """What a key has used up in one period: a day of Los Angeles, or a minute."""

    key = models.CharField(max_length=200)
    period = models.CharField(max_length=20)
    units = models.IntegerField(default=0)
    limit = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "period"], name="sandbox_spend_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.period}: {self.units}"


class Penalty(models.Model):
    """A key that went over and has to wait."""

    key = models.CharField(max_length=200, unique=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
