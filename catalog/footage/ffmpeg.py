"""The one door to the ffmpeg binary."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg  # type: ignore[import-untyped]
from django.utils.translation import gettext as _

from catalog.footage.errors import FootageError

FONTS = Path(__file__).parent / "fonts"

# One thread: several workers share a machine, and x264 with two gives now and then other bytes for the same film.
THREADS = 1
STDERR_TAIL_CHARS = 600

# Masters come from outside. Only real containers are opened: a playlist or a concat script could make ffmpeg read other
# files of this machine, and a text file must be refused, not drawn as a terminal picture.
CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,avi,flv,mxf,asf,wav,mp3,aac,flac,ogg"
PROTOCOLS = "file,pipe,http,https,tcp,tls"

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Finished:
    stdout: bytes
    stderr: str


def binary() -> str:
    """The path of ffmpeg: FFMPEG_BINARY when set, else the one that came with the packages."""
    return os.environ.get("FFMPEG_BINARY") or imageio_ffmpeg.get_ffmpeg_exe()


def run(
    args: Sequence[str], *, timeout_seconds: float, stdin: bytes | None = None, loglevel: str = "error"
) -> Finished:
    """Run ffmpeg to its end. The child never outlives this process, however that dies."""
    command = [binary(), "-nostdin", "-hide_banner", "-nostats", "-loglevel", loglevel, *args]
    try:
        done = subprocess.run(
            command,
            input=stdin if stdin is not None else b"",
            check=False,
            capture_output=True,
            timeout=timeout_seconds,
            env={**os.environ, "FONTCONFIG_FILE": str(FONTS / "fonts.conf")},
            preexec_fn=_die_with_parent(),
        )
    except subprocess.TimeoutExpired as error:
        raise FootageError(
            _("ffmpeg did not finish within %(seconds)d seconds and was stopped.") % {"seconds": timeout_seconds},
            code="ffmpeg_timeout",
            retryable=True,
        ) from error
    except OSError as error:
        raise FootageError(
            _("ffmpeg cannot be started from “%(path)s”: %(reason)s. Set FFMPEG_BINARY to a working ffmpeg.")
            % {"path": command[0], "reason": error.strerror},
            code="ffmpeg_missing",
        ) from error
    stderr = done.stderr.decode(errors="replace")
    if done.returncode:
        raise _failure(done.returncode, stderr)
    return Finished(stdout=done.stdout, stderr=stderr)


def reading(source: str) -> list[str]:
    """The arguments that open one outside file, guarded."""
    return ["-protocol_whitelist", PROTOCOLS, "-format_whitelist", CONTAINERS, "-i", source]


def quoted(path: Path | str) -> str:
    """A path as the value of a filter option: escaped once for the option and once for the graph."""
    option = "".join("\\" + char if char in "\\':" else char for char in str(path))
    return "".join("\\" + char if char in "\\'[],;" else char for char in option)


def _die_with_parent() -> Callable[[], None] | None:
    """Linux only: the kernel kills the child when its parent is gone, also after kill -9."""
    if _libc is None:
        return None
    parent, libc = os.getpid(), _libc

    def arm() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # the parent died between fork and prctl: nobody is left to send the signal
            os._exit(1)

    return arm


def _failure(status: int, stderr: str) -> FootageError:
    tail = stderr.strip()[-STDERR_TAIL_CHARS:]
    reason = tail or _("it said nothing, exit status %(status)d") % {"status": status}
    return FootageError(
        _("ffmpeg failed: %(reason)s") % {"reason": reason}, code="ffmpeg_failed", status=status, stderr=tail
    )
