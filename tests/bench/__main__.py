"""`python -m tests.bench [GROUP …] [--postgres]`: the figures, one line of JSON each."""

from __future__ import annotations

import argparse
import sys

from tests.bench import groups, place
from tests.bench.figures import guarded


def main(arguments: list[str]) -> int:
    """0 when every figure is met."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(groups.GROUPS)}; none: all of them")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    asked = parser.parse_args(arguments)
    unknown = set(asked.groups) - set(groups.GROUPS)
    if unknown:
        parser.error(f"there is no group {', '.join(sorted(unknown))}; there are {', '.join(groups.GROUPS)}")
    bench = groups.Bench(place.postgres if asked.postgres else place.sqlite)
    all_met = True
    for name in asked.groups or groups.GROUPS:
        for figure in guarded(name, lambda name=name: groups.GROUPS[name](bench)):
            sys.stdout.write(f"{figure.line()}\n")
            sys.stdout.flush()
            all_met = all_met and figure.met
    return 0 if all_met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
