"""Everything that is wrong with a plan, by all the laws."""

from __future__ import annotations

from tests.checker import laws, packs
from tests.checker.rows import Violation, World


def violations(world: World) -> list[Violation]:
    return [*laws.violations(world), *packs.violations(world)]
