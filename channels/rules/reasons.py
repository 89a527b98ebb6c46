"""Reasons are kept as a code with its facts, and become words when somebody reads them, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

Reason = Mapping[str, Any]

TEXT = "text"
SENTENCES: dict[str, Callable[[], str]] = {TEXT: lambda: "%(text)s"}


def sentence(reason: Reason | str) -> str:
    """The reason in words. A plain string, from before reasons had codes, is given as it is."""
    if isinstance(reason, str):
        return reason
    words = SENTENCES.get(str(reason.get("code", "")))
    if words is None and TEXT in reason:
        return str(reason[TEXT])
    if words is None:
        return _("Rule: %(code)s.") % {"code": reason.get("code", "–")}
    try:
        return words() % reason
    except (KeyError, TypeError, ValueError):
        return words()


def sentences(reasons: object) -> list[str]:
    return [sentence(one) for one in reasons] if isinstance(reasons, list) else []


def plain(text: str) -> dict[str, Any]:
    """A sentence that somebody wrote, as a reason."""
    return {"code": TEXT, "text": text}
