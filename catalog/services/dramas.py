"""Dramas: taken out of use, and back."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from simple_history.utils import update_change_reason

from catalog import signals
from catalog.models import Drama
from config.kernel import clock


def retire(drama: Drama, *, by: Any) -> bool:
    """Keep the drama out of new plans; all it has stays. False when it is retired already."""
    if drama.retired_at is not None:
        return False
    return _set(drama, retired_at=clock.now(), by=by, why=_("retired"))


def bring_back(drama: Drama, *, by: Any) -> bool:
    """Let the drama be planned again. False when it is in use already."""
    if drama.retired_at is None:
        return False
    return _set(drama, retired_at=None, by=by, why=_("brought back"))


def _set(drama: Drama, *, retired_at: Any, by: Any, why: str) -> bool:
    drama.retired_at = retired_at
    drama._history_user = by if getattr(by, "pk", None) else None  # type: ignore[attr-defined]
    drama.save(update_fields=["retired_at"])
    update_change_reason(drama, why)
    signals.drama_retired.send(Drama, drama=drama)
    return True
