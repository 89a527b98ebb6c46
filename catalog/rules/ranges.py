"""What part of a file an HTTP Range header asks for (RFC 9110, section 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")


@dataclass(frozen=True)
class Span:
    """Bytes `first` to `last`, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


class Unsatisfiable(ValueError):
    """The range lies outside of the file."""


def asked(header: str, *, size: int) -> Span | None:
    """The span to send; None to send the whole file: no header, one we do not read, or several ranges at once."""
    found = _ONE.fullmatch(header.strip().replace(" ", ""))
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        span = Span(max(0, size - int(last)), size - 1)
    elif last and int(last) < int(first):
        return None
    else:
        span = Span(int(first), min(int(last), size - 1) if last else size - 1)
    if span.first >= size or span.length <= 0:
        raise Unsatisfiable(header)
    return span
