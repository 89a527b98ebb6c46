"""The board's last panel: what happened, which routine fails, which process is silent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest

from config.kernel import clock
from config.kernel.admin import board
from config.kernel.models import News, ProcessLife, Routine

SHOWN = 12
SILENT_AFTER = timedelta(seconds=60)


def hang() -> None:
    board.hang(90, "kernel/board_news.html", read, wide=True)


def read(request: HttpRequest) -> dict[str, Any] | None:
    if not request.user.has_perm("kernel.view_news"):
        return None
    return {"news": News.objects.all()[:SHOWN], "failing": Routine.objects.filter(failed=True), "silent": _silent()}


def _silent() -> str:
    """Roles whose last life neither ended in order nor was seen within the last minute of real time."""
    alive = clock.now() - SILENT_AFTER * clock.rate()
    lives = ProcessLife.objects.filter(ended_at=None)
    seen = set(lives.filter(seen_at__gte=alive).values_list("role", flat=True))
    return ", ".join(sorted(set(lives.values_list("role", flat=True)) - seen))
