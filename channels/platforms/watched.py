"""How much of a clip its viewers saw, as the platforms tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Watched:
    """`completion`: the share of the clip that an average viewer saw (rewatching may lift it past 1).

    `views` is what the platform counted it over. Either is None where the platform did not say; None is not zero.
    """

    external_id: str
    source: str
    observed_at: datetime
    views: int | None = None
    completion: float | None = None
