"""Uploaded bytes on disk: written at their offset, counted only when they are safe, never whole in memory."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from django.http import HttpRequest, UnreadablePostError

BLOCK = 1024 * 1024


def write_at(path: Path, *, offset: int, request: HttpRequest, length: int) -> int:
    """Put the request's body into the file; the number of bytes that really came.

    A client that goes away midway is no error here: what it sent is on disk.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        while written < length:
            block = _next(request, min(BLOCK, length - written))
            if not block:
                break
            os.pwrite(handle, block, offset + written)
            written += len(block)
    finally:
        os.close(handle)
    return written


def drain(request: HttpRequest) -> int:
    """Read and forget the body, so that an early answer reaches a client still sending."""
    seen = 0
    while block := _next(request, BLOCK):
        seen += len(block)
    return seen


def _next(request: HttpRequest, count: int) -> bytes:
    try:
        return request.read(count)
    except (UnreadablePostError, OSError):
        return b""


def checksum(path: Path) -> tuple[str, int]:
    """(sha256, size) of a file; those of nothing when there is no file."""
    digest, size = hashlib.sha256(), 0
    if path.exists():
        with path.open("rb") as source:
            while block := source.read(BLOCK):
                digest.update(block)
                size += len(block)
    return digest.hexdigest(), size
