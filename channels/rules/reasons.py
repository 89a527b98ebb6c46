"""Reasons are kept as a code with its facts, and become words when somebody reads them, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from channels.rules import changes, remedies, why_here, why_not
from channels.rules.planner import words
from channels.rules.planner import words as planner_words
from channels.rules.policies import sentences as policy_sentences

Reason = Mapping[str, Any]

TEXT = "text"
SENTENCES: dict[str, Callable[[], str]] = {
    TEXT: lambda: "%(text)s",
    **why_here.SENTENCES,
    **why_not.SENTENCES,
    **remedies.SENTENCES,
    **changes.SENTENCES,
    **words.SENTENCES,
    **planner_words.SENTENCES,
}


def sentence(reason: Reason | str) -> str:
    """The reason in words. A plain string, from before reasons had codes, is given as it is."""
    if isinstance(reason, str):
        return reason
    if (tell := policy_sentences.TELLERS.get(str(reason.get("code", "")))) is not None:
        return tell(reason)
    words = SENTENCES.get(str(reason.get("code", "")))
    if words is None and TEXT in reason:
        return str(reason[TEXT])
    if words is None:
        return _("Rule: %(code)s.") % {"code": reason.get("code", "–")}
    try:
        return words() % {name: _shown(name, value) for name, value in reason.items()}
    except (KeyError, TypeError, ValueError):
        return words()


def sentences(reasons: object) -> list[str]:
    return [sentence(one) for one in reasons] if isinstance(reasons, list) else []


def plain(text: str) -> dict[str, Any]:
    """A sentence that somebody wrote, as a reason."""
    return {"code": TEXT, "text": text}


def _shown(name: str, value: Any) -> Any:
    """Facts as a reader wants them: points are kept in hundredths, days as ISO dates, names as lists."""
    if name == "points" and isinstance(value, int):
        return f"{value / 100:+g}"
    if name.endswith("_on") and isinstance(value, str):
        return _day(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(str(one) for one in value) or "–"
    return value


def _day(value: str) -> str:
    try:
        return format_date(date.fromisoformat(value), format="long", locale=_locale())
    except ValueError:
        return value


def _locale() -> Locale:
    reader = (get_language() or "en").lower()
    try:
        return Locale.parse("zh_Hans_CN" if reader.startswith("zh") else reader, sep="-" if "-" in reader else "_")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
