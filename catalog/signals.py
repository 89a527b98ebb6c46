"""Facts of the catalog that upper rooms wait for. Receivers only enqueue."""

from __future__ import annotations

from django.dispatch import Signal

# clip: the Clip that became READY; sent inside the transaction that made it so.
clip_ready = Signal()

# version: the EditionVersion that became the releasable one of its edition; its clips are planned already.
version_released = Signal()

# dramas: the keys of the Dramas whose rights were added, changed or deleted.
rights_changed = Signal()

# drama: the Drama that was taken out of use, or brought back.
drama_retired = Signal()
