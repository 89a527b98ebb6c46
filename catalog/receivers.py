"""What the catalog does about its own news: ring the bell, nothing more."""

from __future__ import annotations

from typing import Any

from catalog.models import Clip
from config.kernel import jobs


def clip_is_ready(*, clip: Clip, **_signal: Any) -> None:
    jobs.enqueue("catalog.jobs.fingerprint_clip", clip.pk)
