"""Whether a new run has the time to go out before its rights close."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from channels.rules.eligibility import RIGHTS, Stopper, Window


def stopper(
    channel: str,
    *,
    clips: int,
    times: Sequence[datetime],
    spans: Sequence[Window],
    gap: timedelta,
    ends_at: datetime,
) -> Stopper | None:
    """Stopped when the rights close within the planned days, which end at `ends_at`, and fewer of the channel's free
    posting times, each a gap after the one before, lie in `spans` than the run has clips. `times` and `spans` are in
    order.
    """
    closes_at = spans[-1].ends_at if spans else ends_at
    if closes_at >= ends_at:
        return None
    fit = most(clips, times=times, spans=spans, gap=gap)
    if fit == clips:
        return None
    facts = {"channel": channel, "clips": clips, "fit": fit, "closes_on": f"{closes_at:%Y-%m-%d}"}
    return Stopper(RIGHTS, {"code": "rights_close_too_soon"} | facts)


def most(wanted: int, *, times: Sequence[datetime], spans: Sequence[Window], gap: timedelta) -> int:
    """How many clips of one drama these times take, up to those wanted: always the next time that is far enough."""
    found: list[datetime] = []
    for at in times:
        if len(found) == wanted:
            break
        if found and at - found[-1] < gap:
            continue
        if any(one.starts_at <= at < one.ends_at for one in spans):
            found.append(at)
    return len(found)
