"""Whether a channel may go on by itself."""

from __future__ import annotations

from collections.abc import Sequence

REJECTIONS_IN_A_ROW = 3


def should_stop(newest_first: Sequence[bool]) -> bool:
    """Whether the last clips were all rejected by the platform. Each entry: was this one rejected?"""
    last = newest_first[:REJECTIONS_IN_A_ROW]
    return len(last) == REJECTIONS_IN_A_ROW and all(last)
