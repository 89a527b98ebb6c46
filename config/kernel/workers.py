"""Long-running processes: who lives, who was killed, and no orphan left behind.

Every process of a role writes a beat. At its start it looks for an earlier life of its role on this
machine that ended without a word, and says so in the news.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
from datetime import timedelta
from typing import Any

import psutil
from django.utils.translation import gettext as _

from config.kernel import clock, news
from config.kernel.models import Bell, ProcessLife

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent dies; elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def tie_children() -> None:
    """From now on every forked child, and its children, dies with its parent: no orphan runs old code."""
    os.register_at_fork(after_in_child=die_with_parent)


def begin(role: str) -> ProcessLife:
    """Write down that this process lives, and report earlier ones of its role that were killed."""
    now = clock.now()
    host = socket.gethostname()[:100]
    for earlier in ProcessLife.objects.filter(role=role, host=host, ended_at=None):
        if not _runs(earlier):
            _bury(earlier, now=now)
    return ProcessLife.objects.create(role=role, host=host, pid=os.getpid(), started_at=now, seen_at=now)


def beat(life: ProcessLife) -> None:
    ProcessLife.objects.filter(pk=life.pk).update(seen_at=clock.now())


def end(life: ProcessLife) -> None:
    ProcessLife.objects.filter(pk=life.pk, ended_at=None).update(ended_at=clock.now(), seen_at=clock.now())


def _runs(life: ProcessLife) -> bool:
    """Whether the process still lives: the same id, and not a younger process that inherited it."""
    if life.pid == os.getpid():
        return False
    return psutil.pid_exists(life.pid) and clock.now() - life.seen_at < timedelta(minutes=2) * clock.rate()


def _bury(life: ProcessLife, *, now: Any) -> None:
    buried = ProcessLife.objects.filter(pk=life.pk, ended_at=None).update(ended_at=now, was_killed=True)
    if buried:
        # What it had taken from the queue is gone with it: the sweeps ring again for what still waits.
        Bell.objects.filter(rung_at__lte=now).delete()
        news.tell(
            "process_killed",
            _("The %(role)s (process %(pid)s) ended without a word; it was last seen at %(seen)s and is back now.")
            % {
                "role": life.role,
                "pid": life.pid,
                "seen": f"{life.seen_at:%Y-%m-%d %H:%M:%S} UTC",
            },
            level="warning",
        )
