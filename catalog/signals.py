"""Facts of the catalog that upper rooms wait for. Receivers only enqueue."""

from __future__ import annotations

from django.dispatch import Signal

# clip: the Clip that became READY; sent inside the transaction that made it so.
clip_ready = Signal()

# version: the EditionVersion that became the releasable one of its edition; its clips are planned already.
version_released = Signal()
