"""Where the demo's fast clock goes on after a pause: the product's time does not run while nothing runs."""

from __future__ import annotations

import json
import time
from pathlib import Path


def start(path: Path) -> str:
    """The value of CLOCK_ANCHOR for this start: now, tied to the product's time at the last stop (or to now)."""
    real = time.time()
    return f"{real:.3f},{_last(path) or real:.3f}"


def keep(path: Path, anchor: str, rate: float) -> None:
    """Write down the product's time, whole or not at all."""
    real, product = (float(part) for part in anchor.split(","))
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"product": product + (time.time() - real) * rate}))
    fresh.replace(path)


def _last(path: Path) -> float | None:
    try:
        return float(json.loads(path.read_text())["product"])
    except (OSError, ValueError, KeyError):
        return None
