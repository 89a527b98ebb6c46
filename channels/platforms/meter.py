"""Counts what calls really took, so that a ledger can settle what it reserved.

    with meter.reading() as taken:
        adapter.find_upload(...)
    taken  # {"units": 3}

Every call that was sent counts, refused ones too: platforms charge those as well.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextvars import ContextVar

from channels.platforms.base import Price

_running: ContextVar[tuple[Counter[str], ...]] = ContextVar("running", default=())


@contextlib.contextmanager
def reading() -> Iterator[Counter[str]]:
    taken: Counter[str] = Counter()
    token = _running.set((*_running.get(), taken))
    try:
        yield taken
    finally:
        _running.reset(token)


def count(prices: Iterable[Price]) -> None:
    for price in prices:
        for taken in _running.get():
            taken[price.bucket] += price.units
