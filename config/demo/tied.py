"""Run a command that dies with its parent: `python -m config.demo.tied COMMAND [ARGUMENT …]`.

The supervisor may be killed with -9; what it started must not live on and hold its ports.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(command: list[str]) -> None:
    parent = int(os.environ.get("TIED_TO", "0"))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if parent and os.getppid() != parent:
        sys.exit("the supervisor is gone already")
    os.execvp(command[0], command)  # noqa: S606  (a supervisor's own command, no shell in between)


if __name__ == "__main__":
    main(sys.argv[1:])
