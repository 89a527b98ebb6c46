"""The product's time. The demo runs it faster than the wall clock; the tests set it by hand.

`CLOCK_RATE` (default 1) says how many product seconds pass in one real second. When it is not 1,
`CLOCK_ANCHOR="<real unix seconds>,<product unix seconds>"` ties the two together, so that every
process of one installation reads the same time. Durations that protect against the outside world
(HTTP and subprocess timeouts) stay in real seconds.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_frozen: list[datetime] = []


def rate() -> float:
    return float(os.environ.get("CLOCK_RATE", "1"))


def anchor() -> tuple[float, float]:
    """(real, product) unix seconds at which both clocks were read together."""
    real, _, product = os.environ.get("CLOCK_ANCHOR", "0,0").partition(",")
    return float(real), float(product)


def now() -> datetime:
    """The product's time, aware, in UTC."""
    if _frozen:
        return _frozen[-1]
    if rate() == 1:
        return datetime.now(UTC)
    real, product = anchor()
    return datetime.fromtimestamp(product + (time.time() - real) * rate(), UTC)


def today(zone: str = "UTC") -> date:
    return now().astimezone(ZoneInfo(zone)).date()


def real_seconds(span: timedelta) -> float:
    """How long a person has to wait for this much product time."""
    return span.total_seconds() / rate()


@contextlib.contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the product's time still (tests only)."""
    if moment.tzinfo is None:
        raise ValueError("the clock takes aware times only")
    _frozen.append(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.pop()
