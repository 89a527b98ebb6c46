"""The one tree of refusals. Every app derives its own from ProductError."""

from __future__ import annotations

from typing import Any


class ProductError(Exception):
    """An expected refusal: a sentence for a person, a code for a machine, the ids as attributes.

    `code` is stable and documented; `retryable` says whether the same call may succeed later
    without anybody changing anything.
    """

    code = "product_error"
    retryable = False

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        retryable: bool | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        if retryable is not None:
            self.retryable = retryable
        self.facts = facts
        for name, value in facts.items():
            setattr(self, name, value)

    def __str__(self) -> str:
        return str(self.message)


class Invalid(ProductError):
    """What was given cannot be taken; nothing was changed. `details` maps a field to its sentences."""

    code = "invalid"

    def __init__(self, message: str, *, details: dict[str, list[str]] | None = None, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.details = details or {}


class NotAllowed(ProductError):
    """The person or the key may not do this."""

    code = "not_allowed"


class MoveRefused(ProductError):
    """A row stands where its table of moves has no such move."""

    code = "move_refused"


class LostClaim(ProductError):
    """Another worker holds the row now; whatever this one was doing must stop without a trace."""

    code = "lost_claim"
    retryable = True
