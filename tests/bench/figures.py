"""A figure: what was measured, what it should be, and whether it is."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">=": operator.ge, ">": operator.gt, "==": operator.eq,
}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """`target` reads like "< 20"; without one it is told for its own sake and met by being there."""

    name: str
    value: Any
    unit: str
    target: str = ""
    error: str = ""

    @property
    def met(self) -> bool:
        if self.error or self.value is None:
            return False
        if not self.target:
            return True
        compare, bound = self.target.split()
        return COMPARE[compare](self.value, float(bound))

    def line(self) -> str:
        told = {
            "name": self.name, "value": self.value, "unit": self.unit, "target": self.target or None, "met": self.met
        }  # fmt: skip
        return json.dumps(told | ({"error": self.error} if self.error else {}), ensure_ascii=False)


def guarded(group: str, found: Callable[[], Iterator[Figure]]) -> Iterator[Figure]:
    """The figures of a group; one that cannot be had is told as not met, with what went wrong."""
    try:
        yield from found()
    except Exception as error:  # noqa: BLE001  (a figure that fails must be seen, whatever it failed with)
        yield Figure(group, None, "", error=f"{type(error).__name__}: {error}"[:800])
