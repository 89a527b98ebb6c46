"""How bad a defect is, from how many of the viewers who comment complain of it."""

from __future__ import annotations

from moderation.rules.ticket import Severity

HIGH_RATE = 0.15
MEDIUM_RATE = 0.05
ENOUGH_FOR_HIGH = 5


def of(*, complaints: int, comments: int) -> Severity:
    """High from 15 complaints in 100 comments (and five of them), medium from 5 in 100, else low."""
    rate = complaints / max(comments, complaints, 1)
    if rate >= HIGH_RATE and complaints >= ENOUGH_FOR_HIGH:
        return Severity.HIGH
    return Severity.MEDIUM if rate >= MEDIUM_RATE else Severity.LOW
