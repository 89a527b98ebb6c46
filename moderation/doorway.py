"""What this app hangs up at start: its routines, its receivers and its panels on the home board."""

from __future__ import annotations


def open_up() -> None:
    pass
